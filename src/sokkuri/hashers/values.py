"""The path that all families share: pixels shrunk to values, once a picture."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from PIL import Image

from sokkuri.images import Picture, Raster
from sokkuri.kernels import NATIVE, native
from sokkuri.kernels.lanczos import FAST_LANCZOS, lanczos_native

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class SizedHash:
    """Base of the hashes whose parameter is a side in pixels, cells or frequencies, 2 to ``most``.

    Raises
    ------
    ValueError
        If ``size`` is out of bounds.
    """

    size: int
    most: ClassVar[int] = 256
    fast: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if not 2 <= self.size <= self.most:
            raise ValueError(f"`size` must be 2 to {self.most}, not {self.size}")

    @property
    def working_side(self) -> int:
        """Side of the shrunk picture in pixels."""
        return self.size


def luma_raster(picture: Picture) -> Raster | None:
    """Return the luma of a picture as kernels take it; use it by ``picture.once``.

    None where there are no kernels, or where the pixels do not lie in one piece: ``picture.luma()``
    has them then.
    """
    raster = picture.raster if NATIVE else None
    if raster is None or raster.channels == 1:
        return raster
    return Raster(native.luma(raster.source, *raster.size), raster.size, 1)


def resize_luma(picture: Picture, width: int, height: int) -> NDArray[np.uint8]:
    """Resize the luma of a picture with Lanczos, once for all hashes that ask.

    The values are those of ``image.resize(..., LANCZOS)`` bit for bit, from our C kernel where that
    is the quicker one, from Pillow elsewhere.

    Parameters
    ----------
    picture : Picture
    width, height : int
        Size of the result in pixels.

    Returns
    -------
    ndarray of shape (height, width), uint8
    """
    return picture.once(_resizing(width, height, colour=False))[..., 0]


def resize_colour(picture: Picture, width: int, height: int) -> NDArray[np.uint8]:
    """Resize a picture in colour as :func:`resize_luma` does its luma.

    Parameters are those of :func:`resize_luma`.

    Returns
    -------
    ndarray of shape (height, width, C), uint8
        Red, green, blue, and perhaps one more without meaning.
    """
    if picture.gray:
        return np.repeat(resize_luma(picture, width, height)[..., None], 3, axis=2)
    return picture.once(_resizing(width, height, colour=True))


@lru_cache(maxsize=512)
def _resizing(width: int, height: int, *, colour: bool) -> Callable[[Picture], NDArray[np.uint8]]:
    """Return one object for one size: that is how a picture knows that it has done it."""

    def resized(picture: Picture) -> NDArray[np.uint8]:
        raster = picture.raster if colour else picture.once(luma_raster)
        if raster is not None and _kernel_agrees():
            return _by_kernel(raster, width, height)
        return _by_pillow(picture.rgb() if colour else picture.luma(), width, height)

    return resized


def _by_kernel(raster: Raster, width: int, height: int) -> NDArray[np.uint8]:
    return lanczos_native(raster.source, raster.size, raster.channels, (width, height))


def _by_pillow(image: Image.Image, width: int, height: int) -> NDArray[np.uint8]:
    return np.atleast_3d(np.asarray(image.resize((width, height), Image.Resampling.LANCZOS)))


@lru_cache(maxsize=1)
def _kernel_agrees() -> bool:
    """Try the kernel once a process against the Pillow that is installed.

    A hash is defined by what Pillow gives.  Should a release of it resample in another way, the
    kernel steps aside, and nobody gets other bits for being fast.
    """
    if not FAST_LANCZOS:
        return False
    values = np.arange(64 * 90 * 3, dtype=np.uint32) * 2654435761 >> 24
    colour = Image.fromarray(values.astype(np.uint8).reshape(90, 64, 3))
    gray = colour.convert("L")
    return all(
        raster is not None
        and np.array_equal(_by_kernel(raster, *size)[..., :3], _by_pillow(image, *size))
        for image, raster in (
            (colour, Picture(colour).raster),
            (gray, Picture(gray).raster),
            (gray, luma_raster(Picture(colour))),
        )
        for size in (colour.size, (8, 8), (60, 9), (100, 120))
    )
