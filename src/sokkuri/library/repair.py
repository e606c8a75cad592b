"""Find what is damaged in a library, and mend it: keep what is sound, hash the rest again."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sokkuri.brief import brief_repr
from sokkuri.errors import FormatError, NewerFormat, StoreError, UnknownHash
from sokkuri.library.admin import rewrite_segment
from sokkuri.library.location import facts, write_errors
from sokkuri.library.point_keys import damage_of_point_keys
from sokkuri.library.refresh import Refreshed, refresh
from sokkuri.registry import hasher
from sokkuri.settings import DEFAULT_HASH
from sokkuri.stores.catalogue import Catalogue, Damage, connect, create_catalogue, salvage_catalogue
from sokkuri.stores.layout import remove_files
from sokkuri.stores.schema import Row, SegmentRow, packed_samples
from sokkuri.stores.segment import KEYS, good_blocks, read_header

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sokkuri._typing import Progress
    from sokkuri.hashes import HashSpec
    from sokkuri.library.location import Location
    from sokkuri.protocols import Hasher


@dataclass(frozen=True, slots=True)
class Verified:
    """Extent of a library, and what of it is damaged."""

    # Every block of codes, row of the catalogue, or file that is not as it was written.
    damages: tuple[Damage, ...]
    files: int
    contents: int
    rows: int  # of codes, over all hashes

    __repr__ = brief_repr

    @property
    def sound(self) -> bool:
        """True if all is as it was written."""
        return not self.damages


@dataclass(frozen=True, slots=True)
class Repaired:
    """Damage that was found, and what it took to mend it."""

    damages: tuple[Damage, ...]
    rebuilt: bool = False  # the catalogue could not be read at all: everything was hashed again
    refreshed: Refreshed | None = None  # the refresh that filled the gaps, where there were any

    __repr__ = brief_repr


def verify(home: Location) -> Verified:
    """Read a library whole and check every checksum; nothing is changed.

    It is an error, not damage, if there is no library, or no right to read it.
    """
    path, acknowledged, bad_stamp = home.directory.catalogue, 0, []
    # Before the catalogue: a commit between the two would look like one that was lost.
    try:
        acknowledged = home.directory.read_stamp()
    except FormatError as error:
        bad_stamp.append(Damage(error.path, error.problem))
    try:
        catalogue, damages = salvage_catalogue(path)
    except FormatError as error:
        return Verified((Damage(error.path, error.problem),), 0, 0, 0)
    damages += [*_structure(path), *bad_stamp]
    if acknowledged > catalogue.commit:
        lost = acknowledged - catalogue.commit
        damages.append(Damage(path, f"the last {lost} commits are lost"))
    for row in catalogue.segments.values():
        damages += _damages_of(home, row)
    rows = sum(row.rows for row in catalogue.segments.values())
    return Verified(tuple(damages), len(catalogue.files), len(catalogue.contents), rows)


def _structure(path: str) -> Iterator[Damage]:
    """Yield what SQLite itself finds wrong, such as pages that two tables use."""
    try:
        with contextlib.closing(connect(path)) as connection:
            found = connection.execute("PRAGMA integrity_check").fetchall()
    except (sqlite3.Error, StoreError) as error:
        yield Damage(path, f"SQLite cannot check it: {error}")
        return
    for (line,) in found:
        if line != b"ok":
            yield Damage(path, line.decode(errors="replace"))


def _damages_of(home: Location, row: SegmentRow) -> Iterator[Damage]:
    try:
        segment = home.open_segment(row)
    except FormatError as error:
        yield Damage(error.path, error.problem)
        return
    except OSError as error:
        path = os.fsdecode(error.filename or home.directory.stem(row.stem))
        yield Damage(path, f"it cannot be read: {error.strerror}")
        return
    for block in segment.damaged_blocks():
        first, last = block.first, block.end - 1
        problem = f"the codes and owners of rows {first:,} to {last:,} are damaged"
        if not block.rows:
            problem = f"the codes of rows {first:,} to {last:,} are damaged"
        elif not block.codes:
            problem = f"the owners of rows {first:,} to {last:,} are damaged"
        yield Damage(segment.path, problem)
    keys = damage_of_point_keys(segment)
    if keys is not None:
        yield Damage(keys.path, keys.problem)


def repair(
    home: Location, *, workers: int | None = None, progress: Progress | None = None
) -> Repaired:
    """Find what is damaged, drop it, and hash again what was lost with it.

    Parameters
    ----------
    home : Location
    workers, progress
        As of :func:`sokkuri.library.refresh.refresh`.

    Raises
    ------
    StoreError
        If it cannot be written, or the folder is out of reach; NewerFormat if a later version wrote
        it: that is no damage.
    """
    damages = verify(home).damages
    if not damages:
        return Repaired(())
    if not os.path.isdir(home.root):
        problem = f"its folder {home.root} is out of reach, so nothing can be hashed again"
        raise StoreError(home.directory.path, problem, "bring the folder back and run again")
    acknowledged = 0
    with write_errors(home), home.directory.write_lock():
        try:
            catalogue, _ = salvage_catalogue(home.directory.catalogue)
            rebuilt = b"next_content" not in catalogue.facts
        except NewerFormat:
            raise
        except FormatError:
            rebuilt = True
        if rebuilt:
            specs = list(dict.fromkeys(_specs_of_files(home)))
            _replace(home, [], commit=1, next_content=1)
        else:
            specs = [row.spec for row in catalogue.segments.values()]
            highest = max(catalogue.number(b"next_content") - 1, *catalogue.contents, 0)
            with contextlib.suppress(FormatError):
                acknowledged = home.directory.read_stamp()
            commit = max(catalogue.commit, acknowledged) + 1
            _replace(home, _sound_rows(home, catalogue), commit=commit, next_content=highest + 1)
    makers = _makers(specs) or ([hasher(DEFAULT_HASH)] if rebuilt else [])
    found = refresh(home, makers, workers=workers, progress=progress)
    return Repaired(damages, rebuilt, found)


def _replace(home: Location, rows: list[Row], *, commit: int, next_content: int) -> None:
    """Put a new catalogue in the old one's place."""
    directory = home.directory
    create_catalogue(directory, rows, facts(home, commit=commit, next_content=next_content))
    directory.write_stamp(commit)
    segments = {row.id: row for row in rows if isinstance(row, SegmentRow)}
    remove_files(directory.leftovers(segments))


def _sound_rows(home: Location, catalogue: Catalogue) -> list[Row]:
    """Return what is sound of a catalogue, with segments that hold what is sound of them."""
    contents = catalogue.contents
    files = [row for row in catalogue.files.values() if not row.content or row.content in contents]
    ids = {row.id for row in files}
    segments = [_sound_segment(home, row, catalogue) for row in catalogue.segments.values()]
    rejections = [
        row
        for row in catalogue.rejections.values()
        if row.file in ids or (row.content in contents and row.segment in catalogue.segments)
    ]
    reasoned = {row.file for row in rejections}
    files = [row for row in files if row.content or row.id in reasoned]
    samples = packed_samples(catalogue.samples_of_contents(), contents)
    folders = catalogue.folders.values()
    return [*files, *contents.values(), *rejections, *segments, *samples, *folders]


def _sound_segment(home: Location, row: SegmentRow, catalogue: Catalogue) -> SegmentRow:
    with contextlib.suppress(FormatError, OSError):
        segment = home.open_segment(row)
        if damage_of_point_keys(segment) is not None:
            remove_files([segment.path + KEYS])  # they are made anew
        if catalogue.contents.keys() >= {*segment.owners.tolist()} and not segment.damaged_blocks():
            return row
    blocks = good_blocks(home.directory.stem(row.stem), row.spec, row.rows)
    return rewrite_segment(home.directory, row, blocks, catalogue.contents)


def _specs_of_files(home: Location) -> Iterator[HashSpec]:
    """Yield the hashes that the files under ``codes`` are of, as their own headers say."""
    for path in home.directory.leftovers({}):
        with contextlib.suppress(FormatError, OSError), open(path, "rb") as file:
            yield read_header(file).spec


def _makers(specs: Iterable[HashSpec]) -> list[Hasher]:
    makers = []
    for spec in specs:
        # What no installed plugin makes any more, or makes otherwise, stays as far as it is sound.
        with contextlib.suppress(UnknownHash):
            maker = hasher(spec.name)
            if maker.spec == spec:
                makers.append(maker)
    return makers
