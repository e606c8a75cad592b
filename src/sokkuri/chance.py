"""The distances that photos have by chance, foretold from the distances of a folder's own pairs."""

from __future__ import annotations

import hashlib
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from sokkuri.brief import brief_repr

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sokkuri._typing import Codes
    from sokkuri.hashes import HashSpec
    from sokkuri.metric import Metric

LEAST_PHOTOS: Final = 200
"""Fewer photos have too few pairs to tell from."""

_MOST_PHOTOS: Final = 3000
_LOW: Final = 2e-4
_HIGH: Final = 3e-2
"""Shares of pairs between which the curve is fitted."""

_WIDE: Final = 0.12
"""Up to this share where near copies spoil the lower end."""

_FLATTER: Final = 0.6
"""Near copies begin where the curve is flatter than so much of its steepest."""

_EXPLAINED: Final = 0.05
"""Pairs are no chance where it explains at most this part of them."""

_MANY: Final = 0.02
"""Near copies among fewer of the photos spoil nothing that can be seen."""

_ROUNDS: Final = 8
_ROWS: Final = 256
_LEAST_POINTS: Final = 3


@dataclass(frozen=True, slots=True, eq=False)
class ChanceModel:
    """The share of unrelated pairs within each distance, measured where it can be, else foretold.

    Parameters
    ----------
    spec : HashSpec
        The recipe of what was compared.
    photos : int
        How many photos, of different codes, were compared with each other.
    shares : ndarray of shape (bits + 1,), float64
        By distance, ascending.
    measured : ndarray of shape (bits + 1,), float64
        The share of all compared pairs within each distance, related ones too.
    fitted : tuple of int
        The distances between which the curve was fitted.
    """

    spec: HashSpec
    photos: int
    shares: NDArray[np.float64]
    measured: NDArray[np.float64]
    fitted: tuple[int, int]

    __repr__ = brief_repr

    @classmethod
    def of(cls, metric: Metric, codes: Codes) -> ChanceModel | None:
        """Measure photos that say enough; None if they are too few, or too much alike.

        The answer is the same in whatever order the codes come.

        Parameters
        ----------
        metric : Metric
        codes : ndarray of shape (N, B), uint8
            What is compared of them, one code a photo.
        """
        sample = _sample(codes)
        if len(sample) < LEAST_PHOTOS:
            return None
        distances = _all_distances(metric, sample)
        bits = metric.spec.bits
        found = _fitted(distances, bits)
        if found is None:
            return None
        curve, shares = found
        measured = np.cumsum(_counts(distances, bits)) / (len(sample) * (len(sample) - 1) / 2)
        return cls(metric.spec, len(sample), shares, measured, (curve.lowest, curve.highest))

    def pairs_by_chance(self, distance: int, pairs: int) -> float:
        """Return how many of some pairs are within a distance by chance.

        Parameters
        ----------
        distance : int
            Inclusive, in bits; none is within a negative one.
        pairs : int
            How many are compared.
        """
        if distance < 0:
            return 0.0
        return float(self.shares[min(distance, len(self.shares) - 1)]) * pairs

    def reach(self, pairs: int, expected: float) -> int:
        """Return the largest distance at which chance makes no more pairs than expected.

        It is -1 if there is none.

        Parameters
        ----------
        pairs : int
            How many are compared.
        expected : float
        """
        return int(np.searchsorted(self.shares * pairs, expected, side="right")) - 1


@dataclass(frozen=True, slots=True)
class _Curve:
    """A parabola of the logarithm of shares, in the square root of the distance."""

    square: float
    slope: float
    level: float
    lowest: int
    highest: int
    spoilt: bool

    @classmethod
    def of(cls, counts: NDArray[np.int64], *, spoilt: bool = True) -> _Curve | None:
        """Fit counts of pairs by distance, shape (bits + 1,), int64; None if they are too few.

        They may be spoilt by near copies, unless that is known to be false.
        """
        at = np.flatnonzero(counts)  # some hashes have even distances only
        shares = np.cumsum(counts)[at] / counts.sum()
        low = _end_of_chance(np.sqrt(at), np.log(shares)) if spoilt else None
        high = _HIGH if low is None else _WIDE
        used = (shares >= (_LOW if low is None else low)) & (shares <= high)
        if np.count_nonzero(used) < _LEAST_POINTS:
            return None
        square, slope, level = np.polyfit(np.sqrt(at[used]), np.log(shares[used]), 2).tolist()
        return cls(square, slope, level, int(at[used][0]), int(at[used][-1]), low is not None)

    def shares(self, counts: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the foretold shares, shape (bits + 1,), and above the fit those of the counts."""
        distances = np.arange(len(counts))
        roots = np.sqrt(distances)
        logs = (self.square * roots + self.slope) * roots + self.level
        if self.square > 0:
            root = float(np.sqrt(self.lowest))
            steepness = max(0.0, 2 * self.square * root + self.slope)
            edge = (self.square * root + self.slope) * root + self.level
            logs = np.where(roots < root, edge + steepness * (roots - root), logs)
        counted = np.cumsum(counts) / counts.sum()
        shares = np.where(distances <= self.highest, np.exp(np.minimum(logs, 0.0)), counted)
        return np.maximum.accumulate(shares)


def _fitted(
    distances: NDArray[np.uint16 | np.uint32], bits: int
) -> tuple[_Curve, NDArray[np.float64]] | None:
    """Return the curve of unrelated photos and its shares; near copies are left out by rounds."""
    kept = np.arange(len(distances))
    for turn in itertools.count(1):
        counts = _counts(distances[np.ix_(kept, kept)], bits)
        curve = _Curve.of(counts)
        if curve is None:
            break
        shares = curve.shares(counts)
        related = _related(distances, kept, shares, counts) if curve.spoilt else None
        if related is None or turn == _ROUNDS:
            return curve, shares
        if np.count_nonzero(related) < _MANY * len(kept):
            plain = _Curve.of(counts, spoilt=False) or curve
            return plain, plain.shares(counts)
        kept = kept[~related]
    return None


def _end_of_chance(roots: NDArray[np.float64], logs: NDArray[np.float64]) -> float | None:
    """Return the lowest share that near copies do not spoil; None where they spoil nothing."""
    octaves = 1 + int(np.log2(_WIDE / _LOW))
    edges = _WIDE * 0.5 ** np.arange(octaves)
    places = np.interp(np.log(edges), logs, roots)
    slopes = np.log(2) / np.maximum(places[:-1] - places[1:], 1e-9)
    flat = np.flatnonzero(slopes < _FLATTER * np.maximum.accumulate(slopes))
    return float(edges[max(int(flat[0]) - 1, 2)]) if len(flat) else None


def _related(
    distances: NDArray[np.uint16 | np.uint32],
    kept: NDArray[np.int64],
    shares: NDArray[np.float64],
    counts: NDArray[np.int64],
) -> NDArray[np.bool_] | None:
    """Tell which of the kept photos are a near copy of an earlier one; None if none is."""
    unexplained = np.flatnonzero(shares * counts.sum() <= _EXPLAINED * np.cumsum(counts))
    if not len(unexplained):
        return None
    near = distances[np.ix_(kept, kept)] <= unexplained[-1]
    related: NDArray[np.bool_] = np.triu(near, 1).any(axis=0)
    return related if related.any() else None


def _sample(codes: Codes) -> Codes:
    """Return different codes, at most so many, in an order that nothing but they decide."""
    digests = [hashlib.blake2b(row, digest_size=8).digest() for row in np.ascontiguousarray(codes)]
    keys = np.frombuffer(b"".join(digests), ">u8")
    _, rows = np.unique(keys, return_index=True)
    return codes[rows[:_MOST_PHOTOS]]


def _all_distances(metric: Metric, codes: Codes) -> NDArray[np.uint16 | np.uint32]:
    """Return the distances of all pairs, shape (N, N); those below the diagonal are not measured.

    The distance of a code from itself is not, either.
    """
    kind = np.uint16 if metric.spec.bits <= np.iinfo(np.uint16).max else np.uint32
    distances = np.zeros((len(codes), len(codes)), kind)
    for start in range(0, len(codes), _ROWS):
        block = slice(start, start + _ROWS)
        distances[block, start:] = metric.distances(codes[block], codes[start:])
    return distances


def _counts(distances: NDArray[np.uint16 | np.uint32], bits: int) -> NDArray[np.int64]:
    """Count the pairs at each distance, shape (bits + 1,)."""
    above = (row[number + 1 :] for number, row in enumerate(distances))
    return sum(
        (np.bincount(row, minlength=bits + 1) for row in above), np.zeros(bits + 1, np.int64)
    )
