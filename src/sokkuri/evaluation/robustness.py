"""Edited copies against unrelated photos: which recall at one false positive in 100,000?"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from sokkuri.brief import brief_repr
from sokkuri.pipeline import ordered_map

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from sokkuri._typing import Codes
    from sokkuri.evaluation.edited import EditSet
    from sokkuri.evaluation.edits import Edit
    from sokkuri.hashes import HashSpec
    from sokkuri.metric import Metric

FALSE_POSITIVE_RATE: Final = 1e-5
"""Share of unrelated pairs that may pass the threshold of the recall."""

_CLOSEST: Final = 5
_BLOCK_ROWS: Final = 64

MISSING: Final = -1
"""In place of the distance of a copy that could not be made."""


@dataclass(frozen=True, slots=True)
class EditRecall:
    """Share of the copies at or below the threshold; a copy that could not be made is a miss.

    ``median_distance`` is the (lower) median from copy to original; None if no copy could be made.
    """

    edit: str
    recall: float
    median_distance: int | None


@dataclass(frozen=True, slots=True)
class NearPair:
    """Two photos that count as unrelated and yet have near hashes: look whether they are."""

    a: str
    b: str
    distance: int


@dataclass(frozen=True, slots=True)
class Robustness:
    """Edited copies told from unrelated photos with one hash.

    Parameters
    ----------
    spec : HashSpec
    threshold, false_positives : int
        The largest distance that lets through at most one in 100,000 unrelated pairs, -1 if none;
        the unrelated pairs at or below it.
    edits, harder : tuple of EditRecall
        In the order of :data:`sokkuri.evaluation.EDITS`, and of
        :data:`sokkuri.evaluation.HARDER_EDITS`; empty if they were not measured.
    genuine, unrelated : tuple of int
        Number of pairs at each distance, 0 to ``spec.bits``; the copies of all edits together.
    closest : tuple of NearPair
        The nearest unrelated pairs.
    """

    spec: HashSpec
    threshold: int
    false_positives: int
    edits: tuple[EditRecall, ...]
    harder: tuple[EditRecall, ...]
    genuine: tuple[int, ...]
    unrelated: tuple[int, ...]
    closest: tuple[NearPair, ...]

    __repr__ = brief_repr

    @property
    def pairs(self) -> int:
        """Number of unrelated pairs."""
        return sum(self.unrelated)

    @property
    def mean_recall(self) -> float:
        """The recall of an edit, averaged over the eighteen."""
        return mean_recall(self.edits)


def mean_recall(edits: Sequence[EditRecall]) -> float:
    """Return the recall of an edit, averaged over some edits."""
    return sum(edit.recall for edit in edits) / len(edits)


class Unrelated(NamedTuple):
    """The pairs of sampled photos with all others, each pair once."""

    counts: NDArray[np.int64]  # at each distance, of shape (bits + 1,)
    closest: list[tuple[int, int, int]]  # (distance, row, row)


def count_unrelated(
    metric: Metric,
    codes: Codes,
    pixels: Sequence[bytes],
    rows: Sequence[int],
    workers: int | None = None,
) -> Unrelated:
    """Measure sampled photos against all others; those with the same pixels are no pair.

    Parameters
    ----------
    metric : Metric
    codes : ndarray of shape (N, B), uint8
        A table of the metric.
    pixels : sequence of bytes
        A digest for each photo.
    rows : sequence of int
        The sampled ones.
    workers : int, optional
    """
    numbers = {digest: number for number, digest in enumerate(dict.fromkeys(pixels))}
    pictures = np.array([numbers[digest] for digest in pixels], np.int64)
    chosen, others = np.array(rows, np.int64), np.arange(len(codes))
    unsampled = ~np.isin(others, chosen)

    def count(block: NDArray[np.int64]) -> Unrelated:
        distances = metric.distances(codes[block], codes)
        # Two sampled photos meet twice, and count the first time.
        pairs = (others > block[:, None]) | unsampled
        same = pictures[block, None] == pictures
        number, row = np.nonzero(pairs & ~same)
        values = distances[number, row]
        counts = np.bincount(values, minlength=metric.spec.bits + 1)
        near = values <= np.searchsorted(np.cumsum(counts), min(_CLOSEST, len(values)))
        ends = np.sort([block[number[near]], row[near]], axis=0)
        closest = heapq.nsmallest(_CLOSEST, zip(values[near].tolist(), *ends.tolist(), strict=True))
        return Unrelated(counts, closest)

    blocks = [chosen[at : at + _BLOCK_ROWS] for at in range(0, len(chosen), _BLOCK_ROWS)]
    parts = list(ordered_map(count, blocks, workers=workers))
    closest = heapq.nsmallest(_CLOSEST, (pair for part in parts for pair in part.closest))
    return Unrelated(np.sum([part.counts for part in parts], axis=0), closest)


def hash_robustness(
    spec: HashSpec,
    edits: EditSet,
    genuine: NDArray[np.int64],
    unrelated: Unrelated,
    paths: Sequence[str],
) -> Robustness:
    """Put the recall of one hash together.

    Parameters
    ----------
    spec : HashSpec
    edits : EditSet
    genuine : ndarray of shape (edits, sampled), int64
        Distances from copies to originals, or :data:`MISSING`.
    unrelated : Unrelated
    paths : sequence of str
        Of all photos.
    """
    threshold = threshold_at_rate(unrelated.counts, FALSE_POSITIVE_RATE)
    made = genuine[genuine != MISSING]
    recall = [
        _edit_recall(edit, distances, threshold)
        for edit, distances in zip(edits.all, genuine, strict=True)
    ]
    usual = len(edits.usual)
    return Robustness(
        spec=spec,
        threshold=threshold,
        false_positives=false_positives(unrelated.counts, threshold),
        edits=tuple(recall[:usual]),
        harder=tuple(recall[usual:]),
        genuine=tuple(np.bincount(made, minlength=spec.bits + 1).tolist()),
        unrelated=tuple(unrelated.counts.tolist()),
        closest=tuple(NearPair(paths[a], paths[b], bits) for bits, a, b in unrelated.closest),
    )


def threshold_at_rate(unrelated: ArrayLike, rate: float) -> int:
    """Return the largest distance that lets through at most ``rate`` of the unrelated pairs.

    It lies within -1 (not even distance 0 will do) and ``bits``; with fewer than ``1 / rate`` pairs
    it is just below the smallest unrelated distance.

    Parameters
    ----------
    unrelated : array_like of shape (bits + 1,), integer
        Number of unrelated pairs at each distance.
    rate : float
        0 to 1, read as the decimal it is written as.

    Raises
    ------
    ValueError
        If there are no pairs, or ``rate`` is not within 0 to 1.
    """
    counts = np.asarray(unrelated, np.int64)
    pairs = int(counts.sum())
    if not pairs:
        raise ValueError("without unrelated pairs there is no threshold")
    if not 0 <= rate <= 1:
        raise ValueError(f"`rate` must lie within 0 and 1, not {rate}")
    return int(np.searchsorted(np.cumsum(counts), most_at_rate(pairs, rate), side="right")) - 1


def most_at_rate(pairs: int, rate: float) -> int:
    """Return how many of some pairs a rate lets through at most.

    Parameters
    ----------
    pairs : int
    rate : float
        0 to 1, read as the decimal it is written as.
    """
    # 1e-5 * 300_000 is not 3 in binary; the fraction of the decimal is.
    return math.floor(Fraction(repr(float(rate))) * pairs)


def false_positives(unrelated: ArrayLike, threshold: int) -> int:
    """Count the unrelated pairs at or below a threshold.

    Parameters
    ----------
    unrelated : array_like of shape (bits + 1,), integer
        See :func:`threshold_at_rate`.
    threshold : int
    """
    return int(np.asarray(unrelated, np.int64)[: threshold + 1].sum())


def _edit_recall(edit: Edit, distances: NDArray[np.int64], threshold: int) -> EditRecall:
    made = np.sort(distances[distances != MISSING])
    recall = int((made <= threshold).sum()) / len(distances)
    return EditRecall(edit.name, recall, int(made[(len(made) - 1) // 2]) if len(made) else None)
