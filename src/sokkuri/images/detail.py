"""The detail of a picture: how fine it really is, and no matter in how many pixels it is stored.

A picture that was enlarged has more pixels and nothing new in them.  A smooth enlargement leaves
the upper part of the spectrum empty; one that repeats pixels leaves columns and rows that equal
their neighbours.  All arithmetic is on whole numbers: products of matrices are below 2**53, where
``float64`` is exact in whatever order they are summed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

FULL_DETAIL: Final = 32
"""Detail as fine as the pixels are; 16 is that of a picture enlarged to twice its width."""

_LENGTH: Final = 64  # pixels of a segment, which tells 32 frequencies apart
_STEP: Final = 32
_MOST: Final = 128  # lines of each direction, and segments of a line
# Of the strongest octave-like power, 3/10 still count as detail: natural photos keep that up to
# their last frequencies, and of what resamplers fold upwards and JPEG adds there is less.
_PART: Final = (3, 10)
_LOWEST: Final = 3  # below are the slopes of light and shadow
_REPEATED: Final = 15  # in a hundred, and half of that in each part
_PARTS: Final = 4
_AROUND: Final = 3


def _basis() -> NDArray[np.float64]:
    """Return cosines and sines under a bell, whole numbers, shape (64, 66)."""
    places = np.arange(_LENGTH)
    bell = 1 - np.cos(2 * np.pi * (places + 0.5) / _LENGTH)
    turns = 2 * np.pi * np.outer(places, np.arange(FULL_DETAIL + 1)) / _LENGTH
    waves = np.concatenate([np.cos(turns), np.sin(turns)], axis=1)
    return np.asarray(np.round(512 * bell[:, np.newaxis] * waves), np.float64)


_BASIS: Final = _basis()


def _fine(luma: NDArray[np.uint8]) -> int:
    """Return the highest of 32 frequencies at which there is detail, of a smooth enlargement."""
    power = sum(
        (_power(lines) for lines in (luma, luma.T) if lines.shape[1] >= _LENGTH),
        np.zeros(FULL_DETAIL + 1, np.int64),
    )
    # Natural pictures have as much in each octave, so their power falls by the square.
    level = np.pad(power * np.arange(FULL_DETAIL + 1) ** 2, 1, mode="edge")
    level = level[:-2] + 2 * level[1:-1] + level[2:]
    most, (part, whole) = int(level[_LOWEST:].max()), _PART
    fine = FULL_DETAIL
    if most:
        fine = max(
            n for n in range(_LOWEST, FULL_DETAIL + 1) if whole * int(level[n]) >= part * most
        )
    return fine


def detail_of(luma: NDArray[np.uint8]) -> int:
    """Return how fine the detail of a picture is, 1 to 32 thirty-seconds of its own pixels.

    Parameters
    ----------
    luma : ndarray of shape (H, W), uint8
        A picture too small to tell, or of one colour, counts as fine.
    """
    columns, rows = _repeated(luma), _repeated(luma.T)
    share = min(_even_share(columns), _even_share(rows))
    fine = _fine(luma)
    if share < _REPEATED:
        return fine
    once = np.ascontiguousarray(luma[~rows][:, ~columns])
    return max(1, min(fine, _fine(once) * (100 - share) // 100))


def _even_share(found: NDArray[np.bool_]) -> int:
    """Return how many in a hundred are true, 0 where it is not about as many everywhere."""
    parts = [100 * int(part.sum()) // max(1, len(part)) for part in np.array_split(found, _PARTS)]
    share = 100 * int(found.sum()) // len(found)
    return share if 2 * min(parts) >= share else 0


def _power(lines: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Return the sum of the power at 33 frequencies, along lines spread over the picture."""
    lines = lines[:: -(-lines.shape[0] // _MOST)]
    segments = np.lib.stride_tricks.sliding_window_view(lines, _LENGTH, axis=1)[:, ::_STEP]
    segments = segments[:, :: -(-segments.shape[1] // _MOST)]
    values = segments.reshape(-1, _LENGTH).astype(np.float64)
    parts = (values - values[:, :1]) @ _BASIS
    # A division by a power of two is exact.
    whole: NDArray[np.int64] = np.trunc(parts / 256).astype(np.int64)
    total = (whole * whole).sum(axis=0)
    return np.asarray(total[: FULL_DETAIL + 1] + total[FULL_DETAIL + 1 :], np.int64)


def _repeated(lines: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Tell of each column whether it differs much less from the next one than those around."""
    found = np.zeros(lines.shape[1], np.bool_)
    if len(found) < _LENGTH:
        return found
    step = max(1, lines.shape[0] // (4 * _MOST), lines.size >> 23)  # long panoramas have few lines
    some = lines[::step].astype(np.int64)
    change = some[:, 1:] - some[:, :-1]
    sums = (change * change).sum(axis=0)
    width = 2 * _AROUND + 1
    around = np.lib.stride_tricks.sliding_window_view(sums, width).sum(axis=1)
    found[_AROUND : _AROUND + len(around)] = 2 * width * sums[_AROUND:-_AROUND] < around
    return found
