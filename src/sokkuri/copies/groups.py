"""Groups of copies: every member verified against the group's best picture, so none is a chain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from sokkuri.copies.candidates import Candidates
from sokkuri.copies.finder import LEAST_SCORE, Claim, CopyQuery, of_same_scene
from sokkuri.copies.mirrored import mirrored_record
from sokkuri.hashes import ImageHash
from sokkuri.kernels.judge import BY_POINTS, WHOLE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from sokkuri.copies.finder import CopyFinder
    from sokkuri.copies.pairs import CopyPairs
    from sokkuri.hashes import HashSpec

_WAYS: Final = BY_POINTS + WHOLE


class CopyGroup(NamedTuple):
    """Photos that are copies of one of them.

    Parameters
    ----------
    best : int
        The row of that one.
    copies : tuple of Claim
        The others, the surest first.
    same_scene : tuple of Claim
        Photos of the same scene with another thing on it, which are no members.
    """

    best: int
    copies: tuple[Claim, ...]
    same_scene: tuple[Claim, ...]


@dataclass(frozen=True, eq=False)
class _Neighbours:
    """The pairs of each photo: photo n has ``photos[starts[n]:starts[n + 1]]``."""

    starts: NDArray[np.int64]
    photos: NDArray[np.int64]
    mirrored: NDArray[np.bool_]

    @classmethod
    def of(cls, pairs: CopyPairs, count: int) -> _Neighbours:
        ends = np.concatenate([pairs.first, pairs.second])
        order = np.argsort(ends, kind="stable")
        starts = np.concatenate([[0], np.cumsum(np.bincount(ends, minlength=count))])
        photos = np.concatenate([pairs.second, pairs.first])[order]
        return cls(starts, photos, np.concatenate([pairs.mirrored, pairs.mirrored])[order])

    def beside(self, photo: int, *, mirrored: bool) -> set[tuple[int, bool]]:
        """Return the pairs of a photo that is mirrored itself, or not."""
        some = slice(self.starts[photo], self.starts[photo + 1])
        ways = self.mirrored[some] ^ mirrored
        return set(zip(self.photos[some].tolist(), ways.tolist(), strict=True))


def copy_groups(
    finder: CopyFinder, spec: HashSpec, pairs: CopyPairs, best_first: Iterable[int]
) -> list[CopyGroup]:
    """Group photos around the best of them, by pairs that may be copies.

    Each photo leads a group of those that are copies of it, unless it is in the group of a better
    one.  Who is beside a member, and not beside the best, is verified against the best, too.

    Parameters
    ----------
    finder : CopyFinder
    spec : HashSpec
        The recipe of these codes.
    pairs : CopyPairs
    best_first : iterable of int
        All rows, those of the best photos first.

    Returns
    -------
    list of CopyGroup
        Of two photos or more, those of the best first.
    """
    neighbours = _Neighbours.of(pairs, len(finder.points))
    taken = np.zeros(len(finder.points), np.bool_)
    groups = []
    for best in best_first:
        if taken[best] or neighbours.starts[best] == neighbours.starts[best + 1]:
            continue
        group = _group_of(finder, spec, neighbours, best, taken)
        if group.copies:
            taken[[best, *(claim.row for claim in group.copies)]] = True
            groups.append(group)
    return groups


def _group_of(
    finder: CopyFinder, spec: HashSpec, neighbours: _Neighbours, best: int,
    taken: NDArray[np.bool_],
) -> CopyGroup:  # fmt: skip
    query = _query_of(finder, spec, best)
    claims: dict[int, Claim] = {}
    judged = {(best, False), (best, True)}
    waiting = neighbours.beside(best, mirrored=False)
    while waiting:
        judged |= waiting
        asked = sorted(each for each in waiting if not taken[each[0]])
        waiting = set()
        for claim in _claims(finder, query, asked):
            before = claims.get(claim.row)
            if before is None or before.score < claim.score:
                claims[claim.row] = claim
            if not claim.same_scene:
                waiting |= neighbours.beside(claim.row, mirrored=claim.mirrored)
        waiting -= judged
    found = sorted(claims.values(), key=lambda claim: (-claim.score, claim.row))
    copies = tuple(claim for claim in found if not claim.same_scene)
    return CopyGroup(best, copies, tuple(claim for claim in found if claim.same_scene))


def _query_of(finder: CopyFinder, spec: HashSpec, row: int) -> CopyQuery:
    """Describe a photo of the table and its mirror image, without a look at its file."""
    record = finder.points.record(row)
    plain, mirrored = (each.tobytes() for each in (record, mirrored_record(record)))
    return CopyQuery(ImageHash(spec, plain), ImageHash(spec, mirrored))


def _claims(finder: CopyFinder, query: CopyQuery, asked: list[tuple[int, bool]]) -> list[Claim]:
    claims = []
    for mirrored, view in ((False, query.plain), (True, query.mirrored)):
        rows = np.array([row for row, way in asked if way == mirrored], np.int64)
        candidates = Candidates(rows, np.full(len(rows), _WAYS, np.uint8))
        verdicts = finder.verdicts(np.frombuffer(view.code, np.uint8), candidates)
        for row, verdict in zip(rows.tolist(), verdicts, strict=True):
            if int(verdict["score"]) >= LEAST_SCORE:
                claims.append(Claim(row, mirrored, verdict, of_same_scene(verdict), query))
    return claims
