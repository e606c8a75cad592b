"""The path that all families share: pixels shrunk to values, values shown, bits packed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np
from PIL import Image

from sokkuri.hashes import Grid, ImageHash, Reading
from sokkuri.images import Raster
from sokkuri.kernels import NATIVE
from sokkuri.kernels.hasher_kernels import luma_native
from sokkuri.kernels.lanczos import FAST_LANCZOS, lanczos_native

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from sokkuri.hashes import HashSpec
    from sokkuri.images import Picture

_CHANNELS: Final = ("red", "green", "blue")
_WHOLE: Final = (0.0, 0.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class SizedHash:
    """Base of the hashes whose parameter is a side in pixels, cells or frequencies.

    Parameters
    ----------
    size : int
        The side, 2 to ``most``.

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


def median(values: NDArray[np.float64]) -> np.float64:
    """Return the median as ``np.median`` does, in a fifth of the time for a few values.

    ``values`` is a float64 array of any shape.
    """
    ordered = np.sort(values, axis=None)
    middle: np.float64 = (ordered[(ordered.size - 1) // 2] + ordered[ordered.size // 2]) / 2
    return middle


def packed(spec: HashSpec, bits: NDArray[np.bool_], quality: int) -> ImageHash:
    """Make the hash of these bits.

    Parameters
    ----------
    spec : HashSpec
    bits : ndarray of any shape, bool
        Read in C order: row by row, colour channel last.
    quality : int
    """
    return ImageHash(spec, np.packbits(bits).tobytes(), quality)


def channel_grids(values: NDArray[np.uint8], means: Iterable[float]) -> tuple[Grid, ...]:
    """Show the values of red, green and blue, whose bits take turns.

    Parameters
    ----------
    values : ndarray of shape (rows, columns, 3), uint8
    means : iterable of float
        The mean that each channel was compared with.
    """
    return tuple(
        Grid(name, values[..., number], np.asarray(mean), "mean", first=number, step=len(_CHANNELS))
        for number, (name, mean) in enumerate(zip(_CHANNELS, means, strict=True))
    )


def whole_reading(picture: Picture, grids: tuple[Grid, ...]) -> Reading:
    """Return a reading whose cells cover the whole photo.

    Parameters
    ----------
    picture : Picture
    grids : tuple of Grid
        All of one size, which becomes that of the picture shown.
    """
    rows, columns = grids[0].values.shape
    return Reading(resize_colour(picture, columns, rows)[..., :3], _WHOLE, grids)


def plain_reading(picture: Picture, side: int) -> Reading:
    """Return the picture alone, for hashes that show no values.

    Parameters
    ----------
    picture : Picture
    side : int
        Side in pixels of the picture shown.
    """
    return Reading(resize_colour(picture, side, side)[..., :3], _WHOLE)


def luma_raster(picture: Picture) -> Raster | None:
    """Return the luma of a picture as kernels take it; use it by ``picture.once``.

    Returns
    -------
    Raster or None
        None where there are no kernels, or where the pixels do not lie in one piece;
        ``picture.luma()`` has them then.
    """
    raster = picture.raster
    if raster is None or not NATIVE or raster.channels == 1:
        return raster if NATIVE else None
    return Raster(luma_native(raster.source, raster.size), raster.size, 1)


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
    return picture.once(_sized(_luma_values, width, height))


def resize_colour(picture: Picture, width: int, height: int) -> NDArray[np.uint8]:
    """Resize a picture in colour as :func:`resize_luma` does its luma.

    Parameters are those of :func:`resize_luma`.

    Returns
    -------
    ndarray of shape (height, width, C), uint8
        Red, green, blue, and perhaps one more without meaning.
    """
    return picture.once(_sized(_colour_values, width, height))


# The same object for the same size: that is how a picture knows that it has done it.
_sized: Final = lru_cache(maxsize=512)(partial)


def _luma_values(width: int, height: int, picture: Picture) -> NDArray[np.uint8]:
    raster = picture.once(luma_raster)
    if raster is None or not _kernel_agrees():
        return _by_pillow(picture.luma(), width, height)
    return lanczos_native(raster.source, raster.size, 1, (width, height))[..., 0]


def _colour_values(width: int, height: int, picture: Picture) -> NDArray[np.uint8]:
    if picture.gray:
        return np.repeat(resize_luma(picture, width, height)[..., None], 3, axis=2)
    raster = picture.raster
    if raster is None or not _kernel_agrees():
        return _by_pillow(picture.rgb(), width, height)
    return lanczos_native(raster.source, raster.size, raster.channels, (width, height))


def _by_pillow(image: Image.Image, width: int, height: int) -> NDArray[np.uint8]:
    return np.asarray(image.resize((width, height), Image.Resampling.LANCZOS))


def _by_kernel(image: Image.Image, width: int, height: int) -> NDArray[np.uint8] | None:
    try:
        # Pillow lends its own memory, without a copy, if the picture lies in one piece.
        _, pixels = image.__arrow_c_array__()
    except ValueError:
        return None
    channels = 1 if image.mode == "L" else 4  # Pillow keeps RGB in four bytes
    values = lanczos_native(pixels, image.size, channels, (width, height))
    return values[..., 0] if channels == 1 else values[..., :3]


@lru_cache(maxsize=1)
def _kernel_agrees() -> bool:
    """Try the kernel once a process against the Pillow that is installed.

    A hash is defined by what Pillow gives.  Should a release of it resample in another way, the
    kernel steps aside, and nobody gets other bits for being fast.
    """
    if not FAST_LANCZOS:
        return False
    values = np.arange(64 * 90 * 3, dtype=np.uint32) * 2654435761 >> 24
    picture = Image.fromarray(values.astype(np.uint8).reshape(90, 64, 3))
    luma = luma_native(np.dstack([np.asarray(picture), np.asarray(picture)[..., 0]]), picture.size)
    return np.array_equal(luma, np.asarray(picture.convert("L"))) and all(
        np.array_equal(np.asarray(_by_kernel(image, *size)), _by_pillow(image, *size))
        for image in (picture, picture.convert("L"))
        for size in ((8, 8), (60, 9), (100, 120))
    )
