"""Checks before a file goes: it is where it may go from, and every byte is what was planned."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sokkuri.images import RejectKind
from sokkuri.pipeline import HOLDING_FOLDER, digest_file
from sokkuri.removal.outcome import (
    CHANGED,
    CLOSED,
    GONE,
    HELD_ALREADY,
    NO_FILE,
    OUTSIDE,
    PROTECTED,
    READ_ONLY,
    SAME_FILE,
    reason_of,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from sokkuri.removal.plan import PlannedFile, RemovalPlan


@dataclass(frozen=True, slots=True)
class FileMark:
    """Marks by which a file is known again without being read."""

    device: int
    inode: int
    size: int
    mtime_ns: int

    @property
    def identity(self) -> tuple[int, int]:
        """The file itself, under whatever name."""
        return self.device, self.inode


def mark_of(status: os.stat_result) -> FileMark:
    """Return the marks in what the system says of a file."""
    return FileMark(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)


class Guard:
    """Judge of the files of one plan.

    Parameters
    ----------
    root : str
        The plan's folder, by its real path.
    plan : RemovalPlan
    protected : iterable of str
        More folders of which no file goes, by their whole paths.
    """

    def __init__(self, root: str, plan: RemovalPlan, protected: Iterable[str] = ()) -> None:
        self._root = root
        own = (os.path.join(root, folder) for folder in plan.protected)
        self._protected = [os.path.realpath(each) for each in (*own, *protected)]
        # One file may go by several names, of which a file system need not tell all.
        self._kept = {
            mark.identity
            for group in plan.groups
            for file in group.keep
            if isinstance(mark := self.look(file), FileMark)
        }

    def path(self, file: PlannedFile) -> str:
        """Return a file's whole path."""
        return os.path.join(self._root, file.path)

    def look(self, file: PlannedFile) -> FileMark | str:
        """Return the marks of a file now, or why it is none that a plan may speak of."""
        path = self.path(file)
        try:
            status = os.lstat(path)
        except (OSError, ValueError) as error:
            return reason_of(error) if isinstance(error, OSError) else GONE
        if not stat.S_ISREG(status.st_mode):
            return NO_FILE
        return mark_of(status)

    def read(self, file: PlannedFile) -> FileMark | str:
        """Read a file again, and return its marks, or why it is not what was planned."""
        before = self.look(file)
        if isinstance(before, str):
            return before
        if not is_below(os.path.realpath(os.path.dirname(self.path(file))), self._root):
            return OUTSIDE
        if before.size != file.bytes:
            return CHANGED
        found = digest_file(self.path(file))
        if found.rejected is not None:
            is_gone = found.rejected.kind is RejectKind.MISSING
            return GONE if is_gone else found.rejected.reason
        if found.digest != file.digest or self.look(file) != before:
            return CHANGED
        return before

    def refusal(self, file: PlannedFile) -> str:
        """Return why a file may not go, by its place alone; empty if it may."""
        path = self.path(file)
        folder = os.path.realpath(os.path.dirname(path))
        if not is_below(folder, self._root):
            return OUTSIDE
        if HOLDING_FOLDER in folder.split(os.sep):
            return HELD_ALREADY
        if any(is_below(folder, each) for each in self._protected):
            return PROTECTED
        try:
            status = os.lstat(path)
        except OSError as error:
            return reason_of(error)
        if not stat.S_ISREG(status.st_mode):
            return NO_FILE
        if not status.st_mode & 0o222:
            return READ_ONLY
        if status.st_nlink == 1 and mark_of(status).identity in self._kept:
            return SAME_FILE
        return "" if os.access(folder, os.W_OK) else CLOSED

    def kept_problem(self, kept: Iterable[PlannedFile], marks: Collection[FileMark | str]) -> str:
        """Return why a group's kept files are no reason for others to go; empty if they are.

        Parameters
        ----------
        kept : iterable of PlannedFile
        marks : collection of FileMark or str
            As they were when they were read.
        """
        reason = ""
        for file, mark in zip(kept, marks, strict=True):
            problem = mark if isinstance(mark, str) else ""
            if not problem and self.look(file) != mark:
                problem = CHANGED
            if problem:
                path = file.path
                reason = f"of its group {path} should stay, but: {problem}"
                break
        return reason


def is_below(path: str, folder: str) -> bool:
    """Tell whether a real path is a folder's, or leads below it.

    Parameters
    ----------
    path, folder : str
    """
    start = os.path.join(folder, "")
    return path == folder or os.path.normcase(path).startswith(os.path.normcase(start))
