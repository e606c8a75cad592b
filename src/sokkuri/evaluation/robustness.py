"""Edited copies against unrelated photos: which recall at one false positive in 100,000?"""

from __future__ import annotations

import heapq
import threading
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np

from sokkuri.evaluation.edits import EDITS
from sokkuri.evaluation.metrics import false_positives, threshold_at_rate
from sokkuri.evaluation.photos import codes_of
from sokkuri.evaluation.results import FALSE_POSITIVE_RATE, EditRecall, NearPair, Robustness
from sokkuri.images import Rejected, RejectKind, load
from sokkuri.pipeline import ordered_map

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray
    from PIL.Image import Image

    from sokkuri._typing import Codes, Progress
    from sokkuri.evaluation.edits import Edit
    from sokkuri.evaluation.photos import Photos
    from sokkuri.evaluation.subjects import Subject
    from sokkuri.hashes import HashSpec
    from sokkuri.metric import Metric
    from sokkuri.protocols import Hasher

__all__ = ["Copies", "Unrelated", "count_unrelated", "edit_photos", "robustness_of"]

_CLOSEST: Final = 5
_BLOCK_ROWS: Final = 64

# An edit of a large photo takes a few times its pixels: one such photo at a time.
_LARGE_PIXELS: Final = 16_000_000
_large_turn = threading.Lock()

_MISSING: Final = -1


@dataclass(frozen=True, slots=True, eq=False)
class Copies:
    """How far the edited copies are from their originals.

    Parameters
    ----------
    distances : ndarray of shape (hashes, edits, sampled), int64
        In bits; -1 where a copy could not be made or read.
    failed : tuple of Rejected
        Why not.
    """

    distances: NDArray[np.int64]
    failed: tuple[Rejected, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Unrelated:
    """The pairs of sampled photos with all others, each pair once.

    Parameters
    ----------
    counts : ndarray of shape (bits + 1,), int64
        How many pairs lie at each distance.
    closest : tuple of tuple of int
        The nearest pairs as (distance, row, row).
    same_pixels : int
        Pairs left out for showing the same pixels.
    """

    counts: NDArray[np.int64]
    closest: tuple[tuple[int, int, int], ...]
    same_pixels: int


def edit_photos(
    subjects: Sequence[Subject],
    photos: Photos,
    rows: Sequence[int],
    *,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Copies:
    """Make every edited copy of some photos and measure how far each is from its original."""
    distances = np.full((len(subjects), len(EDITS), len(rows)), _MISSING, np.int64)
    failed: list[Rejected] = []
    found = ordered_map(partial(_edit_one, subjects, photos), rows, workers=workers)
    for number, (table, reasons) in enumerate(found):
        distances[:, :, number] = table
        failed += reasons
        if progress is not None:
            progress(number + 1, len(rows))
    return Copies(distances, tuple(failed))


def count_unrelated(
    measure: Metric,
    codes: Codes,
    pixels: Sequence[bytes],
    rows: Sequence[int],
    *,
    workers: int | None = None,
) -> Unrelated:
    """Measure sampled photos against all others.

    Parameters
    ----------
    measure : Metric
        How codes are compared.
    codes : ndarray of shape (N, B), uint8
        Of all photos, a table of ``measure``.
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
    work = partial(_count_block, measure, codes, pictures, sampled)
    parts = list(ordered_map(work, blocks, workers=workers))
    closest = heapq.nsmallest(_CLOSEST, (pair for part in parts for pair in part.closest))
    counts = np.zeros(measure.spec.bits + 1, np.int64)
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
        See :class:`Copies`.
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


def _edit_recall(edit: Edit, distances: NDArray[np.int64], threshold: int) -> EditRecall:
    made = np.sort(distances[distances != _MISSING])
    recall = int((made <= threshold).sum()) / len(distances)
    return EditRecall(edit.name, recall, int(made[(len(made) - 1) // 2]) if len(made) else None)


def _edit_one(
    subjects: Sequence[Subject], photos: Photos, row: int
) -> tuple[NDArray[np.int64], list[Rejected]]:
    """Return the distances of shape (hashes, edits), and why some copies are missing."""
    table = np.full((len(subjects), len(EDITS)), _MISSING, np.int64)
    path = photos.paths[row]
    hashers = [subject.maker for subject in subjects]
    picture = load(path)
    if isinstance(picture, Rejected):  # it could be read a moment ago
        return table, [picture]
    if picture.size[0] * picture.size[1] > _LARGE_PIXELS:
        with _large_turn:
            copies = list(_copies(hashers, path, picture.srgb.rgb()))
    else:
        copies = list(_copies(hashers, path, picture.srgb.rgb()))
    failed: list[Rejected] = []
    for number, codes in enumerate(copies):
        if isinstance(codes, Rejected):
            failed.append(codes)
            continue
        for which, code in enumerate(codes):
            measure = subjects[which].measure
            copy = measure.table(np.frombuffer(code, np.uint8)[None])
            table[which, number] = measure.distances(copy, photos.codes[which][row][None])[0, 0]
    return table, failed


def _copies(hashers: Sequence[Hasher], path: str, image: Image) -> Iterable[list[bytes] | Rejected]:
    for edit in EDITS:
        try:
            codes = codes_of(hashers, path if edit.apply is None else edit.copy(image))
        except (OSError, ValueError, MemoryError) as error:
            codes = Rejected(path, RejectKind.TOO_LARGE, str(error))
        if isinstance(codes, Rejected):
            codes = Rejected(path, codes.kind, f"its copy {edit.name}: {codes.detail}")
        yield codes


def _count_block(
    measure: Metric,
    codes: Codes,
    pictures: NDArray[np.int64],
    sampled: NDArray[np.bool_],
    block: NDArray[np.int64],
) -> Unrelated:
    distances = measure.distances(codes[block], codes)
    others = np.arange(len(codes))
    # Two sampled photos meet twice, and count the first time.
    pairs = (others > block[:, None]) | ~sampled
    same = pictures[block, None] == pictures
    wanted = pairs & ~same
    counts = np.bincount(distances[wanted], minlength=measure.spec.bits + 1)
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
