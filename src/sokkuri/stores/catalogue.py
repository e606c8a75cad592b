"""The catalogue as it is read: all of it in one transaction, and every row checked.

Nothing is looked up in SQLite: an index that rots would hide rows.  The tables are plain lists of
rows, and the look-ups are ours.
"""

from __future__ import annotations

import os
import sqlite3
import struct
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sokkuri.errors import FormatError, NewerFormat, StoreError
from sokkuri.stores.schema import LATER_TABLES, TABLES, good_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sokkuri.stores import schema

APPLICATION_ID: Final = 0x534B5552
"""``SKUR``, where ``file`` and others look."""

SCHEMA_VERSION: Final = 1

_BUSY_SECONDS: Final = 5.0
_OLDEST_SQLITE: Final = (3, 37, 0)  # the first with STRICT tables
_LONGEST_ROW: Final = 1 << 20
_HEAD: Final = struct.Struct(">16s44xI4xI")
_MAGIC: Final = b"SQLite format 3\0"
_KEYS: Final = {"files": "path", "folders": "path", "facts": "name", "totals": "name"}


@dataclass(frozen=True, slots=True)
class Damage:
    """One thing that is not as it was written: the file, and what is wrong in it, and where."""

    path: str
    problem: str

    def __str__(self) -> str:
        return f"{self.path}: {self.problem}"


@dataclass(frozen=True, slots=True, eq=False)
class Catalogue:
    """All that is known of a library at one moment: the rows of each table, by key.

    Files and folders go by their path relative to the root, which is the empty one; facts and
    totals by their name; all else by its number.  Contents that an earlier version digested have
    no sample, see :func:`sokkuri.stores.schema.samples_in`.
    """

    files: Mapping[bytes, schema.FileRow]
    contents: Mapping[int, schema.ContentRow]
    rejections: Mapping[int, schema.RejectionRow]
    segments: Mapping[int, schema.SegmentRow]
    facts: Mapping[bytes, schema.FactRow]
    totals: Mapping[bytes, schema.TotalRow]
    folders: Mapping[bytes, schema.FolderRow]
    samples: Mapping[int, schema.SampleRow]

    def number(self, fact: bytes) -> int:
        """Return a fact that is a number, 0 if it is not there."""
        row = self.facts.get(fact)
        return int(row.value) if row is not None else 0

    @property
    def commit(self) -> int:
        """Number of the last commit."""
        return self.number(b"commit")

    @property
    def stems(self) -> list[bytes]:
        """Stems of the segments' files."""
        return [row.stem for row in self.segments.values()]


def read_catalogue(path: str) -> Catalogue:
    """Read the whole catalogue and check every row.

    Raises
    ------
    FormatError
        If it is damaged, or another program's; NewerFormat if a later version wrote it.
    FileNotFoundError
        If there is none.
    StoreError
        If it cannot be read.
    """
    catalogue, damages = salvage_catalogue(path)
    if damages:
        more = f", and {len(damages) - 1:,} faults more" if len(damages) > 1 else ""
        raise FormatError(path, damages[0].problem + more)
    return catalogue


def salvage_catalogue(path: str) -> tuple[Catalogue, list[Damage]]:
    """Read what can still be read; rows that are not as they were written are left out.

    Raises
    ------
    As :func:`read_catalogue`, but for damaged rows and tables.
    """
    _check_head(path)
    tables: dict[str, list[Any]] = {}
    damages: list[Damage] = []
    connection = connect(path)
    try:
        connection.execute("BEGIN")
        for name, kind in TABLES.items():
            raw, fault = _table(connection, name, len(kind._fields))
            if fault:
                damages.append(Damage(path, f"the table {name} cannot be read: {fault}"))
            tables[name], bad = good_rows(kind, raw)
            damages.extend(Damage(path, f"row {number:,} of {name} is damaged") for number in bad)
    except sqlite3.Error as error:
        raise store_error(path, error) from error
    finally:
        connection.close()
    damages.extend(Damage(path, problem) for problem in _miscounted(tables))
    return Catalogue(**{name: by_key(name, rows) for name, rows in tables.items()}), damages


def by_key(table: str, rows: list[Any]) -> dict[Any, Any]:
    """Return the rows of a table by what they are looked up with.

    Parameters
    ----------
    table : str
        Its name.
    rows : list of rows
    """
    return dict(zip(map(attrgetter(_KEYS.get(table, "id")), rows), rows, strict=True))


def _check_head(path: str) -> None:
    """Refuse what is no catalogue by its first bytes, before SQLite touches it."""
    with open(path, "rb") as file:
        head = file.read(_HEAD.size)
    if len(head) < _HEAD.size or not head.startswith(_MAGIC):
        raise FormatError(path, "this is no catalogue of a library")
    _, version, application = _HEAD.unpack(head)
    if application != APPLICATION_ID:
        raise FormatError(path, "this is another program's database")
    if version > SCHEMA_VERSION:
        raise NewerFormat(path, version, SCHEMA_VERSION)


def is_catalogue(path: str) -> bool:
    """Tell by its first bytes whether a file is the catalogue of a library, of any version."""
    try:
        _check_head(path)
    except NewerFormat:
        return True
    except (StoreError, OSError):
        return False
    return True


def connect(path: str, *, write: bool = False) -> sqlite3.Connection:
    """Open the database, guarded against what a hostile or damaged file might try.

    Parameters
    ----------
    path : str
    write : bool
        A reader on a disk that cannot be written to takes the file as it is.

    Raises
    ------
    StoreError
        If SQLite is too old, or cannot open the file.
    """
    if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
        raise StoreError(path, f"SQLite {sqlite3.sqlite_version} is too old; 3.37 is needed")
    try:
        return _connection(path, "mode=rw" if write else "mode=ro")
    except sqlite3.OperationalError as error:
        journal = f"{path}-wal"
        if write or (os.path.exists(journal) and os.path.getsize(journal)):
            raise store_error(path, error) from error
        return _connection(path, "mode=ro&immutable=1")


def _connection(path: str, mode: str) -> sqlite3.Connection:
    uri = f"{Path(path).absolute().as_uri()}?{mode}"
    connection = sqlite3.connect(uri, uri=True, timeout=_BUSY_SECONDS, isolation_level=None)
    try:
        connection.text_factory = bytes
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_ROW)
        connection.execute("PRAGMA trusted_schema=OFF")
        connection.execute("PRAGMA cell_size_check=ON")
        connection.execute("PRAGMA mmap_size=0")
        connection.execute("SELECT name FROM sqlite_schema LIMIT 1").fetchall()  # opens the file
    except sqlite3.OperationalError:
        connection.close()
        raise
    except sqlite3.DatabaseError:
        pass  # what is damaged within is found, and named, when the tables are read
    return connection


def _table(
    connection: sqlite3.Connection, name: str, width: int
) -> tuple[list[tuple[Any, ...]], str]:
    rows: list[tuple[Any, ...]] = []
    try:
        rows.extend(connection.execute(f"SELECT * FROM {name}"))  # noqa: S608 - a name of ours
    except (sqlite3.Error, OverflowError, MemoryError) as error:
        lacks = name in LATER_TABLES and str(error) == f"no such table: {name}"
        return rows, "" if lacks else str(error)
    if rows and len(rows[0]) != width:
        return [], f"it has {len(rows[0])} columns, not {width}"
    return rows, ""


def _miscounted(tables: Mapping[str, list[Any]]) -> Iterator[str]:
    totals = {row.name: row for row in tables["totals"]}
    for name, rows in tables.items():
        total = totals.get(name.encode())
        if name == "totals" or (total is None and name in LATER_TABLES and not rows):
            continue
        if total is None:
            yield f"the total of {name} is lost"
        elif total.rows != len(rows):
            yield f"{name} has {len(rows):,} sound rows, and {total.rows:,} were written"
        elif total.total != sum(row.sum for row in rows):
            yield f"{name} has other rows than were written"
        elif len({row.id for row in rows}) != len(rows):
            yield f"{name} has a row twice"


def store_error(path: str, error: sqlite3.Error, *, write: bool = False) -> StoreError:
    """Return what SQLite met as an error of ours.

    Parameters
    ----------
    path : str
    error : sqlite3.Error
    write : bool
        Whether the catalogue was being written.
    """
    if not isinstance(error, sqlite3.OperationalError):
        return FormatError(path, f"the catalogue is damaged: {error}")
    if write:
        return StoreError(path, f"it cannot be written: {error}", "free some space on the disk")
    advice = "check the disk; it may be full"
    return StoreError(path, f"the catalogue cannot be opened: {error}", advice)
