"""List the files under a folder."""

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

HOLDING_FOLDER: Final = ".sokkuri-holding"
"""The folder of files that were put away; nothing in there is anybody's photo any more."""

_SKIPPED: Final = re.compile(
    r"\$recycle\.bin|[#@]recycle|\.git|\.sokkuri-holding|\.thumbnails|\.trash(es|-.*)?|@eadir"
    r"|__macosx|lost\+found|system volume information",
    re.IGNORECASE | re.ASCII | re.DOTALL,
)
# Of Linux desktops, in ``~/.local/share``; the name alone is anybody's.
_DESKTOP_TRASH: Final = "Trash"
_DESKTOP_TRASH_PARTS: Final = ("files", "info")
_REPORT_EVERY: Final = 1000
_SEPARATORS: Final = re.compile(f"([{re.escape(os.sep + (os.altsep or ''))}]+)")


@dataclass(frozen=True, slots=True)
class FileListing:
    """The files under some roots.

    Parameters
    ----------
    files : tuple of str
        Every file, sorted by the bytes of its path; also those that will turn out unreadable.
    rejected : tuple of Rejected
        Folders that could not be entered, and ignore files that could not be read.
    skipped : tuple of str
        Folders that were left out on purpose: holding areas, trash, thumbnails, linked folders.
    left_out : int
        Number of files and folders that were left out because of a pattern.
    unused : tuple of str
        Patterns of the caller that no file and no folder matched.
    """

    files: tuple[str, ...]
    rejected: tuple[Rejected, ...]
    skipped: tuple[str, ...]
    left_out: int = 0
    unused: tuple[str, ...] = ()


def list_files(
    roots: Iterable[PathLike], *, exclude: Sequence[str] = (), follow: bool = False,
    progress: Progress | None = None,
) -> FileListing:  # fmt: skip
    """List every file under ``roots``, folders within folders included.

    Names and contents are not judged here: a file is a photo if it decodes.  A link to a file is
    listed as a file.  A link to a folder is entered only with ``follow``, each real folder once.

    Parameters
    ----------
    roots : iterable of path
        Folders, or single files; a root that does not exist is listed as a file.
    exclude : sequence of str
        Patterns of files and folders to leave out, read as in a .gitignore that lies in each root;
        roots themselves are never left out, but for what lies in a holding area.  They have the
        last word over those in files named :data:`~sokkuri.pipeline.exclude.IGNORE_FILE`, which
        count for their own folders.
    follow : bool
        Enter linked folders too.
    progress : callable, optional
        Called as ``progress(files so far, None)`` now and then.
    """
    patterns = Exclude(exclude)
    walk = _Walk(follow, progress)
    for name in map(os.fsdecode, roots):
        if _is_held(name):
            walk.skipped.append(name)
        elif os.path.isdir(name):
            walk.enter(name, patterns.under(name))
        else:
            # Also a name that leads nowhere: the file reader gives the reason.
            walk.files.append(name)
    files = sorted(set(walk.files), key=os.fsencode)
    return FileListing(
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
            found: dict[str, os.DirEntry[str]] = {}
            try:
                # Only links make a tree meet itself again, so only then is a stat worth its cost.
                if self._follow and self._was_entered(os.stat(folder)):
                    self.skipped.append(folder)
                    continue
                with os.scandir(folder) as entries:
                    found.update((entry.name, entry) for entry in entries)
            except OSError as error:  # where a disk fails, what came before that is kept
                self.rejected.append(_folder_rejected(folder, error))
            rules = self._with_file(folder, rules, found)
            for entry in found.values():
                path = os.path.join(folder, entry.name)
                is_folder = _is_folder(entry)
                if rules.leave_out(entry.name, is_folder=is_folder):
                    self.left_out += 1
                elif not is_folder:
                    self.files.append(path)
                    if self._progress is not None and len(self.files) % _REPORT_EVERY == 0:
                        self._progress(len(self.files), None)
                elif _is_skipped(entry) or (entry.is_symlink() and not self._follow):
                    self.skipped.append(path)
                else:
                    pending.append((path, rules.enter(entry.name)))
        self.files[before:] = without_libraries(self.files[before:])

    def _was_entered(self, status: os.stat_result) -> bool:
        before = len(self._entered)
        self._entered.add((status.st_dev, status.st_ino))
        return len(self._entered) == before

    def _with_file(self, folder: str, rules: Rules, found: dict[str, os.DirEntry[str]]) -> Rules:
        """Let a folder's ignore file count; one that cannot be read is named, and not listed."""
        entry = found.get(IGNORE_FILE)
        if entry is None or _is_folder(entry):
            return rules
        more = rules.with_file(os.path.join(folder, IGNORE_FILE))
        if isinstance(more, Rejected):
            self.rejected.append(more)
            del found[IGNORE_FILE]
            return rules
        return more


def _is_held(path: str) -> bool:
    """Tell whether a path leads into a holding area."""
    return HOLDING_FOLDER in os.path.realpath(path).split(os.sep)


def _is_skipped(folder: os.DirEntry[str]) -> bool:
    if folder.name == _DESKTOP_TRASH:
        inside = (os.path.join(folder.path, name) for name in _DESKTOP_TRASH_PARTS)
        return all(map(os.path.isdir, inside))
    return _SKIPPED.fullmatch(folder.name) is not None


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False  # a link that leads back to itself: the file reader names the cause


def _folder_rejected(folder: str, error: OSError) -> Rejected:
    if isinstance(error, FileNotFoundError):
        return Rejected(folder, RejectKind.MISSING, "the folder vanished during the scan")
    detail = f"the folder cannot be listed: {error.strerror or error}"
    if isinstance(error, PermissionError):
        detail = "the folder may not be opened; change its rights"
    return Rejected(folder, RejectKind.UNREADABLE, detail)


def as_on_disk(path: PathLike) -> PathLike:
    """Return a path as its parts are spelled on the disk.

    macOS writes ``が`` as two characters, other systems as one, and archives carry names from one
    to the other.  Where a part of the path does not exist, and there is exactly one that differs
    from it in nothing but that, it is meant.  Where all of it exists, or nothing else can be meant,
    the same object comes back.
    """
    name = os.fsdecode(path)
    if name.isascii() or os.path.lexists(name):
        return path
    found, rest = os.path.splitdrive(name)
    for number, part in enumerate(_SEPARATORS.split(rest)):
        spelled = part if number % 2 else _spelled(found, part)
        if spelled is None:
            return path
        found += spelled
    return found


def _spelled(folder: str, name: str) -> str | None:
    if name.isascii() or os.path.lexists(folder + name):
        return name
    wanted = unicodedata.normalize("NFC", name)
    try:
        names = os.listdir(folder or os.curdir)
    except (OSError, ValueError):
        return None
    same = [each for each in names if unicodedata.normalize("NFC", each) == wanted]
    return same[0] if len(same) == 1 else None
