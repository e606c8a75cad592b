"""Search: one query or many, one pass over the photos of a folder."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sokkuri.api.hash import chosen_hash, rereadable
from sokkuri.api.photos import photos_in
from sokkuri.api.results import Results, ResultsList
from sokkuri.engine.options import SearchArguments, SearchOptions
from sokkuri.engine.search import Engine
from sokkuri.engine.table import PhotoTable
from sokkuri.errors import ImageError
from sokkuri.pipeline import hash_source

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Unpack

    from sokkuri._typing import ImageLike, PathLike, Progress


def search(
    query: ImageLike,
    where: PathLike | Iterable[PathLike],
    *,
    rgb: bool = False,
    gray: bool = False,
    exclude: Sequence[str] = (),
    follow: bool = False,
    library: PathLike | None = "auto",
    refresh: bool = True,
    chance: bool = False,
    workers: int | None = None,
    progress: Progress | None = None,
    **options: Unpack[SearchArguments],
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
    folder : str
        Only photos in this folder below the searched one, or below it: ``"2024/summer"``.
    after, before : str, date or datetime, optional
        Only photos whose file was changed on this day or later, and on this day or earlier:
        ``"2026-01-31"``, in UTC.
    min_bytes, max_bytes : int, optional
        Only files of such a size, both inclusive.
    sort : {"nearest", "farthest", "newest", "oldest", "biggest", "smallest", "name"}
        The order of the matches; which ones they are it does not change.
    exclude : sequence of str
        Patterns of files and folders to leave out, read as in a .gitignore that lies in the folder:
        ``"*.tmp"``, ``"2024/"``, ``"/drafts/**"``, ``"!keep.jpg"``.  They have the last word over
        those in files named .sokkuriignore.  Those that were about nothing are in the answer's
        ``unused_exclude``.
    follow : bool
        Enter linked folders too.
    library : "auto", path or None
        Where the folder's library lies, or is to lie: ``"auto"`` for its place in the user's data
        directory; None to use none, and read every photo.
    refresh : bool
        Whether to look for what has changed in the folder; else what the library knows is searched.
    chance : bool
        Foretell how many photos are within the threshold by chance, as ``by_chance``; see
        :func:`threshold`.
    searcher : {"flat", "pruned", "mih"}, optional
        What compares the codes, instead of what is cheapest; all give the same answer.
    workers : int, optional
        Threads or processes; as many as there are cores if None.
    progress : callable, optional
        Called as ``progress(done, total)``.

    Returns
    -------
    Results
        Sorted by distance, then path, unless ``sort`` says otherwise.

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
        [query], where, rgb=rgb, gray=gray, exclude=exclude, follow=follow, library=library,
        refresh=refresh, chance=chance, workers=workers, progress=progress, **options,
    )  # fmt: skip
    if results.error is not None:
        raise ImageError(results.query, results.error)
    return results


def search_many(
    queries: Iterable[ImageLike], where: PathLike | Iterable[PathLike], *,
    rgb: bool = False, gray: bool = False, exclude: Sequence[str] = (), follow: bool = False,
    library: PathLike | None = "auto", refresh: bool = True, chance: bool = False,
    workers: int | None = None,
    progress: Progress | None = None, **options: Unpack[SearchArguments],
) -> list[Results]:  # fmt: skip
    """Search for several queries in one pass over the photos.

    Parameters are those of :func:`search`.  A query that cannot be read does not stop the others:
    its :class:`Results` has ``error`` set and no matches.
    """
    options["hash"] = chosen_hash(options.get("hash"), rgb=rgb, gray=gray)
    asked = SearchOptions(**options)
    maker = asked.hasher
    sources = [rereadable(query) for query in queries]
    records = [hash_source([maker], source) for source in sources]
    if all(record.rejected for record in records):
        table = PhotoTable.of(maker.spec, ())
    else:
        table = photos_in(
            where, maker, library, refresh=refresh,
            exclude=exclude, follow=follow, workers=workers, progress=progress,
        )  # fmt: skip
    engine = Engine(table, asked, workers)
    found = [
        engine.search(Results, source, record.rejected or record.hashes[0], asked)
        for source, record in zip(sources, records, strict=True)
    ]
    if chance:
        found = [replace(each, by_chance=engine.by_chance(asked, each.searched)) for each in found]
    return ResultsList(found)
