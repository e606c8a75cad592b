"""The way back: files of batches restored to where they lay, and holding areas emptied for good."""

from __future__ import annotations

import contextlib
import os
from dataclasses import replace
from typing import TYPE_CHECKING

from sokkuri.errors import NothingToUndo, StoreError
from sokkuri.pipeline import digest_file
from sokkuri.removal import register
from sokkuri.removal.area import HoldingArea
from sokkuri.removal.check import is_below, mark_of
from sokkuri.removal.journal import UNSETTLED, Stage
from sokkuri.removal.outcome import (
    CHANGED_HELD,
    IN_TRASH,
    LINK_CHANGED,
    MISPLACED,
    OUTSIDE,
    TAKEN,
    FileOutcome,
    FileState,
    RemovalOutcome,
    Way,
    reason_of,
)
from sokkuri.removal.rename import make_folders, rename_new, sync_folders
from sokkuri.removal.settle import opened_journal, settle, settle_entry, settled, stands_for

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from sokkuri._typing import Progress
    from sokkuri.removal.area import RemovalBatch
    from sokkuri.removal.journal import Entry, Journal

    Told = Callable[[FileOutcome], None]


def areas_around(folder: str | None = None) -> list[HoldingArea]:
    """Return the holding areas that there are: a folder's, or else all that are known.

    Parameters
    ----------
    folder : str, optional
        Without it also those of the current folder and of all above it are looked for.

    Raises
    ------
    NothingToUndo
        If the folder has none.
    """
    if folder is not None:
        area = HoldingArea(os.path.realpath(folder))
        if not area.exists:
            raise NothingToUndo(f"{folder}: nothing of it is held")
        return [area]
    here = os.path.realpath(os.curdir)
    roots = [here]
    while roots[-1] != os.path.dirname(roots[-1]):
        roots.append(os.path.dirname(roots[-1]))
    found = map(HoldingArea, dict.fromkeys([*roots, *register.known_roots()]))
    return [area for area in found if area.exists]


def batches_in(areas: Iterable[HoldingArea]) -> list[RemovalBatch]:
    """Return all batches of which files are away, latest first; what was begun is settled first."""
    found: list[RemovalBatch] = []
    for area in areas:
        batches = list(area.batches())
        if any(entry.stage in UNSETTLED for batch in batches for entry in batch.entries):
            # Where another process works, or nothing can be written, they are told as they are.
            with contextlib.suppress(StoreError), settled(area):
                pass
            batches = list(area.batches())
        found += (batch for batch in batches if batch.away)
    return sorted(found, key=lambda batch: batch.head.at, reverse=True)


def chosen(batches: Iterable[RemovalBatch], word: str) -> tuple[RemovalBatch, set[str]]:
    """Return what a word means: a batch and its paths that are meant, all of them by its name.

    Parameters
    ----------
    batches : iterable of RemovalBatch
        Latest first: of a path that went twice, the last is meant.
    word : str
        The name of a batch, or the path where a file lay.

    Raises
    ------
    NothingToUndo
        If it is neither.
    """
    folder, name = os.path.split(os.path.abspath(word))
    path = os.path.join(os.path.realpath(folder), name)
    for batch in batches:
        if word == batch.name:
            return batch, {entry.path for entry in batch.away}
        for entry in batch.away:
            if path == batch.source(entry):
                return batch, {entry.path}
    raise NothingToUndo(f"{word}: no batch is called so, and no file from there is held")


def restore(
    batch: RemovalBatch, paths: Collection[str], *, progress: Progress | None = None,
    told: Told | None = None,
) -> RemovalOutcome:  # fmt: skip
    """Put files of a batch back to where they lay.

    Parameters
    ----------
    batch : RemovalBatch
    paths : collection of str
        Of the files, below the batch's root.
    progress : callable, optional
        Called as ``progress(done, total)`` before each file; what it raises ends the work.
    told : callable, optional
        Called with each line as soon as it is true.

    Raises
    ------
    StoreError
        If nothing can be written there; Locked if somebody else acts there.
    """
    lines: list[FileOutcome] = []

    def tell(entry: Entry, state: FileState, reason: str = "") -> None:
        line = FileOutcome(batch.source(entry), entry.bytes, state, reason, entry.group)
        lines.append(line)
        if told is not None:
            told(line)

    with _opened(batch) as (now, journal):
        meant = [entry for entry in reversed(now.away) if entry.path in paths]
        for done, entry in enumerate(meant):
            if progress is not None:
                progress(done, len(meant))
            try:
                reason, remark = _restored(now, journal, entry)
            except BaseException:
                if _ended(now, journal, entry) is Stage.BACK:
                    tell(entry, FileState.RESTORED)
                raise
            tell(entry, FileState.LEFT if reason else FileState.RESTORED, reason or remark)
    return RemovalOutcome(batch.root, batch.name, tuple(lines))


@contextlib.contextmanager
def _opened(batch: RemovalBatch) -> Iterator[tuple[RemovalBatch, Journal]]:
    """Lock a batch, and yield it as it is now, with its journal."""
    area = HoldingArea(batch.root)
    with settled(area):
        now = next((each for each in area.batches() if each.name == batch.name), None)
        if now is None:
            raise NothingToUndo(f"{batch.name}: nothing of it is held any more")
        now = settle(now)
        with opened_journal(now) as journal:
            yield now, journal


def _restored(batch: RemovalBatch, journal: Journal, entry: Entry) -> tuple[str, str]:
    """Put one file back; return why not, or a remark."""
    if batch.head.way is Way.TRASH:
        return IN_TRASH, ""
    source = batch.source(entry)
    try:
        found = mark_of(os.lstat(entry.place))
        is_changed = (found.size, found.mtime_ns) != (entry.bytes, entry.mtime_ns)
        if batch.head.way is Way.MOVE and digest_file(entry.place).digest != entry.digest:
            return MISPLACED, ""  # another file has that name now
        if not is_below(os.path.realpath(os.path.dirname(source)), batch.root):
            return OUTSIDE, ""
        is_taken = os.path.lexists(source)
        if is_taken and not entry.linked:
            return TAKEN, ""
        make_folders(os.path.dirname(source))
        journal.note(entry, Stage.BACKING)
    except FileNotFoundError:
        return MISPLACED, ""
    except OSError as error:
        return reason_of(error), ""
    try:
        problem = _renamed_back(batch, entry, is_taken=is_taken)
    except OSError as error:
        problem = reason_of(error)
    if problem and _ended(batch, journal, entry) is not Stage.BACK:
        return problem, ""
    with contextlib.suppress(OSError):  # what the journal has no room for, the next start finds out
        journal.note(entry, Stage.BACK)
    return "", CHANGED_HELD if is_changed else ""


def _renamed_back(batch: RemovalBatch, entry: Entry, *, is_taken: bool) -> str:
    """Rename a file to where it lay, and take away the link that stands for it; return why not."""
    source, aside = batch.source(entry), batch.own("aside", entry)
    if not is_taken:
        rename_new(entry.place, source)
        return ""
    rename_new(source, aside)
    # Judged where nobody else gets at it: only what was put there by us is taken away.
    if not stands_for(batch, entry, aside):
        rename_new(aside, source)
        return LINK_CHANGED
    rename_new(entry.place, source)
    os.unlink(aside)
    sync_folders(batch.path)
    return ""


def _ended(batch: RemovalBatch, journal: Journal, entry: Entry) -> Stage:
    """Finish or roll back a way back that was broken off; return where the file is."""
    with contextlib.suppress(OSError):
        return settle_entry(batch, journal, replace(entry, stage=Stage.BACKING)).stage
    return Stage.PUT if os.path.lexists(entry.place) else Stage.BACK


def empty(
    batches: Iterable[RemovalBatch], *, progress: Progress | None = None, told: Told | None = None
) -> list[RemovalOutcome]:
    """Remove held files for good; of files elsewhere only the notes for an undo go.

    Parameters
    ----------
    batches : iterable of RemovalBatch
        All held files of these, and no others.
    progress : callable, optional
        Called as ``progress(done, total)`` before each file; what it raises ends the work.
    told : callable, optional
        Called with each line as soon as it is true.

    Raises
    ------
    StoreError
        If nothing can be written there; Locked if somebody else acts there.
    """
    several = list(batches)
    total = sum(len(batch.away) for batch in several)
    outcomes, done = [], 0
    for batch in several:
        lines = []
        asked = {entry.place for entry in batch.away}
        with _opened(batch) as (now, journal):
            # One that came since it was counted was not agreed to.
            meant = [entry for entry in now.away if entry.place in asked]
            for entry in meant:
                if progress is not None:
                    progress(done, total)
                done += 1
                lines.append(_emptied(now, journal, entry))
                if told is not None:
                    told(lines[-1])
            with contextlib.suppress(OSError):  # now there is room, if there was none before
                for entry, line in zip(meant, lines, strict=True):
                    if not line.is_left:
                        journal.note(entry, Stage.EMPTY, sync=False)
                journal.sync()
        outcomes.append(RemovalOutcome(batch.root, batch.name, tuple(lines)))
    return outcomes


def _emptied(batch: RemovalBatch, journal: Journal, entry: Entry) -> FileOutcome:
    """Remove one held file for good, on a full disk most of all.

    A crash between the lines costs nothing: either the file is there, and held, or it is not.
    """
    state, reason = FileState.EMPTIED, ""
    with contextlib.suppress(OSError):
        journal.note(entry, Stage.EMPTYING, sync=False)
    try:
        if batch.head.way in (Way.HOLD, Way.LINK):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(entry.place)
            sync_folders(os.path.dirname(entry.place))
    except OSError as error:
        state, reason = FileState.LEFT, reason_of(error)
        with contextlib.suppress(OSError):
            settle_entry(batch, journal, replace(entry, stage=Stage.EMPTYING))
    return FileOutcome(batch.source(entry), entry.bytes, state, reason, entry.group)
