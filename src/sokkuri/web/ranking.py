"""Every photo with its distance from a query, nearest first: what a page needs to answer alone."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from sokkuri.pipeline.links import without_links

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sokkuri.metric import Metric
    from sokkuri.web.asked import Sort, Wanted
    from sokkuri.web.sheet import Sheet

__all__ = ["Ranking", "listing_order", "rank", "wanted_rows"]


@dataclass(frozen=True, eq=False)
class Ranking:
    """All photos that take part, in the order (distance, path).

    Parameters
    ----------
    sheets : sequence of Sheet
    which : ndarray of shape (N,), int64
        The sheet of each photo, as a place in ``sheets``.
    rows : ndarray of shape (N,), int64
        Its row there.
    distances : ndarray of shape (N,), int64
        Differing bits, ascending.
    links_left_out : int, optional
        How many other names of a file do not take part; None where all do.
    """

    sheets: Sequence[Sheet]
    which: NDArray[np.int64]
    rows: NDArray[np.int64]
    distances: NDArray[np.int64]
    links_left_out: int | None = None

    def __len__(self) -> int:
        return len(self.distances)

    @cached_property
    def histogram(self) -> NDArray[np.int64]:
        """How many photos lie at each distance from 0 to the farthest."""
        return np.bincount(self.distances, minlength=1)

    def between(self, least: int, most: int | None, k: int | None) -> slice:
        """Return which part lies within two bounds, both inclusive, ``k`` at most."""
        start = int(np.searchsorted(self.distances, least, side="left"))
        end = len(self)
        if most is not None:
            end = int(np.searchsorted(self.distances, most, side="right"))
        if k is not None:
            end = min(end, start + k)
        return slice(start, max(start, end))

    def column(self, name: str) -> NDArray[np.int64]:
        """Return a column of the inventories, in the order of the ranking."""
        found = np.empty(len(self), np.int64)
        for place, sheet in enumerate(self.sheets):
            mine = self.which == place
            found[mine] = getattr(sheet.snapshot.inventory, name)[self.rows[mine]]
        return found

    def at(self, place: int) -> tuple[Sheet, int]:
        """Return the sheet and the row of a photo."""
        return self.sheets[int(self.which[place])], int(self.rows[place])

    def order(self, part: slice, sort: Sort) -> NDArray[np.int64]:
        """Return the places of a part, sorted as asked; ties stay nearest first."""
        places = np.arange(len(self))[part]
        if sort == "nearest":
            return places
        if sort == "farthest":
            return places[np.argsort(-self.distances[places], kind="stable")]
        if sort == "name":
            texts = [_key(*self.at(place)) for place in places.tolist()]
            return places[sorted(range(len(places)), key=texts.__getitem__)]
        return places[_by_column(self, places, sort)]


def rank(
    sheets: Sequence[Sheet],
    measure: Metric,
    code: bytes,
    wanted: Wanted,
    query_path: str | None = None,
) -> Ranking:
    """Measure every wanted photo.

    Parameters
    ----------
    sheets : sequence of Sheet
        Of one hash, that of the measure.
    measure : Metric
    code : bytes
        The query's code.
    wanted : Wanted
    query_path : str, optional
        Where the query lies, for leaving out its other names.
    """
    query = measure.table(np.frombuffer(code, np.uint8)[np.newaxis])
    plain = _unranked(sheets, wanted, query_path)
    distances = np.empty(len(plain), np.int64)
    for place, sheet in enumerate(sheets):
        mine = plain.which == place
        table = sheet.shelf.table(sheet.snapshot, measure)
        distances[mine] = measure.distances(query, table)[0][plain.rows[mine]]
    # Within a sheet rows are in path order, so a stable sort keeps ties in it.
    order = np.argsort(distances, kind="stable")
    return replace(
        plain, which=plain.which[order], rows=plain.rows[order], distances=distances[order]
    )


def wanted_rows(sheet: Sheet, wanted: Wanted) -> NDArray[np.int64]:
    """Return the rows of a sheet that take part, ascending."""
    snapshot = sheet.snapshot
    keep = np.ones(len(snapshot), np.bool_)
    inventory = snapshot.inventory
    if wanted.after_ns is not None:
        keep &= inventory.mtimes_ns >= wanted.after_ns
    if wanted.before_ns is not None:
        keep &= inventory.mtimes_ns < wanted.before_ns
    if wanted.min_bytes is not None:
        keep &= inventory.bytes >= wanted.min_bytes
    if wanted.max_bytes is not None:
        keep &= inventory.bytes <= wanted.max_bytes
    if wanted.min_quality:
        keep &= (snapshot.qualities < 0) | (snapshot.qualities >= wanted.min_quality)
    if wanted.folder:
        keep &= _below(sheet, unicodedata.normalize("NFC", wanted.folder))
    return np.flatnonzero(keep)


def _below(sheet: Sheet, wanted: str) -> NDArray[np.bool_]:
    inside = {folder for folder in set(sheet.folders) if f"{folder}/".startswith(f"{wanted}/")}
    return np.array([folder in inside for folder in sheet.folders], np.bool_)


def listing_order(sheets: Sequence[Sheet], wanted: Wanted, sort: Sort) -> Ranking:
    """Return the wanted photos without any query, all at distance 0, in the order of a list."""
    plain = _unranked(sheets, wanted, None)
    order = plain.order(slice(None), sort)
    return replace(plain, which=plain.which[order], rows=plain.rows[order])


def _unranked(sheets: Sequence[Sheet], wanted: Wanted, query_path: str | None) -> Ranking:
    """Return the wanted photos, all at distance 0, sheet by sheet in path order."""
    mine = [wanted_rows(sheet, wanted) for sheet in sheets]
    empty = np.empty(0, np.int64)
    rows = np.concatenate([empty, *mine])
    which = np.repeat(np.arange(len(mine)), [len(part) for part in mine])
    found = Ranking(tuple(sheets), which, rows, np.zeros(len(rows), np.int64))
    if wanted.links:
        return found
    places = (found.at(place) for place in range(len(found)))
    keep = without_links([sheet.snapshot.paths[row] for sheet, row in places], query_path)
    return replace(
        found,
        which=which[keep],
        rows=rows[keep],
        distances=found.distances[keep],
        links_left_out=int(np.count_nonzero(~keep)),
    )


def _by_column(ranking: Ranking, places: NDArray[np.int64], sort: Sort) -> NDArray[np.int64]:
    if sort in ("newest", "oldest"):
        # Whole seconds, as the page has them: both must come to the same order.
        values = ranking.column("mtimes_ns")[places] // 1_000_000_000
    else:
        values = ranking.column("bytes")[places]
    return np.argsort(-values if sort in ("newest", "biggest") else values, kind="stable")


def _key(sheet: Sheet, row: int) -> tuple[str, str]:
    return sheet.names[row].casefold(), sheet.snapshot.paths[row]
