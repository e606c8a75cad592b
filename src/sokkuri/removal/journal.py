"""The journal of a batch: JSON lines that are only ever added to, each synced before the act."""

from __future__ import annotations

import contextlib
import json
import os
import zlib
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, Self

from sokkuri.atomic import write_atomically
from sokkuri.errors import NewerFormat
from sokkuri.removal.outcome import Way
from sokkuri.removal.rename import sync_folders

if TYPE_CHECKING:
    import builtins
    from collections.abc import Mapping

SCHEMA: Final = 1

_OPEN: Final = os.O_RDWR | os.O_APPEND | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_BEGIN: Final = b'{"crc":"'
_SUM: Final = slice(len(_BEGIN), len(_BEGIN) + 8)
_REST: Final = len(_BEGIN) + len(b'00000000",')


class Stage(Enum):
    """The stages of a file in a batch.

    Those that end in "ing" were begun, and may not have happened.  One that was found lies in the
    holding area, and no line of the journal says why.
    """

    PUTTING = "putting"
    PUT = "put"
    BACKING = "backing"
    BACK = "back"
    EMPTYING = "emptying"
    EMPTY = "empty"
    NEVER = "never"
    FOUND = "found"


BEGUN: Final = frozenset({Stage.PUTTING, Stage.BACKING, Stage.EMPTYING})
UNSETTLED: Final = BEGUN | {Stage.FOUND}


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of a batch.

    Parameters
    ----------
    number : int
    path : str
        Below the root, where it lay.
    place : str
        Whole, where it is put; empty for the system's trash.
    bytes, mtime_ns : int
        As it was put.
    digest : bytes
        BLAKE2b of its bytes; empty where the journal has lost it.
    group : str
        Name of its group in the plan.
    kept : str
        Below the root, the file whose bytes stand in its place after ``--link``; else empty.
    stage : Stage
    linked : int
        Number of the inode of the link that stands in its place; 0 if none does.
    """

    number: int
    path: str
    place: str
    bytes: int
    mtime_ns: int = 0
    digest: builtins.bytes = b""
    group: str = ""
    kept: str = ""
    stage: Stage = Stage.PUTTING
    linked: int = 0

    @property
    def is_away(self) -> bool:
        """True if it was put, and neither came back nor was removed for good."""
        return self.stage in (Stage.PUT, Stage.BACKING, Stage.EMPTYING, Stage.FOUND)


@dataclass(frozen=True, slots=True)
class Head:
    """The first line: the batch as a whole.

    Parameters
    ----------
    batch : str
    at : int
        Nanoseconds since 1970; later batches of a holding area have higher ones.
    way : Way
    folder : str
        Where files were moved to, empty for other ways.
    """

    batch: str
    at: int
    way: Way
    folder: str = ""


class Journal:
    """One journal, open for adding to; the caller holds the lock of the holding area."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._handle = os.open(path, _OPEN)
        # A line without an end was never acknowledged; the next one must not be glued to it.
        data = _read_bytes(path)
        self._size = data.rfind(b"\n") + 1
        if self._size != len(data):
            os.ftruncate(self._handle, self._size)

    @classmethod
    def create(cls, path: str, head: Head) -> Self:
        """Begin a journal.

        Parameters
        ----------
        path : str
        head : Head
        """
        fields = {
            "schema": SCHEMA, "batch": head.batch, "at": head.at, "way": head.way.value,
            "folder": head.folder,
        }  # fmt: skip
        with write_atomically(path) as file:
            file.write(_line_of(fields))
        sync_folders(os.path.dirname(path))
        return cls(path)

    def begin(self, entry: Entry, where: str) -> None:
        """Note that a file is about to be put.

        Parameters
        ----------
        entry : Entry
        where : str
            Its place as the journal has it: below the batch's folder of files, or whole.
        """
        self._append({
            "file": entry.number, "stage": entry.stage.value, "path": entry.path, "place": where,
            "bytes": entry.bytes, "mtime_ns": entry.mtime_ns, "digest": entry.digest.hex(),
            "group": entry.group, "kept": entry.kept,
        })  # fmt: skip

    def note(self, entry: Entry, stage: Stage, *, sync: bool = True) -> Entry:
        """Note a file's next stage, and return the entry with it.

        Parameters
        ----------
        entry : Entry
        stage : Stage
        sync : bool
            Have the line on the disk before the return.
        """
        fields = {"file": entry.number, "stage": stage.value, "linked": entry.linked}
        self._append(fields, sync=sync)
        return replace(entry, stage=stage)

    def sync(self) -> None:
        """Have all lines on the disk."""
        os.fsync(self._handle)

    def close(self) -> None:
        """Close the file."""
        os.close(self._handle)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _append(self, fields: Mapping[str, Any], *, sync: bool = True) -> None:
        line = _line_of(fields)
        try:
            written = os.write(self._handle, line)
            while written < len(line):
                written += os.write(self._handle, line[written:])
            if sync:
                os.fsync(self._handle)
        except BaseException:
            # Half a line takes nothing with it: on a full disk there is always room for less.
            with contextlib.suppress(OSError):
                os.ftruncate(self._handle, self._size)
            raise
        self._size += len(line)


def read_journal(path: str, files: str) -> tuple[Head | None, dict[int, Entry]]:
    """Read a journal, and return its head and the files that it has, each at its last stage.

    A torn or damaged line says nothing: without its first there is no head.

    Parameters
    ----------
    path : str
    files : str
        The folder of the batch's files.

    Raises
    ------
    NewerFormat
        If a later version of sokkuri wrote it.
    """
    try:
        lines = [_fields_in(line) for line in _read_bytes(path).split(b"\n")]
    except FileNotFoundError:
        return None, {}
    head = None
    first = next((fields for fields in lines if fields is not None and "schema" in fields), None)
    if first is not None:
        if first["schema"] > SCHEMA:
            raise NewerFormat(path, first["schema"], SCHEMA)
        head = Head(first["batch"], first["at"], Way(first["way"]), first["folder"])
    entries: dict[int, Entry] = {}
    for fields in (each for each in lines if each is not None and "file" in each):
        number = fields["file"]
        if "path" in fields:
            entries[number] = Entry(
                number, fields["path"], fields["place"] and os.path.join(files, fields["place"]),
                fields["bytes"], fields["mtime_ns"], bytes.fromhex(fields["digest"]),
                fields["group"], fields["kept"], Stage(fields["stage"]),
            )  # fmt: skip
        elif number in entries:
            stage = Stage(fields["stage"])
            entries[number] = replace(entries[number], stage=stage, linked=fields["linked"])
    return head, entries


def _read_bytes(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def _line_of(fields: Mapping[str, Any]) -> bytes:
    # In ASCII, so that a name that is no UTF-8 comes back as it was.
    rest = json.dumps(fields, separators=(",", ":")).encode("ascii")[1:]
    return _BEGIN + f"{zlib.crc32(rest):08x}".encode() + b'",' + rest + b"\n"


def _fields_in(line: bytes) -> dict[str, Any] | None:
    """Return the fields of a line, None if it is not as it was written."""
    rest = line[_REST:]
    if not line.startswith(_BEGIN) or line[_SUM] != f"{zlib.crc32(rest):08x}".encode():
        return None
    fields: dict[str, Any] = json.loads(line)
    return fields
