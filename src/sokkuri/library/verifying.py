"""Read everything in a library again, and name all that is not as it was written."""

from __future__ import annotations

import os
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sokkuri.brief import brief_repr
from sokkuri.errors import FormatError, StoreError
from sokkuri.library.state import open_segment
from sokkuri.stores.catalogue import Catalogue, Damage, connect, salvage_catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sokkuri.library.location import Location
    from sokkuri.stores.schema import SegmentRow

__all__ = ["Verified", "verify"]


@dataclass(frozen=True, slots=True)
class Verified:
    """What a library holds, and what of it is damaged.

    Parameters
    ----------
    damages : tuple of Damage
        Every block of codes, row of the catalogue, or file that is not as it was written.
    files, contents, rows : int
        How much was read: files and contents of the catalogue, and rows of codes of all hashes.
    """

    damages: tuple[Damage, ...]
    files: int
    contents: int
    rows: int

    __repr__ = brief_repr

    @property
    def sound(self) -> bool:
        """Whether all is as it was written."""
        return not self.damages


def verify(home: Location) -> Verified:
    """Read a library whole and check every checksum; nothing is changed.

    Raises
    ------
    FileNotFoundError
        If there is no library.
    StoreError
        If it cannot be read at all, which is not damage: no right to, for one.
    """
    path = home.directory.catalogue
    # Before the catalogue: a commit between the two would look like one that was lost.
    acknowledged = _acknowledged(home)
    try:
        catalogue, damages = salvage_catalogue(path)
    except FormatError as error:
        return Verified((Damage(error.path, error.problem),), 0, 0, 0)
    damages += _structure(path)
    damages += _lost(home, catalogue, acknowledged)
    for row in catalogue.segments.values():
        damages += _segment(home, row)
    rows = sum(row.rows for row in catalogue.segments.values())
    return Verified(tuple(damages), len(catalogue.files), len(catalogue.contents), rows)


def _structure(path: str) -> Iterator[Damage]:
    """Yield what SQLite itself finds wrong, such as pages that two tables use."""
    try:
        connection = connect(path)
        try:
            found = connection.execute("PRAGMA integrity_check").fetchall()
        finally:
            connection.close()
    except (sqlite3.Error, StoreError) as error:
        yield Damage(path, f"SQLite cannot check it: {error}")
        return
    for (line,) in found:
        if line != b"ok":
            yield Damage(path, line.decode(errors="replace"))


def _acknowledged(home: Location) -> int | FormatError:
    try:
        return home.directory.read_stamp()
    except FormatError as error:
        return error


def _lost(
    home: Location, catalogue: Catalogue, acknowledged: int | FormatError
) -> Iterator[Damage]:
    if isinstance(acknowledged, FormatError):
        yield Damage(acknowledged.path, acknowledged.problem)
    elif acknowledged > catalogue.commit:
        lost = acknowledged - catalogue.commit
        yield Damage(home.directory.catalogue, f"the last {lost} commits are lost")


def _segment(home: Location, row: SegmentRow) -> Iterator[Damage]:
    try:
        segment = open_segment(home, row)
    except FormatError as error:
        yield Damage(error.path, error.problem)
        return
    except OSError as error:
        path = os.fsdecode(error.filename or home.directory.stem(row.stem))
        yield Damage(path, f"it cannot be read: {error.strerror}")
        return
    for block in segment.damaged_blocks():
        what = " and ".join(
            word for word, bad in (("codes", block.codes), ("owners", block.rows)) if bad
        )
        yield Damage(
            segment.path, f"the {what} of rows {block.first:,} to {block.end - 1:,} are damaged"
        )
