"""Counting over small pictures: bits above the mean, steps and tones for the quality."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sokkuri.kernels import NATIVE, native

if TYPE_CHECKING:
    from numpy.typing import NDArray


def above_mean(values: NDArray[np.uint8], used: int, *, by_channel: bool = False) -> bytes:
    """Tell which values are above their mean, as packed bits.

    Parameters
    ----------
    values : ndarray of shape (H, W, C), uint8
        At most 2^24 pixels.
    used : int
        Number of channels that count, from the first.
    by_channel : bool
        Each channel against its own mean; else all under one.

    Returns
    -------
    bytes
        ``ceil(H W used / 8)`` bytes, pixel by pixel, channels last, first bit highest.
    """
    if NATIVE and values.flags.c_contiguous:
        return native.above_mean(values, values.shape[2], used, by_channel)
    chosen = values[..., :used].astype(np.int64)
    axes = (0, 1) if by_channel else None
    count = values.shape[0] * values.shape[1] * (1 if by_channel else used)
    return np.packbits(chosen * count > chosen.sum(axis=axes)).tobytes()


def quality_counts(luma: NDArray[np.uint8]) -> NDArray[np.int32]:
    """Count what a picture shows, its steps and its tones; the twin of ``native.quality_counts``.

    Parameters
    ----------
    luma : ndarray of shape (H, W), uint8
        At most 64 x 64 pixels.

    Returns
    -------
    ndarray of shape (34,), int32
        Sum of the steps between rows, and between columns, in whole percent of full scale; then
        the number of pixels of each of 32 tones.
    """
    wide = luma.astype(np.int32)
    steps = (wide[1:] - wide[:-1], wide[:, 1:] - wide[:, :-1])
    sums = [int((np.abs(step) * 100 // 255).sum()) for step in steps]
    tones = np.bincount((luma >> 3).ravel(), minlength=32)
    return np.array([*sums, *tones], np.int32)
