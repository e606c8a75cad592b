"""List the files under a folder, with a reason for everything that cannot be entered."""

from __future__ import annotations

import os
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sokkuri.images import Rejected, RejectKind
from sokkuri.pipeline.exclude import IGNORE_FILE, Exclude
from sokkuri.stores.layout import without_libraries

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sokkuri._typing import PathLike, Progress
    from sokkuri.pipeline.exclude import Rules

_SKIPPED_FOLDERS: Final = frozenset(
    {
        "$recycle.bin", ".git", ".thumbnails", ".trash", ".trashes", "@eadir", "__macosx",
        "lost+found", "system volume information",
    }
)  # fmt: skip
"""Folders that hold deleted files, thumbnails or no photos at all, in lower case."""

_REPORT_EVERY: Final = 1000
_SEPARATORS: Final = os.sep + (os.altsep or "")
_EITHER: Final = re.escape(_SEPARATORS)
# A name with the separators before it; the last has those behind it, too.
_PART: Final = re.compile(f"[{_EITHER}]*[^{_EITHER}]+(?:[{_EITHER}]+$)?")


@dataclass(frozen=True, slots=True)
class Listing:
    """What lies under the roots.

    Parameters
    ----------
    files : tuple of str
        Every file, sorted by the bytes of its path; also those that will turn out unreadable.
    rejected : tuple of Rejected
        Folders that could not be entered, and ignore files that could not be read.
    skipped : tuple of str
        Folders that were left out on purpose: trash, thumbnails, linked folders.
    left_out : int
        How many files and folders were left out because of a pattern.
    unused : tuple of str
        Patterns of the caller that no file and no folder matched.
    """

    files: tuple[str, ...]
    rejected: tuple[Rejected, ...]
    skipped: tuple[str, ...]
    left_out: int = 0
    unused: tuple[str, ...] = ()


def list_files(
    roots: Iterable[PathLike],
    *,
    exclude: Sequence[str] = (),
    follow: bool = False,
    progress: Progress | None = None,
) -> Listing:
    """List every file under ``roots``, folders within folders included.

    Names and contents are not judged here: a file is a photo if it decodes.  A link to a file is
    listed as a file.  A link to a folder is entered only with ``follow``, each real folder once.

    Parameters
    ----------
    roots : iterable of path
        Folders, or single files; a root that does not exist is listed as a file.
    exclude : sequence of str
        Patterns of files and folders to leave out, read as in a .gitignore that lies in each root;
        roots themselves are never left out.  They have the last word over those in files named
        :data:`~sokkuri.pipeline.exclude.IGNORE_FILE`, which count for their own folders.
    follow : bool
        Enter linked folders too.
    progress : callable, optional
        Called as ``progress(files so far, None)`` now and then.
    """
    patterns = Exclude(exclude)
    walk = _Walk(follow, progress)
    for root in roots:
        name = os.fsdecode(root)
        if os.path.isdir(name):
            walk.enter(name, patterns.under(name))
        else:
            # Also a name that leads nowhere: the file reader gives the reason.
            walk.files.append(name)
    files = sorted(set(walk.files), key=os.fsencode)
    return Listing(
        tuple(files), tuple(walk.rejected), tuple(walk.skipped), walk.left_out, patterns.unused
    )


class _Walk:
    """One walk under way: an explicit stack, so that deep trees cannot exhaust Python's."""

    def __init__(self, follow: bool, progress: Progress | None) -> None:
        self.files: list[str] = []
        self.rejected: list[Rejected] = []
        self.skipped: list[str] = []
        self.left_out = 0
        self._follow = follow
        self._progress = progress
        self._entered: set[tuple[int, int]] = set()

    def enter(self, root: str, rules: Rules) -> None:
        pending, before = [(root, rules)], len(self.files)
        while pending:
            folder, rules = pending.pop()
            try:
                if self._is_new(folder):
                    pending.extend(self._folders_in(folder, rules))
            except OSError as error:
                self.rejected.append(_folder_rejected(folder, error))
        self.files[before:] = without_libraries(self.files[before:])

    def _is_new(self, folder: str) -> bool:
        # Only links make a tree meet itself again, so only then is the stat worth its cost.
        if not self._follow:
            return True
        status = os.stat(folder)
        key = (status.st_dev, status.st_ino)
        if key in self._entered:
            self.skipped.append(folder)
            return False
        self._entered.add(key)
        return True

    def _folders_in(self, folder: str, rules: Rules) -> list[tuple[str, Rules]]:
        folders: list[tuple[str, Rules]] = []
        found = self._entries_of(folder)
        rules = self._with_file(folder, rules, found)
        for entry in found.values():
            path = os.path.join(folder, entry.name)
            is_folder = _is_folder(entry)
            if rules.leave_out(entry.name, is_folder=is_folder):
                self.left_out += 1
            elif not is_folder:
                self._add_file(path)
            elif self._is_skipped(entry):
                self.skipped.append(path)
            else:
                folders.append((path, rules.enter(entry.name)))
        return folders

    def _entries_of(self, folder: str) -> dict[str, os.DirEntry[str]]:
        """Return what lies in a folder by name; where a disk fails, what came before that."""
        found: dict[str, os.DirEntry[str]] = {}
        try:
            with os.scandir(folder) as entries:
                found.update((entry.name, entry) for entry in entries)
        except OSError as error:
            self.rejected.append(_folder_rejected(folder, error))
        return found

    def _with_file(self, folder: str, rules: Rules, found: dict[str, os.DirEntry[str]]) -> Rules:
        """Let a folder's ignore file count; one that cannot be read is named, and not listed."""
        entry = found.get(IGNORE_FILE)
        if entry is None or _is_folder(entry):
            return rules
        path = os.path.join(folder, IGNORE_FILE)
        more = rules.with_file(path)
        if isinstance(more, Rejected):
            self.rejected.append(more)
            del found[IGNORE_FILE]
            return rules
        return more

    def _is_skipped(self, entry: os.DirEntry[str]) -> bool:
        name = entry.name.lower()
        if name in _SKIPPED_FOLDERS or name.startswith(".trash-"):
            return True
        return entry.is_symlink() and not self._follow

    def _add_file(self, path: str) -> None:
        self.files.append(path)
        if self._progress is not None and len(self.files) % _REPORT_EVERY == 0:
            self._progress(len(self.files), None)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False  # a link that leads back to itself: the file reader names the cause


def _folder_rejected(folder: str, error: OSError) -> Rejected:
    if isinstance(error, PermissionError):
        detail = "the folder may not be opened; change its rights"
    elif isinstance(error, FileNotFoundError):
        return Rejected(folder, RejectKind.MISSING, "the folder vanished during the scan")
    else:
        detail = f"the folder cannot be listed: {error.strerror or error}"
    return Rejected(folder, RejectKind.UNREADABLE, detail)


def as_on_disk(path: PathLike) -> PathLike:
    """Return a path as its parts are spelled on the disk.

    macOS writes ``が`` as two characters, other systems as one, and archives carry names from one
    to the other.  Where a part of the path does not exist, and there is exactly one that differs
    from it in nothing but that, it is meant.

    Parameters
    ----------
    path : path

    Returns
    -------
    path
        The same object where it exists, or where nothing else can be meant.
    """
    name = os.fsdecode(path)
    if name.isascii() or os.path.lexists(name):
        return path
    drive, rest = os.path.splitdrive(name)
    found = drive
    for part in _PART.findall(rest):
        spelled = _spelled(found, part)
        if spelled is None:
            return path
        found += spelled
    return found


def _spelled(parent: str, part: str) -> str | None:
    if part.isascii() or os.path.lexists(parent + part):
        return part
    bare = part.strip(_SEPARATORS)
    wanted = unicodedata.normalize("NFC", bare)
    folder = parent + part[: part.index(bare)]
    try:
        names = os.listdir(folder or os.curdir)
    except (OSError, ValueError):
        return None
    same = [name for name in names if unicodedata.normalize("NFC", name) == wanted]
    return part.replace(bare, same[0]) if len(same) == 1 else None
