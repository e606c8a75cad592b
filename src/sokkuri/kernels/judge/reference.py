"""Judging candidates in plain NumPy and whole numbers: the truth that the C kernel must equal.

A candidate is tried with the map that most pairs of similar points agree on, and, unless that is
sure, with the one that takes the frame of the query onto its own.  Under each map, as it is and
refined on pixels, two things are measured: how far the thumbnails agree, and how many points have a
partner where the map says.  The score adds up both; the best one counts.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from sokkuri.kernels.overlay.reference import NOTHING, Agreement, laid_over
from sokkuri.kernels.votes.reference import SIZE_QUARTERS, fit, partners, similar_pairs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sokkuri._typing import Codes

    Map = NDArray[np.int64]

BLOCKS: Final = 225

VERDICT: Final = np.dtype(
    [
        ("score", "<i4"), ("agreement", "<i4"), ("matched", "<i4"), ("of", "<i4"),
        ("pairs", "<i4"), ("way", "<i4"), ("rows", "<i4"), ("columns", "<i4"),
        ("map", "<i8", (2, 3)), ("thumbnails", "<i8", (2, 3)), ("blocks", "<i2", (BLOCKS,)),
    ],
    align=True,
)  # fmt: skip
"""A verdict on one candidate: zeros where nothing speaks for it.

``score`` and ``agreement`` (of pixels, the mean of all blocks) are in thousandths.  ``matched`` of
``of`` points in the overlap have a partner; ``pairs`` of points gave the map, if ``way`` is 1, and
none if it is 2.  ``map`` takes quarters of the query's pixels to those of the photo, in 1/65,536;
``thumbnails`` takes pixels of the one thumbnail to those of the other.  The first ``rows`` x
``columns`` of ``blocks`` have the agreement of each block of the overlap, -32,768 where it shows
nothing.
"""

BY_POINTS: Final = 1
WHOLE: Final = 2

RADIUS: Final = 24
"""Bits in which codes of similar points differ at most."""

PER_DOUBLING: Final = 300
"""Thousandths that a doubling of the matched points adds to a score."""

_THUMBNAIL: Final = 3072
_LEAST_SIDE: Final = 8
_MOST_HALF: Final = 128
_ROUNDS: Final = 12
_LEAST_SHOWN: Final = 6
_HOPELESS: Final = 250
_SURE: Final = 1300
_GRID: Final = 32
_BITS: Final = 12
_ONE: Final = 1 << 16
_HALF: Final = 1 << 15
_MOST_LINEAR: Final = 64 << 16
_MOST_SHIFT: Final = 1 << 32


class _Described(NamedTuple):
    """A description, taken apart; sides are across and down."""

    places: NDArray[np.int64]
    codes: NDArray[np.uint64]
    sides: tuple[int, int]
    thumbnail: NDArray[np.uint8]

    @property
    def small(self) -> tuple[int, int]:
        height, width = self.thumbnail.shape
        return width, height

    @property
    def pointed(self) -> tuple[NDArray[np.int64], NDArray[np.uint64], tuple[int, int]]:
        return self.places, self.codes, (4 * self.sides[0], 4 * self.sides[1])


@lru_cache(maxsize=8)
def record_type(room: int) -> np.dtype[Any]:
    """Return the layout of a description with room for so many points."""
    place = np.dtype([("at", "<u2", (2,)), ("size", "u1"), ("direction", "u1")])
    return np.dtype(
        [
            ("count", "<u2"), ("halves", "u1", (2,)), ("small", "u1", (2,)), ("whole", "u1", (16,)),
            ("places", place, (room,)), ("codes", "u1", (room, 16)),
            ("thumbnail", "u1", (_THUMBNAIL,)),
        ]
    )  # fmt: skip


def judge_reference(
    query: Codes, records: Codes, rows: NDArray[np.int64], ways: NDArray[np.uint8], room: int
) -> NDArray[Any]:
    """Judge candidates.

    Parameters
    ----------
    query : ndarray of shape (B,), uint8
    records : ndarray of shape (N, B), uint8
    rows : ndarray of shape (C,), int64
    ways : ndarray of shape (C,), uint8
    room : int

    Returns
    -------
    ndarray of shape (C,), ``VERDICT``
    """
    verdicts = np.zeros(len(rows), VERDICT)
    own = _photo(query, room)
    for k, (row, way) in enumerate(zip(rows.tolist(), ways.tolist(), strict=True)):
        other = _photo(records[row], room)
        if own is not None and other is not None:
            verdict = _verified(own, other, way)
            if verdict is not None:
                verdicts[k] = verdict
    return verdicts


def _photo(code: Codes, room: int) -> _Described | None:
    """Take a description apart; None if the bytes are none."""
    record = np.ascontiguousarray(code).view(record_type(room))[0]
    count, halves, small = int(record["count"]), record["halves"], record["small"].astype(int)
    if count > room or halves.min() < _LEAST_SIDE or halves.max() > _MOST_HALF:
        return None
    sides = 2 * halves.astype(int)
    if small.min() < _LEAST_SIDE or (small > sides).any() or small.prod() > _THUMBNAIL:
        return None
    places = record["places"][:count]
    if (places["at"] > 4 * sides).any() or (places["size"] >= len(SIZE_QUARTERS)).any():
        return None
    columns = [places["at"][:, 0], places["at"][:, 1], places["size"], places["direction"]]
    return _Described(
        np.stack(columns, 1).astype(np.int64),
        np.ascontiguousarray(record["codes"][:count]).view(np.uint64),
        (int(sides[0]), int(sides[1])),
        record["thumbnail"][: small.prod()].reshape(small[1], small[0]),
    )


def _verified(own: _Described, other: _Described, ways: int) -> tuple[Any, ...] | None:
    """Return the best verdict over the ways to map the query onto the photo."""
    found: list[tuple[Any, ...]] = []
    if ways & BY_POINTS:
        pairs = similar_pairs(own.codes, other.codes, RADIUS)
        best = fit(own.places, other.places, pairs)
        if best is not None and _is_usable(best.map):
            found += _weighed(own, other, best.map, best.pairs, BY_POINTS)
    if ways & WHOLE and max((verdict[0] for verdict in found), default=0) < _SURE:
        across, down = (
            _nearest(theirs * _ONE, ours)
            for theirs, ours in zip(other.sides, own.sides, strict=True)
        )
        frames = np.array([[across, 0, 0], [0, down, 0]], np.int64)
        found += _weighed(own, other, frames, 0, WHOLE)
    return max(found, key=lambda verdict: verdict[0], default=None)


def _weighed(
    own: _Described, other: _Described, found: Map, pairs: int, way: int
) -> list[tuple[Any, ...]]:
    """Compare under a map as it is and refined; no more where the first leaves no hope.

    Of 1,800 copies by 31 edits, none that the refined map showed to be one scored less than 300
    before.
    """
    verdicts: list[tuple[Any, ...]] = []
    small = _shrunk(found, own, other)
    if not _is_usable(small):
        return verdicts
    for rounds in (0, _ROUNDS):
        laid = laid_over(own.thumbnail, other.thumbnail, small, rounds)
        if laid is not None and not _is_usable(laid.map):
            laid = None
        whole = found if laid is None else _enlarged(laid.map, own, other)
        if not _is_usable(whole):
            continue
        agreement = 0 if laid is None else _mean(laid)
        matched, of = partners(own.pointed, other.pointed, whole)
        score = score_of(agreement, matched, of)
        if not rounds and score < _HOPELESS:
            break
        score *= _covers_half(whole, own, other)
        rest = _shown(laid)
        verdicts.append((score, agreement, matched, of, pairs, way, *rest[:2], whole, *rest[2:]))
    return verdicts


def _mean(laid: Agreement) -> int:
    shown = laid.blocks[laid.blocks != NOTHING]
    return int(shown.sum(dtype=np.int64)) // len(shown) if len(shown) >= _LEAST_SHOWN else 0


def _shown(laid: Agreement | None) -> tuple[int, int, Map, NDArray[np.int16]]:
    blocks = np.zeros(BLOCKS, np.int16)
    if laid is None:
        return 0, 0, np.zeros((2, 3), np.int64), blocks
    blocks[: laid.blocks.size] = laid.blocks.ravel()
    return *laid.blocks.shape, laid.map, blocks


def _is_usable(found: Map) -> bool:
    """Tell if a map is within what 64 bits can count with."""
    linear, shift = np.abs(found[:, :2]), np.abs(found[:, 2])
    return bool((linear <= _MOST_LINEAR).all() and (shift <= _MOST_SHIFT).all())


def _nearest(above: int, below: int) -> int:
    return (2 * above + below) // (2 * below)


def _shrunk(found: Map, own: _Described, other: _Described) -> Map:
    """Return the same map between thumbnails.

    Pixels are counted by their middles, so that picture and thumbnail share edges, not origins.
    """
    rows = []
    for i, (a, b, shift) in enumerate(found.tolist()):
        long, short = other.sides[i], other.small[i]
        linear = [_nearest(each * short * own.sides[j], long * own.small[j])
                  for j, each in enumerate((a, b))]  # fmt: skip
        total = (shift + 4 * _HALF) * own.small[0] * own.small[1]
        total += 2 * a * (own.sides[0] - own.small[0]) * own.small[1]
        total += 2 * b * (own.sides[1] - own.small[1]) * own.small[0]
        moved = _nearest(short * total, 4 * long * own.small[0] * own.small[1]) - _HALF
        rows.append([*linear, moved])
    return np.array(rows, np.int64)


def _enlarged(found: Map, own: _Described, other: _Described) -> Map:
    """Return a map between thumbnails as one between the pictures."""
    rows = []
    for i, (a, b, shift) in enumerate(found.tolist()):
        long, short = other.sides[i], other.small[i]
        linear = [_nearest(each * own.small[j] * long, own.sides[j] * short)
                  for j, each in enumerate((a, b))]  # fmt: skip
        total = 2 * (shift + _HALF) * own.sides[0] * own.sides[1]
        total += a * (own.small[0] - own.sides[0]) * own.sides[1]
        total += b * (own.small[1] - own.sides[1]) * own.sides[0]
        moved = _nearest(2 * long * total, own.sides[0] * own.sides[1] * short) - 4 * _HALF
        rows.append([*linear, moved])
    return np.array(rows, np.int64)


def _covers_half(found: Map, own: _Described, other: _Described) -> bool:
    """Tell if half of either picture lies in the other."""
    (a, b, shift_x), (c, d, shift_y) = found.tolist()
    wide, high = (side // 2 for side in own.sides)
    odd = 2 * np.arange(_GRID, dtype=np.int64) + 1
    x, y = odd * wide, odd[:, np.newaxis] * high
    u, v = a * x + b * y + 8 * shift_x, c * x + d * y + 8 * shift_y
    inside = (
        (u >= 0) & (v >= 0) & (u < 32 * _ONE * other.sides[0]) & (v < 32 * _ONE * other.sides[1])
    )
    count = int(inside.sum())
    if 2 * count >= _GRID * _GRID:
        return True
    area = abs(a * d - b * c) >> 8  # of scale one: 2^24
    whole = other.sides[0] * other.sides[1] // 4 * _GRID * _GRID
    return bool(2 * count * area * wide * high >= whole << 24)


def score_of(agreement: int, matched: int, of: int) -> int:
    """Return ``agreement + 0.3 log2(1 + matched x share)``, all in thousandths.

    Parameters
    ----------
    agreement : int
        Mean agreement of the blocks, in thousandths.
    matched, of : int
        Points with a partner, and points that might have one; their ratio is the share.
    """
    weight = ((of + matched * matched) << _BITS) // of
    return max(agreement, 0) + ((PER_DOUBLING * _log2(weight)) >> _BITS)


def _log2(value: int) -> int:
    """Return the binary logarithm of a number in 1/4,096, in 1/4,096, by squaring: no libm."""
    whole = value.bit_length() - 1
    result = (whole - _BITS) << _BITS
    mantissa = (value << 30) >> whole
    for bit in range(_BITS - 1, -1, -1):
        mantissa = (mantissa * mantissa) >> 30
        if mantissa >> 31:
            result += 1 << bit
            mantissa >>= 1
    return result
