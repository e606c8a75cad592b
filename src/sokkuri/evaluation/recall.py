"""Edited copies told from other photos, by hashes and by copy finders, each copy made once."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sokkuri.copies.finder import CopyFinder, CopyQuery
from sokkuri.copies.views import claims_in_views, described_views
from sokkuri.evaluation.edited import hash_copies
from sokkuri.evaluation.false_finds import finder_recall
from sokkuri.evaluation.matches import LEAST_ASKED, scores_of
from sokkuri.evaluation.photos import unrelated_pairs
from sokkuri.evaluation.robustness import MISSING, count_unrelated, hash_robustness
from sokkuri.images import Rejected
from sokkuri.pipeline import ordered_map

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sokkuri._typing import Progress
    from sokkuri.evaluation.edited import EditSet
    from sokkuri.evaluation.false_finds import FinderRecall
    from sokkuri.evaluation.matches import Scores
    from sokkuri.evaluation.photos import PhotoSet
    from sokkuri.evaluation.robustness import Robustness


class Recall(NamedTuple):
    """All that was measured with edited copies.

    Parameters
    ----------
    robustness : tuple of Robustness
        One for each hash.
    finders : tuple of FinderRecall
        One for each finder.
    pairs, same_pixels : int
        Unrelated pairs, and those left out for showing the same pixels.
    failed : tuple of Rejected
        Edited copies that could not be made or read.
    """

    robustness: tuple[Robustness, ...]
    finders: tuple[FinderRecall, ...]
    pairs: int
    same_pixels: int
    failed: tuple[Rejected, ...]


class _Answers(NamedTuple):
    """The copies of one photo, compared and looked for."""

    distances: NDArray[np.int64]  # of shape (hashes, edits)
    scores: list[list[Scores | None]]  # for each finder and each edit
    failed: list[Rejected]


def measure_edits(
    photos: PhotoSet,
    rows: Sequence[int],
    edits: EditSet,
    *,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Recall | None:
    """Tell the edited copies of some photos from unrelated photos; None without such photos.

    Parameters
    ----------
    photos : PhotoSet
    rows : sequence of int
        The photos to edit, ascending.
    edits : EditSet
    workers : int, optional
    progress : callable, optional
        Called as ``progress(done, total)`` in photos.
    """
    pairs, same_pixels = unrelated_pairs(photos.pixels, rows)
    if not pairs:
        return None
    unrelated = [
        count_unrelated(metric, codes, photos.pixels, rows, workers)
        for (_, metric), codes in zip(photos.hashes, photos.codes, strict=True)
    ]
    # Photos are edited side by side, so each is looked for by one thread.
    finders = [
        CopyFinder.of(codes, maker.room, workers=1)
        for maker, codes in zip(photos.finders, photos.descriptions, strict=True)
    ]
    answers = list[_Answers]()
    for answer in ordered_map(partial(_answers, photos, finders, edits), rows, workers=workers):
        answers.append(answer)
        if progress is not None:
            progress(len(answers), len(rows))
    robustness = (
        hash_robustness(
            metric.spec, edits, np.stack([each.distances[number] for each in answers], axis=1),
            unrelated[number], photos.paths,
        )
        for number, (_, metric) in enumerate(photos.hashes)
    )  # fmt: skip
    found = (
        finder_recall(maker.spec, photos, rows, edits, [each.scores[number] for each in answers])
        for number, maker in enumerate(photos.finders)
    )
    failed = tuple(item for each in answers for item in each.failed)
    return Recall(tuple(robustness), tuple(found), pairs, same_pixels, failed)


def _answers(photos: PhotoSet, finders: Sequence[CopyFinder], edits: EditSet, row: int) -> _Answers:
    """Make the copies of a photo, measure how far each is from it, and look for it."""
    makers = [maker for maker, _ in photos.hashes]
    views = [view for maker in photos.finders for view in maker.both_ways]
    distances = np.full((len(makers), len(edits.all)), MISSING, np.int64)
    scores: list[list[Scores | None]] = [[None] * len(edits.all) for _ in finders]
    failed: list[Rejected] = []
    for number, found in hash_copies([*makers, *views], photos.paths, edits, row):
        if isinstance(found, Rejected):
            failed.append(found)
            continue
        compared = zip(photos.hashes, photos.codes, found.hashes, strict=False)
        for which, ((_, metric), codes, hashed) in enumerate(compared):
            distances[which, number] = metric.distances(metric.row(hashed), codes[row][None])[0, 0]
        described = found.hashes[len(makers) :]
        for which, finder in enumerate(finders):
            plain, mirrored = described[2 * which : 2 * which + 2]
            parts = partial(described_views, found.source, finder.room)
            claims = claims_in_views(finder, CopyQuery(plain, mirrored), parts, least=LEAST_ASKED)
            scores[which][number] = scores_of(claims)
    return _Answers(distances, scores, failed)
