"""Edited copies against unrelated photos: which recall at one false positive in 100,000?"""

from __future__ import annotations

import contextlib
import heapq
import math
import threading
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np

from sokkuri.brief import brief_repr
from sokkuri.evaluation.edits import EDITS
from sokkuri.images import Rejected, RejectKind, load
from sokkuri.pipeline import FileRecord, hash_source, ordered_map

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import ArrayLike, NDArray
    from PIL.Image import Image

    from sokkuri._typing import Codes, Progress
    from sokkuri.evaluation.edits import Edit
    from sokkuri.evaluation.photos import PhotoSet
    from sokkuri.hashes import HashSpec
    from sokkuri.metric import Metric
    from sokkuri.protocols import Hasher

FALSE_POSITIVE_RATE: Final = 1e-5
"""Share of unrelated pairs that may pass the threshold of the recall."""

_CLOSEST: Final = 5
_BLOCK_ROWS: Final = 64

# An edit of a large photo takes a few times its pixels: one such photo at a time.
_LARGE_PIXELS: Final = 16_000_000
_large_turn = threading.Lock()

_MISSING: Final = -1


@dataclass(frozen=True, slots=True)
class EditRecall:
    """The survival of one edit.

    Parameters
    ----------
    edit : str
        Name of the edit.
    recall : float
        Share of the copies at or below the threshold; a copy that could not be made is a miss.
    median_distance : int, optional
        The (lower) median distance of copy and original; None if no copy could be made.
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
        The recipe.
    threshold : int
        The largest distance that lets through at most one in 100,000 unrelated pairs; -1 if none.
    false_positives : int
        Unrelated pairs at or below it.
    edits : tuple of EditRecall
        In the order of :data:`sokkuri.evaluation.EDITS`.
    genuine, unrelated : tuple of int
        Number of pairs at each distance, 0 to ``spec.bits``.
    closest : tuple of NearPair
        The nearest unrelated pairs.
    """

    spec: HashSpec
    threshold: int
    false_positives: int
    edits: tuple[EditRecall, ...]
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
        """The recall of an edit, averaged over all edits."""
        return sum(edit.recall for edit in self.edits) / len(self.edits)


@dataclass(frozen=True, slots=True, eq=False)
class Unrelated:
    """The pairs of sampled photos with all others, each pair once.

    Parameters
    ----------
    counts : ndarray of shape (bits + 1,), int64
        Number of pairs at each distance.
    closest : tuple of tuple of int
        The nearest pairs as (distance, row, row).
    same_pixels : int
        Pairs left out for showing the same pixels.
    """

    counts: NDArray[np.int64]
    closest: tuple[tuple[int, int, int], ...]
    same_pixels: int


def edit_photos(
    hashes: Sequence[tuple[Hasher, Metric]],
    photos: PhotoSet,
    rows: Sequence[int],
    *,
    workers: int | None = None,
    progress: Progress | None = None,
) -> tuple[NDArray[np.int64], tuple[Rejected, ...]]:
    """Make every edited copy of some photos and measure how far each is from its original.

    Parameters
    ----------
    hashes : sequence of (Hasher, Metric)
    photos : PhotoSet
    rows : sequence of int
        The photos to edit.
    workers : int, optional
        Threads; all cores if None.
    progress : callable, optional
        Called as ``progress(done, total)`` in photos.

    Returns
    -------
    distances : ndarray of shape (hashes, edits, sampled), int64
        In bits; -1 where a copy could not be made or read.
    failed : tuple of Rejected
        Why not.
    """
    distances = np.full((len(hashes), len(EDITS), len(rows)), _MISSING, np.int64)
    failed: list[Rejected] = []
    found = ordered_map(partial(_edit_one, hashes, photos), rows, workers=workers)
    for number, (table, reasons) in enumerate(found):
        distances[:, :, number] = table
        failed += reasons
        if progress is not None:
            progress(number + 1, len(rows))
    return distances, tuple(failed)


def count_unrelated(
    metric: Metric,
    codes: Codes,
    pixels: Sequence[bytes],
    rows: Sequence[int],
    *,
    workers: int | None = None,
) -> Unrelated:
    """Measure sampled photos against all others.

    Parameters
    ----------
    metric : Metric
    codes : ndarray of shape (N, B), uint8
        Of all photos, a table of ``metric``.
    pixels : sequence of bytes
        Equal for photos with the same pixels, which are no unrelated pair.
    rows : sequence of int
        The sampled photos, ascending.
    workers : int, optional
        Threads; all cores if None.
    """
    numbers = {digest: number for number, digest in enumerate(dict.fromkeys(pixels))}
    pictures = np.array([numbers[digest] for digest in pixels], np.int64)
    sampled = np.zeros(len(codes), np.bool_)
    sampled[list(rows)] = True
    chosen = np.array(rows, np.int64)
    blocks = [chosen[at : at + _BLOCK_ROWS] for at in range(0, len(chosen), _BLOCK_ROWS)]
    work = partial(_count_block, metric, codes, pictures, sampled)
    parts = list(ordered_map(work, blocks, workers=workers))
    closest = heapq.nsmallest(_CLOSEST, (pair for part in parts for pair in part.closest))
    counts = np.zeros(metric.spec.bits + 1, np.int64)
    for part in parts:
        counts += part.counts
    return Unrelated(counts, tuple(closest), sum(part.same_pixels for part in parts))


def robustness_of(
    spec: HashSpec, genuine: NDArray[np.int64], unrelated: Unrelated, paths: Sequence[str]
) -> Robustness:
    """Put the recall of one hash together.

    Parameters
    ----------
    spec : HashSpec
        The recipe.
    genuine : ndarray of shape (edits, sampled), int64
        See :func:`edit_photos`.
    unrelated : Unrelated
        At least one pair.
    paths : sequence of str
        Names for the rows.
    """
    threshold = threshold_at_rate(unrelated.counts, FALSE_POSITIVE_RATE)
    made = genuine[genuine != _MISSING]
    return Robustness(
        spec=spec,
        threshold=threshold,
        false_positives=false_positives(unrelated.counts, threshold),
        edits=tuple(
            _edit_recall(edit, distances, threshold)
            for edit, distances in zip(EDITS, genuine, strict=True)
        ),
        genuine=tuple(np.bincount(made, minlength=spec.bits + 1).tolist()),
        unrelated=tuple(unrelated.counts.tolist()),
        closest=tuple(NearPair(paths[a], paths[b], bits) for bits, a, b in unrelated.closest),
    )


def threshold_at_rate(unrelated: ArrayLike, rate: float) -> int:
    """Return the largest distance that lets through at most ``rate`` of the unrelated pairs.

    Parameters
    ----------
    unrelated : array_like of shape (bits + 1,), integer
        Number of unrelated pairs at each distance.
    rate : float
        Largest share of pairs at or below the threshold, read as the decimal it is written as.

    Returns
    -------
    int
        From -1 (not even distance 0 will do) to ``bits``.  With fewer than ``1 / rate`` pairs this
        is just below the smallest unrelated distance.

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
    # 1e-5 * 300_000 is not 3 in binary; the fraction of the decimal is.
    allowed = math.floor(Fraction(repr(float(rate))) * pairs)
    return int(np.searchsorted(np.cumsum(counts), allowed, side="right")) - 1


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
    made = np.sort(distances[distances != _MISSING])
    recall = int((made <= threshold).sum()) / len(distances)
    return EditRecall(edit.name, recall, int(made[(len(made) - 1) // 2]) if len(made) else None)


def _edit_one(
    hashes: Sequence[tuple[Hasher, Metric]], photos: PhotoSet, row: int
) -> tuple[NDArray[np.int64], list[Rejected]]:
    """Return the distances of shape (hashes, edits), and why some copies are missing."""
    table = np.full((len(hashes), len(EDITS)), _MISSING, np.int64)
    path, hashers = photos.paths[row], [maker for maker, _ in hashes]
    picture = load(path)
    if isinstance(picture, Rejected):  # it could be read a moment ago
        return table, [picture]
    large = picture.size[0] * picture.size[1] > _LARGE_PIXELS
    with _large_turn if large else contextlib.nullcontext():
        copies = list(_copies(hashers, path, picture.srgb.rgb()))
    failed: list[Rejected] = []
    for number, codes in enumerate(copies):
        if isinstance(codes, Rejected):
            failed.append(codes)
            continue
        for which, ((_, metric), code) in enumerate(zip(hashes, codes, strict=True)):
            copy = metric.table(np.frombuffer(code, np.uint8)[None])
            table[which, number] = metric.distances(copy, photos.codes[which][row][None])[0, 0]
    return table, failed


def _copies(hashers: Sequence[Hasher], path: str, image: Image) -> Iterable[list[bytes] | Rejected]:
    for edit in EDITS:
        try:
            copy = path if edit.apply is None else edit.copy(image)
            found = hash_source(hashers, copy)
        except (OSError, ValueError, MemoryError) as error:
            found = FileRecord(path, rejected=Rejected(path, RejectKind.TOO_LARGE, str(error)))
        if (why := found.rejected) is None:
            yield [each.code for each in found.hashes]
        else:
            yield Rejected(path, why.kind, f"its copy {edit.name}: {why.detail}")


def _count_block(
    metric: Metric,
    codes: Codes,
    pictures: NDArray[np.int64],
    sampled: NDArray[np.bool_],
    block: NDArray[np.int64],
) -> Unrelated:
    distances = metric.distances(codes[block], codes)
    others = np.arange(len(codes))
    # Two sampled photos meet twice, and count the first time.
    pairs = (others > block[:, None]) | ~sampled
    same = pictures[block, None] == pictures
    wanted = pairs & ~same
    counts = np.bincount(distances[wanted], minlength=metric.spec.bits + 1)
    left_out = int((pairs & same).sum())
    return Unrelated(counts, _closest(distances, wanted, block), left_out)


def _closest(
    distances: NDArray[np.uint32], wanted: NDArray[np.bool_], block: NDArray[np.int64]
) -> tuple[tuple[int, int, int], ...]:
    number, row = np.nonzero(wanted)
    if not len(row):
        return ()
    values = distances[number, row]
    kept = min(_CLOSEST, len(values)) - 1
    near = values <= np.partition(values, kept)[kept]
    ends = np.sort(np.stack([block[number[near]], row[near]]), axis=0)
    pairs = zip(values[near].tolist(), *ends.tolist(), strict=True)
    return tuple(heapq.nsmallest(_CLOSEST, pairs))
