"""Votes of point pairs in plain NumPy and whole numbers: the truth that the C kernel must equal.

A pair of points, one of each picture, carries a whole similarity: the turn and the scale that take
one onto the other, and the shift.  Pairs that agree with it vote for it, so the best is counted,
not guessed from random samples.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from sokkuri.kernels.points.reference import DIRECTIONS, SIZES, TURN_TABLE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Places = NDArray[np.int64]
    Pairs = NDArray[np.int64]

ONE: Final = 1 << 16
"""Numbers of a map are in 1/65,536; those of its shift in 1/65,536 of a quarter of a pixel."""

MOST_SCALE: Final = 56
"""Steps of size that a map may scale by: five times."""

_ALL_SIZES: Final = 8 * SIZES
SIZE_QUARTERS: Final = np.asarray(
    np.rint(16 * 4 * 1.6 * 2 ** (np.arange(_ALL_SIZES) / SIZES)), np.int64
)
"""Sizes in 1/16 of a quarter of a pixel, by step."""

SCALES: Final = np.asarray(
    np.rint(4096 * 2 ** (np.arange(-MOST_SCALE, MOST_SCALE + 1) / SIZES)), np.int64
)
"""Scales in 1/4096, by difference of steps."""

LIKE_SCALE: Final = 14  # steps: 1.5 times
LIKE_TURN: Final = 18  # of 256: 0.45 radians
FIT_SCALE: Final = 17
FIT_TURN: Final = 20
ROUNDS: Final = 4
LEAST_AFFINE: Final = 6
_MOST_LINEAR: Final = 64.0


class Fit(NamedTuple):
    """A map between pictures, and the number of pairs that it rests on.

    Parameters
    ----------
    map : ndarray of shape (2, 3), int64
        Rows of an affine map in units of ``ONE``; places are in quarters of a pixel.
    pairs : int
    """

    map: NDArray[np.int64]
    pairs: int


def agree(p: Places, q: Places, e: Places, f: Places, tolerance: int) -> NDArray[np.bool_]:
    """Tell which pairs (e, f) agree with the similarities that the pairs (p, q) carry.

    Parameters
    ----------
    p, e : ndarray of shape (P, 4), int64
        Points of one picture: column, row, step of size, direction.
    q, f : ndarray of shape (P, 4), int64
        Their partners in another.
    tolerance : int
        Quarters of a pixel that are always allowed.

    Returns
    -------
    ndarray of shape (P,), bool
    """
    step = q[..., 2] - p[..., 2]
    scale = SCALES[np.clip(step, -MOST_SCALE, MOST_SCALE) + MOST_SCALE]
    turn = TURN_TABLE[(q[..., 3] - p[..., 3]) % DIRECTIONS].astype(np.int64)
    c, s = (scale * turn[..., 0]) >> 14, (scale * turn[..., 1]) >> 14
    ex, ey = e[..., 0] - p[..., 0], e[..., 1] - p[..., 1]
    x = q[..., 0] + ((c * ex - s * ey) >> 12) - f[..., 0]
    y = q[..., 1] + ((s * ex + c * ey) >> 12) - f[..., 1]
    way = (roots(ex * ex + ey * ey) * scale) >> 12
    size = SIZE_QUARTERS[np.minimum(f[..., 2], _ALL_SIZES - 1)]
    allowed = tolerance + ((123 * way) >> 10) + (size >> 5)
    good = x * x + y * y <= allowed * allowed
    good &= np.abs(step) <= MOST_SCALE
    good &= np.abs(f[..., 2] - e[..., 2] - step) <= LIKE_SCALE
    difference = f[..., 3] - e[..., 3] - q[..., 3] + p[..., 3]
    return np.asarray(good & (turned(difference) <= LIKE_TURN))


def turned(difference: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how far directions lie apart, 0 to 128, from differences of shape (P,), int64."""
    half = DIRECTIONS // 2
    return np.abs((difference + half) % DIRECTIONS - half)


def roots(squares: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return square roots of whole numbers of shape (P,), int64, rounded down.

    Double precision is exact below 2^52.
    """
    return np.sqrt(squares.astype(np.float64)).astype(np.int64)


def best_votes(places: Places, others: Places, pairs: Pairs, tolerance: int) -> tuple[int, int]:
    """Return the pair with which most points of the first picture agree, and how many do.

    Parameters
    ----------
    places, others : ndarray of shape (N, 4), int64
    pairs : ndarray of shape (P, 2), int64
        Sorted by the first picture's points.
    tolerance : int

    Returns
    -------
    lead, votes : int
        The first of the best; -1 and 0 without pairs.
    """
    best, lead = 0, -1
    for k in range(len(pairs)):
        p, q = places[pairs[k, 0]], others[pairs[k, 1]]
        good = agree(p, q, places[pairs[:, 0]], others[pairs[:, 1]], tolerance)
        votes = len(np.unique(pairs[good, 0]))
        if votes > best:
            best, lead = votes, k
    return lead, best


def similar_pairs(codes: NDArray[np.uint64], others: NDArray[np.uint64], radius: int) -> Pairs:
    """Pair each point with the two of the other picture whose codes are nearest.

    Parameters
    ----------
    codes, others : ndarray of shape (N, 2), uint64
        128 bits a point.
    radius : int
        Number of differing bits at most.

    Returns
    -------
    ndarray of shape (P, 2), int64
        Sorted by the first picture's points; of equally near ones the first counts.
    """
    if not len(codes) or not len(others):
        return np.empty((0, 2), np.int64)
    far = np.bitwise_count(codes[:, None] ^ others[None]).sum(-1, dtype=np.int64)
    order = np.argsort(far, axis=1, kind="stable")[:, :2]
    near = np.take_along_axis(far, order, 1) <= radius
    first, which = np.nonzero(near)
    return np.stack([first, order[first, which]], 1)


def fit(places: Places, others: Places, pairs: Pairs) -> Fit | None:
    """Fit the map that most pairs agree on: a similarity, and an affine one from six pairs on.

    Parameters
    ----------
    places, others : ndarray of shape (N, 4), int64
    pairs : ndarray of shape (P, 2), int64
        As :func:`similar_pairs` returns them.

    Returns
    -------
    Fit or None
        None where fewer than two pairs agree.
    """
    lead, votes = best_votes(places, others, pairs, 12)
    if votes < 2:
        return None
    p, q = places[pairs[lead, 0]], others[pairs[lead, 1]]
    step, turn = int(q[2] - p[2]), int(q[3] - p[3]) % DIRECTIONS
    found = _similarity(p, q, step, turn)
    count = 0
    for turn_number in range(ROUNDS):
        kept = _fitting(places, others, pairs, found, (step, turn), turn_number, p)
        count = len(kept)
        if count < 2 or turn_number == ROUNDS - 1:
            break
        better = _least_squares(places[pairs[kept, 0]], others[pairs[kept, 1]])
        if better is None:
            break
        found = better
        step, turn = step_and_turn(found)
    return Fit(found, count) if count >= 2 else None


def _similarity(p: Places, q: Places, step: int, turn: int) -> NDArray[np.int64]:
    scale = int(SCALES[step + MOST_SCALE])
    c, s = (scale * int(each) >> 10 for each in TURN_TABLE[turn])
    rows = [[c, -s, 0], [s, c, 0]]
    for row, at in zip(rows, (0, 1), strict=True):
        row[2] = (int(q[at]) << 16) - row[0] * int(p[0]) - row[1] * int(p[1])
    return np.array(rows, np.int64)


def _fitting(
    places: Places,
    others: Places,
    pairs: Pairs,
    found: NDArray[np.int64],
    how: tuple[int, int],
    number: int,
    lead: Places,
) -> list[int]:
    """Return the pairs that a map fits, at most one for each point of either picture.

    Early rounds allow for an error that grows with the way from the leading point.
    """
    e, f = places[pairs[:, 0]], others[pairs[:, 1]]
    step, turn = how
    x, y = (
        ((row[0] * e[:, 0] + row[1] * e[:, 1] + row[2]) >> 16) - f[:, at]
        for at, row in enumerate(found)
    )
    allowed = 12 + ((77 * SIZE_QUARTERS[f[:, 2]]) >> 12)  # three pixels, and 0.3 of the size
    if number == 0:
        ex, ey = e[:, 0] - lead[0], e[:, 1] - lead[1]
        scale = int(SCALES[min(max(step, -MOST_SCALE), MOST_SCALE) + MOST_SCALE])
        allowed = allowed + ((123 * ((roots(ex * ex + ey * ey) * scale) >> 12)) >> 10)
    elif number == 1:
        allowed = allowed + 8
    good = x * x + y * y <= allowed * allowed
    good &= np.abs(f[:, 2] - e[:, 2] - step) <= FIT_SCALE
    good &= turned(f[:, 3] - e[:, 3] - turn) <= FIT_TURN
    kept, last, taken = list[int](), -1, set[int]()
    for k in np.flatnonzero(good).tolist():
        first, second = pairs[k].tolist()
        if first != last and second not in taken:
            kept.append(k)
            taken.add(second)
            last = first
    return kept


def _least_squares(e: Places, f: Places) -> NDArray[np.int64] | None:
    """Return the map that takes points nearest to their partners.

    The sums are whole numbers, the few divisions in double precision in one order.
    """
    n = float(len(e))
    x, y, u, v = e[:, 0], e[:, 1], f[:, 0], f[:, 1]
    sx, sy, su, sv = (float(each.sum()) for each in (x, y, u, v))
    xx, xy, yy = (float(each.sum()) for each in (x * x, x * y, y * y))
    ux, uy, vx, vy = (float(each.sum()) for each in (u * x, u * y, v * x, v * y))
    xx, xy, yy = xx - sx * sx / n, xy - sx * sy / n, yy - sy * sy / n
    ux, uy = ux - sx * su / n, uy - sy * su / n
    vx, vy = vx - sx * sv / n, vy - sy * sv / n
    spread = xx + yy
    if spread < 16.0:
        return None
    a, b, c, d = (ux + vy) / spread, -((vx - uy) / spread), (vx - uy) / spread, (ux + vy) / spread
    det = xx * yy - xy * xy
    if n >= LEAST_AFFINE and det > 2.56 * n * n:
        p, q = (yy * ux - xy * uy) / det, (xx * uy - xy * ux) / det
        r, s = (yy * vx - xy * vy) / det, (xx * vy - xy * vx) / det
        area = p * s - q * r
        if area > 0.0 and p * p + q * q + r * r + s * s < 2.6 * area:
            a, b, c, d = p, q, r, s
    flat = abs(a * d - b * c) < 0.0225  # a scale of 0.15
    if flat or max(abs(a), abs(b), abs(c), abs(d)) > _MOST_LINEAR:
        return None
    shift = (su - a * sx - b * sy) / n, (sv - c * sx - d * sy) / n
    return np.array(
        [[round(ONE * each) for each in row] for row in ((a, b, shift[0]), (c, d, shift[1]))],
        np.int64,
    )


def step_and_turn(found: NDArray[np.int64]) -> tuple[int, int]:
    """Return the step of size and the direction of a map of shape (2, 3), int64."""
    (a, b, _), (c, d, _) = found.tolist()
    area = abs(a * d - b * c) >> 8  # of scale one: 2^24
    step = int(np.searchsorted(AREAS, area, "right"))
    along = TURN_TABLE[:, 0].astype(np.int64) * (a + d) + TURN_TABLE[:, 1].astype(np.int64) * (
        c - b
    )
    return step - MOST_SCALE, int(np.argmax(along))


AREAS: Final = np.asarray(
    np.rint(2.0**24 * 2 ** (2 * (np.arange(-MOST_SCALE, MOST_SCALE) + 0.5) / SIZES)), np.int64
)
"""Areas between two steps of size, in 1/2^24."""


NEAR_SCALE: Final = 17  # steps: 1.6 times
LEAST_SIZE: Final = 5  # steps above the smallest size that a picture shows
NEAR_BITS: Final = 36
LEAST_POINTS: Final = 6


def partners(
    first: tuple[Places, NDArray[np.uint64], tuple[int, int]],
    second: tuple[Places, NDArray[np.uint64], tuple[int, int]],
    found: NDArray[np.int64],
) -> tuple[int, int]:
    """Count the points of the overlap that have a partner where the map says.

    Parameters
    ----------
    first, second, found
        As of :func:`partner_pairs`, in shape too.

    Returns
    -------
    matched, of : int
        Partners, and points of the picture that has fewer in the overlap, at least 6.
    """
    pairs, of = partner_pairs(first, second, found)
    return len(pairs), of


def partner_pairs(
    first: tuple[Places, NDArray[np.uint64], tuple[int, int]],
    second: tuple[Places, NDArray[np.uint64], tuple[int, int]],
    found: NDArray[np.int64],
) -> tuple[list[tuple[int, int]], int]:
    """Find the points of the overlap that have a partner where the map says.

    Parameters
    ----------
    first, second : tuple
        Places, of shape (N, 4), int64; codes, of shape (N, 2), uint64; width and height of the
        picture in quarters of a pixel.
    found : ndarray of shape (2, 3), int64

    Returns
    -------
    pairs : list of (int, int)
        Numbers of a point in either picture.
    of : int
        Points of the picture that has fewer in the overlap, at least 6.
    """
    (places, codes, _), (others, other_codes, _) = first, second
    step, turn = step_and_turn(found)
    x, y = ((row[0] * places[:, 0] + row[1] * places[:, 1] + row[2]) >> 16 for row in found)
    width, height = second[2]
    # A point of which the other picture would be too coarse to show anything does not count.
    own = (x >= 0) & (y >= 0) & (x < width) & (y < height) & (places[:, 2] + step > LEAST_SIZE)
    back = inverted(found)
    if back is None:
        return [], LEAST_POINTS
    u, v = ((row[0] * others[:, 0] + row[1] * others[:, 1] + row[2]) >> 16 for row in back)
    theirs = (u >= 0) & (v >= 0) & (u < first[2][0]) & (v < first[2][1])
    theirs &= others[:, 2] - step > LEAST_SIZE
    spots, other_spots = _spots_of(places), _spots_of(others)
    used, used_others, pairs = set[int](), set[int](), list[tuple[int, int]]()
    far = np.bitwise_count(codes[:, None] ^ other_codes[None]).sum(-1, dtype=np.int64)
    allowed = 8 + ((77 * SIZE_QUARTERS[others[:, 2]]) >> 12)
    for i in np.flatnonzero(own).tolist():
        if spots[i] in used:
            continue
        near = (others[:, 0] - x[i]) ** 2 + (others[:, 1] - y[i]) ** 2 <= allowed * allowed
        near &= np.abs(others[:, 2] - places[i, 2] - step) <= NEAR_SCALE
        near &= turned(others[:, 3] - places[i, 3] - turn) <= FIT_TURN
        near &= far[i] <= NEAR_BITS
        near &= np.array([spot not in used_others for spot in other_spots], np.bool_)
        if near.any():
            best = int(np.argmin(np.where(near, far[i], 999)))
            used.add(spots[i])
            used_others.add(other_spots[best])
            pairs.append((i, best))
    count = min(len({spots[i] for i in np.flatnonzero(own)}),
                len({other_spots[j] for j in np.flatnonzero(theirs)}))  # fmt: skip
    return pairs, max(count, LEAST_POINTS)


def _spots_of(places: Places) -> list[int]:
    """Return the number of each point's spot: two directions of one spot follow each other."""
    same = (places[1:, :3] == places[:-1, :3]).all(1)
    numbers: list[int] = np.concatenate([[0], np.cumsum(~same)])[: len(places)].tolist()
    return numbers


def inverted(found: NDArray[np.int64]) -> NDArray[np.int64] | None:
    """Return the map the other way round; None where it flattens the picture.

    Parameters
    ----------
    found : ndarray of shape (2, 3), int64

    Returns
    -------
    ndarray of shape (2, 3), int64, or None
    """
    (a, b, tx), (c, d, ty) = (tuple(map(float, row)) for row in found.tolist())
    area = a * d - b * c
    if abs(area) < 2.0**22:
        return None
    e, f, g, h = d / area, -b / area, -c / area, a / area
    one = float(ONE)
    shift = -(e * tx + f * ty) * one, -(g * tx + h * ty) * one
    rows = (e * one * one, f * one * one, shift[0]), (g * one * one, h * one * one, shift[1])
    return np.array([[round(each) for each in row] for row in rows], np.int64)
