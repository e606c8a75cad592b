"""Search: one query or many, one pass over the photos of a folder."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from sokkuri.api.hash import chosen_hash, places_of, rereadable
from sokkuri.api.results import Results, ResultsList
from sokkuri.engine.options import SearchArguments, SearchOptions
from sokkuri.engine.search import Engine, refused
from sokkuri.engine.table import PhotoTable
from sokkuri.errors import FormatError, ImageError, Locked, NothingToSearch, StoreError
from sokkuri.pipeline import hash_paths, hash_source, list_files, parted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Unpack

    from sokkuri._typing import ImageLike, PathLike, Progress
    from sokkuri.images import Rejected
    from sokkuri.library import Location, Refreshed
    from sokkuri.pipeline import FileListing, FileRecord
    from sokkuri.protocols import Hasher

# A search need not write: where another process does, what is there so far is answer enough.
_WAIT_SECONDS: Final = 1.0


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
        refresh=refresh, workers=workers, progress=progress, **options,
    )  # fmt: skip
    if results.error is not None:
        raise ImageError(results.query, results.error)
    return results


def search_many(
    queries: Iterable[ImageLike],
    where: PathLike | Iterable[PathLike],
    *,
    rgb: bool = False,
    gray: bool = False,
    exclude: Sequence[str] = (),
    follow: bool = False,
    library: PathLike | None = "auto",
    refresh: bool = True,
    workers: int | None = None,
    progress: Progress | None = None,
    **options: Unpack[SearchArguments],
) -> list[Results]:
    """Search for several queries in one pass over the photos.

    Parameters are those of :func:`search`.  A query that cannot be read does not stop the others:
    its :class:`Results` has ``error`` set and no matches.
    """
    options["hash"] = chosen_hash(options.get("hash"), rgb=rgb, gray=gray)
    asked = SearchOptions(**options)
    hasher = asked.hasher
    sources = [rereadable(query) for query in queries]
    hashed = [hash_source([hasher], source) for source in sources]
    if all(record.rejected for record in hashed):
        table = PhotoTable.of(hasher.spec, ())
    else:
        folder = _Source(hasher, exclude, follow, library, refresh, workers, progress)
        table = folder.table(where)
    engine = Engine(table, asked, workers)
    return ResultsList(
        answer(engine, source, record, asked)
        for source, record in zip(sources, hashed, strict=True)
    )


def answer(
    engine: Engine, source: ImageLike, record: FileRecord, options: SearchOptions
) -> Results:
    """Return the answer to a query that was hashed, or could not be.

    Parameters
    ----------
    engine : Engine
    source : ImageLike
    record : FileRecord
        Of the source.
    options : SearchOptions
    """
    if record.hash is None:
        reason = record.rejected.reason if record.rejected is not None else ""
        return Results.of(refused(source, options, reason, engine.table))
    return Results.of(engine.search(record.hash, options, source))


@dataclass(frozen=True, slots=True)
class _Source:
    """A source of photos; the fields are parameters of :func:`search`."""

    hasher: Hasher
    exclude: Sequence[str] = ()
    follow: bool = False
    library: PathLike | None = "auto"
    refresh: bool = True
    workers: int | None = None
    progress: Progress | None = None

    def table(self, where: PathLike | Iterable[PathLike]) -> PhotoTable:
        """Return the hashed photos of some places."""
        roots = places_of(where)
        if self.library is None and not self.refresh:
            raise ValueError("`library=None` leaves nothing for `refresh=False` to mean")
        if len(roots) != 1 and (self.library not in (None, "auto") or not self.refresh):
            raise ValueError("a library is of one folder; give one")
        if self.library is None or len(roots) != 1:
            return self._hashed_now(roots)
        if self.refresh:
            _check_roots(roots)
            if not os.path.isdir(roots[0]):
                return self._hashed_now(roots)
        from sokkuri.library import location_of

        home = location_of(roots[0], self.library)
        return self._refreshed(home) if self.refresh else self._kept(home)

    def _kept(self, home: Location, note: str = "") -> PhotoTable:
        """Return what a library knows, without a look at the folder."""
        from sokkuri.library import open_state, table_of

        spec = self.hasher.spec
        try:
            state = open_state(home, [spec])
        except FileNotFoundError as error:
            raise NothingToSearch(
                f"{home.root}: it has no library yet; make one with: sokkuri index {home.cli_args}"
            ) from error
        if spec not in state.segments:
            raise NothingToSearch(
                f"{home.root}: its library has no {spec.name} yet; add it with: "
                f"sokkuri index {home.cli_args} --hash {spec.name}"
            )
        away = sum(row.is_away for row in state.catalogue.files.values())
        notes = tuple(filter(None, (note, _away_note(away, home))))
        return replace(table_of(state, spec, exclude=self.exclude), notes=notes)

    def _refreshed(self, home: Location) -> PhotoTable:
        from sokkuri.library import table_of
        from sokkuri.library.refresh import refresh

        try:
            done = refresh(
                home, [self.hasher], exclude=self.exclude, follow=self.follow,
                workers=self.workers, progress=self.progress, wait=_WAIT_SECONDS, as_it_is=True,
            )  # fmt: skip
        except FormatError:
            raise
        except Locked as error:
            return self._while_locked(home, error)
        except StoreError as error:
            note = f"the library is not used ({error}); every photo was read"
            return replace(self._hashed_now([home.root]), notes=(note,))
        away = _away_note(done.kept, home)
        _refuse_empty([home.root], done.scan.listing, away)
        table = table_of(done.state, self.hasher.spec, done.scan)
        table = replace(table, notes=(away,) if away else ())
        return self._with_unread(table, done) if done.unread else _listed(table, done.scan.listing)

    def _with_unread(self, known: PhotoTable, done: Refreshed) -> PhotoTable:
        """Hash what a library that cannot be written does not know, for this search alone."""
        paths = [seen.path for seen in done.unread]
        records = hash_paths([self.hasher], paths, workers=self.workers, progress=self.progress)
        read = PhotoTable.of(self.hasher.spec, records)
        lost, companions = parted((*known.rejected, *read.rejected))
        count = f"{len(paths):,} file{' was' if len(paths) == 1 else 's were'} read for this search"
        note = f"the library is not used for what is new ({done.unwritten}); {count}"
        beside = tuple(sorted((*known.companions, *companions), key=os.fsencode))
        table = replace(known.joined(read), rejected=lost, companions=beside)
        return _listed(replace(table, notes=(note, *known.notes)), done.scan.listing)

    def _while_locked(self, home: Location, error: Locked) -> PhotoTable:
        try:
            return self._kept(home, f"{error.problem}; what it has so far was searched")
        except NothingToSearch:
            note = f"the library is not used ({error.problem}); every photo was read"
            return replace(self._hashed_now([home.root]), notes=(note,))

    def _hashed_now(self, roots: Sequence[PathLike]) -> PhotoTable:
        _check_roots(roots)
        names = [os.fsdecode(root) for root in roots]
        listing = list_files(
            roots, exclude=self.exclude, follow=self.follow, progress=self.progress
        )
        _refuse_empty(names, listing)
        records = hash_paths(
            [self.hasher], listing.files, workers=self.workers, progress=self.progress
        )
        table = PhotoTable.of(self.hasher.spec, records)
        lost, companions = parted(table.rejected, set(names))
        return _listed(replace(table, rejected=lost, companions=companions, roots=names), listing)


def _check_roots(roots: Iterable[PathLike]) -> None:
    """Refuse places that do not exist."""
    for root in roots:
        if not os.path.lexists(root):
            raise NothingToSearch(f"{os.fsdecode(root)}: no such folder; check the name")


def _away_note(count: int, home: Location) -> str:
    """Say that photos took no part in a search, and how to forget them; empty where none."""
    from sokkuri.library.drives import away_words

    advice = f"to forget them: sokkuri index {home.cli_args} --forget-missing"
    return f"{away_words(count)}; {advice}" if count else ""


def _refuse_empty(roots: Sequence[str], listing: FileListing, note: str = "") -> None:
    if listing.files or listing.rejected:
        return
    if listing.left_out:
        found, advice = "all that is in there is left out", "change the patterns"
    else:
        found, advice = "no files in there", "name a folder with photos"
    raise NothingToSearch(f"{', '.join(roots)}: {found}; {note or advice}")


def _listed(table: PhotoTable, listing: FileListing) -> PhotoTable:
    """Return a table with what a walk could not enter, and what it passed by."""
    rejected = tuple(sorted((*listing.rejected, *table.rejected), key=_path_order))
    return replace(table, rejected=rejected, skipped=listing.skipped, unused_exclude=listing.unused)


def _path_order(rejected: Rejected) -> bytes:
    return os.fsencode(rejected.path)
