"""Photos that are there twice, verified: equal files, equal pictures, and copies of the best."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import numpy as np

from sokkuri.copies.candidates import PointTable
from sokkuri.copies.finder import CopyFinder
from sokkuri.copies.groups import copy_groups
from sokkuri.copies.itself import FEW_POINTS
from sokkuri.copies.pairs import copy_pairs
from sokkuri.hashers.copies_layout import room_of
from sokkuri.pipeline import same_as

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from sokkuri._typing import Progress
    from sokkuri.copies.finder import Claim
    from sokkuri.engine.table import PhotoTable
    from sokkuri.matches import Same

VerifiedKind = Literal["file", "picture", "copy"]
"""Equal bytes, equal pixels, and what the copy finder has verified."""

_KINDS: Final[dict[Same, VerifiedKind]] = {"bytes": "file", "link": "file", "pixels": "picture"}


class VerifiedMember(NamedTuple):
    """A photo that is there beside a better one.

    Parameters
    ----------
    photo : int
        Its place in the table.
    kind : {"file", "picture", "copy"}
        What it is to the best of its group.
    link : bool
        Whether it is the very same file under another name.
    claim : Claim, optional
        What the copy finder says of it; None where its description is that of the best.
    """

    photo: int
    kind: VerifiedKind
    link: bool = False
    claim: Claim | None = None


class VerifiedGroup(NamedTuple):
    """The best photo of a group, and the others in the order of their places."""

    best: int
    others: tuple[VerifiedMember, ...]


def verified_groups(
    table: PhotoTable, best_first: Sequence[int], *,
    workers: int | None = None, progress: Progress | None = None,
) -> tuple[VerifiedGroup, ...]:  # fmt: skip
    """Group the photos of a table that are there twice.

    Each member is verified against the best of its group, so no group is a chain.

    Parameters
    ----------
    table : PhotoTable
        Of a ``copies`` hash.
    best_first : sequence of int
        All its photos, the best first; the best of a group is the first of its members.
    workers : int, optional
        Threads to use at most; as many as there are cores if not given.
    progress : callable, optional
        As of :func:`sokkuri.copies.pairs.copy_pairs`.

    Returns
    -------
    tuple of VerifiedGroup
        In the order of their best photos.
    """
    described = _Descriptions(table, workers)
    places = np.empty(len(table), np.int64)
    places[np.asarray(best_first, np.int64)] = np.arange(len(table))
    leaders = np.full(len(described.rows), len(table))
    np.minimum.at(leaders, described.numbers, places)
    pairs = copy_pairs(described.finder.points, progress=progress)
    found = copy_groups(described.finder, table.spec, pairs, np.argsort(leaders).tolist())
    claims: list[tuple[int, dict[int, Claim]]] = [
        (group.best, {claim.row: claim for claim in group.copies}) for group in found
    ]
    grouped = {row for best, others in claims for row in (best, *others)}
    claims += [(row, {}) for row in described.shared if row not in grouped]
    groups = (_group(described, places, best, others) for best, others in claims)
    return tuple(sorted((group for group in groups if group.others), key=lambda it: it.best))


@dataclass(frozen=True, eq=False)
class _Descriptions:
    """The photos of a table by their descriptions, of which each different one has a number."""

    table: PhotoTable
    workers: int | None

    @cached_property
    def _numbered(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        table = self.table
        rows = np.arange(len(table.stored)) if table.rows is None else table.rows
        if table.owners is not None:
            rows = rows[np.searchsorted(table.owners.numbers, np.arange(len(table)))]
        used, of_used = np.unique(rows, return_inverse=True)
        digests = [blake2b(table.stored[row], digest_size=16).digest() for row in used.tolist()]
        _, first, numbers = np.unique(
            np.array(digests, "S16").reshape(-1), return_index=True, return_inverse=True
        )
        return used[first], numbers[of_used]

    @property
    def rows(self) -> NDArray[np.int64]:
        """The stored code of each description."""
        return self._numbered[0]

    @property
    def numbers(self) -> NDArray[np.int64]:
        """The description of each photo."""
        return self._numbered[1]

    @cached_property
    def photos(self) -> list[list[int]]:
        """The photos of each description."""
        found: list[list[int]] = [[] for _ in self.rows]
        for photo, number in enumerate(self.numbers.tolist()):
            found[number].append(photo)
        return found

    @property
    def shared(self) -> Iterable[int]:
        """Descriptions that several photos have."""
        return (number for number, photos in enumerate(self.photos) if len(photos) > 1)

    @cached_property
    def finder(self) -> CopyFinder:
        """A finder in which each description is a row."""
        room = room_of(self.table.spec)
        return CopyFinder(PointTable(self.table.stored, room, self.rows, workers=self.workers))

    def says_enough(self, number: int) -> bool:
        return int(self.finder.points.record(number)["count"]) >= FEW_POINTS


def _group(
    described: _Descriptions, places: NDArray[np.int64], best: int, claims: dict[int, Claim]
) -> VerifiedGroup:
    """Return the photos of some descriptions, and what each is to the best of them."""
    photos = {photo: row for row in (best, *claims) for photo in described.photos[row]}
    first = min(described.photos[best], key=lambda photo: int(places[photo]))
    others = sorted(photo for photo in photos if photo != first)
    paths = described.table.paths
    asked = [photo for photo in others if _may_be_same(described.table, first, photo)]
    same = dict(zip(asked, same_as(paths[first], [paths[photo] for photo in asked]), strict=True))
    members = []
    for photo in others:
        told, claim = same.get(photo), claims.get(photos[photo])
        if told is not None:
            members.append(VerifiedMember(photo, _KINDS[told], told == "link", claim))
        elif claim is not None or described.says_enough(best):
            members.append(VerifiedMember(photo, "copy", claim=claim))
    return VerifiedGroup(first, tuple(members))


def _may_be_same(table: PhotoTable, photo: int, other: int) -> bool:
    """Tell whether two photos are of one size, or of one that is not known."""
    widths, heights = table.facts.widths, table.facts.heights
    sizes = [(int(widths[each]), int(heights[each])) for each in (photo, other)]
    return sizes[0] == sizes[1] or (0, 0) in sizes
