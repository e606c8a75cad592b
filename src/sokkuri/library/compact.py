"""Write segments and catalogue anew, with what is wanted and nothing else.

New files are made beside the old ones, one transaction names them, and the old ones go; whatever
moment the process dies at, one of the two is whole, and the next writer removes the other.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sokkuri.errors import FormatError
from sokkuri.library.drives import folders_on_the_way
from sokkuri.library.location import write_errors
from sokkuri.library.opened import open_segment, open_state, with_advice
from sokkuri.registry import replacement_of
from sokkuri.stores.catalogue import CatalogueWriter
from sokkuri.stores.layout import WAIT_SECONDS, remove_files, write_lock
from sokkuri.stores.schema import Row, SampleRow, SegmentRow, packed_samples, samples_in, seal
from sokkuri.stores.segment_format import rows_in_a_block
from sokkuri.stores.segment_writer import SegmentWriter, create_segment

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from numpy.typing import NDArray

    from sokkuri._typing import Codes
    from sokkuri.hashes import HashSpec
    from sokkuri.library.location import Location
    from sokkuri.stores.catalogue import Catalogue
    from sokkuri.stores.layout import Directory


@dataclass(frozen=True, slots=True)
class Compacted:
    """Yield of a compaction.

    Parameters
    ----------
    contents : int
        Contents dropped, which no file has any more.
    rows : int
        Their rows of codes over all hashes, and all rows of hashes that are not made any more.
    away : int
        Files that are out of reach, and whose hashes stay.
    """

    contents: int
    rows: int
    away: int = 0


def compact(home: Location, *, wait: float = WAIT_SECONDS) -> Compacted:
    """Drop what no file refers to any more, and hashes that are not made any more.

    Parameters
    ----------
    home : Location
    wait : float
        Seconds to wait for another writer.

    Raises
    ------
    Locked
        If another process writes to the library.
    FormatError
        If the library is damaged; nothing was changed then.
    StoreError
        If it cannot be written.
    """
    open_state(home)  # says what is wrong before anything is locked
    try:
        with (
            write_errors(home),
            write_lock(home.directory, wait=wait),
            contextlib.closing(CatalogueWriter(home.directory.catalogue)) as writer,
        ):
            return _compact(home, writer)
    except FormatError as error:
        raise with_advice(home, error) from error


def _compact(home: Location, writer: CatalogueWriter) -> Compacted:
    catalogue, directory = writer.catalogue, home.directory
    remove_files(directory.leftovers(catalogue.stems))
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
        add += sample_rows(catalogue, wanted)
    rows = 0
    keep = np.fromiter(wanted, np.int64, len(wanted))
    for row in catalogue.segments.values():
        if row.id in obsolete:
            drop.append(row)
            rows += row.rows
            continue
        segment = open_segment(home, row)
        codes, known = segment.verified_codes(), segment.rows
        assert known is not None  # noqa: S101 - open_segment looked
        good = np.flatnonzero(np.isin(known["owner"], keep))
        if len(good) < len(codes):
            rows += len(codes) - len(good)
            drop.append(row)
            add.append(rewrite_segment(directory, row, segment.spec, [(codes, known, good)]))
    if drop:
        after = writer.commit(drop, add)
        directory.write_stamp(after.commit)
        remove_files(directory.leftovers(after.stems))
    return Compacted(contents, rows, sum(row.is_away for row in catalogue.files.values()))


def sample_rows(catalogue: Catalogue, contents: Collection[int]) -> Iterator[SampleRow]:
    """Yield new rows of the samples that are known of some contents.

    Parameters
    ----------
    catalogue : Catalogue
    contents : collection of int
    """
    known = samples_in(catalogue.samples.values())
    return packed_samples({number: known[number] for number in known if number in contents}, 1)


def rewrite_segment(
    directory: Directory,
    row: SegmentRow,
    spec: HashSpec,
    parts: Iterable[tuple[Codes, NDArray[Any], NDArray[np.int64]]],
) -> SegmentRow:
    """Write a new segment beside an old one, and return the row that names it.

    Parameters
    ----------
    directory : Directory
    row : SegmentRow
        The old one's.
    spec : HashSpec
    parts : iterable of (codes, rows, chosen)
        What to take over: ndarrays of shape (N, B), uint8, and (N,), ``ROW``, and which of their
        rows, shape (M,), int64.
    """
    stem = directory.new_stem(spec)
    stamp = create_segment(directory.stem(stem), spec)
    size = 64 * rows_in_a_block(spec)
    with SegmentWriter(directory.stem(stem), spec, 0, 0) as new:
        for codes, known, chosen in parts:
            for at in range(0, len(chosen), size):
                turn = chosen[at : at + size]
                these = known[turn]
                new.append(codes[turn], these["owner"], these["quality"], views=these["view"])
        numbers = row.id, row.version, row.bits, new.rows, new.blocks
        return seal(SegmentRow, *numbers, row.name, stem, stamp)
