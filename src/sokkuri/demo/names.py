"""What the files of the demo are called."""

from __future__ import annotations

import os
from typing import Final

__all__ = ["BROKEN", "EDITED", "MANIFEST", "PHOTOS", "SECOND_SHOT", "at"]

MANIFEST: Final = "demo.json"
"""Says what the folder holds; it is there only if everything else is."""

PHOTOS: Final = "photos"
EDITED: Final = f"{PHOTOS}/edited"

BROKEN: Final = f"{EDITED}/broken.jpg"
"""A photo that ends too early."""

SECOND_SHOT: Final = f"{PHOTOS}/dresses/赤いワンピース 青いボタン.jpg"
"""Red dress, blue buttons: another photo of the query's garment, under a name beyond ASCII."""


def at(root: str, name: str) -> str:
    """Return the path of a file of the demo, given its name below the demo's folder."""
    return os.path.join(root, *name.split("/"))
