"""The tutorial's search: one query or many, one pass over the photos."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from sokkuri.api.inputs import Threshold, hasher_for, rereadable, roots_of
from sokkuri.api.photos import Photos
from sokkuri.api.results import Results
from sokkuri.errors import ImageError, NothingToSearch
from sokkuri.images import Rejected, describe
from sokkuri.measures import Measure
from sokkuri.pipeline import Listing, hash_paths, hash_source, list_files, same_as
from sokkuri.searchers.flat import FlatSearcher

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sokkuri._typing import ImageLike, PathLike, Progress
    from sokkuri.hashes import ImageHash
    from sokkuri.matches import Match, Same
    from sokkuri.protocols import Hasher

__all__ = ["search", "search_many"]


def search(
    query: ImageLike,
    where: PathLike | Iterable[PathLike],
    *,
    hash: str | None = None,
    rgb: bool = False,
    gray: bool = False,
    emphasis: str | float | None = None,
    mirror: bool | None = None,
    rate: float | None = None,
    max_distance: int | None = None,
    k: int | None = None,
    exclude_query: bool = False,
    min_quality: int = 0,
    exclude: Sequence[str] = (),
    follow: bool = False,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Results:
    """Find the photos under a folder that look like ``query``.

    Parameters
    ----------
    query : path, bytes, binary file object, PIL image or ndarray
        The picture to look for; it may lie under the folder and is found there then.
    where : path or iterable of paths
        Folders, searched with all folders within them, or single files.
    hash : str, optional
        Name of the hash, ``"look-1"`` if not given.
    rgb, gray : bool
        Short for the tutorial's hashes, ``hash="ahash-rgb-64"`` and ``hash="ahash-gray-64"``.
    emphasis : {"shape", "balanced", "colour"} or float, optional
        What counts for ``look-1``; a number from 0 to 1 is the share of the compared bits that
        are about colour.
    mirror : bool, optional
        Take mirrored photos for alike, unless False; for ``look-1``.
    rate : float, optional
        The tutorial's threshold: photos with ``distance / 256`` strictly below it.
    max_distance : int, optional
        Threshold in bits, inclusive.
    k : int, optional
        At most so many matches.  Without ``rate``, ``max_distance`` and ``k``: the 20 nearest.
    exclude_query : bool
        Leave the query's own file out of its matches.
    min_quality : int
        Leave out photos that gave their hash less information than this, 0 to 100: solid
        colours, two tones, nearly empty pages.  35 leaves out those that are flagged.
    exclude : sequence of str
        Shell patterns of file and folder names to leave out.
    follow : bool
        Enter linked folders too.
    workers : int, optional
        Threads; all cores if None.
    progress : callable, optional
        Called as ``progress(done, total)``.

    Returns
    -------
    Results
        Sorted by distance, then path.

    Raises
    ------
    ImageError
        If the query cannot be read.
    NothingToSearch
        If a folder is missing, or holds no file.
    UnknownHash
        If no hash goes by that name.
    ValueError
        If both ``rate`` and ``max_distance`` are given, or one is out of bounds.
    """
    (results,) = search_many(
        [query], where, hash=hash, rgb=rgb, gray=gray, emphasis=emphasis, mirror=mirror,
        rate=rate, max_distance=max_distance, k=k,
        exclude_query=exclude_query, min_quality=min_quality, exclude=exclude, follow=follow,
        workers=workers,
        progress=progress,
    )  # fmt: skip
    if results.error is not None:
        raise ImageError(results.query, results.error)
    return results


def search_many(
    queries: Iterable[ImageLike],
    where: PathLike | Iterable[PathLike],
    *,
    hash: str | None = None,
    rgb: bool = False,
    gray: bool = False,
    emphasis: str | float | None = None,
    mirror: bool | None = None,
    rate: float | None = None,
    max_distance: int | None = None,
    k: int | None = None,
    exclude_query: bool = False,
    min_quality: int = 0,
    exclude: Sequence[str] = (),
    follow: bool = False,
    workers: int | None = None,
    progress: Progress | None = None,
) -> list[Results]:
    """Search for several queries in one pass over the photos.

    Parameters are those of :func:`search`.  A query that cannot be read does not stop the others:
    its :class:`Results` has ``error`` set and no matches.
    """
    maker = hasher_for(hash, rgb=rgb, gray=gray)
    measure = Measure.of(maker, emphasis=emphasis, mirror=mirror)
    threshold = Threshold.of(rate, max_distance, k)
    sources = [rereadable(query) for query in queries]
    asked = [_hash_query(maker, source) for source in sources]
    if all(isinstance(answer, Rejected) for answer in asked):
        listing, photos = Listing((), (), ()), Photos.of(maker.spec, [])
    else:
        _check_roots(where)
        listing = list_files(roots_of(where), exclude=exclude, follow=follow, progress=progress)
        if not listing.files and not listing.rejected:
            names = ", ".join(os.fsdecode(root) for root in roots_of(where))
            raise NothingToSearch(f"{names}: no files in there; name a folder with photos")
        hashed = hash_paths([maker], listing.files, workers=workers, progress=progress)
        photos = Photos.of(maker.spec, hashed)
    rejected = tuple(sorted((*listing.rejected, *photos.rejected), key=_path_order))
    run = _Pass(measure, threshold, photos, rejected, listing.skipped, exclude_query, min_quality)
    return [run.answer(source, answer) for source, answer in zip(sources, asked, strict=True)]


def _check_roots(where: PathLike | Iterable[PathLike]) -> None:
    for root in roots_of(where):
        if not os.path.lexists(root):
            raise NothingToSearch(f"{os.fsdecode(root)}: no such folder; check the name")


def _path_order(rejected: Rejected) -> bytes:
    return os.fsencode(rejected.path)


def _hash_query(maker: Hasher, source: ImageLike) -> ImageHash | Rejected:
    hashed = hash_source([maker], source)
    return hashed.rejected or hashed.hashes[0]


@dataclass(frozen=True, slots=True, eq=False)
class _Pass:
    """One pass over the photos, shared by all its queries."""

    measure: Measure
    threshold: Threshold
    photos: Photos
    rejected: tuple[Rejected, ...]
    skipped: tuple[str, ...]
    exclude_query: bool
    min_quality: int

    def answer(self, source: ImageLike, asked: ImageHash | Rejected) -> Results:
        if isinstance(asked, Rejected):
            return self._results(source, error=asked.reason)
        photos = self.photos.of_quality(self.min_quality) if self.min_quality else self.photos
        if self.exclude_query and isinstance(source, str | os.PathLike):
            photos = photos.without_file(os.fsdecode(source))
        searcher = FlatSearcher(self.measure.table(photos.codes))
        row = np.frombuffer(asked.code, np.uint8)[np.newaxis]
        queries = self.measure.views(self.measure.table(row))
        hits = searcher.search(
            queries, max_distance=self.threshold.max_distance, k=self.threshold.k
        )
        found = photos.matches(hits) or photos.matches(searcher.search(queries, k=1))
        # Those at distance 0 come first; none of the others can be the query itself.
        same = same_as(source, [match.path for match in found if match.distance == 0])
        found[: len(same)] = map(_with_same, found, same)
        return self._results(
            source,
            searched=len(photos.paths),
            excluded=len(self.photos.paths) - len(photos.paths),
            quality=asked.quality,
            matches=tuple(found) if len(hits.rows) else (),
            matched=int(hits.totals[0]),
            nearest=found[0] if found else None,
        )

    def _results(
        self,
        source: ImageLike,
        *,
        searched: int = 0,
        excluded: int = 0,
        matches: tuple[Match, ...] = (),
        matched: int = 0,
        nearest: Match | None = None,
        quality: int | None = None,
        error: str | None = None,
    ) -> Results:
        return Results(
            query=describe(source),
            spec=self.measure.spec,
            searched=searched,
            excluded=excluded,
            rejected=self.rejected if error is None else (),
            skipped=self.skipped if error is None else (),
            matches=matches,
            matched=matched,
            max_distance=self.threshold.max_distance,
            k=self.threshold.k,
            rate=self.threshold.rate,
            nearest=nearest,
            source=source,
            quality=quality,
            error=error,
        )


def _with_same(match: Match, same: Same | None) -> Match:
    return replace(match, same=same)
