"""Turn a picture upright by its orientation tag, as far as the tag can be trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PIL import Image

if TYPE_CHECKING:
    from PIL.Image import Image as PillowImage

__all__ = ["orientation_of", "swaps_sides", "turned_upright"]

_ORIENTATION_TAG: Final = 0x0112
_FIRST_SWAP: Final = 5

_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def orientation_of(image: PillowImage) -> int:
    """Return the orientation tag (EXIF 2.3, tag 274) of a loaded image, 1 if none can be read.

    Broken EXIF makes Pillow raise errors of many classes on pictures whose pixels are good, so
    every failure here means "upright".  TIFF pictures are already turned by Pillow while loading,
    and it drops their tag then, so they are never turned twice.
    """
    try:
        value = image.getexif().get(_ORIENTATION_TAG, 1)
    except Exception:
        return 1
    return value if value in _TURNS else 1


def swaps_sides(orientation: int) -> bool:
    """Tell whether undoing an orientation swaps width and height."""
    return orientation >= _FIRST_SWAP


def turned_upright(image: PillowImage, orientation: int) -> PillowImage:
    """Undo an orientation of 1 to 8; 1 returns the image itself."""
    turn = _TURNS.get(orientation)
    return image if turn is None else image.transpose(turn)
