"""Changes to the catalogue, each one transaction; of one writer at a time."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from sokkuri.atomic import sync_folder
from sokkuri.errors import FormatError, StoreError
from sokkuri.stores.catalogue import (
    APPLICATION_ID,
    SCHEMA_VERSION,
    Catalogue,
    connect,
    read_catalogue,
)
from sokkuri.stores.catalogue_rows import (
    LATER_TABLES,
    TABLES,
    FactRow,
    FileRow,
    FolderRow,
    Row,
    TotalRow,
    row_type_numbers,
    seal,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["CatalogueWriter", "Change", "create_catalogue", "with_facts"]

_TABLE_OF: Final = {kind: name for name, kind in TABLES.items()}


@dataclass(frozen=True, slots=True)
class Change:
    """Rows to take out and rows to put in, at once.

    Parameters
    ----------
    drop : sequence of rows
        As they are in the catalogue now.
    add : sequence of rows
        Sealed.
    """

    drop: Sequence[Row] = field(default_factory=tuple)
    add: Sequence[Row] = field(default_factory=tuple)


class CatalogueWriter:
    """The one connection that writes; the caller holds the library's lock.

    Parameters
    ----------
    path : str
        The catalogue; it must exist.

    Raises
    ------
    FormatError
        If it is damaged; a damaged catalogue is never written to.
    StoreError
        If it cannot be opened.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.catalogue: Catalogue = read_catalogue(path)
        self._connection = connect(path, write=True)
        try:
            self._connection.execute("PRAGMA journal_mode=WAL")
            # Commits are seconds apart, so waiting for the disk at each costs nothing.
            self._connection.execute("PRAGMA synchronous=FULL")
        except sqlite3.Error as error:
            self._connection.close()
            raise _error(path, error) from error

    def close(self) -> None:
        """Move the journal's pages into the database, as far as readers permit, and close."""
        with contextlib.suppress(sqlite3.Error):
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._connection.close()

    def commit(self, change: Change) -> Catalogue:
        """Make a change, all of it or nothing, and return the catalogue after it.

        Raises
        ------
        StoreError
            If it cannot be written: the disk is full, for one.
        """
        change = _counted(self.catalogue, change)
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                _apply(self._connection, change)
                self._connection.execute("COMMIT")
            except BaseException:
                with contextlib.suppress(sqlite3.Error):
                    self._connection.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            raise _error(self.path, error) from error
        self.catalogue = _changed(self.catalogue, change)
        return self.catalogue


def create_catalogue(path: str, rows: Sequence[Row]) -> None:
    """Write a new catalogue file with these rows; it is complete when this returns.

    Parameters
    ----------
    path : str
        A file that does not exist yet, under a name that nobody takes for a catalogue.
    rows : sequence of rows
        Sealed; those of ``totals`` are made here.

    Raises
    ------
    StoreError
        If it cannot be written.
    """
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("BEGIN IMMEDIATE")
        for name, kind in TABLES.items():
            connection.execute(_schema(name, kind))
        empty = Catalogue({}, {}, {}, {}, {}, {}, {}, {})
        _apply(connection, _counted(empty, Change(add=rows)))
        connection.execute("COMMIT")
        connection.execute("PRAGMA journal_mode=WAL")
    except sqlite3.Error as error:
        raise _error(path, error) from error
    finally:
        connection.close()
    sync_folder(os.path.dirname(os.path.abspath(path)))


def with_facts(catalogue: Catalogue, facts: Mapping[bytes, object]) -> Change:
    """Return the change that gives facts new values, written as text."""
    numbers = {name: row.id for name, row in catalogue.facts.items()}
    free = max(numbers.values(), default=0) + 1
    drop, add = [], []
    for name, value in facts.items():
        if name in numbers:
            drop.append(catalogue.facts[name])
            number = numbers[name]
        else:
            number, free = free, free + 1
        data = value if isinstance(value, bytes) else str(value).encode()
        add.append(seal(FactRow, number, name, data))
    return Change(drop, add)


def _schema(name: str, kind: type[Row]) -> str:
    numbers = row_type_numbers(kind)
    columns = [
        f"{column} {'INTEGER' if index < numbers or column == 'sum' else 'BLOB'} NOT NULL"
        for index, column in enumerate(kind._fields)
    ]
    columns[0] = "id INTEGER PRIMARY KEY"
    return f"CREATE TABLE IF NOT EXISTS {name} ({', '.join(columns)}) STRICT"


def _apply(connection: sqlite3.Connection, change: Change) -> None:
    for row in change.drop:
        # Names of tables are ours; all else is bound.
        found = connection.execute(
            f"DELETE FROM {_TABLE_OF[type(row)]} WHERE id = ?",  # noqa: S608
            (row.id,),
        )
        if found.rowcount != 1:
            raise sqlite3.DatabaseError(f"a row of {_TABLE_OF[type(row)]} is gone")
    by_kind: dict[type[Row], list[Row]] = {}
    for row in change.add:
        by_kind.setdefault(type(row), []).append(row)
    for kind, rows in by_kind.items():
        name = _TABLE_OF[kind]
        if name in LATER_TABLES:
            connection.execute(_schema(name, kind))
        marks = ", ".join("?" * len(kind._fields))
        connection.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)  # noqa: S608


def _counted(catalogue: Catalogue, change: Change) -> Change:
    """Add to a change what it does to the totals."""
    drop, add = list(change.drop), list(change.add)
    for number, (name, kind) in enumerate(TABLES.items(), start=1):
        if kind is TotalRow:
            continue
        gone = [row.sum for row in change.drop if type(row) is kind]
        new = [row.sum for row in change.add if type(row) is kind]
        before = catalogue.totals.get(name.encode())
        if before is not None and not gone and not new:
            continue
        rows, total = (0, 0) if before is None else (before.rows, before.total)
        if before is not None:
            drop.append(before)
        rows += len(new) - len(gone)
        total += sum(new) - sum(gone)
        add.append(seal(TotalRow, number, rows, total, name.encode()))
    return Change(drop, add)


def _changed(catalogue: Catalogue, change: Change) -> Catalogue:
    """Return the catalogue that a change leads to."""
    tables: dict[type[Row], dict[object, Row]] = {
        kind: dict(getattr(catalogue, name))
        if any(type(row) is kind for row in (*change.drop, *change.add))
        else getattr(catalogue, name)
        for name, kind in TABLES.items()
    }
    for row in change.drop:
        tables[type(row)].pop(_key(row))
    for row in change.add:
        tables[type(row)][_key(row)] = row
    return Catalogue(*(tables[kind] for kind in TABLES.values()))  # type: ignore[arg-type]


def _key(row: Row) -> object:
    if isinstance(row, FileRow | FolderRow):
        return row.path
    return row.name if isinstance(row, FactRow | TotalRow) else row.id


def _error(path: str, error: sqlite3.Error) -> StoreError:
    if isinstance(error, sqlite3.OperationalError):
        return StoreError(path, f"it cannot be written: {error}", "free some space on the disk")
    return FormatError(path, f"the catalogue is damaged: {error}")
