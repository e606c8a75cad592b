"""The outcome of a plan, an undo or an emptying: one line a file, with its state and reason."""

from __future__ import annotations

import errno
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import TYPE_CHECKING, Final

from sokkuri.brief import brief_repr
from sokkuri.language import sentence

if TYPE_CHECKING:
    from collections.abc import Iterator


class Way(Enum):
    """The ways for a file to go."""

    HOLD = "hold"
    MOVE = "move"
    LINK = "link"
    TRASH = "trash"


class FileState(StrEnum):
    """The ends that a file can come to."""

    HELD = "held"
    MOVED = "moved"
    LINKED = "linked"
    TRASHED = "trashed"
    RESTORED = "restored"
    EMPTIED = "emptied"
    LEFT = "left"


STATE_OF: Final = {
    Way.HOLD: FileState.HELD,
    Way.MOVE: FileState.MOVED,
    Way.LINK: FileState.LINKED,
    Way.TRASH: FileState.TRASHED,
}
"""The state of a file that went each way."""


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """One line of an outcome.

    Parameters
    ----------
    path : str
        Where the file lay before it went, whole.
    bytes : int
    state : FileState
    reason : str
        Why it was left, in English; a remark where it was not.
    group : str
        Name of its group in the plan.
    """

    path: str
    bytes: int
    state: FileState
    reason: str = ""
    group: str = ""

    __repr__ = brief_repr

    @property
    def is_left(self) -> bool:
        """True if nothing happened to it."""
        return self.state is FileState.LEFT


@dataclass(frozen=True, slots=True)
class RemovalOutcome:
    """The lines of one act, a sequence of :class:`FileOutcome`.

    Parameters
    ----------
    root : str
        The folder that it was about.
    batch : str
        Name by which it is undone; empty where nothing was done, or several were undone.
    files : tuple of FileOutcome
    dry_run : bool
        Nothing was done: the lines say what would be.
    """

    root: str
    batch: str
    files: tuple[FileOutcome, ...]
    dry_run: bool = False

    __repr__ = brief_repr

    def __len__(self) -> int:
        return len(self.files)

    def __iter__(self) -> Iterator[FileOutcome]:
        return iter(self.files)

    @property
    def done(self) -> int:
        """Number of files that something was done to."""
        return len(self.files) - self.left

    @property
    def left(self) -> int:
        """Number of files that were left as they are."""
        return sum(each.is_left for each in self.files)

    @property
    def bytes(self) -> int:
        """Bytes of the files that something was done to."""
        return sum(each.bytes for each in self.files if not each.is_left)


GONE: Final = sentence("it is gone")
CHANGED: Final = sentence("it has changed since the plan was made")
NO_FILE: Final = sentence("it is a link or a folder, not a file")
OUTSIDE: Final = sentence("it lies outside the folder")
PROTECTED: Final = sentence("it lies in a protected folder")
HELD_ALREADY: Final = sentence("it lies in a holding area")
READ_ONLY: Final = sentence("it is read-only")
CLOSED: Final = sentence("its folder may not be changed")
OTHER_VOLUME: Final = sentence("it is on another volume, and files are not copied")
IN_USE: Final = sentence("another program uses it")
TAKEN: Final = sentence("there is a file of that name already")
NO_ROOM: Final = sentence("the disk is full")
TOO_LONG: Final = sentence("its path would be too long")
UNSAFE: Final = sentence("this file system cannot rename without overwriting")
SAME_FILE: Final = sentence("it is the very file that is kept, under another name")
NOT_EQUAL: Final = sentence("its bytes are not those of the kept file, so that a link cannot stand")
NO_LINK: Final = sentence("no link could be put in its place")
WHOLE: Final = sentence("its group would vanish whole")
MISPLACED: Final = sentence("it is not where it was put")
IN_TRASH: Final = sentence("it went to the system's trash, and comes back from there alone")
LINK_CHANGED: Final = sentence("the link in its place is no longer the one that was made")
CHANGED_HELD: Final = sentence("its bytes changed while it was away")

FATAL: Final = frozenset({NO_ROOM})
"""Reasons for which no other file would fare better."""

_SYSTEMS_WORDS: Final = {
    GONE: "ENOENT ENOTDIR",
    OTHER_VOLUME: "EXDEV",
    READ_ONLY: "EROFS",
    CLOSED: "EACCES EPERM",
    IN_USE: "EBUSY ETXTBSY",
    TAKEN: "EEXIST",
    NO_ROOM: "ENOSPC EFBIG EDQUOT",
    TOO_LONG: "ENAMETOOLONG",
    UNSAFE: "ENOTSUP",
}
# Not every system has all of them.
_BY_ERRNO: Final = {
    getattr(errno, name): reason
    for reason, names in _SYSTEMS_WORDS.items()
    for name in names.split()
    if hasattr(errno, name)
}
_BY_WINERROR: Final = {17: OTHER_VOLUME, 32: IN_USE, 33: IN_USE}


def reason_of(error: OSError) -> str:
    """Return in words why the system refused something."""
    by_system = _BY_WINERROR.get(getattr(error, "winerror", None) or 0)
    known = by_system or _BY_ERRNO.get(error.errno or 0)
    return known or (error.strerror or str(error)).lower()
