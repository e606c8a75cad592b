"""The tutorial's search: one query or many, one pass over the photos."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sokkuri.api.gathering import Gathered, How, gather
from sokkuri.api.inputs import chosen_hash, rereadable
from sokkuri.api.passing import Pass, hash_query, planner_for
from sokkuri.api.photos import Photos
from sokkuri.api.results import ResultsList
from sokkuri.engine.options import SearchOptions
from sokkuri.errors import ImageError
from sokkuri.images import Rejected

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sokkuri._typing import ImageLike, PathLike, Progress
    from sokkuri.api.results import Results
    from sokkuri.index.plan import SearcherName

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
    min_distance: int = 0,
    k: int | None = None,
    exclude_query: bool = False,
    min_quality: int = 0,
    links: bool = True,
    exclude: Sequence[str] = (),
    follow: bool = False,
    library: PathLike | None = None,
    use_library: bool = True,
    refresh: bool = True,
    searcher: SearcherName | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Results:
    """Find the photos under a folder that look like ``query``.

    The hashes of one folder are kept in its library, so that only what is new is read; answers are
    the same with a library and without.  Several places, and single files, are read every time.

    Parameters
    ----------
    query : path, bytes, binary file object, PIL image or ndarray
        The picture to look for; it may lie under the folder and is found there then.
    where : path or iterable of paths
        Folders, searched with all folders within them, or single files.
    hash : str, optional
        Name of the hash, ``"look-2"`` if not given.
    rgb, gray : bool
        Short for the tutorial's hashes, ``hash="ahash-rgb-64"`` and ``hash="ahash-gray-64"``.
    emphasis : {"shape", "balanced", "colour"} or float, optional
        What counts for ``look-2``; a number from 0 to 1 is the share of the compared bits that
        are about colour.
    mirror : bool, optional
        Take mirrored photos for alike, unless False; for ``look-2``.
    rate : float, optional
        The tutorial's threshold: photos with ``distance / 256`` strictly below it.
    max_distance : int, optional
        Threshold in bits, inclusive.
    min_distance : int
        Leave out photos nearer than this, such as copies; in bits, inclusive.
    k : int, optional
        At most so many matches.  Without ``rate``, ``max_distance`` and ``k``: the 20 nearest.
    exclude_query : bool
        Leave the query's own file out of its matches.
    min_quality : int
        Leave out photos that gave their hash less information than this, 0 to 100: solid
        colours, two tones, nearly empty pages.  35 leaves out those that are flagged.
    links : bool
        Whether other names of one file are shown, too: hard links, symbolic links, and names that
        the disk takes for equal.  If not, other names of the query are left out, and of several
        names of another file all but the first.
    exclude : sequence of str
        Patterns of files and folders to leave out, read as in a .gitignore that lies in the folder:
        ``"*.tmp"``, ``"2024/"``, ``"/drafts/**"``, ``"!keep.jpg"``.  They have the last word over
        those in files named .sokkuriignore.  Those that were about nothing are in the answer's
        ``unused_exclude``.
    follow : bool
        Enter linked folders too.
    library : path, optional
        Where the folder's library lies, or is to lie; its place in the user's data directory if
        None.
    use_library : bool
        Whether to use a library at all.
    refresh : bool
        Whether to look for what has changed in the folder; else what the library knows is searched.
    searcher : {"flat", "pruned", "mih"}, optional
        What compares the codes, instead of what is cheapest; all give the same answer.
    workers : int, optional
        Threads or processes; as many as there are cores if None.
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
    StoreError
        If the library is damaged, with the command that repairs it.
    UnknownHash
        If no hash goes by that name.
    ValueError
        If both ``rate`` and ``max_distance`` are given, or one is out of bounds.
    """
    (results,) = search_many(
        [query], where, hash=hash, rgb=rgb, gray=gray, emphasis=emphasis, mirror=mirror,
        rate=rate, max_distance=max_distance, min_distance=min_distance, k=k,
        exclude_query=exclude_query, min_quality=min_quality, links=links, exclude=exclude,
        follow=follow, library=library, use_library=use_library, refresh=refresh,
        searcher=searcher, workers=workers, progress=progress,
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
    min_distance: int = 0,
    k: int | None = None,
    exclude_query: bool = False,
    min_quality: int = 0,
    links: bool = True,
    exclude: Sequence[str] = (),
    follow: bool = False,
    library: PathLike | None = None,
    use_library: bool = True,
    refresh: bool = True,
    searcher: SearcherName | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> list[Results]:
    """Search for several queries in one pass over the photos.

    Parameters are those of :func:`search`.  A query that cannot be read does not stop the others:
    its :class:`Results` has ``error`` set and no matches.
    """
    options = SearchOptions(
        hash=chosen_hash(hash, rgb=rgb, gray=gray), emphasis=emphasis, mirror=mirror, rate=rate,
        max_distance=max_distance, min_distance=min_distance, k=k, exclude_query=exclude_query,
        min_quality=min_quality, links=links, searcher=searcher,
    )  # fmt: skip
    maker, metric = options.hasher, options.metric
    sources = [rereadable(query) for query in queries]
    asked = [hash_query(maker, source) for source in sources]
    if all(isinstance(answer, Rejected) for answer in asked):
        gathered = Gathered(Photos.of(maker.spec, []))
    else:
        how = How(exclude, follow, library, use_library, refresh, workers, progress)
        gathered = gather(maker, where, how)
    planner = planner_for(maker, metric, gathered, workers)
    run = Pass(metric, options, gathered, planner)
    return ResultsList(
        run.answer(source, answer) for source, answer in zip(sources, asked, strict=True)
    )
