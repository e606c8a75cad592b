"""Shrink a decoded picture to the size a hash looks at."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from sokkuri.kernels import FAST_LANCZOS, lanczos_native

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sokkuri.images import Picture

__all__ = ["shrunk", "shrunk_pixels"]


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


def shrunk_pixels(picture: Picture, size: int, *, rgb: bool) -> NDArray[np.uint8]:
    """Resize a picture to a square, as :func:`shrunk` does.

    Returns
    -------
    ndarray of shape (size, size, C), uint8
        One channel of luma; or red, green, blue, and perhaps one more without meaning.
    """
    if rgb and not picture.gray and picture.raster is not None and _kernel_agrees():
        raster = picture.raster
        return lanczos_native(raster.source, raster.size, raster.channels, (size, size))
    values = shrunk(picture.rgb() if rgb else picture.luma(), size, size)
    return values if rgb else values[..., None]


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
    return all(
        np.array_equal(np.asarray(_by_kernel(image, *size)), _by_pillow(image, *size))
        for image in (picture, picture.convert("L"))
        for size in ((8, 8), (60, 9), (100, 120))
    )
