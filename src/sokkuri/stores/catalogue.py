"""The catalogue: read as a whole, every row checked; changed by one writer, each time at once.

Nothing is looked up in SQLite: an index that rots would hide rows.  The tables are plain lists of
rows, and the look-ups are ours.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from dataclasses import dataclass, replace
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sokkuri.atomic import sync_folder
from sokkuri.errors import FormatError, StoreError
from sokkuri.language import sentence
from sokkuri.stores import schema
from sokkuri.stores.layout import APPLICATION_ID, SCHEMA_VERSION, check_head, remove_files
from sokkuri.stores.schema import LATER_TABLES, TABLES, FactRow, Row, TotalRow, seal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sokkuri.stores.layout import Directory

SQLITE_SAYS: Final = (
    sentence("database is locked"),
    sentence("database or disk is full"),
    sentence("database disk image is malformed"),
    sentence("disk I/O error"),
    sentence("file is not a database"),
    sentence("unable to open database file"),
    sentence("attempt to write a readonly database"),
)
"""Errors in SQLite's own words, those that are met."""

_BUSY_SECONDS: Final = 5.0
_OLDEST_SQLITE: Final = (3, 37, 0)  # the first with STRICT tables
_LONGEST_ROW: Final = 1 << 20
_TABLE_OF: Final = {kind: name for name, kind in TABLES.items()}
_Rows = dict[str, list[Row]]  # by table
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
    totals by their name; all else by its number.
    """

    files: Mapping[bytes, schema.FileRow]
    contents: Mapping[int, schema.ContentRow]
    rejections: Mapping[int, schema.RejectionRow]
    segments: Mapping[int, schema.SegmentRow]
    facts: Mapping[bytes, FactRow]
    totals: Mapping[bytes, TotalRow]
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

    def samples_of_contents(self) -> dict[int, bytes]:
        """Return the samples that were taken, by content."""
        return schema.samples_in(self.samples.values())


def read_catalogue(path: str) -> Catalogue:
    """Read the whole catalogue and check every row.

    Raises
    ------
    FormatError
        If it is damaged, or another program's; NewerFormat if a later version wrote it.
    """
    catalogue, damages = salvage_catalogue(path)
    if damages:
        problem, more = damages[0].problem, len(damages) - 1
        raise FormatError(path, f"{problem}, and {more:,} faults more" if more else problem)
    return catalogue


def salvage_catalogue(path: str) -> tuple[Catalogue, list[Damage]]:
    """Read what can still be read; rows that are not as they were written are left out."""
    check_head(path)
    tables: dict[str, list[Any]] = {}
    problems: list[str] = []
    with contextlib.closing(connect(path)) as connection, _store_errors(path):
        connection.execute("BEGIN")
        for name, kind in TABLES.items():
            raw, fault = _table(connection, name, len(kind._fields))
            if fault:
                problem = f"the table {name} cannot be read: {fault}"
                problems.append(problem)
            tables[name], bad = schema.good_rows(kind, raw)
            problems.extend(sentence(f"row {number:,} of {name} is damaged") for number in bad)
    problems.extend(_miscounted(tables))
    catalogue = Catalogue(**{name: _by_key(name, rows) for name, rows in tables.items()})
    return catalogue, [Damage(path, problem) for problem in problems]


def _by_key(table: str, rows: list[Any]) -> dict[Any, Any]:
    return dict(zip(map(attrgetter(_KEYS.get(table, "id")), rows), rows, strict=True))


def connect(path: str, *, write: bool = False) -> sqlite3.Connection:
    """Open the database, guarded against what a hostile or damaged file might try.

    Parameters
    ----------
    path : str
    write : bool

    Raises
    ------
    StoreError
        If SQLite is too old, or cannot open the file.
    """
    if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
        raise StoreError(path, f"SQLite {sqlite3.sqlite_version} is too old; 3.37 is needed")
    with _store_errors(path):
        try:
            return _connection(path, "mode=rw" if write else "mode=ro")
        except sqlite3.OperationalError:
            journal = f"{path}-wal"
            if write or (os.path.exists(journal) and os.path.getsize(journal)):
                raise
            return _connection(path, "mode=ro&immutable=1")  # the disk cannot be written to


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
        return [], sentence(f"it has {len(rows[0])} columns, not {width}")
    return rows, ""


def _miscounted(tables: Mapping[str, list[Any]]) -> Iterator[str]:
    totals = {row.name: row for row in tables["totals"]}
    for name, rows in tables.items():
        total = totals.get(name.encode())
        if name == "totals" or (total is None and name in LATER_TABLES and not rows):
            continue
        if total is None:
            yield sentence(f"the total of {name} is lost")
        elif total.rows != len(rows):
            sound, written = len(rows), total.rows
            yield sentence(f"{name} has {sound:,} sound rows, and {written:,} were written")
        elif total.total != sum(row.sum for row in rows):
            yield sentence(f"{name} has other rows than were written")
        elif len({row.id for row in rows}) != len(rows):
            yield sentence(f"{name} has a row twice")


@contextlib.contextmanager
def _store_errors(path: str, *, write: bool = False) -> Iterator[None]:
    """Say what SQLite met as an error of ours."""
    try:
        yield
    except sqlite3.OperationalError as error:
        problem = f"the catalogue cannot be opened: {error}"
        advice = "check the disk; it may be full"
        if write:
            problem, advice = f"it cannot be written: {error}", "free some space on the disk"
        raise StoreError(path, problem, advice) from error
    except sqlite3.Error as error:
        raise FormatError(path, f"the catalogue is damaged: {error}") from error


class CatalogueWriter:
    """The one connection that writes.

    The caller holds the library's lock, and has read the catalogue since it was taken.
    """

    def __init__(self, directory: Directory, catalogue: Catalogue) -> None:
        self._directory, self.catalogue = directory, catalogue
        self._connection = connect(directory.catalogue, write=True)
        with contextlib.ExitStack() as undo, _store_errors(directory.catalogue, write=True):
            undo.callback(self._connection.close)
            self._connection.execute("PRAGMA journal_mode=WAL")
            # Commits are seconds apart, so waiting for the disk at each costs nothing.
            self._connection.execute("PRAGMA synchronous=FULL")
            undo.pop_all()

    def close(self) -> None:
        """Move the journal's pages into the database, as far as readers permit, and close."""
        with contextlib.suppress(sqlite3.Error):
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._connection.close()

    def commit(
        self, drop: Iterable[Row], add: Iterable[Row], facts: Mapping[bytes, bytes] | None = None
    ) -> Catalogue:
        """Make a change, all of it or nothing, then stamp it; return the catalogue after it.

        Parameters
        ----------
        drop, add : iterable of rows
            To take out, as they are in the catalogue now, and to put in, sealed.
        facts : mapping of bytes to bytes, optional
            New values of facts; the number of the commit is always one of them.
        """
        gone, new = _by_table(drop), _by_table(add)
        commit = b"%d" % (self.catalogue.commit + 1)
        _note(self.catalogue, {b"commit": commit, **(facts or {})}, gone, new)
        _count(self.catalogue, gone, new)
        # The connection commits at the end of the block, and rolls back where that fails.
        with _store_errors(self._directory.catalogue, write=True), self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            _apply(self._connection, gone, new)
        self.catalogue = _changed(self.catalogue, gone, new)
        self._directory.write_stamp(self.catalogue.commit)
        return self.catalogue


def create_catalogue(
    directory: Directory, rows: Iterable[Row], facts: Mapping[bytes, bytes]
) -> None:
    """Put a new catalogue in place, and in that of any old one, whole or not at all.

    Parameters
    ----------
    directory : Directory
    rows : iterable of rows
    facts : mapping of bytes to bytes
        All of them, the number of the commit, too.
    """
    path = directory.new_catalogue
    remove_files([path])
    connection = sqlite3.connect(path, isolation_level=None)
    with contextlib.closing(connection), _store_errors(path, write=True):
        connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("BEGIN IMMEDIATE")
        for name in TABLES:
            connection.execute(schema.create_statement(name))
        empty, gone, new = (
            Catalogue(**{name: {} for name in TABLES}),
            _by_table([]),
            _by_table(rows),
        )
        _note(empty, facts, gone, new)
        _count(empty, gone, new)
        _apply(connection, gone, new)
        connection.execute("COMMIT")
        connection.execute("PRAGMA journal_mode=WAL")
    # The old journal first: it must not be played into the new file.
    remove_files([f"{directory.catalogue}-wal", f"{directory.catalogue}-shm"])
    os.replace(path, directory.catalogue)
    sync_folder(directory.path)


def _by_table(rows: Iterable[Row]) -> _Rows:
    found: _Rows = {name: [] for name in TABLES}
    for row in rows:
        found[_TABLE_OF[type(row)]].append(row)
    return found


def _note(catalogue: Catalogue, facts: Mapping[bytes, bytes], gone: _Rows, new: _Rows) -> None:
    """Add to a change the new values of facts."""
    free = max((row.id for row in catalogue.facts.values()), default=0) + 1
    for name, value in facts.items():
        before = catalogue.facts.get(name)
        if before is not None:
            gone["facts"].append(before)
        new["facts"].append(seal(FactRow, free if before is None else before.id, name, value))
        free += before is None


def _count(catalogue: Catalogue, gone: _Rows, new: _Rows) -> None:
    """Add to a change what it does to the totals."""
    for number, name in enumerate(TABLES, start=1):
        before, less, more = catalogue.totals.get(name.encode()), gone[name], new[name]
        if name == "totals" or (before is not None and not less and not more):
            continue
        rows, total = (0, 0) if before is None else (before.rows, before.total)
        if before is not None:
            gone["totals"].append(before)
        rows += len(more) - len(less)
        total += sum(row.sum for row in more) - sum(row.sum for row in less)
        new["totals"].append(seal(TotalRow, number, rows, total, name.encode()))


def _apply(connection: sqlite3.Connection, gone: _Rows, new: _Rows) -> None:
    # Names of tables are ours; all else is bound.
    for name, rows in gone.items():
        for row in rows:
            found = connection.execute(f"DELETE FROM {name} WHERE id = ?", (row.id,))  # noqa: S608
            if found.rowcount != 1:
                raise sqlite3.DatabaseError(f"a row of {name} is gone")
    for name, rows in new.items():
        if rows and name in LATER_TABLES:
            connection.execute(schema.create_statement(name))
        marks = ", ".join("?" * len(TABLES[name]._fields))
        connection.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)  # noqa: S608


def _changed(catalogue: Catalogue, gone: _Rows, new: _Rows) -> Catalogue:
    """Return the catalogue that a change leads to."""
    tables: dict[str, Any] = {}
    for name in TABLES:
        if gone[name] or new[name]:
            tables[name] = dict(getattr(catalogue, name))
            for key in _by_key(name, gone[name]):
                tables[name].pop(key)
            tables[name].update(_by_key(name, new[name]))
    return replace(catalogue, **tables)
