"""From outlines to a photo: curves, colours, cloth, light, backdrops."""
