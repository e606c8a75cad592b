"""Shrink a decoded picture to the size a hash looks at."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from sokkuri.images import Raster
from sokkuri.kernels import NATIVE
from sokkuri.kernels.hasher_kernels import luma_native
from sokkuri.kernels.lanczos import FAST_LANCZOS, lanczos_native

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from sokkuri.images import Picture

__all__ = ["luma_raster", "shrunk", "shrunk_colour", "shrunk_luma"]


def shrunk(image: Image.Image, width: int, height: int) -> NDArray[np.uint8]:
    """Resize with Lanczos, bit for bit what ``image.resize(..., LANCZOS)`` gives.

    Parameters
    ----------
    image : PIL.Image.Image
        Mode "L" or "RGB".
    width, height : int
        Size of the result in pixels.

    Returns
    -------
    ndarray of shape (height, width) or (height, width, 3), uint8
        Computed by our C kernel where that is the quicker one, by Pillow otherwise.
    """
    if _kernel_agrees():
        values = _by_kernel(image, width, height)
        if values is not None:
            return values
    return _by_pillow(image, width, height)


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


def shrunk_luma(picture: Picture, width: int, height: int) -> NDArray[np.uint8]:
    """Resize the luma of a picture as :func:`shrunk` does, once for all hashes that ask.

    Returns
    -------
    ndarray of shape (height, width), uint8
    """
    return picture.once(_luma_shrinker(width, height))


def shrunk_colour(picture: Picture, width: int, height: int) -> NDArray[np.uint8]:
    """Resize a picture in colour as :func:`shrunk` does, once for all hashes that ask.

    Returns
    -------
    ndarray of shape (height, width, C), uint8
        Red, green, blue, and perhaps one more without meaning.
    """
    return picture.once(_colour_shrinker(width, height))


# The same function for the same size: that is how a picture knows that it has done it.
@lru_cache(maxsize=256)
def _luma_shrinker(width: int, height: int) -> Callable[[Picture], NDArray[np.uint8]]:
    def shrink(picture: Picture) -> NDArray[np.uint8]:
        raster = picture.once(luma_raster)
        if raster is None or not _kernel_agrees():
            return _by_pillow(picture.luma(), width, height)
        return lanczos_native(raster.source, raster.size, 1, (width, height))[..., 0]

    return shrink


@lru_cache(maxsize=256)
def _colour_shrinker(width: int, height: int) -> Callable[[Picture], NDArray[np.uint8]]:
    def shrink(picture: Picture) -> NDArray[np.uint8]:
        if picture.gray:
            return np.repeat(shrunk_luma(picture, width, height)[..., None], 3, axis=2)
        raster = picture.raster
        if raster is None or not _kernel_agrees():
            return _by_pillow(picture.rgb(), width, height)
        return lanczos_native(raster.source, raster.size, raster.channels, (width, height))

    return shrink


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
