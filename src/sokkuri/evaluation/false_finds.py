"""The copy finder on edited copies: its recall at a fixed score, and what it takes for copies."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from sokkuri.brief import brief_repr
from sokkuri.copies.finder import LEAST_SCORE
from sokkuri.evaluation.edited import row_beside
from sokkuri.evaluation.photos import unrelated_pairs
from sokkuri.evaluation.robustness import EditRecall, mean_recall

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sokkuri.evaluation.edited import EditSet
    from sokkuri.evaluation.edits import Edit
    from sokkuri.evaluation.photos import PhotoSet
    from sokkuri.hashes import HashSpec

MOST_LISTED: Final = 100
"""False finds that are listed; all are counted."""

_MILLION: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class FalseFind:
    """A photo that was taken for a copy of another one: look whether it is.

    Parameters
    ----------
    query, photo : str
        The photo that was edited, and the one that was found.
    score : float
        The highest.
    edits : tuple of str
        Edits of the query under which it was found; ``identity`` stands for the photo as it is.
    """

    query: str
    photo: str
    score: float
    edits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FalseRate:
    """False finds among pairs of a query and a photo that is no copy of it."""

    number: int
    pairs: int

    @property
    def per_million(self) -> float:
        """False finds in a million pairs; 0 without any."""
        return _MILLION * self.number / self.pairs if self.pairs else 0.0


@dataclass(frozen=True, slots=True)
class FinderRecall:
    """Edited copies found by the copy finder.

    Parameters
    ----------
    spec : HashSpec
        The recipe of the descriptions.
    least_score : float
        From which a photo is called a copy: the same for every folder, unlike a threshold.
    edits, harder : tuple of EditRecall
        As of :class:`sokkuri.evaluation.robustness.Robustness`, without distances.
    plain : FalseRate
        Sampled photos as they are and all others, each pair once.
    edited : FalseRate
        Edited copies and all other photos, but for the one that an edit shows besides.
    false_finds : tuple of FalseFind
        Each pair once, the highest score first; at most :data:`MOST_LISTED`.
    """

    spec: HashSpec
    least_score: float
    edits: tuple[EditRecall, ...]
    harder: tuple[EditRecall, ...]
    plain: FalseRate
    edited: FalseRate
    false_finds: tuple[FalseFind, ...]

    __repr__ = brief_repr

    @property
    def mean_recall(self) -> float:
        """The recall of an edit, averaged over the eighteen."""
        return mean_recall(self.edits)


Scores = dict[int, int]
"""The photos that were found, with their scores in thousandths, by row."""


class _Found(NamedTuple):
    """A false find under one edit."""

    row: int
    other: int
    score: int
    edit: Edit


def finder_recall(
    spec: HashSpec,
    photos: PhotoSet,
    rows: Sequence[int],
    edits: EditSet,
    found: Sequence[Sequence[Scores | None]],
) -> FinderRecall:
    """Put together what one finder found.

    Parameters
    ----------
    spec : HashSpec
    photos : PhotoSet
    rows : sequence of int
        The photos that were edited.
    edits : EditSet
    found : sequence of sequence of dict, or None
        For each of these photos and each edit what was found; None where there is no copy.
    """
    recall = []
    for edit, answers in zip(edits.all, zip(*found, strict=True), strict=True):
        hits = sum(row in (scores or ()) for row, scores in zip(rows, answers, strict=True))
        recall.append(EditRecall(edit.name, hits / len(rows), None))
    false, edited_pairs = _strangers(photos, rows, edits, found)
    plain = {frozenset((each.row, each.other)) for each in false if not each.edit.changes}
    edited = sum(each.edit.changes for each in false)
    usual = len(edits.usual)
    return FinderRecall(
        spec,
        LEAST_SCORE / 1000,
        tuple(recall[:usual]),
        tuple(recall[usual:]),
        FalseRate(len(plain), unrelated_pairs(photos.pixels, rows)[0]),
        FalseRate(edited, edited_pairs),
        tuple(_listed(false, photos.paths)[:MOST_LISTED]),
    )


def _strangers(
    photos: PhotoSet,
    rows: Sequence[int],
    edits: EditSet,
    found: Sequence[Sequence[Scores | None]],
) -> tuple[list[_Found], int]:
    """Return the false finds, and the number of pairs of an edited copy and another photo."""
    twins: dict[bytes, set[int]] = {}
    for row, digest in enumerate(photos.pixels):
        twins.setdefault(digest, set()).add(row)
    false, pairs = list[_Found](), 0
    for row, answers in zip(rows, found, strict=True):
        beside = row_beside(row, len(photos.paths))
        for edit, scores in zip(edits.all, answers, strict=True):
            shown = twins[photos.pixels[row]]
            if edit.paste is not None:
                shown = shown | twins[photos.pixels[beside]]
            if scores is not None:
                pairs += (len(photos.paths) - len(shown)) * edit.changes
                others = ((each, score) for each, score in scores.items() if each not in shown)
                false += (_Found(row, other, score, edit) for other, score in others)
    return false, pairs


def _listed(false: Sequence[_Found], paths: Sequence[str]) -> list[FalseFind]:
    pairs: dict[tuple[int, int], list[_Found]] = {}
    for each in false:
        pairs.setdefault((each.row, each.other), []).append(each)
    finds = [
        FalseFind(
            paths[row], paths[other], max(each.score for each in group) / 1000,
            tuple(each.edit.name for each in group),
        )
        for (row, other), group in pairs.items()
    ]  # fmt: skip
    return sorted(
        finds, key=lambda find: (-find.score, os.fsencode(find.query), os.fsencode(find.photo))
    )


def false_pairs(finders: Sequence[FinderRecall]) -> list[FalseFind]:
    """Return the false finds of all finders, each two photos once, the highest score first."""
    pairs: dict[frozenset[str], FalseFind] = {}
    finds = (find for finder in finders for find in finder.false_finds)
    for find in sorted(finds, key=lambda find: -find.score):
        pairs.setdefault(frozenset((find.query, find.photo)), find)
    return list(pairs.values())
