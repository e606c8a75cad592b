"""A decoded picture: upright, opaque, eight bits a channel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL.Image import Image

__all__ = ["Picture"]


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """What every hash and every view starts from.

    Parameters
    ----------
    image : PIL.Image.Image
        Mode "L" or "RGB", upright, without transparency; treat it as read-only.
    format : str
        The container it came from ("JPEG", "PNG", ...), or "" for images and arrays.
    mode : str
        The mode the container held before normalising, such as "CMYK" or "I;16".
    upright : bool
        False where an orientation tag turned or mirrored the stored pixels.
    unscaled : tuple of int, optional
        Width and height of the upright picture in its file, where a JPEG was decoded at a
        fraction of them.
    """

    image: Image
    format: str = ""
    mode: str = ""
    upright: bool = True
    unscaled: tuple[int, int] | None = None

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels, after turning upright."""
        return self.image.size

    @property
    def full_size(self) -> tuple[int, int]:
        """Width and height in pixels in the file, after turning upright."""
        return self.unscaled or self.image.size

    def luma(self) -> Image:
        """Return the picture as mode "L": ITU-R 601-2 luma, Pillow's ``convert("L")``."""
        return self.image if self.image.mode == "L" else self.image.convert("L")

    def rgb(self) -> Image:
        """Return the picture as mode "RGB"."""
        return self.image if self.image.mode == "RGB" else self.image.convert("RGB")

    def pixels(self) -> NDArray[np.uint8]:
        """Return the pixels as an array of shape (height, width, 3), uint8."""
        return np.asarray(self.rgb())

    def same_pixels(self, other: Picture) -> bool:
        """Tell whether both show the same pixels, whatever file or container they came from."""
        if self.size != other.size:
            return False
        return bool(np.array_equal(self.pixels(), other.pixels()))
