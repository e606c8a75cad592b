"""Points and their codes in plain NumPy and whole numbers: the truth that the C kernel must equal.

Four steps: the picture is blurred more and more, octave by octave; spots that are brighter or
darker than all around them become points; each point gets a direction by the slopes around it; and
the patch around it, turned upright, becomes bits: is it brighter to the right, and below?
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Plane = NDArray[np.int32]

STEPS: Final = 3
"""Scales that points are looked for at in an octave."""

LEVELS: Final = STEPS + 3
OCTAVES: Final = 6
LEAST_SIDE: Final = 8
"""Octaves stop where a side of the picture would be shorter."""

MOST_SIDE: Final = 256
MOST_POINTS: Final = 1024

MOST_SPOTS: Final = 8192
"""Extrema at most, octave by octave; no picture is known to have half as many."""

UNIT: Final = 64
"""Values of planes are brightness in 1/64 of a level, 0 to 16,320."""

LEAST: Final = 20  # 0.3 levels
EDGE: Final = 10
CELL: Final = 16
IN_CELL: Final = 4
"""At most so many points lie in a cell of 16 x 16 pixels."""

SIZES: Final = 24
"""Steps of size in an octave: 8 from one level to the next."""

DIRECTIONS: Final = 256
BINS: Final = 32
PATCH: Final = 18

_ONE: Final = 1 << 14
_BASE: Final = 1.6


def _whole(values: NDArray[np.float64]) -> NDArray[np.int32]:
    return np.asarray(np.rint(values), np.int32)


def _bell(sigma: float) -> NDArray[np.int32]:
    """Return the weights of a blur in 1/16,384, which add up to one."""
    radius = math.ceil(3 * sigma)
    bell = np.exp(-(np.arange(-radius, radius + 1) ** 2) / (2 * sigma * sigma))
    weights = _whole(bell / bell.sum() * _ONE)
    weights[radius] += _ONE - weights.sum()
    return weights


_SIGMAS: Final = tuple(_BASE * 2 ** (level / STEPS) for level in range(LEVELS))
BLURS: Final = (
    _bell(math.sqrt(_BASE**2 - 0.25)),
    *(_bell(math.sqrt(b * b - a * a)) for a, b in pairwise(_SIGMAS)),
)
"""From the picture to the first level, and from each level to the next."""

SIZE_TABLE: Final = _whole(4096 * _BASE * 2 ** (np.arange(SIZES + 24) / SIZES))
"""Sizes in 1/4096 of a pixel of the octave, by step."""

TURNS: Final = np.array(
    [(math.cos(2 * math.pi * k / DIRECTIONS), math.sin(2 * math.pi * k / DIRECTIONS))
     for k in range(DIRECTIONS)]
)  # fmt: skip
TURN_TABLE: Final = _whole(TURNS * _ONE)

BORDERS: Final = _whole(
    np.array(
        [(math.cos(math.pi * (2 * k + 1) / BINS), math.sin(math.pi * (2 * k + 1) / BINS))
         for k in range(BINS // 4)]
    ) * _ONE
)  # fmt: skip
"""Directions between two bins of a quarter turn."""

WINDOWS: Final = tuple(
    _whole(256 * np.exp(-(np.arange(-r, r + 1) ** 2) / (2 * (1.5 * size) ** 2)))
    for size in SIZE_TABLE / 4096
    for r in [int(4.5 * size + 0.5)]
)
"""Weights of the slopes around a point, in 1/256, by step of size."""


class Points(NamedTuple):
    """Points of a picture, the strongest first.

    Parameters
    ----------
    places : ndarray of shape (N, 4), uint16
        Column and row in quarters of a pixel, step of size (24 an octave), direction (256 a turn).
    codes : ndarray of shape (N, 16), uint8
        Brighter to the right at 8 x 8 places (64 bits, the first lowest), then brighter below.
    """

    places: NDArray[np.uint16]
    codes: NDArray[np.uint8]


class _Octave(NamedTuple):
    levels: list[Plane]
    number: int


class _Spots(NamedTuple):
    """Extrema of one octave: arrays of shape (N,), int64; positions in 1/16 of its pixels."""

    strength: NDArray[np.int64]
    x: NDArray[np.int64]
    y: NDArray[np.int64]
    size: NDArray[np.int64]


def points_reference(luma: NDArray[np.uint8], most: int) -> Points:
    """Find the strongest points of a picture and their codes.

    Parameters
    ----------
    luma : ndarray of shape (H, W), uint8
        Both sides from ``LEAST_SIDE`` to ``MOST_SIDE``.
    most : int
        Number of points at most.

    Returns
    -------
    Points
        See there.
    """
    octaves = list(_octaves(luma))
    rows = [
        (-strength, octave.number, x, y, size)
        for octave in octaves
        for strength, x, y, size in zip(*(each.tolist() for each in _spots(octave)), strict=True)
    ][:MOST_SPOTS]
    rows.sort(key=lambda row: row[0])  # of equally strong ones, the first found comes first
    places: list[tuple[int, ...]] = []
    codes: list[NDArray[np.uint8]] = []
    used: dict[tuple[int, int], int] = {}
    for _, number, x, y, size in rows:
        if len(places) >= most:
            break
        cell = (y << number) // (16 * CELL), (x << number) // (16 * CELL)
        used[cell] = used.get(cell, 0) + 1
        if used[cell] > IN_CELL:
            continue
        # The level whose blur is nearest to the point's size.
        plane = octaves[number].levels[min(max((size + 4) // 8, 1), STEPS)]
        for direction in _directions(plane, x, y, size)[: most - len(places)]:
            scaled = ((x << number) + 2) >> 2, ((y << number) + 2) >> 2
            places.append((*scaled, SIZES * number + size, direction))
            codes.append(_code(plane, x, y, size, direction))
    return Points(
        np.array(places, np.uint16).reshape(-1, 4), np.array(codes, np.uint8).reshape(-1, 16)
    )


def _octaves(luma: NDArray[np.uint8]) -> Iterator[_Octave]:
    first = _blurred(luma.astype(np.int32) * UNIT, BLURS[0])
    for number in range(OCTAVES):
        levels = [first]
        for weights in BLURS[1:]:
            levels.append(_blurred(levels[-1], weights))
        yield _Octave(levels, number)
        first = np.ascontiguousarray(levels[STEPS][::2, ::2])
        if min(first.shape) < LEAST_SIDE:
            return


def _blurred(plane: Plane, weights: NDArray[np.int32]) -> Plane:
    """Blur rows, then columns; the edge goes on beyond the picture."""
    for axis in (1, 0):
        radius = len(weights) // 2
        wide = np.pad(plane, [(radius, radius) if a == axis else (0, 0) for a in (0, 1)], "edge")
        length = plane.shape[axis]
        total = np.full(plane.shape, _ONE // 2, np.int32)
        for k, weight in enumerate(weights):
            part = wide[:, k : k + length] if axis else wide[k : k + length]
            total += weight * part
        plane = total >> 14
    return plane


def _spots(octave: _Octave) -> _Spots:
    """Find where a difference of two blurs is above or below all 26 values around it."""
    levels = np.stack(octave.levels).astype(np.int64)
    stack = levels[1:] - levels[:-1]
    middle = stack[1:-1, 1:-1, 1:-1]
    around = [
        stack[1 + q : stack.shape[0] - 1 + q, 1 + y : stack.shape[1] - 1 + y,
              1 + x : stack.shape[2] - 1 + x]
        for q in (-1, 0, 1) for y in (-1, 0, 1) for x in (-1, 0, 1) if q or y or x
    ]  # fmt: skip
    extreme = np.all([middle > each for each in around], 0)
    extreme |= np.all([middle < each for each in around], 0)
    q, y, x = (axis + 1 for axis in np.nonzero(extreme & (np.abs(middle) >= LEAST)))
    at = stack[q, y, x]
    dx, dy, dq = (
        stack[q, y, x + 1] - stack[q, y, x - 1],
        stack[q, y + 1, x] - stack[q, y - 1, x],
        stack[q + 1, y, x] - stack[q - 1, y, x],
    )
    xx = stack[q, y, x + 1] + stack[q, y, x - 1] - 2 * at
    yy = stack[q, y + 1, x] + stack[q, y - 1, x] - 2 * at
    qq = stack[q + 1, y, x] + stack[q - 1, y, x] - 2 * at
    xy = (stack[q, y + 1, x + 1] - stack[q, y + 1, x - 1]
          - stack[q, y - 1, x + 1] + stack[q, y - 1, x - 1])  # fmt: skip
    det = 16 * xx * yy - xy * xy
    good = (det > 0) & (16 * EDGE * (xx + yy) ** 2 <= (EDGE + 1) ** 2 * det)
    # The top of the parabola through the values, in 1/16 of a pixel, and in 1/8 of a level.
    ox = _ratio(-16 * (8 * dx * yy - 2 * dy * xy), det)
    oy = _ratio(-16 * (8 * dy * xx - 2 * dx * xy), det)
    oq = np.where(qq == 0, 0, _ratio(-4 * dq, np.where(qq == 0, 1, qq)))
    ox, oy, oq = np.clip(ox, -16, 16), np.clip(oy, -16, 16), np.clip(oq, -8, 8)
    values = np.abs(at), 16 * x + ox, 16 * y + oy, 8 * q + oq
    return _Spots(*(np.asarray(each[good], np.int64) for each in values))


def _ratio(above: NDArray[np.int64], below: NDArray[np.int64]) -> NDArray[np.int64]:
    """Divide and round to the nearest whole number, halves upwards."""
    sign = np.sign(below)
    return np.asarray((2 * above * sign + np.abs(below)) // (2 * np.abs(below)), np.int64)


def _directions(plane: Plane, x: int, y: int, size: int) -> list[int]:
    """Return up to two directions of the slopes around a point, 0 to 255."""
    weights = WINDOWS[size]
    radius = len(weights) // 2
    cx, cy = (x + 8) >> 4, (y + 8) >> 4
    height, width = plane.shape
    rows = np.arange(max(cy - radius, 1), min(cy + radius, height - 2) + 1)
    columns = np.arange(max(cx - radius, 1), min(cx + radius, width - 2) + 1)
    if not len(rows) or not len(columns):
        return [0]
    j, i = np.meshgrid(rows, columns, indexing="ij")
    inside = (i - cx) ** 2 + (j - cy) ** 2 <= radius * radius
    gx = plane[j, i + 1] - plane[j, i - 1]
    gy = plane[j + 1, i] - plane[j - 1, i]
    ax, ay = np.abs(gx), np.abs(gy)
    length = np.maximum(ax, ay) + ((3 * np.minimum(ax, ay)) >> 3)
    weight = (weights[i - cx + radius] * weights[j - cy + radius]) >> 8
    bins = (ay[..., None].astype(np.int64) * BORDERS[:, 0] > ax[..., None] * BORDERS[:, 1]).sum(-1)
    bins = np.where(gx < 0, BINS // 2 - bins, bins)
    bins = np.where(gy < 0, BINS - bins, bins) % BINS
    votes = np.bincount(
        bins[inside], (length * weight)[inside].astype(np.float64), minlength=BINS
    ).astype(np.int64)
    for _ in range(3):
        votes = votes + np.roll(votes, 1) + np.roll(votes, -1)
    votes >>= 5
    best, found = int(votes.max()), list[int]()
    peak = (votes > np.roll(votes, 1)) & (votes >= np.roll(votes, -1)) & (5 * votes >= 4 * best)
    for b in sorted(np.flatnonzero(peak), key=lambda b: (-votes[b], b))[:2]:
        left, top, right = (int(votes[(b + d) % BINS]) for d in (-1, 0, 1))
        curve = left - 2 * top + right
        shift = (-8 * (left - right) - curve) // (-2 * curve)
        found.append((8 * int(b) + shift) % DIRECTIONS)
    return found or [0]


def _code(plane: Plane, x: int, y: int, size: int, direction: int) -> NDArray[np.uint8]:
    """Return 128 bits of the patch around a point, 14 sizes wide and turned upright."""
    cosine, sine = (int(each) for each in TURN_TABLE[direction])
    # Half the way from one sample to the next, in 1/4096 of a pixel.
    half = 7 * int(SIZE_TABLE[size])
    c, s = (half * cosine) >> 18, (half * sine) >> 18
    odd = 2 * np.arange(PATCH) - (PATCH - 1)
    u, v = np.meshgrid(odd, odd)
    samples = _sampled(plane, (x << 8) + c * u - s * v, (y << 8) + s * u + c * v)
    cells = samples.reshape(9, 2, 9, 2).sum((1, 3))
    right = cells[:-1, 1:] + cells[1:, 1:] > cells[:-1, :-1] + cells[1:, :-1]
    below = cells[1:, :-1] + cells[1:, 1:] > cells[:-1, :-1] + cells[:-1, 1:]
    return np.packbits(np.stack([right, below]).ravel(), bitorder="little")


def _sampled(plane: Plane, x: NDArray[np.int64], y: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return values between pixels, at positions in 1/4096 of a pixel."""
    height, width = plane.shape
    x = np.clip(x >> 4, 0, 256 * (width - 1) - 1)
    y = np.clip(y >> 4, 0, 256 * (height - 1) - 1)
    i, j, u, v = x >> 8, y >> 8, x & 255, y & 255
    above = plane[j, i] * (256 - u) + plane[j, i + 1] * u
    under = plane[j + 1, i] * (256 - u) + plane[j + 1, i + 1] * u
    return np.asarray((above * (256 - v) + under * v) >> 8, np.int64)
