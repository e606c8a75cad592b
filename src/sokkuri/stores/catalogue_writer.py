"""Changes to the catalogue, each one transaction; of one writer at a time."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from typing import TYPE_CHECKING, Any, Final

from sokkuri.atomic import sync_folder
from sokkuri.stores.catalogue import (
    APPLICATION_ID,
    SCHEMA_VERSION,
    Catalogue,
    by_key,
    connect,
    read_catalogue,
    store_error,
)
from sokkuri.stores.schema import (
    LATER_TABLES,
    TABLES,
    FactRow,
    Row,
    TotalRow,
    create_statement,
    seal,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_TABLE_OF: Final = {kind: name for name, kind in TABLES.items()}


class CatalogueWriter:
    """The one connection that writes; the caller holds the library's lock.

    Parameters
    ----------
    path : str
        The catalogue; it must exist.
    catalogue : Catalogue, optional
        The same as it was read since the lock was taken; it is read here if None.

    Raises
    ------
    FormatError
        If it is damaged; a damaged catalogue is never written to.
    StoreError
        If it cannot be opened.
    """

    def __init__(self, path: str, catalogue: Catalogue | None = None) -> None:
        self.path = path
        self.catalogue = catalogue or read_catalogue(path)
        self._connection = connect(path, write=True)
        try:
            self._connection.execute("PRAGMA journal_mode=WAL")
            # Commits are seconds apart, so waiting for the disk at each costs nothing.
            self._connection.execute("PRAGMA synchronous=FULL")
        except sqlite3.Error as error:
            self._connection.close()
            raise store_error(path, error, write=True) from error

    def close(self) -> None:
        """Move the journal's pages into the database, as far as readers permit, and close."""
        with contextlib.suppress(sqlite3.Error):
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._connection.close()

    def commit(
        self, drop: Iterable[Row], add: Iterable[Row], facts: Mapping[bytes, object] | None = None
    ) -> Catalogue:
        """Make a change, all of it or nothing, and return the catalogue after it.

        Parameters
        ----------
        drop : iterable of rows
            To take out, as they are in the catalogue now.
        add : iterable of rows
            To put in, sealed.
        facts : mapping of bytes to object, optional
            New values of facts, written as text; the number of the commit is always one of them.

        Raises
        ------
        StoreError
            If it cannot be written: the disk is full, for one.
        """
        gone, new = [*drop], [*add]
        _note(self.catalogue, {b"commit": self.catalogue.commit + 1, **(facts or {})}, gone, new)
        _count(self.catalogue, gone, new)
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                _apply(self._connection, gone, new)
                self._connection.execute("COMMIT")
            except BaseException:
                with contextlib.suppress(sqlite3.Error):
                    self._connection.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            raise store_error(self.path, error, write=True) from error
        self.catalogue = _changed(self.catalogue, gone, new)
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
        for name in TABLES:
            connection.execute(create_statement(name))
        counted = [*rows]
        _count(Catalogue({}, {}, {}, {}, {}, {}, {}, {}), [], counted)
        _apply(connection, [], counted)
        connection.execute("COMMIT")
        connection.execute("PRAGMA journal_mode=WAL")
    except sqlite3.Error as error:
        raise store_error(path, error, write=True) from error
    finally:
        connection.close()
    sync_folder(os.path.dirname(os.path.abspath(path)))


def _note(
    catalogue: Catalogue, facts: Mapping[bytes, object], drop: list[Row], add: list[Row]
) -> None:
    """Add to a change the new values of facts."""
    free = max((row.id for row in catalogue.facts.values()), default=0) + 1
    for name, value in facts.items():
        data = value if isinstance(value, bytes) else str(value).encode()
        before = catalogue.facts.get(name)
        if before is not None:
            drop.append(before)
        add.append(seal(FactRow, free if before is None else before.id, name, data))
        free += before is None


def _count(catalogue: Catalogue, drop: list[Row], add: list[Row]) -> None:
    """Add to a change what it does to the totals."""
    gone, new = _by_kind(drop), _by_kind(add)
    for number, (name, kind) in enumerate(TABLES.items(), start=1):
        before = catalogue.totals.get(name.encode())
        less, more = gone.get(kind, []), new.get(kind, [])
        if kind is TotalRow or (before is not None and not less and not more):
            continue
        rows, total = (0, 0) if before is None else (before.rows, before.total)
        if before is not None:
            drop.append(before)
        rows += len(more) - len(less)
        total += sum(row.sum for row in more) - sum(row.sum for row in less)
        add.append(seal(TotalRow, number, rows, total, name.encode()))


def _apply(connection: sqlite3.Connection, drop: list[Row], add: list[Row]) -> None:
    for row in drop:
        name = _TABLE_OF[type(row)]
        # Names of tables are ours; all else is bound.
        found = connection.execute(f"DELETE FROM {name} WHERE id = ?", (row.id,))  # noqa: S608
        if found.rowcount != 1:
            raise sqlite3.DatabaseError(f"a row of {name} is gone")
    for kind, rows in _by_kind(add).items():
        name = _TABLE_OF[kind]
        if name in LATER_TABLES:
            connection.execute(create_statement(name))
        marks = ", ".join("?" * len(kind._fields))
        connection.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)  # noqa: S608


def _changed(catalogue: Catalogue, drop: list[Row], add: list[Row]) -> Catalogue:
    """Return the catalogue that a change leads to."""
    gone, new = _by_kind(drop), _by_kind(add)
    tables: dict[str, Any] = {}
    for name, kind in TABLES.items():
        tables[name] = getattr(catalogue, name)
        if kind in gone or kind in new:
            tables[name] = dict(tables[name])
            for key in by_key(name, gone.get(kind, [])):
                tables[name].pop(key)
            tables[name].update(by_key(name, new.get(kind, [])))
    return Catalogue(**tables)


def _by_kind(rows: Iterable[Row]) -> dict[type[Row], list[Row]]:
    found: dict[type[Row], list[Row]] = {}
    for row in rows:
        found.setdefault(type(row), []).append(row)
    return found
