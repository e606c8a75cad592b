"""One folder on the page: its library, what is known of it now, and the refresh that runs."""

from __future__ import annotations

import contextlib
import hashlib
import os
import threading
import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Literal, NamedTuple

from sokkuri import settings
from sokkuri.api.library import Library
from sokkuri.errors import NothingToSearch, SokkuriError, StoreError
from sokkuri.language import joined, translated
from sokkuri.library.changes import away_words
from sokkuri.pipeline.exclude import IGNORE_FILE
from sokkuri.registry import hasher
from sokkuri.show.captions import display_name, unused_words
from sokkuri.web.cache import StampedValue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sokkuri._typing import PathLike
    from sokkuri.engine.table import PhotoTable
    from sokkuri.images import Rejected
    from sokkuri.library.admin import Info
    from sokkuri.web.models import RefreshProgress


class _Findings(NamedTuple):
    """Findings of a look for changes that its user should know."""

    problem: str = ""  # why it failed
    away: int = 0  # files out of reach
    unused: tuple[str, ...] = ()  # patterns that left nothing out
    ignore_files: tuple[Rejected, ...] = ()  # those that could not be read

    def sentences(self, name: str) -> Iterator[str]:
        """Yield it in the reader's language; ``name`` is that of the folder."""
        if self.problem:
            yield translated(self.problem)
        if self.away:
            yield translated(f"{name}: {away_words(self.away)}")
        if self.unused:
            yield unused_words(self.unused)
        for rejected in self.ignore_files:
            yield f"{display_name(rejected.path)}: {translated(rejected.detail)}"


class _Stopped(Exception):
    """The server is stopping; what is complete is kept."""


class Shelf:
    """A folder and its library; every method may be called from any thread.

    Parameters
    ----------
    folder : path
    library : "auto" or path
        Where its library lies; ``"auto"`` for its place in the user's data directory.
    exclude : sequence of str
        Patterns of files and folders to leave out, as of :func:`sokkuri.search`.
    follow : bool
        Enter linked folders too.
    workers : int, optional
        Processes for hashing.
    """

    def __init__(
        self,
        folder: PathLike,
        *,
        library: PathLike = "auto",
        exclude: tuple[str, ...] = (),
        follow: bool = False,
        workers: int | None = None,
    ) -> None:
        self.folder = os.fsdecode(folder)
        real = os.fsencode(os.path.realpath(self.folder))
        self.key = hashlib.blake2b(real, digest_size=3).hexdigest()
        self.name = display_name(os.path.abspath(self.folder))
        self.label = ""  # stands before its folders where there are other shelves
        self.exclude = exclude
        self.follow = follow
        self.indexing: RefreshProgress | None = None
        self._found = _Findings()
        self.looked_ns: int | None = None  # when the last look for changes was done
        self._workers = workers
        self._place = library
        self._library = Library.open(folder, library=library, exclude=exclude)
        self.cli_args = self._library.cli_args
        self._lock = threading.RLock()
        self._reading = threading.Lock()
        self._tables: dict[str, StampedValue[PhotoTable | None]] = {}
        self._info = StampedValue(self._read_info)
        self._thread: threading.Thread | None = None
        self._wanted: list[str] = []
        self._making: tuple[str, ...] = ()
        self._stopping = threading.Event()

    @property
    def hashes(self) -> tuple[str, ...]:
        """The hashes that the library keeps."""
        info = self.info()
        return () if info is None else tuple(kept.name for kept in info.hashes)

    @property
    def note(self) -> str:
        """Findings of the last look for changes, in the reader's language."""
        return joined(self._found.sentences(self.name))

    def info(self) -> Info | None:
        """Return what is in the library; None where there is none yet."""
        return self._info.get(self._version(), settled=self.indexing is None)

    def table(self, hash: str) -> PhotoTable | None:
        """Return the photos that have a code of a hash; None if the library has none of it.

        While the photos are being hashed, it may be a little behind.

        Raises
        ------
        StoreError
            If the library is damaged.
        """
        with self._lock:
            make = partial(self._read_table, hash)
            table = self._tables.setdefault(hash, StampedValue(make))
        return table.get(self._version(), settled=self.indexing is None)

    def is_making(self, hash: str) -> bool:
        """Tell whether a refresh with a hash runs, or waits for one that does."""
        with self._lock:
            return hash in (*self._making, *self._wanted)

    def refresh(self, *hashes: str) -> None:
        """Look for what has changed in the folder, in the background.

        Hashes that the library keeps already are kept up to date with those asked for.
        """
        with self._lock:
            self._wanted.extend(hashes or [settings.DEFAULT_HASH])
            if self._thread is None and not self._stopping.is_set():
                self.indexing = {"stage": "listing", "done": 0, "total": None}
                self._thread = threading.Thread(
                    target=self._run, name="sokkuri-refresh", daemon=True
                )
                self._thread.start()

    def wait(self, seconds: float | None = None) -> None:
        """Wait until no refresh runs."""
        if thread := self._thread:
            thread.join(seconds)

    def stop(self, seconds: float) -> None:
        """End a refresh that runs; what is complete is kept.

        One that waits for a picture whose decoder hangs is left behind: the process ends soon, and
        a library stands even that.
        """
        self._stopping.set()
        self.wait(seconds)

    def _version(self) -> int:
        try:
            return self._library.version
        except StoreError:
            return -1  # damaged, as reading the library will say

    def _read_info(self) -> Info | None:
        try:
            return self._library.info()
        except FileNotFoundError:
            return None

    def _read_table(self, hash: str) -> PhotoTable | None:
        with self._reading:  # a library object is for one thread at a time
            try:
                table = self._library.table(hash)
            except NothingToSearch:
                return None
        return replace(table, key=self.key, label=self.label)

    def _run(self) -> None:
        # A library object is for one thread at a time; the other one answers searches meanwhile.
        library = Library.open(self.folder, library=self._place)
        while True:
            with self._lock:
                self._making, self._wanted = tuple(dict.fromkeys(self._wanted)), []
                if not self._making or self._stopping.is_set():
                    self._thread, self.indexing = None, None
                    return
            self._found = self._refresh(library, [*self._making, *_known(self.hashes)])

    def _refresh(self, library: Library, hashes: list[str]) -> _Findings:
        """Refresh, and return what its user should know of that."""
        try:
            done = library.refresh(
                hash=list(dict.fromkeys(hashes)), exclude=self.exclude, follow=self.follow,
                workers=self._workers, isolate=True, progress=self._progress,
            )  # fmt: skip
        except _Stopped:
            return _Findings()
        except SokkuriError as error:
            return _Findings(str(error))
        except Exception as error:
            problem = f"{self.folder}: it could not be looked through: {error!r}"
            return _Findings(problem)
        self.looked_ns = time.time_ns()
        ignore_files = (
            rejected
            for rejected in done.scan.listing.rejected
            if os.path.basename(rejected.path) == IGNORE_FILE
        )
        return _Findings("", done.kept, done.unused_exclude, tuple(ignore_files))

    def _progress(self, done: int, total: int | None) -> None:
        if self._stopping.is_set():
            raise _Stopped
        stage: Literal["listing", "hashing"] = "listing" if total is None else "hashing"
        self.indexing = {"stage": stage, "done": done, "total": total}


def _known(names: tuple[str, ...]) -> list[str]:
    """Leave out hashes of a plug-in that is not installed any more."""
    found = []
    for name in names:
        with contextlib.suppress(SokkuriError):
            found.append(hasher(name).spec.name)
    return found
