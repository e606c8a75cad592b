"""Pictures laid on each other in plain NumPy and whole numbers: the truth the C kernel must equal.

Both pictures are small planes of brightness.  A grid over the part of the first that the map takes
into the second is read from both; the difference refines the map (Gauss-Newton, with little weight
on what differs much); and at the end the slopes of both are compared block by block, each block by
itself, so that a strong outline does not outvote the inside.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Map = NDArray[np.int64]
    Plane = NDArray[np.int64]

ONE: Final = 1 << 16
FINE: Final = 64
COARSE: Final = 32
BLOCK: Final = 8
STRIDE: Final = 4
LEAST_INSIDE: Final = 64
LEAST_OF_BLOCK: Final = 28
LEAST_SIDE: Final = 8


class Lattice(NamedTuple):
    """Points of a grid over the first picture, in 1/65,536 of its pixels."""

    x: NDArray[np.int64]
    y: NDArray[np.int64]
    step: int


class Agreement(NamedTuple):
    """Agreement of two pictures under a map.

    Parameters
    ----------
    map : ndarray of shape (2, 3), int64
        From pixels of the first to those of the second, in 1/65,536.
    blocks : ndarray of shape (rows, columns), int16
        Agreement of each in 1/1,000; ``NOTHING`` where a block shows nothing or lies outside.
    """

    map: Map
    blocks: NDArray[np.int16]


NOTHING: Final = -32768

_ROOM: Final = 16  # values of planes are brightness in 1/16 of a level
_UNIT: Final = 1024  # normalised values are deviations in 1/1,024
_QUIET: Final = 10_486  # 0.01 square deviations
_MOST_STEP: Final = 1.5
_SMALL_STEP: Final = 0.01
_NARROW: Final = 3.2
_LEVELS: Final = 3


class _Laid(NamedTuple):
    """Two pictures on one grid: normalised values of shape (rows, columns), and where both are."""

    p: Plane
    q: Plane
    inside: NDArray[np.bool_]
    deviation: int
    level: int
    grid: Lattice


def laid_over(
    first: NDArray[np.uint8], second: NDArray[np.uint8], found: Map, rounds: int
) -> Agreement | None:
    """Lay one picture over another, refine the map, and compare them block by block.

    Parameters
    ----------
    first, second : ndarray of shape (H, W), uint8
    found : ndarray of shape (2, 3), int64
        The map to begin with, in 1/65,536.
    rounds : int
        Steps of refinement at most; 0 leaves the map as it is.

    Returns
    -------
    Agreement or None
        None where too little of the one lies in the other, or the refinement runs away.
    """
    pyramids = _pyramid(first), _pyramid(second)
    way = found.copy()
    for _ in range(rounds):
        laid = _laid(*pyramids, way, COARSE)
        step = None if laid is None else _refinement(pyramids[1], laid, way)
        if laid is None or step is None:
            return None
        way, size = step
        if size < _SMALL_STEP:
            break
    last = _laid(*pyramids, way, FINE)
    return None if last is None else _agreement(last, way)


def _pyramid(picture: NDArray[np.uint8]) -> list[Plane]:
    planes = [picture.astype(np.int64) * _ROOM]
    for _ in range(_LEVELS - 1):
        plane = planes[-1]
        rows, columns = (side // 2 * 2 for side in plane.shape)
        parts = plane[:rows, :columns].reshape(rows // 2, 2, columns // 2, 2)
        planes.append((parts.sum((1, 3)) + 2) >> 2)
    return planes


def _laid(first: list[Plane], second: list[Plane], way: Map, cells: int) -> _Laid | None:
    grid = lattice_of(first[0].shape, second[0].shape, way, cells)
    if grid is None:
        return None
    scale = _scale(way)
    u, v = _mapped(way, grid.x, grid.y)
    height, width = second[0].shape
    half = ONE // 2
    inside = (u >= -half) & (v >= -half) & (u <= width * ONE - half) & (v <= height * ONE - half)
    if inside.sum() < LEAST_INSIDE:
        return None
    near, far = _level(grid.step), _level((grid.step * scale) >> 16)
    p, _ = _normal(_looked(first, near, grid.x, grid.y), inside)
    q, deviation = _normal(_looked(second, far, u, v), inside)
    return _Laid(p, q, inside, deviation, far, grid)


def lattice_of(
    shape: tuple[int, ...], other: tuple[int, ...], way: Map, cells: int
) -> Lattice | None:
    """Span a grid over the pixels of the first picture that fall into the second.

    Parameters
    ----------
    shape, other : tuple of int
        Rows and columns of the two.
    way : ndarray of shape (2, 3), int64
        From pixels of the first to those of the second, in 1/65,536.
    cells : int
        Points along the longer side.
    """
    rows, columns = shape
    y, x = np.mgrid[:rows, :columns].astype(np.int64)
    u, v = _mapped(way, x * ONE, y * ONE)
    falls = (u >= 0) & (v >= 0) & (u <= (other[1] - 1) * ONE) & (v <= (other[0] - 1) * ONE)
    if not falls.any():
        return None
    inner_rows, inner_columns = np.flatnonzero(falls.any(1)), np.flatnonzero(falls.any(0))
    top, bottom, left, right = (
        int(inner_rows[0]), int(inner_rows[-1]), int(inner_columns[0]), int(inner_columns[-1])
    )  # fmt: skip
    if right - left < 3 or bottom - top < 3:
        return None
    step = max(right - left, bottom - top) * ONE // (cells - 1)
    across, down = (right - left) * ONE // step + 1, (bottom - top) * ONE // step + 1
    if across < LEAST_SIDE or down < LEAST_SIDE:
        return None
    y, x = np.mgrid[:down, :across].astype(np.int64)
    return Lattice(left * ONE + x * step, top * ONE + y * step, step)


def _mapped(way: Map, x: Plane, y: Plane) -> tuple[Plane, Plane]:
    u, v = (((int(row[0]) * x + int(row[1]) * y) >> 16) + int(row[2]) for row in way)
    return u, v


def _scale(way: Map) -> int:
    """Return the scale of a map in 1/65,536."""
    (a, b, _), (c, d, _) = way.tolist()
    return int(np.sqrt(float(abs(a * d - b * c))))


def _level(step: int) -> int:
    """Return the level of a pyramid whose pixels are about as far apart as a grid's points."""
    return 2 if step > 3 * ONE else int(2 * step > 3 * ONE)


def _looked(pyramid: list[Plane], level: int, x: Plane, y: Plane) -> Plane:
    """Read values between pixels, at positions in 1/65,536 of a pixel of the lowest level."""
    plane = pyramid[level]
    half = ONE // 2
    x, y = (((each + half) >> level) - half for each in (x, y))
    height, width = plane.shape
    x = np.clip(x >> 8, 0, 256 * (width - 1) - 1)
    y = np.clip(y >> 8, 0, 256 * (height - 1) - 1)
    i, j, u, v = x >> 8, y >> 8, x & 255, y & 255
    above = plane[j, i] * (256 - u) + plane[j, i + 1] * u
    under = plane[j + 1, i] * (256 - u) + plane[j + 1, i + 1] * u
    return np.asarray((above * (256 - v) + under * v) >> 16, np.int64)


def _normal(values: Plane, inside: NDArray[np.bool_]) -> tuple[Plane, int]:
    """Subtract the mean and divide by the deviation, which is returned, too."""
    count = int(inside.sum())
    mean = int(values[inside].sum()) // count
    away = values - mean
    deviation = int(np.sqrt(float(int((away[inside] ** 2).sum()) // count))) + _ROOM
    return (away * _UNIT) // deviation, deviation


def _refinement(second: list[Plane], laid: _Laid, way: Map) -> tuple[Map, float] | None:
    """Take one step of Gauss-Newton; return the new map and the step's size in pixels."""
    grid = laid.grid
    reach = (ONE // 2) << laid.level
    u, v = _mapped(way, grid.x, grid.y)
    across = _looked(second, laid.level, u + reach, v) - _looked(second, laid.level, u - reach, v)
    down = _looked(second, laid.level, u, v + reach) - _looked(second, laid.level, u, v - reach)
    gx, gy = ((each * _UNIT // laid.deviation) >> laid.level for each in (across, down))
    middle_x, middle_y = (int(each[0, 0] + each[-1, -1]) >> 1 for each in (grid.x, grid.y))
    half = grid.step * COARSE // 2
    x, y = (grid.x - middle_x) * _UNIT // half, (grid.y - middle_y) * _UNIT // half
    rest = laid.p - laid.q
    weight = (_UNIT**3) // (_UNIT**2 + 4 * rest * rest)
    columns = [(gx * x) >> 10, (gx * y) >> 10, gx, (gy * x) >> 10, (gy * y) >> 10, gy]
    slopes = np.stack([each[laid.inside] for each in columns])
    weighted = slopes * weight[laid.inside]
    matrix = (weighted @ slopes.T).astype(np.float64)
    vector = (weighted @ rest[laid.inside]).astype(np.float64)
    change = _solved(matrix, vector)
    if change is None:
        return None
    size = max(abs(each) for each in change)
    if size > _MOST_STEP:
        change = [each * _MOST_STEP / size for each in change]
    linear = [round(each * ONE * ONE / half) for each in change]
    (a, b, tx), (c, d, ty) = way.tolist()
    e, f, g, h = a + linear[0], b + linear[1], c + linear[3], d + linear[4]
    area = e * h - f * g
    if area <= 0 or e * e + f * f + g * g + h * h > 3 * area + area // 5:
        return None
    # What lies in the middle moves by the step alone.
    sx = tx + ((a * middle_x + b * middle_y) >> 16) + round(change[2] * ONE)
    sy = ty + ((c * middle_x + d * middle_y) >> 16) + round(change[5] * ONE)
    rows = [
        [e, f, sx - ((e * middle_x + f * middle_y) >> 16)],
        [g, h, sy - ((g * middle_x + h * middle_y) >> 16)],
    ]
    return np.array(rows, np.int64), size


def _solved(matrix: NDArray[np.float64], vector: NDArray[np.float64]) -> list[float] | None:
    """Solve six equations by Gauss and Jordan, in one order, in double precision."""
    rows = [[*map(float, row), float(end)] for row, end in zip(matrix, vector, strict=True)]
    trace = 0.0
    for k in range(6):
        trace += rows[k][k]
    for k in range(6):
        rows[k][k] += 0.001 * trace + 1.0
    for column in range(6):
        best = column
        for row in range(column + 1, 6):
            if abs(rows[row][column]) > abs(rows[best][column]):
                best = row
        if abs(rows[best][column]) < 1.0:
            return None
        rows[column], rows[best] = rows[best], rows[column]
        for row in range(6):
            if row != column:
                factor = rows[row][column] / rows[column][column]
                for k in range(column, 7):
                    rows[row][k] -= factor * rows[column][k]
    return [rows[k][6] / rows[k][k] for k in range(6)]


def _agreement(laid: _Laid, way: Map) -> Agreement:
    """Compare the slopes of both pictures, block by block."""
    p, q, inside = laid.p, laid.q, laid.inside
    middle = inside[1:-1, 1:-1] & inside[1:-1, :-2] & inside[1:-1, 2:]
    middle = middle & inside[:-2, 1:-1] & inside[2:, 1:-1]
    px, py = p[1:-1, 2:] - p[1:-1, :-2], p[2:, 1:-1] - p[:-2, 1:-1]
    qx, qy = q[1:-1, 2:] - q[1:-1, :-2], q[2:, 1:-1] - q[:-2, 1:-1]
    products = [px * qx + py * qy, px * px + py * py, qx * qx + qy * qy, np.ones_like(px)]
    rows, columns = ((side - BLOCK) // STRIDE + 1 for side in p.shape)
    blocks = np.full((rows, columns), NOTHING, np.int16)
    padded = [np.pad(np.where(middle, each, 0), 1) for each in products]
    for j in range(rows):
        for i in range(columns):
            block = np.s_[STRIDE * j : STRIDE * j + BLOCK, STRIDE * i : STRIDE * i + BLOCK]
            common, own, other, count = (int(each[block].sum()) for each in padded)
            if count < LEAST_OF_BLOCK:
                continue
            own, other, common = own // count, other // count, common // count
            if own < _QUIET and other < _QUIET:
                continue
            norm = float(own + _QUIET // 2) * float(other + _QUIET // 2)
            blocks[j, i] = round(1000.0 * common / float(np.sqrt(norm)))
    return Agreement(way, blocks)
