"""The C kernels of single hash families; their NumPy twins stand in the rooms of the hashers.

All take pixels as a buffer or an arrow_array capsule, row by row without gaps, and raise ValueError
if the pixels do not fit their size.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sokkuri.kernels.loader import native

if TYPE_CHECKING:
    from numpy.typing import NDArray


def luma_native(source: Any, size: tuple[int, int]) -> NDArray[np.uint8]:
    """Convert pixels of four bytes to luma, as Pillow's ``convert("L")`` does.

    Parameters
    ----------
    source : buffer or arrow_array capsule
    size : tuple of int
        Width and height.

    Returns
    -------
    ndarray of shape (height, width), uint8
    """
    return np.frombuffer(native.luma(source, *size), np.uint8).reshape(size[1], size[0])


def colour_counts_native(source: Any, luma: Any, size: tuple[int, int]) -> NDArray[np.uint32]:
    """Count pixels by colour, as Pillow's ``convert("HSV")`` computes it.

    Parameters
    ----------
    source, luma : buffer or arrow_array capsule
        Pixels of four bytes, and their luma.
    size : tuple of int
        Width and height.

    Returns
    -------
    ndarray of shape (15,), uint32
        Six hues of faint colour, six of bright colour, saturation of exactly 170, gray, black.
    """
    return np.frombuffer(native.colour_counts(source, luma, *size), np.uint32)


def block_sums_native(source: Any, size: tuple[int, int], blocks: int) -> NDArray[np.int64]:
    """Sum luma over equal blocks.

    Parameters
    ----------
    source : buffer or arrow_array capsule
    size : tuple of int
        Width and height.
    blocks : int
        Blocks a side.

    Returns
    -------
    ndarray of shape (blocks, blocks), int64
        ``blocks**2`` times the sum over each block.
    """
    sums = np.frombuffer(native.block_sums(source, *size, blocks), np.int64)
    return sums.reshape(blocks, blocks)


def haar_averages_native(values: Any, side: int, size: int) -> NDArray[np.float64]:
    """Compute Haar averages of a square of bytes whose mean was taken out.

    Parameters
    ----------
    values : buffer
        ``side**2`` bytes.
    side, size : int
        Sides of the square and of the result; powers of two, ``side >= size``.

    Returns
    -------
    ndarray of shape (size, size), float64
    """
    return np.frombuffer(native.haar_averages(values, side, size)).reshape(size, size)


def pdq_frequencies_native(
    source: Any, size: tuple[int, int], channels: int, points: tuple[bytes, bytes],
    boxes: tuple[int, int], waves: NDArray[np.float32],
) -> tuple[NDArray[np.float32], int]:  # fmt: skip
    """Compute the frequencies of PDQ.

    Parameters
    ----------
    source, size, channels
        As of :func:`sokkuri.kernels.lanczos.lanczos_native`.
    points : tuple of bytes
        The 64 columns and the 64 rows that become points, as int32 in rising order.
    boxes : tuple of int
        Pixels of a box of the blur, across and down.
    waves : ndarray of shape (16, 64), float32
        Rows of the cosine transform.

    Returns
    -------
    frequencies : ndarray of shape (256,), float32
    steps : int
        Sum of the steps between neighbouring points, in whole percent of full scale.
    """
    values, steps = native.pdq_frequencies(source, *size, channels, *points, *boxes, waves)
    return np.frombuffer(values, np.float32), steps
