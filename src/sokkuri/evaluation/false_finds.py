"""The copy finder on edited copies: its recall at a fixed score, and what it takes for copies."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from sokkuri.brief import brief_repr
from sokkuri.copies.finder import least_score
from sokkuri.evaluation.matches import (
    MatchScore,
    originals,
    plain_scores,
    score_at_rate,
    strangers,
)
from sokkuri.evaluation.photos import unrelated_pairs
from sokkuri.evaluation.robustness import EditRecall, mean_recall
from sokkuri.hashers.copies_layout import room_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sokkuri.evaluation.edited import EditSet
    from sokkuri.evaluation.matches import PhotoMatch, Scores
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
class LostCopy:
    """An edited copy that was taken for the same scene with another thing on it."""

    photo: str
    edit: str
    score: float


class AtRate(NamedTuple):
    """Matches from the score on where one pair in 100,000 may, before scenes are told apart.

    Parameters
    ----------
    score : float
        The least score from which on no more do; 1 where fewer than that match there.
    number, told_apart : int
        Pairs that match, and those of them that are told apart as the same scene.
    """

    score: float
    number: int
    told_apart: int


@dataclass(frozen=True, slots=True)
class FalseRate:
    """False finds among pairs of a query and a photo that is no copy of it.

    Parameters
    ----------
    number, pairs : int
        False finds, and all pairs.
    told_apart : int
        Pairs that are none, for they are told apart as the same scene.
    at_rate : AtRate
        The same at the score where one pair in 100,000 matches.
    """

    number: int
    pairs: int
    told_apart: int
    at_rate: AtRate

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
    same_scene : tuple of FalseFind
        Pairs that were told apart, in the same way: what would be false finds otherwise.
    lost : tuple of LostCopy
        Copies that were told apart, and not found for that reason.
    """

    spec: HashSpec
    least_score: float
    edits: tuple[EditRecall, ...]
    harder: tuple[EditRecall, ...]
    plain: FalseRate
    edited: FalseRate
    false_finds: tuple[FalseFind, ...]
    same_scene: tuple[FalseFind, ...]
    lost: tuple[LostCopy, ...]

    __repr__ = brief_repr

    @property
    def mean_recall(self) -> float:
        """The recall of an edit, averaged over the eighteen."""
        return mean_recall(self.edits)

    @property
    def lost_by_edit(self) -> tuple[dict[str, int], dict[str, int]]:
        """The number of copies lost by each edit, and by each of the harder ones."""
        counts = Counter(each.edit for each in self.lost)
        usual, harder = ({each.edit: counts[each.edit] for each in kind} for kind in self.kinds)
        return usual, harder

    @property
    def kinds(self) -> tuple[tuple[EditRecall, ...], tuple[EditRecall, ...]]:
        """The edits, and the harder ones."""
        return self.edits, self.harder


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
        For each of these photos and each edit what matches; None where there is no copy.
    """
    recall, least = [], least_score(room_of(spec))
    for edit, answers in zip(edits.all, zip(*found, strict=True), strict=True):
        hits = sum(
            (scores or {}).get(row, MatchScore()).is_copy(least)
            for row, scores in zip(rows, answers, strict=True)
        )
        recall.append(EditRecall(edit.name, hits / len(rows), None))
    others, usual = strangers(photos, rows, edits, found), len(edits.usual)
    both, lost = [*others.plain, *others.edited], originals(rows, edits, found)
    taken = ((each, each.score.copy) for each in both if each.score.is_copy(least))
    apart = ((each, each.score.scene) for each in both if each.score.is_told_apart(least))
    return FinderRecall(
        spec,
        least / 1000,
        tuple(recall[:usual]),
        tuple(recall[usual:]),
        _rate(plain_scores(others.plain), unrelated_pairs(photos.pixels, rows)[0], least),
        _rate((each.score for each in others.edited), others.edited_pairs, least),
        _listed(taken, photos.paths),
        _listed(apart, photos.paths),
        tuple(
            LostCopy(photos.paths[each.row], each.edit.name, each.score.scene / 1000)
            for each in lost if each.score.is_told_apart(least)
        ),
    )  # fmt: skip


def _rate(scores: Iterable[MatchScore], pairs: int, least: int) -> FalseRate:
    """Count the pairs that are taken for copies, those that scenes keep from it, and at a rate."""
    scores = list(scores)
    rated = score_at_rate(scores, pairs)
    return FalseRate(
        sum(score.is_copy(least) for score in scores),
        pairs,
        sum(score.is_told_apart(least) for score in scores),
        AtRate(
            rated / 1000,
            sum(score.either >= rated for score in scores),
            sum(score.is_told_apart(rated) for score in scores),
        ),
    )


def _listed(
    matches: Iterable[tuple[PhotoMatch, int]], paths: Sequence[str]
) -> tuple[FalseFind, ...]:
    """Return pairs of a photo and another one with their scores, each pair once."""
    pairs: dict[tuple[int, int], list[tuple[int, str]]] = {}
    for match, score in matches:
        pairs.setdefault((match.row, match.other), []).append((score, match.edit.name))
    finds = [
        FalseFind(
            paths[row], paths[other], max(score for score, _ in group) / 1000,
            tuple(edit for _, edit in group),
        )
        for (row, other), group in pairs.items()
    ]  # fmt: skip
    finds.sort(key=lambda find: (-find.score, os.fsencode(find.query), os.fsencode(find.photo)))
    return tuple(finds[:MOST_LISTED])


def photo_pairs(finds: Iterable[FalseFind]) -> list[FalseFind]:
    """Return each two photos once, the highest score first.

    Parameters
    ----------
    finds : iterable of FalseFind
        Of one finder or of several.
    """
    pairs: dict[frozenset[str], FalseFind] = {}
    for find in sorted(finds, key=lambda find: -find.score):
        pairs.setdefault(frozenset((find.query, find.photo)), find)
    return list(pairs.values())
