"""Draw the demo's photos: garments from outlines, cloth, light and a backdrop."""
