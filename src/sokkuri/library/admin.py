"""The libraries of this machine: which there are, the contents of one, less of it, and its end."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sokkuri.brief import brief_repr
from sokkuri.errors import StoreError
from sokkuri.library.changes import folders_on_the_way
from sokkuri.library.location import Location, write_errors
from sokkuri.library.opened import open_state
from sokkuri.library.point_keys import keep_point_keys
from sokkuri.registry import replacement_of
from sokkuri.stores.catalogue import CatalogueWriter, read_catalogue, salvage_catalogue
from sokkuri.stores.layout import Directory, base_directory, remove_files
from sokkuri.stores.schema import Row, SegmentRow, packed_samples, resealed
from sokkuri.stores.segment import rows_in_a_block
from sokkuri.stores.segment_writer import SegmentWriter, create_segment

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from numpy.typing import NDArray

    from sokkuri._typing import Codes


@dataclass(frozen=True, slots=True)
class HashUsage:
    """One hash of a library: its name, its number of codes, and their bytes on the disk."""

    name: str
    rows: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Info:
    """Contents of a library."""

    directory: str  # where it lies
    root: str  # the folder it is of; empty where the library is unreadable
    portable: bool = False  # it finds its folder by the way from itself to it
    files: int = 0  # that it knows
    contents: int = 0  # different ones of these files, and of those that are gone
    rejected: int = 0  # reasons kept, but for those of other files
    hashes: tuple[HashUsage, ...] = ()
    bytes: int = 0  # of all its files on the disk
    problem: str = ""  # why it cannot be read; empty where it can
    away: int = 0  # files of those it knows that are out of reach, and kept
    other_files: int = 0  # files of those it knows that are no photos and claim to be none

    __repr__ = brief_repr


def describe_library(directory: str) -> Info:
    """Say what is in a library; one that cannot be read says why."""
    home = Location(Directory(directory), root="")
    size = sum(map(os.path.getsize, home.directory.everything()))
    try:
        state = open_state(home)
    except StoreError as error:
        root = ""
        with contextlib.suppress(StoreError):
            catalogue, _ = salvage_catalogue(home.directory.catalogue)
            root = home.noted_root(catalogue) if b"root" in catalogue.facts else ""
        return Info(directory, root, bytes=size, problem=error.problem)
    catalogue = state.catalogue
    segments = [(row.spec, row.rows) for row in catalogue.segments.values()]
    other_files = len(state.other_files())
    return Info(
        directory,
        state.home.root,
        bool(catalogue.number(b"portable")),
        len(catalogue.files),
        len(catalogue.contents),
        len(catalogue.rejections) - other_files,
        tuple(HashUsage(spec.name, rows, rows * spec.code_bytes) for spec, rows in segments),
        size,
        away=sum(row.is_away for row in catalogue.files.values()),
        other_files=other_files,
    )


def known_libraries() -> Iterator[Info]:
    """Yield every library that was not placed by hand, in the order of their directories."""
    base = base_directory()
    for name in sorted(os.listdir(base)) if os.path.isdir(base) else []:
        path = os.path.join(base, name)
        if Directory(path).exists():
            yield describe_library(path)


def remove(home: Location) -> None:
    """Remove a library; the photos are not touched, nor is any file that is not the library's.

    Raises
    ------
    FileNotFoundError
        If there is no library.
    """
    directory = home.directory
    if not directory.exists():
        raise FileNotFoundError(2, "there is no library", directory.path)
    with directory.write_lock():
        remove_files(directory.everything())
    # The lock's own file is free to go now, on every system.
    remove_files([directory.lock])
    with contextlib.suppress(OSError):  # something else is in there
        os.rmdir(directory.codes)
        os.rmdir(directory.path)


@dataclass(frozen=True, slots=True)
class Compacted:
    """Yield of a compaction."""

    contents: int  # dropped, for no file has them any more
    rows: int  # of codes: theirs, and all of hashes that are not made any more
    away: int = 0  # files that are out of reach, and whose hashes stay


def compact(home: Location) -> Compacted:
    """Drop what no file refers to any more, and hashes that are not made any more.

    New files are made beside the old ones, one transaction names them, and the old ones go;
    whatever moment the process dies at, one of the two is whole, and the next writer removes the
    other.  Nothing is changed in a library that is damaged.
    """
    open_state(home)  # says what is wrong before anything is locked
    directory = home.directory
    with home.repair_advice(), write_errors(home), directory.write_lock():
        catalogue = read_catalogue(directory.catalogue)
        with contextlib.closing(CatalogueWriter(directory, catalogue)) as writer:
            compacted = _compact(home, writer)
        keep_point_keys(open_state(home).segments.values())
        return compacted


def _compact(home: Location, writer: CatalogueWriter) -> Compacted:
    catalogue, directory = writer.catalogue, home.directory
    remove_files(directory.leftovers(catalogue.segments))
    wanted = {row.content for row in catalogue.files.values()}
    drop: list[Row] = [row for row in catalogue.contents.values() if row.id not in wanted]
    contents = len(drop)
    obsolete = {row.id for row in catalogue.segments.values() if replacement_of(row.spec.name)}
    drop += [
        row
        for row in catalogue.rejections.values()
        if row.content and (row.content not in wanted or row.segment in obsolete)
    ]
    on_the_way = folders_on_the_way(catalogue.files)
    drop += [row for row in catalogue.folders.values() if row.path not in on_the_way]
    add: list[Row] = []
    if contents:
        drop += catalogue.samples.values()
        add += packed_samples(catalogue.samples_of_contents(), wanted)
    rows = 0
    for row in catalogue.segments.values():
        left = 0
        if row.id not in obsolete:
            segment = home.open_segment(row)
            codes = segment.verified_codes()
            if wanted >= {*segment.owners.tolist()}:
                continue
            new = rewrite_segment(directory, row, [(codes, segment.rows)], wanted)
            add.append(new)
            left = new.rows
        drop.append(row)
        rows += row.rows - left
    if drop:
        remove_files(directory.leftovers(writer.commit(drop, add).segments))
    return Compacted(contents, rows, sum(row.is_away for row in catalogue.files.values()))


def rewrite_segment(
    directory: Directory,
    row: SegmentRow,
    parts: Iterable[tuple[Codes, NDArray[Any]]],
    contents: Collection[int],
) -> SegmentRow:
    """Write a new segment beside an old one, and return the row that names it.

    Parameters
    ----------
    directory : Directory
    row : SegmentRow
        The old one's.
    parts : iterable of (codes, rows)
        What to take over: ndarrays of shape (N, B), uint8, and (N,), ``ROW``.
    contents : collection of int
        Those whose rows are wanted.
    """
    spec = row.spec
    stem = directory.new_stem(spec)
    stamp = create_segment(directory.stem(stem), spec)
    size = 64 * rows_in_a_block(spec)
    wanted = np.fromiter(contents, np.int64, len(contents))
    with contextlib.closing(SegmentWriter(directory.stem(stem), spec)) as new:
        for codes, rows in parts:
            chosen = np.flatnonzero(np.isin(rows["owner"], wanted))
            for at in range(0, len(chosen), size):
                turn = chosen[at : at + size]
                new.append(codes[turn], rows[turn])
        return resealed(row, rows=new.rows, blocks=new.blocks, stem=stem, stamp=stamp)
