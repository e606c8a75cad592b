"""A library held open: for programs that search one folder again and again."""

from __future__ import annotations

import os
import time
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sokkuri.api.copies import described_query
from sokkuri.api.hash import hash_image, hashers_named, rereadable
from sokkuri.api.results import Copies, Results
from sokkuri.brief import brief
from sokkuri.engine.copies import CopyOptions, CopySearch
from sokkuri.engine.options import SearchArguments, SearchOptions
from sokkuri.engine.search import Engines
from sokkuri.errors import ImageError, Locked, MissingExtra, NothingToSearch
from sokkuri.hashes import ImageHash
from sokkuri.images import Rejected
from sokkuri.library import location_of, open_state, table_of
from sokkuri.library.admin import compact, describe_library, remove
from sokkuri.library.refresh import refresh
from sokkuri.library.repair import repair, verify
from sokkuri.pipeline import as_on_disk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Self, Unpack

    from sokkuri._typing import ImageLike, PathLike, Progress
    from sokkuri.engine.copies import CopyArguments
    from sokkuri.engine.table import PhotoTable
    from sokkuri.hashes import HashSpec
    from sokkuri.library import Location, Refreshed, State
    from sokkuri.library.admin import Compacted, Info
    from sokkuri.library.repair import Repaired, Verified


class Library:
    """The library of one folder, with what it takes to answer at once.

    A search reads nothing again until the library has changed, by whichever process.  One object
    is for one thread at a time; several objects, and several processes, may share a library.

    >>> import sokkuri
    >>> library = sokkuri.Library.open("photos")           # doctest: +SKIP
    >>> library.refresh()                                  # doctest: +SKIP
    >>> library.search("sample.jpg", k=5).matches          # doctest: +SKIP
    """

    def __init__(self, home: Location, exclude: Sequence[str] = ()) -> None:
        self._home = home
        self._exclude = exclude
        self._state: State | None = None
        self._version = -1
        self._tables: dict[HashSpec, PhotoTable] = {}
        self._engines = Engines()
        self._copies: dict[str, CopySearch] = {}
        # Typed, so that a rate of 1 is not answered as one of 1.0.
        self._asked = lru_cache(maxsize=32, typed=True)(SearchOptions)

    @classmethod
    def open(
        cls, where: PathLike, *, library: PathLike = "auto", exclude: Sequence[str] = ()
    ) -> Library:
        """Return the library of a folder, which :meth:`refresh` makes if there is none.

        Parameters
        ----------
        where : path
            The folder of photos.
        library : "auto" or path
            Where the library lies; ``"auto"`` for its place in the user's data directory.
        exclude : sequence of str
            What is left out of all answers, as of :func:`sokkuri.search`.
        """
        return cls(location_of(as_on_disk(where), library), exclude)

    def close(self) -> None:
        """Let go of all that is held in memory; the next search reads the library again."""
        self._state, self._version = None, -1
        self._tables, self._engines, self._copies = {}, Engines(), {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Library of {brief(self.folder)}>"

    @property
    def path(self) -> str:
        """The library's directory."""
        return self._home.directory.path

    @property
    def folder(self) -> str:
        """The folder of photos."""
        return self._home.root

    @property
    def exists(self) -> bool:
        """True once there is a library."""
        return self._home.directory.exists()

    @property
    def version(self) -> int:
        """A number that grows with every commit, by whichever process; below 1 before the first."""
        return self._home.directory.read_stamp()

    @property
    def cli_args(self) -> str:
        """Arguments of a command line that name this library."""
        return self._home.cli_args

    def refresh(
        self,
        *,
        hash: str | Sequence[str] | None = None,
        exclude: Sequence[str] | None = None,
        follow: bool = False,
        workers: int | None = None,
        isolate: bool = False,
        progress: Progress | None = None,
        forget_missing: bool = False,
        read_all: bool = False,
    ) -> Refreshed:
        """Look for what has changed in the folder, and hash what is new.

        Parameters
        ----------
        hash : str or sequence of str, optional
            Of several hashes each photo gets all, from one decode.
        exclude, follow, workers, progress
            As of :func:`sokkuri.search`; without ``exclude`` that of :meth:`open` counts.
        isolate : bool
            Decode no picture in this process, however few there are, so that it outlives any
            decoder.
        forget_missing : bool
            Take what is not there for gone, also where a drive may only be away.
        read_all : bool
            Read every file again, also where its size and times are as they were.

        Raises
        ------
        NothingToSearch
            If the folder is missing.
        StoreError
            If the library is damaged, in use, or cannot be written.
        """
        if not os.path.isdir(self.folder):
            raise NothingToSearch(f"{self.folder}: no such folder; check the name")
        return refresh(
            self._home, hashers_named(hash), exclude=self._exclude if exclude is None else exclude,
            follow=follow, workers=workers, apart=isolate, progress=progress,
            forget_missing=forget_missing, read_all=read_all,
        )  # fmt: skip

    def rejected(
        self, done: Refreshed, hash: str | Sequence[str] | None = None
    ) -> tuple[Rejected, ...]:
        """Return the files of a refresh that lack one of the hashes, each once, by path.

        Parameters
        ----------
        done : Refreshed
        hash : str or sequence of str, optional
        """
        found: dict[str, Rejected] = {}
        for maker in hashers_named(hash):
            table = table_of(done.state, maker.spec, done.scan)
            found.update({rejected.path: rejected for rejected in table.rejected})
        return tuple(found[path] for path in sorted(found, key=os.fsencode))

    def search(self, query: ImageLike | ImageHash, **options: Unpack[SearchArguments]) -> Results:
        """Search what the library knows, without a look at the folder.

        Parameters
        ----------
        query : path, bytes, binary file object, PIL image, ndarray or ImageHash
            A picture of any shape, or a hash that is at hand.
        **options
            Those of :func:`sokkuri.search` that are about the comparison, the photos that take
            part, and their order.

        Raises
        ------
        ImageError
            If the query cannot be read.
        NothingToSearch
            If the library has no code of that hash.
        StoreError
            If it is damaged, with the command that repairs it.
        """
        if isinstance(query, ImageHash):
            options["hash"] = options.get("hash") or query.spec.name
        asked = self._asked(**options)
        engine = self._engines.of(self.table(asked.hash), asked)
        if isinstance(query, ImageHash):
            return engine.search(Results, str(query), query, asked)
        source = rereadable(query)
        found = hash_image(source, hash=asked.hasher.spec.name)
        return engine.search(Results, source, found, asked)

    def find_copies(self, query: ImageLike, **options: Unpack[CopyArguments]) -> Copies:
        """Find the copies of a picture among what the library knows, without a look at the folder.

        Parameters
        ----------
        query : path, bytes, binary file object, PIL image or ndarray
            A picture of any shape.
        **options
            Those of :func:`sokkuri.find_copies` that are about copies and the photos to search.

        Raises
        ------
        ImageError
            If the query cannot be read.
        NothingToSearch
            If photos are not described: ``refresh(hash="copies-150")``; 300 for ``harder``.
        StoreError
            If it is damaged, with the command that repairs it.
        """
        asked = CopyOptions(**options)
        source = rereadable(query)
        described = described_query(source, asked)
        if isinstance(described, Rejected):
            raise ImageError(described.path, described.reason)
        table = self.table(asked.hashers[0].spec.name)
        name = table.spec.name
        if name not in self._copies or self._copies[name].table is not table:
            self._copies[name] = CopySearch(table)
        return self._copies[name].find(Copies, source, described, asked)

    def table(self, hash: str | None = None) -> PhotoTable:
        """Return all photos that have a code of a hash, as they are known now.

        Parameters
        ----------
        hash : str, optional
            Name of the hash, ``"look-2"`` if not given.

        Raises
        ------
        NothingToSearch
            If the library has no code of that hash.
        StoreError
            If it is damaged, with the command that repairs it.
        """
        (hasher,) = hashers_named(hash)
        spec = hasher.spec
        state = self._opened(spec)
        if spec not in self._tables:
            self._tables[spec] = table_of(state, spec, exclude=self._exclude)
        return self._tables[spec]

    def verify(self) -> Verified:
        """Read everything again and name all that is not as it was written; nothing is changed."""
        return verify(self._home)

    def repair(self, *, workers: int | None = None, progress: Progress | None = None) -> Repaired:
        """Keep all that is sound, and hash again what was damaged, and nothing else.

        Parameters
        ----------
        workers, progress
            As of :func:`sokkuri.search`.

        Raises
        ------
        StoreError
            If it is in use or cannot be written, or the folder is out of reach.
        """
        return repair(self._home, workers=workers, progress=progress)

    def compact(self) -> Compacted:
        """Drop the codes of photos that are gone.

        Raises
        ------
        StoreError
            If it is damaged, in use, or cannot be written.
        """
        return compact(self._home)

    def remove(self) -> None:
        """Remove the library; no photo is touched.

        Raises
        ------
        StoreError
            If it is in use.
        """
        remove(self._home)

    def info(self) -> Info:
        """Say what is in the library; one that is damaged says so in ``problem``.

        Raises
        ------
        FileNotFoundError
            If there is none.
        """
        return describe_library(self.path)

    def watch(
        self,
        *,
        hash: str | Sequence[str] | None = None,
        exclude: Sequence[str] | None = None,
        follow: bool = False,
        workers: int | None = None,
        progress: Progress | None = None,
        poll: float | None = None,
    ) -> Iterator[Refreshed]:
        """Refresh now, and again whenever something changes in the folder, for ever.

        While another process writes to the library, this one waits.

        Parameters
        ----------
        hash, exclude, follow, workers
            As of :meth:`refresh`.
        progress : callable, optional
            Called as ``progress(done, total)`` during the first refresh.
        poll : float, optional
            Look through the folder every so many seconds instead of waiting for the system's word,
            which a network drive does not give; a turn at which the folder is out of reach is
            passed over.

        Yields
        ------
        Refreshed
            After each refresh.

        Raises
        ------
        MissingExtra
            If watchfiles is not installed, and ``poll`` is not given.
        ValueError
            If ``poll`` is not above 0.
        """
        changes = self._changes() if poll is None else _turns(poll)
        options: dict[str, Any] = {"exclude": exclude, "follow": follow, "workers": workers}
        yield self.refresh(hash=hash, progress=progress, **options)
        for _ in changes:
            if poll is not None and not os.path.isdir(self.folder):
                continue
            while True:
                try:
                    done = self.refresh(hash=hash, **options)
                    break
                except Locked:
                    continue  # each try waits for some seconds
            yield done

    def _changes(self) -> Iterator[object]:
        """Return what yields whenever something changes in the folder, from now on."""
        try:
            import watchfiles
        except ModuleNotFoundError as error:
            if error.name != "watchfiles":
                raise
            raise MissingExtra("watching a folder", "watch") from error
        own = os.path.join(os.path.realpath(self.path), "")
        return watchfiles.watch(
            self.folder, watch_filter=lambda _, path: not os.path.realpath(path).startswith(own)
        )

    def _opened(self, spec: HashSpec) -> State:
        """Return the library as it is now; what was made of it before goes when it has changed."""
        version = self.version
        known = self._state
        if known is not None and version == self._version and spec in known.segments:
            return known
        earlier = known.segments if known is not None else {}
        try:
            state = open_state(self._home, {spec, *earlier})
        except FileNotFoundError as error:
            raise NothingToSearch(f"{self.folder}: it has no library yet; refresh it") from error
        if spec not in state.segments:
            raise NothingToSearch(
                f"{self.folder}: its library has no {spec.name} yet; refresh it with that"
            )
        for other, segment in earlier.items():
            if other in state.segments:
                state.segments[other].trust(segment)
        if version != self._version:
            self._tables, self._engines, self._copies = {}, Engines(), {}
        self._state, self._version = state, version
        return state


def _turns(seconds: float) -> Iterator[object]:
    if not seconds > 0:
        raise ValueError(f"`poll` is {seconds:g}; it must be above 0 seconds")
    return iter(lambda: time.sleep(seconds), False)
