"""The files in a library's directory, which of them may be removed, and the one writer's lock."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sokkuri.atomic import write_atomically
from sokkuri.errors import FormatError, Locked, NewerFormat, StoreError
from sokkuri.stores.segment import KEYS, PARTS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from sokkuri.hashes import HashSpec
    from sokkuri.stores.schema import SegmentRow

WAIT_SECONDS: Final = 5.0
# Of the catalogue: "SKUR", where ``file`` and others look.
APPLICATION_ID: Final = 0x534B5552
SCHEMA_VERSION: Final = 1

_HEAD: Final = struct.Struct(">16s44xI4xI")
_MAGIC: Final = b"SQLite format 3\0"
_ODD: Final = re.compile(r"[^a-z0-9-]+")
_LEFT: Final = re.compile(r"catalogue\.new.*|\.sokkuri-.*\.part", re.DOTALL)
_KEPT: Final = re.compile(r"catalogue\.sqlite(-wal|-shm|-journal)?|stamp|writer|writer\.lock")
_ENDINGS: Final = (*PARTS.values(), KEYS)
_MARKS: Final = (f"{os.sep}catalogue.sqlite", f"{os.sep}writer.lock")


class _Inside:
    """The path of what has a name in the directory."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, directory: Directory, _kind: type) -> str:
        return os.path.join(directory.path, self._name)


@dataclass(frozen=True, slots=True)
class Directory:
    """A library's directory, by its path, and the names in it."""

    path: str

    catalogue = _Inside("catalogue.sqlite")  # the database of all that is known of files
    new_catalogue = _Inside("catalogue.new")  # one that is made anew, until it takes its place
    codes = _Inside("codes")  # the folder of the segments
    lock = _Inside("writer.lock")  # what the one writer locks
    writer = _Inside("writer")  # who holds the lock, or held it last
    stamp = _Inside("stamp")  # the number of the last commit that was acknowledged

    def stem(self, name: bytes) -> str:
        """Return the stem of a segment's files from its name in the catalogue."""
        return os.path.join(self.codes, os.fsdecode(name))

    def exists(self) -> bool:
        """Tell whether a library is there."""
        return os.path.lexists(self.catalogue)

    @staticmethod
    def new_stem(spec: HashSpec) -> bytes:
        """Return a name for a new segment that no other has."""
        plain = _ODD.sub("-", spec.name.lower())[:80]
        return f"{plain}-v{spec.version}-{secrets.token_hex(4)}".encode()

    def read_stamp(self) -> int:
        """Return the number of the last acknowledged commit, 0 where none was written.

        Raises
        ------
        FormatError
            If the file is damaged.
        """
        try:
            with open(self.stamp, "rb") as file:
                words = file.read(64).split()
        except FileNotFoundError:
            return 0
        if len(words) != 2 or not words[0].isdigit() or words[1] != _sum(words[0]):
            raise FormatError(self.stamp, "the number of the last commit is damaged")
        return int(words[0])

    def write_stamp(self, commit: int) -> None:
        """Note that a commit is on the disk."""
        number = str(commit).encode()
        with write_atomically(self.stamp) as file:
            file.write(number + b" " + _sum(number) + b"\n")

    def leftovers(self, segments: Mapping[int, SegmentRow]) -> list[str]:
        """Return what an interrupted writer left: files of other segments, and parts of files."""
        stems = [self.stem(row.stem) for row in segments.values()]
        wanted = {stem + ending for stem in stems for ending in _ENDINGS}
        found = [path for path in _files_in(self.codes) if path not in wanted]
        parts = (path for path in _files_in(self.path) if _LEFT.fullmatch(os.path.basename(path)))
        return [*found, *parts]

    def everything(self) -> list[str]:
        """Return all files of ours in the directory, those a reader needs last first."""
        names = [self.catalogue, f"{self.catalogue}-wal", f"{self.catalogue}-shm", self.stamp]
        own = [*names, *self.leftovers({}), self.writer, self.lock]
        return [path for path in own if os.path.lexists(path)]

    @contextlib.contextmanager
    def write_lock(self, *, wait: float = WAIT_SECONDS) -> Iterator[None]:
        """Be the one writer while the block runs; the lock goes with the process.

        Raises
        ------
        StoreError
            If nothing can be written there; Locked, which names the process where it can, if there
            is another writer for more than ``wait`` seconds.
        """
        # Imported here, for it takes as long as a whole search, and searching needs no lock.
        from filelock import FileLock, Timeout

        lock = FileLock(self.lock, timeout=wait)
        try:
            lock.acquire()
        except Timeout as error:
            raise Locked(self.path, self._holder()) from error
        except (OSError, NotImplementedError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise StoreError(self.path, f"nothing can be written there: {reason}") from error
        try:
            # Beside the lock, which is emptied by everybody who tries it.
            with contextlib.suppress(OSError), write_atomically(self.writer) as file:
                file.write(str(os.getpid()).encode())
            yield
        finally:
            lock.release()

    def _holder(self) -> int | None:
        with contextlib.suppress(OSError, ValueError), open(self.writer, "rb") as file:
            return int(file.read(32))
        return None


def base_directory() -> str:
    """Return the directory of all libraries that were not placed by hand."""
    chosen = os.environ.get("SOKKURI_LIBRARIES")
    if chosen:
        return os.path.abspath(chosen)
    from platformdirs import user_data_dir

    return os.path.join(user_data_dir("sokkuri", appauthor=False), "libraries")


def remove_files(paths: Iterable[str]) -> None:
    """Remove files; one that another process has mapped stays, on systems that insist on that."""
    for path in paths:
        with contextlib.suppress(FileNotFoundError, PermissionError):
            os.unlink(path)


def without_libraries(paths: Sequence[str]) -> list[str]:
    """Leave out the files of every library that lies among others; whatever else is there stays."""
    marked = {os.path.dirname(path) for path in paths if path.endswith(_MARKS)}
    libraries = {folder for folder in marked if _is_library(folder)}
    return [path for path in paths if not libraries or not _is_own(path, libraries)]


def _is_library(folder: str) -> bool:
    directory = Directory(folder)
    try:
        check_head(directory.catalogue)
    except OSError as error:
        # Its catalogue may be damaged, lost, or not made yet.
        has_others = os.path.isdir(directory.codes) and os.path.isfile(directory.lock)
        return has_others or isinstance(error, NewerFormat)
    return True


def check_head(path: str) -> None:
    """Refuse what is no catalogue by its first bytes, before SQLite touches it.

    Raises
    ------
    FormatError
        If it is another kind of file; NewerFormat if a later version wrote it.
    """
    with open(path, "rb") as file:
        head = file.read(_HEAD.size)
    if len(head) < _HEAD.size or not head.startswith(_MAGIC):
        raise FormatError(path, "this is no catalogue of a library")
    _, version, application = _HEAD.unpack(head)
    if application != APPLICATION_ID:
        raise FormatError(path, "this is another program's database")
    if version > SCHEMA_VERSION:
        raise NewerFormat(path, version, SCHEMA_VERSION)


def _is_own(path: str, libraries: Collection[str]) -> bool:
    folder, name = os.path.split(path)
    if os.path.basename(folder) == "codes" and name.endswith(_ENDINGS):
        return os.path.dirname(folder) in libraries
    return folder in libraries and bool(_LEFT.fullmatch(name) or _KEPT.fullmatch(name))


def _files_in(folder: str) -> Iterator[str]:
    with contextlib.suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            if not entry.is_dir(follow_symlinks=False):
                yield entry.path


def _sum(number: bytes) -> bytes:
    return f"{zlib.crc32(number):08x}".encode()
