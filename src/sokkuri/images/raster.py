"""Pixels in memory, in the form that kernels take them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL.Image import Image

__all__ = ["Raster", "raster_of"]


@dataclass(frozen=True, slots=True, eq=False)
class Raster:
    """Pixels that lie in one piece, row by row and without gaps; treat them as read-only.

    Parameters
    ----------
    source : buffer or arrow_array capsule
        ``width * height * channels`` bytes.
    size : tuple of int
        Width and height in pixels.
    channels : {1, 4}
        Bytes a pixel: luma, or red, green, blue and one without meaning.
    """

    source: Any
    size: tuple[int, int]
    channels: int


def raster_of(held: Image | NDArray[np.uint8]) -> Raster | None:
    """Return the memory of an image without a copy; None if it does not lie in one piece.

    Parameters
    ----------
    held : PIL.Image.Image or ndarray
        Mode "L" or "RGB", or an array of shape (H, W) or (H, W, 4).
    """
    if isinstance(held, np.ndarray):
        return Raster(held, (held.shape[1], held.shape[0]), 1 if held.ndim == 2 else 4)
    try:
        _, capsule = held.__arrow_c_array__()
    except ValueError:
        return None  # Pillow keeps large images in several blocks
    return Raster(capsule, held.size, 1 if held.mode == "L" else 4)  # RGB takes four bytes there
