"""The holding area of a folder: its batches, the files in them, and the lock of whoever acts."""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import secrets
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sokkuri.brief import brief_repr
from sokkuri.errors import Locked, StoreError
from sokkuri.pipeline import HOLDING_FOLDER
from sokkuri.removal import register
from sokkuri.removal.journal import BEGUN, Entry, Head, Journal, Stage, read_journal
from sokkuri.removal.outcome import Way
from sokkuri.removal.rename import remove_empty_folders, sync_folders

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_WAIT_SECONDS: Final = 5.0
_TRIES: Final = 10
_FILES: Final = "files"
_JOURNAL: Final = "journal.jsonl"
_LOCK: Final = "lock"
# Half a journal, and a link that was not put in its place yet.
_PASSING: Final = re.compile(r"\.sokkuri-.*\.part|twin-[0-9]+")


@dataclass(frozen=True, slots=True)
class RemovalBatch:
    """All that one act put away.

    Parameters
    ----------
    root : str
        The folder whose files they were.
    head : Head
    entries : tuple of Entry
        In the order in which they went.
    """

    root: str
    head: Head
    entries: tuple[Entry, ...]

    __repr__ = brief_repr

    @property
    def path(self) -> str:
        """The batch's own folder."""
        return os.path.join(self.root, HOLDING_FOLDER, self.head.batch)

    @property
    def name(self) -> str:
        """The name by which it is undone."""
        return self.head.batch

    @property
    def away(self) -> tuple[Entry, ...]:
        """The files that were put, and neither came back nor were removed for good."""
        return tuple(entry for entry in self.entries if entry.is_away)

    @property
    def held(self) -> tuple[Entry, ...]:
        """Those of them that lie in the holding area."""
        return self.away if self.head.way in (Way.HOLD, Way.LINK) else ()

    @property
    def bytes(self) -> int:
        """Bytes of the files that are away."""
        return sum(entry.bytes for entry in self.away)

    def source(self, entry: Entry) -> str:
        """Return the whole path where a file lay."""
        return os.path.join(self.root, entry.path)

    def own(self, name: str, entry: Entry) -> str:
        """Return a path in the batch's folder for a passing need of one file.

        Parameters
        ----------
        name : str
        entry : Entry
        """
        return os.path.join(self.path, f"{name}-{entry.number}")

    @property
    def files(self) -> str:
        """The folder of the files that are held."""
        return os.path.join(self.path, _FILES)

    @property
    def journal(self) -> str:
        """The path of the journal."""
        return os.path.join(self.path, _JOURNAL)


@dataclass(frozen=True, slots=True)
class HoldingArea:
    """The holding area of one folder, which need not exist yet.

    Parameters
    ----------
    root : str
        The folder, by its real path.
    """

    root: str

    @property
    def path(self) -> str:
        """The holding area's own folder."""
        return os.path.join(self.root, HOLDING_FOLDER)

    @property
    def exists(self) -> bool:
        """Tell whether anything was put away here."""
        return os.path.isdir(self.path) and not os.path.islink(self.path)

    def batches(self) -> Iterator[RemovalBatch]:
        """Yield the batches, latest first, as far as they can be read.

        Raises
        ------
        NewerFormat
            If a later version of sokkuri wrote one.
        """
        names = os.listdir(self.path) if self.exists else []
        found = [self._read(name) for name in names if os.path.isdir(os.path.join(self.path, name))]
        yield from sorted(found, key=lambda batch: batch.head.at, reverse=True)

    def _read(self, name: str) -> RemovalBatch:
        unknown = RemovalBatch(self.root, Head(name, 0, Way.HOLD), ())
        head, entries = read_journal(unknown.journal, unknown.files)
        if head is None:
            # It was killed before its first line, or the disk has lost that; files are files.
            at = os.stat(unknown.path).st_mtime_ns
            head = Head(name, at, _way_of(unknown, entries.values()))
        known = tuple(entries[number] for number in sorted(entries))
        return RemovalBatch(self.root, head, known + tuple(_strangers(unknown, known)))

    def create(self, way: Way, folder: str = "") -> tuple[RemovalBatch, Journal]:
        """Begin a batch; the caller holds the lock.

        Parameters
        ----------
        way : Way
        folder : str
            Where files are moved to.
        """
        latest = max((batch.head.at for batch in self.batches()), default=0)
        at = max(time.time_ns(), latest + 1)
        moment = time.strftime("%Y%m%d-%H%M%S", time.gmtime(at // 10**9))
        head = Head(f"{moment}-{secrets.token_hex(2)}", at, way, folder)
        batch = RemovalBatch(self.root, head, ())
        os.mkdir(batch.path)
        sync_folders(self.path)
        register.remember(self.root)
        return batch, Journal.create(batch.journal, head)

    @contextlib.contextmanager
    def lock(self, wait: float = _WAIT_SECONDS) -> Iterator[None]:
        """Be the only one who acts here while the block runs; the lock goes with the process.

        Where nothing is left afterwards, the holding area is removed.

        Raises
        ------
        Locked
            If somebody else acts for more than ``wait`` seconds.
        StoreError
            If nothing can be written there.
        """
        from filelock import FileLock, Timeout

        lock = FileLock(os.path.join(self.path, _LOCK), timeout=wait)
        for left in reversed(range(_TRIES)):
            try:
                self._make()
                lock.acquire()
                break
            except Timeout as error:
                raise Locked(self.path) from error
            except FileNotFoundError as error:  # somebody has just removed an empty one
                if not left or not os.path.isdir(self.root):
                    raise StoreError(self.path, "the folder is gone") from error
            except (OSError, NotImplementedError) as error:
                reason = getattr(error, "strerror", None) or str(error)
                raise StoreError(self.path, f"nothing can be written there: {reason}") from error
        try:
            yield
        finally:
            self._clear()
            lock.release()
            if os.name == "nt":  # where a file cannot be removed while somebody has it open
                self._remove_if_empty()

    def _make(self) -> None:
        if os.path.islink(self.path):
            raise StoreError(self.path, "the holding area is a link", "remove the link")
        with contextlib.suppress(FileExistsError):
            # Files of closed folders are to stay closed.
            os.mkdir(self.path, 0o700)
            sync_folders(self.root)

    def _clear(self) -> None:
        """Remove the batches that hold nothing and say nothing, and what is left if that is all."""
        with contextlib.suppress(OSError):
            for batch in self.batches():
                if not batch.away and not any(e.stage in BEGUN for e in batch.entries):
                    _remove_batch(batch)
        self._remove_if_empty()

    def _remove_if_empty(self) -> None:
        with contextlib.suppress(OSError):
            if os.listdir(self.path) == [_LOCK]:
                os.unlink(os.path.join(self.path, _LOCK))
                os.rmdir(self.path)
                register.forget(self.root)


def _way_of(batch: RemovalBatch, entries: Iterable[Entry]) -> Way:
    """Tell from its files which way a batch went."""
    for entry in entries:
        if not entry.place:
            return Way.TRASH
        if not entry.place.startswith(os.path.join(batch.files, "")):
            return Way.MOVE
        if entry.kept:
            return Way.LINK
    return Way.HOLD


def _strangers(batch: RemovalBatch, known: tuple[Entry, ...]) -> Iterator[Entry]:
    """Yield the files in a batch's folder that its journal does not have."""
    numbers = itertools.count(max((entry.number for entry in known), default=0) + 1)
    expected = {entry.place for entry in known if entry.is_away or entry.stage is Stage.PUTTING}
    found = [
        (os.path.relpath(os.path.join(folder, name), batch.files), os.path.join(folder, name))
        for folder, _, names in os.walk(batch.files)
        for name in sorted(names)
    ]
    # Set aside for a moment, and then somebody took its name.
    asides = ((e.path, batch.own("aside", e)) for e in known if e.stage is not Stage.BACKING)
    found += [(path, place) for path, place in asides if os.path.lexists(place)]
    for path, place in found:
        if place not in expected:
            status = os.lstat(place)
            size, mtime_ns = status.st_size, status.st_mtime_ns
            yield Entry(next(numbers), path, place, size, mtime_ns, stage=Stage.FOUND)


def _remove_batch(batch: RemovalBatch) -> None:
    remove_empty_folders(batch.files)
    for name in os.listdir(batch.path):
        if _PASSING.fullmatch(name):
            os.unlink(os.path.join(batch.path, name))
    if os.listdir(batch.path) == [_JOURNAL]:
        os.unlink(batch.journal)
    os.rmdir(batch.path)  # which fails where there is more in it than we know of
