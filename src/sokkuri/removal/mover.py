"""One file moved: journal, rename, a second look, journal; and its way back if need be."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, Self

from sokkuri.pipeline import digest_file
from sokkuri.removal.check import FileMark, mark_of
from sokkuri.removal.journal import Entry, Journal, Stage
from sokkuri.removal.outcome import CHANGED, NO_LINK, SAME_FILE, Way, reason_of
from sokkuri.removal.rename import make_folders, rename_new
from sokkuri.removal.settle import put_twin, settle_entry
from sokkuri.removal.trash import send_to_trash

if TYPE_CHECKING:
    from sokkuri.removal.area import HoldingArea, RemovalBatch
    from sokkuri.removal.plan import PlannedFile, PlannedGroup


def twin_of(group: PlannedGroup, file: PlannedFile) -> PlannedFile | None:
    """Return a file that stays and has the same bytes, None if there is none.

    Parameters
    ----------
    group : PlannedGroup
    file : PlannedFile
    """
    return next((kept for kept in group.keep if kept.digest == file.digest), None)


class Mover:
    """Puts files away, all in one batch, which is begun with the first of them.

    The caller holds the lock of the holding area.

    Parameters
    ----------
    area : HoldingArea
    way : Way
    folder : str
        Where files are moved to, for that way alone.
    """

    def __init__(self, area: HoldingArea, way: Way, folder: str = "") -> None:
        self._area = area
        self._way = way
        self._folder = folder
        self._opened: tuple[RemovalBatch, Journal] | None = None
        self._tried = self._number = 0
        self._begun: Entry | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._opened is not None:
            self._opened[1].close()

    @property
    def batch_name(self) -> str:
        """Name of the batch; empty if no file was put away."""
        return self._opened[0].name if self._opened is not None and self._number else ""

    def put(self, group: PlannedGroup, file: PlannedFile, mark: FileMark) -> tuple[bool, str]:
        """Put a file away; return whether it went, and why not, or what else is to be said.

        Parameters
        ----------
        group : PlannedGroup
        file : PlannedFile
        mark : FileMark
            As it was when its bytes were read.
        """
        try:
            batch, journal = self._batch()
            entry, where = self._entry(batch, group, file, mark)
            if entry.place:
                make_folders(os.path.dirname(entry.place))
            self._begun = entry
            journal.begin(entry, where)
        except OSError as error:
            self._begun = None
            return False, reason_of(error)
        try:
            problem = self._act(batch, entry, group, mark)
            entry = self._begun
        except OSError as error:
            problem = reason_of(error)
        has_gone, reason = self._noted(batch, journal, entry, problem)
        self._begun = None
        self._number += has_gone
        return has_gone, reason

    def end_at_once(self) -> bool:
        """Finish or roll back what was begun as the work is broken off; tell whether it went."""
        if self._begun is None or self._opened is None:
            return False
        has_gone = self._settled(*self._opened, self._begun)
        self._begun = None
        self._number += has_gone
        return has_gone

    def _batch(self) -> tuple[RemovalBatch, Journal]:
        if self._opened is None:
            self._opened = self._area.create(self._way, self._folder)
        return self._opened

    def _entry(
        self, batch: RemovalBatch, group: PlannedGroup, file: PlannedFile, mark: FileMark
    ) -> tuple[Entry, str]:
        """Return a file as the journal is to have it, and its place as it is written there."""
        where = {Way.MOVE: os.path.join(self._folder, file.path), Way.TRASH: ""}
        place = where.get(self._way, file.path)
        twin = twin_of(group, file) if self._way is Way.LINK else None
        self._tried += 1
        entry = Entry(
            self._tried, file.path, place and os.path.join(batch.files, place), file.bytes,
            mark.mtime_ns, file.digest, group.id, twin.path if twin is not None else "",
        )  # fmt: skip
        return entry, place

    def _act(self, batch: RemovalBatch, entry: Entry, group: PlannedGroup, mark: FileMark) -> str:
        """Do it; return what the second look found, for which it is to come back."""
        if self._way is Way.TRASH:
            send_to_trash(batch.source(entry))
            return ""
        rename_new(batch.source(entry), entry.place)
        # The name may have got another file between reading and renaming.
        if mark_of(os.lstat(entry.place)) != mark:
            found = digest_file(entry.place)
            if found.digest != entry.digest:
                return CHANGED
        for kept in group.keep:
            if not os.path.lexists(os.path.join(batch.root, kept.path)):
                return SAME_FILE  # two names that the file system takes for one
        if self._way is Way.LINK:
            try:
                self._begun = put_twin(batch, entry)
            except OSError:
                return NO_LINK
        return ""

    def _noted(
        self, batch: RemovalBatch, journal: Journal, entry: Entry, problem: str
    ) -> tuple[bool, str]:
        """Note how it went; after a problem the file comes back, if it had gone at all."""
        if problem and self._way is not Way.TRASH and os.path.lexists(entry.place):
            with contextlib.suppress(OSError):
                rename_new(entry.place, batch.source(entry))
        try:
            if not problem:
                journal.note(entry, Stage.PUT)
                return True, ""
            return settle_entry(batch, journal, entry).is_away, problem
        except OSError as error:
            # What the journal has no room for, the next start finds out.
            return is_put(batch, entry), problem or reason_of(error)

    def _settled(self, batch: RemovalBatch, journal: Journal, entry: Entry) -> bool:
        try:
            return settle_entry(batch, journal, entry).is_away
        except OSError:
            return is_put(batch, entry)


def is_put(batch: RemovalBatch, entry: Entry) -> bool:
    """Tell by a look whether a file was put away.

    Parameters
    ----------
    batch : RemovalBatch
    entry : Entry
    """
    if not entry.place:
        return not os.path.lexists(batch.source(entry))
    return os.path.lexists(entry.place)
