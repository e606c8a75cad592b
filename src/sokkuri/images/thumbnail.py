"""Pictures made small: whole, upright, and without their metadata."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

from PIL import Image

if TYPE_CHECKING:
    from sokkuri.images.picture import Picture

__all__ = ["encoded_thumbnail", "thumbnail"]

_QUALITY: Final = 80


def thumbnail(picture: Picture, side: int) -> Image.Image:
    """Shrink a picture whole into a square.

    Parameters
    ----------
    picture : Picture
    side : int
        The longest side of the result in pixels; a smaller picture keeps its size.

    Returns
    -------
    PIL.Image.Image
        Mode "RGB", of the picture's proportions, in sRGB whatever its profile was.
    """
    small = picture.srgb.rgb().copy()
    small.thumbnail((side, side), Image.Resampling.LANCZOS)
    # Pillow would write comments and profiles found here into every file made of the picture.
    small.info = {}
    return small


def encoded_thumbnail(picture: Picture, side: int, *, quality: int = _QUALITY) -> bytes:
    """Return :func:`thumbnail` as a JPEG file of a quality, 1 to 95."""
    file = io.BytesIO()
    thumbnail(picture, side).save(file, "JPEG", quality=quality)
    return file.getvalue()
