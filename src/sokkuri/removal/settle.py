"""The end of what was begun: where a process was killed between two lines, the files tell."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from dataclasses import replace
from typing import TYPE_CHECKING

from sokkuri.pipeline import digest_file
from sokkuri.removal.journal import BEGUN, Entry, Journal, Stage
from sokkuri.removal.outcome import Way
from sokkuri.removal.rename import make_twin, rename_new, sync_folders

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sokkuri.removal.area import HoldingArea, RemovalBatch


@contextlib.contextmanager
def settled(area: HoldingArea) -> Iterator[None]:
    """Be the only one who acts in a holding area, after all that was begun there was settled."""
    with area.lock():
        for batch in area.batches():
            settle(batch)
        yield


def settle(batch: RemovalBatch) -> RemovalBatch:
    """Finish or roll back what was begun in a batch; the caller holds the lock.

    Files that the journal has lost are noted in it again.
    """
    now = {entry.number: entry for entry in batch.entries}
    begun = [entry for entry in batch.entries if entry.stage in BEGUN]
    found = [entry for entry in batch.entries if entry.stage is Stage.FOUND]
    if begun or found:
        with opened_journal(batch) as journal:
            for entry in found:
                now[entry.number] = replace(entry, stage=Stage.PUT)
                where = os.path.relpath(entry.place, batch.files)
                journal.begin(now[entry.number], where)
            for entry in begun:
                now[entry.number] = settle_entry(batch, journal, entry)
    return replace(batch, entries=tuple(now.values()))


def opened_journal(batch: RemovalBatch) -> Journal:
    """Open a batch's journal; one that is lost is begun anew, for files are what counts."""
    if os.path.exists(batch.journal):
        return Journal(batch.journal)
    return Journal.create(batch.journal, batch.head)


def settle_entry(batch: RemovalBatch, journal: Journal, entry: Entry) -> Entry:
    """Finish or roll back what was begun with one file, and note that.

    Parameters
    ----------
    batch : RemovalBatch
    journal : Journal
    entry : Entry
    """
    if batch.head.way is Way.TRASH:
        is_there = os.path.lexists(batch.source(entry))
        return journal.note(entry, Stage.NEVER if is_there else Stage.PUT)
    if entry.stage is Stage.PUTTING:
        return _settle_putting(batch, journal, entry)
    if entry.stage is Stage.BACKING:
        return _settle_backing(batch, journal, entry)
    is_there = os.path.lexists(entry.place)
    return journal.note(entry, Stage.PUT if is_there else Stage.EMPTY)


def _settle_putting(batch: RemovalBatch, journal: Journal, entry: Entry) -> Entry:
    source = batch.source(entry)
    if not os.path.lexists(entry.place):
        return journal.note(entry, Stage.NEVER)
    _drop_second_name(source, of=entry.place)
    if batch.head.way is not Way.LINK:
        return journal.note(entry, Stage.PUT)
    if os.path.lexists(source):
        if stands_for(batch, entry, source):
            entry = replace(entry, linked=os.lstat(source).st_ino)
        return journal.note(entry, Stage.PUT)
    try:
        return journal.note(put_twin(batch, entry), Stage.PUT)
    except OSError:
        with contextlib.suppress(OSError):  # and where its name is taken meanwhile, it is held
            rename_new(entry.place, source)
            return journal.note(entry, Stage.NEVER)
        return journal.note(entry, Stage.PUT)


def _settle_backing(batch: RemovalBatch, journal: Journal, entry: Entry) -> Entry:
    source, aside = batch.source(entry), batch.own("aside", entry)
    if not os.path.lexists(entry.place) or _drop_second_name(entry.place, of=source):
        if os.path.lexists(aside) and os.path.lexists(source):
            os.unlink(aside)  # it was judged before the file took its place
            sync_folders(batch.path)
        return journal.note(entry, Stage.BACK)
    if os.path.lexists(aside) and not _drop_second_name(aside, of=source):
        with contextlib.suppress(OSError):  # else it is found, and shown as held
            rename_new(aside, source)
    return journal.note(entry, Stage.PUT)


def _drop_second_name(path: str, *, of: str) -> bool:
    """Take away the name that a file should have lost, where it had to be renamed in two steps."""
    with contextlib.suppress(OSError):
        old, new = os.lstat(path), os.lstat(of)
        if os.path.samestat(old, new) and old.st_nlink > 1:
            os.unlink(path)
            sync_folders(os.path.dirname(path))
            return True
    return False


def put_twin(batch: RemovalBatch, entry: Entry) -> Entry:
    """Let the bytes of the kept file stand where a file lay; return the entry with that noted.

    Parameters
    ----------
    batch : RemovalBatch
    entry : Entry

    Raises
    ------
    OSError
        If the kept file is not what it was, the file system has neither clones nor hard links, or
        the name is taken meanwhile.
    """
    kept, twin = os.path.join(batch.root, entry.kept), batch.own("twin", entry)
    if digest_file(kept).digest != entry.digest:
        raise FileNotFoundError(errno.ENOENT, "the kept file is not what it was", kept)
    with contextlib.suppress(FileNotFoundError):
        os.unlink(twin)
    make_twin(kept, twin)
    linked = os.lstat(twin).st_ino
    rename_new(twin, batch.source(entry))
    return replace(entry, linked=linked)


def stands_for(batch: RemovalBatch, entry: Entry, path: str) -> bool:
    """Tell whether a path holds the bytes that were put there in place of a file, and no others.

    Parameters
    ----------
    batch : RemovalBatch
    entry : Entry
    path : str
    """
    try:
        here = os.lstat(path)
    except OSError:
        return False
    if not stat.S_ISREG(here.st_mode):
        return False
    # A clone has the times of the file; another file of the same bytes is somebody's own.
    is_known = here.st_ino == entry.linked if entry.linked else here.st_mtime_ns == entry.mtime_ns
    with contextlib.suppress(OSError):
        # A hard link: even where its one file was changed since, nothing goes with a name.
        kept = os.lstat(os.path.join(batch.root, entry.kept))
        if os.path.samestat(here, kept) and here.st_nlink > 1:
            return is_known or not entry.linked
    return is_known and here.st_size == entry.bytes and digest_file(path).digest == entry.digest
