"""What the object looks like: maps of the view, summed up in windows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from sokkuri.kernels.look.finding import SIDE, VIEW

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["CELLS", "DIRECTIONS", "WINDOWS", "block_sums", "outline_map", "window_strengths"]

CELLS: Final = 15
"""Cells a side; each has 4 x 4 pixels of the view."""

WINDOWS: Final = 7
"""Windows a side: tents over 5 x 5 cells, two cells apart, the first around the second cell."""

DIRECTIONS: Final = (
    (64, 0), (59, 24), (45, 45), (24, 59), (0, 64), (-24, 59), (-45, 45), (-59, 24),
)  # fmt: skip
"""Eight directions of a gradient as 64 times cosine and sine, opposite ones taken together."""

_TENT: Final = (1, 2, 3, 2, 1)
_STRIDE: Final = 2
_BORDER: Final = 4  # width of the frame that stands for the background
_LEAST_SPREAD: Final = 16  # four units of Lab: a plain background would divide by nothing


def outline_map(
    lab: NDArray[np.int32], mask: NDArray[np.bool_], view: NDArray[np.int32]
) -> NDArray[np.int64]:
    """Return how much more each pixel of the view resembles the object than the background.

    Both are a mean colour and a spread, of the object's pixels and of a frame four pixels wide.

    Returns
    -------
    ndarray of shape (60, 60), int64
        0 to 4080, smoothed by 1-2-1 along both axes.
    """
    frame = np.ones((SIDE, SIDE), np.bool_)
    frame[_BORDER:-_BORDER, _BORDER:-_BORDER] = False
    far, near = (_squared_distance(lab[where], view) for where in (frame, mask))
    outline = 255 * far // (far + near + 1)
    for axis in (0, 1):
        padded = np.pad(outline, [(1, 1) if each == axis else (0, 0) for each in (0, 1)], "edge")
        before, after = np.arange(VIEW), np.arange(2, VIEW + 2)
        outline = 2 * outline + padded.take(before, axis) + padded.take(after, axis)
    return outline


def _squared_distance(pixels: NDArray[np.int32], view: NDArray[np.int32]) -> NDArray[np.int64]:
    mean = pixels.sum(axis=0, dtype=np.int64) // len(pixels)
    spread = np.abs(pixels - mean).sum(axis=0) // len(pixels)
    weights = 65536 // (spread + _LEAST_SPREAD)
    distance: NDArray[np.int64] = (np.abs(view - mean) * weights).sum(axis=2) >> 10
    return distance * distance


def window_strengths(maps: NDArray[np.int64]) -> NDArray[np.int64]:
    """Sum up the strength of the gradients in each window, by direction.

    Of several channels, each pixel counts with the one that changes most.  A gradient counts with
    its length along the nearest of eight directions, a later one only if it is nearer.

    Parameters
    ----------
    maps : ndarray of shape (60, 60, C), int64

    Returns
    -------
    ndarray of shape (7, 7, 8), int64

    References
    ----------
    N. Dalal, B. Triggs, "Histograms of Oriented Gradients for Human Detection", CVPR 2005.
    """
    gx, gy = _gradients(maps)
    along = np.stack([np.abs(gx * cosine + gy * sine) for cosine, sine in DIRECTIONS], axis=-1)
    nearest, strength = along.argmax(axis=-1), along.max(axis=-1)
    cells = np.stack(
        [block_sums(strength * (nearest == number), CELLS) for number in range(len(DIRECTIONS))],
        axis=-1,
    )
    padded = np.pad(cells, ((1, 1), (1, 1), (0, 0)))
    starts = slice(0, _STRIDE * WINDOWS - 1, _STRIDE)
    rows = sum(weight * padded[at:][starts] for at, weight in enumerate(_TENT))
    windows = sum(weight * np.asarray(rows)[:, at:][:, starts] for at, weight in enumerate(_TENT))
    return np.asarray(windows, np.int64)


def _gradients(maps: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    padded = np.pad(maps, ((1, 1), (1, 1), (0, 0)), "edge").astype(np.int64)
    gx = padded[1:-1, 2:] - padded[1:-1, :-2]
    gy = padded[2:, 1:-1] - padded[:-2, 1:-1]
    best = (gx * gx + gy * gy).argmax(axis=-1)[..., None]
    return np.take_along_axis(gx, best, -1)[..., 0], np.take_along_axis(gy, best, -1)[..., 0]


def block_sums(values: NDArray[np.int64], blocks: int) -> NDArray[np.int64]:
    """Sum over equal square blocks, ``blocks`` a side; further axes stay."""
    step = len(values) // blocks
    sums: NDArray[np.int64] = values.reshape(blocks, step, blocks, step, -1).sum(axis=(1, 3))
    return sums[..., 0] if values.ndim == 2 else sums
