"""Photos that match a picture for the copy finder: as copies, or told apart as the same scene."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from sokkuri.evaluation.edited import row_beside
from sokkuri.evaluation.robustness import FALSE_POSITIVE_RATE, most_at_rate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sokkuri.copies.finder import Claim
    from sokkuri.evaluation.edited import EditSet
    from sokkuri.evaluation.edits import Edit
    from sokkuri.evaluation.photos import PhotoSet

LEAST_ASKED: Final = 1000
"""Thousandths from which on matches are counted: below a copy's, so that a rate can be reached."""


class MatchScore(NamedTuple):
    """The scores of one photo in thousandths, the highest as a copy and as the same scene.

    Parameters
    ----------
    copy, scene : int
        0 where it was not found as such.
    """

    copy: int = 0
    scene: int = 0

    @property
    def either(self) -> int:
        """The score without telling scenes apart."""
        return max(self.copy, self.scene)

    def is_copy(self, least: int) -> bool:
        """Tell whether the photo is called a copy from a score in thousandths on."""
        return self.copy >= least

    def is_told_apart(self, least: int) -> bool:
        """Tell whether the photo would be called a copy, but for the scene."""
        return self.copy < least <= self.scene

    def best(self, other: MatchScore) -> MatchScore:
        """Return the higher one of each."""
        return MatchScore(max(self.copy, other.copy), max(self.scene, other.scene))


Scores = dict[int, MatchScore]
"""The photos that match a picture, by row."""


class PhotoMatch(NamedTuple):
    """A photo that matches another one under one edit."""

    row: int
    other: int
    score: MatchScore
    edit: Edit


class Strangers(NamedTuple):
    """Photos that match and are no copies.

    Parameters
    ----------
    plain, edited : list of PhotoMatch
        Photos as they are, each pair once for each that was looked for; and edited copies.
    edited_pairs : int
        Pairs of an edited copy and another photo.
    """

    plain: list[PhotoMatch]
    edited: list[PhotoMatch]
    edited_pairs: int


def scores_of(claims: Iterable[Claim]) -> Scores:
    """Put together what is claimed of each photo.

    Parameters
    ----------
    claims : iterable of Claim
    """
    scores: Scores = {}
    for claim in claims:
        score = MatchScore(scene=claim.score) if claim.same_scene else MatchScore(claim.score)
        scores[claim.row] = score.best(scores.get(claim.row, MatchScore()))
    return scores


def strangers(
    photos: PhotoSet,
    rows: Sequence[int],
    edits: EditSet,
    found: Sequence[Sequence[Scores | None]],
) -> Strangers:
    """Return the matches of photos that show something else.

    Parameters
    ----------
    photos : PhotoSet
    rows : sequence of int
        The photos that were edited.
    edits : EditSet
    found : sequence of sequence of dict, or None
        For each of these photos and each edit what matches; None where there is no copy.
    """
    twins: dict[bytes, set[int]] = {}
    for row, digest in enumerate(photos.pixels):
        twins.setdefault(digest, set()).add(row)
    answer = Strangers([], [], 0)
    pairs = 0
    for row, answers in zip(rows, found, strict=True):
        beside = row_beside(row, len(photos.paths))
        for edit, scores in zip(edits.all, answers, strict=True):
            shown = twins[photos.pixels[row]]
            if edit.paste is not None:
                shown = shown | twins[photos.pixels[beside]]
            if scores is not None:
                pairs += (len(photos.paths) - len(shown)) * edit.changes
                matches = answer.edited if edit.changes else answer.plain
                matches += (
                    PhotoMatch(row, other, score, edit)
                    for other, score in scores.items() if other not in shown
                )  # fmt: skip
    return answer._replace(edited_pairs=pairs)


def originals(
    rows: Sequence[int], edits: EditSet, found: Sequence[Sequence[Scores | None]]
) -> Iterator[PhotoMatch]:
    """Yield how each edited copy matches its own photo, where it does.

    Parameters
    ----------
    rows, edits, found
        As of :func:`strangers`.
    """
    for row, answers in zip(rows, found, strict=True):
        for edit, scores in zip(edits.all, answers, strict=True):
            if scores is not None and row in scores:
                yield PhotoMatch(row, row, scores[row], edit)


def plain_scores(matches: Iterable[PhotoMatch]) -> list[MatchScore]:
    """Return the scores of photos as they are, each pair once.

    Parameters
    ----------
    matches : iterable of PhotoMatch
    """
    pairs: dict[frozenset[int], MatchScore] = {}
    for each in matches:
        pair = frozenset((each.row, each.other))
        pairs[pair] = each.score.best(pairs.get(pair, MatchScore()))
    return list(pairs.values())


def score_at_rate(scores: Iterable[MatchScore], pairs: int) -> int:
    """Return the least score at which at most one pair in 100,000 matches, in thousandths.

    Parameters
    ----------
    scores : iterable of MatchScore
        Of pairs that show different things; scenes are not told apart yet.
    pairs : int
        All of them, those that do not match included.

    Returns
    -------
    int
        At least :data:`LEAST_ASKED`.
    """
    most = most_at_rate(pairs, FALSE_POSITIVE_RATE)
    ranked = sorted((score.either for score in scores), reverse=True)
    return max(LEAST_ASKED, ranked[most] + 1) if len(ranked) > most else LEAST_ASKED
