"""Which kernels run: the C ones where they were built, their NumPy twins elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from sokkuri.kernels import reference
from sokkuri.kernels.built import NATIVE, native
from sokkuri.kernels.resample import axis_weights, columns_first

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "FAST_LANCZOS",
    "above_mean",
    "active_kernels",
    "lanczos_native",
    "quality_counts_native",
]

FAST_LANCZOS: Final = NATIVE and native.isa() in {"avx2", "avx512"}
"""Whether the C resampling is quicker than Pillow's; the plain C loops are not."""


def active_kernels() -> str:
    """Name the kernels in use: "avx512", "avx2", "neon", "portable" (all in C) or "numpy"."""
    return str(native.isa()) if NATIVE else "numpy"


def lanczos_native(
    source: Any, size: tuple[int, int], channels: int, target: tuple[int, int]
) -> NDArray[np.uint8]:
    """Resample pixels with the C kernel; equal to ``lanczos_reference`` bit for bit.

    Parameters
    ----------
    source : buffer or arrow_array capsule
        ``width * height`` pixels of ``channels`` bytes, row by row without gaps.
    size : tuple of int
        Width and height of the source.
    channels : {1, 4}
        Bytes a pixel.
    target : tuple of int
        Width and height of the result.

    Returns
    -------
    ndarray of shape (target height, target width, channels), uint8

    Raises
    ------
    ValueError
        If the source does not fit its size.
    """
    across, down = axis_weights(size[0], target[0]), axis_weights(size[1], target[1])
    values = native.lanczos(
        source, *size, channels, across.arrays(), down.arrays(), columns_first(size, target)
    )
    return np.frombuffer(values, np.uint8).reshape(target[1], target[0], channels)


def above_mean(values: NDArray[np.uint8], used: int, *, by_channel: bool = False) -> bytes:
    """See :func:`sokkuri.kernels.reference.above_mean`; in C where that was built."""
    if not NATIVE or not values.flags.c_contiguous:
        return reference.above_mean(values, used, by_channel=by_channel)
    return bytes(native.above_mean(values, values.shape[2], used, by_channel))


def quality_counts_native(
    source: Any, size: tuple[int, int], channels: int, columns: bytes, rows: bytes
) -> NDArray[np.int32]:
    """Pick pixels and count what they show, with the C kernel.

    Parameters
    ----------
    source, size, channels
        As of :func:`lanczos_native`.
    columns, rows : bytes
        Positions of the pixels as int32, at most 64 each.

    Returns
    -------
    ndarray of shape (34,), int32
        :func:`sokkuri.kernels.reference.quality_counts` of the luma of the picked pixels.
    """
    counts = native.quality_counts(source, *size, channels, columns, rows)
    return np.frombuffer(counts, np.int32)
