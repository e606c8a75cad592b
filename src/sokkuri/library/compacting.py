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
from sokkuri.library.absences import folders_on_the_way
from sokkuri.library.location import told
from sokkuri.library.state import advice_for, open_segment, open_state, spec_of
from sokkuri.registry import replacement_of
from sokkuri.stores.catalogue_writer import CatalogueWriter
from sokkuri.stores.layout import WAIT_SECONDS, remove_files, write_lock
from sokkuri.stores.schema import Row, SegmentRow, packed_samples, samples_in, seal
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

__all__ = ["Compacted", "compact", "rewrite_segment", "samples_of"]


@dataclass(frozen=True, slots=True)
class Compacted:
    """What compaction dropped.

    Parameters
    ----------
    contents : int
        Contents that no file has any more.
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
            told(home),
            write_lock(home.directory, wait=wait),
            contextlib.closing(CatalogueWriter(home.directory.catalogue)) as writer,
        ):
            return _compact(home, writer)
    except FormatError as error:
        raise advice_for(home, error) from error


def _compact(home: Location, writer: CatalogueWriter) -> Compacted:
    catalogue = writer.catalogue
    directory = home.directory
    remove_files(directory.leftovers(row.stem for row in catalogue.segments.values()))
    wanted = {row.content for row in catalogue.files.values()}
    drop: list[Row] = [row for row in catalogue.contents.values() if row.id not in wanted]
    contents = len(drop)
    reasons = [row for row in catalogue.rejections.values() if row.content]
    obsolete = {row.id for row in catalogue.segments.values() if replacement_of(spec_of(row).name)}
    drop += [row for row in reasons if row.content not in wanted or row.segment in obsolete]
    on_the_way = folders_on_the_way(catalogue.files)
    drop += [row for row in catalogue.folders.values() if row.path not in on_the_way]
    add: list[Row] = []
    if contents:
        drop += catalogue.samples.values()
        add += packed_samples(samples_of(catalogue, wanted), 1)
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
        if len(good) == len(codes):
            continue
        rows += len(codes) - len(good)
        drop.append(row)
        add.append(rewrite_segment(directory, row, segment.spec, [(codes, known, good)]))
    if drop:
        commit(directory, writer, drop, add)
    away = sum(row.is_away for row in catalogue.files.values())
    return Compacted(contents, rows, away)


def samples_of(catalogue: Catalogue, contents: Collection[int]) -> dict[int, bytes]:
    """Return the samples that are known of some contents."""
    known = samples_in(catalogue.samples.values())
    return {content: sample for content, sample in known.items() if content in contents}


def commit(
    directory: Directory, writer: CatalogueWriter, drop: list[Row], add: list[Row]
) -> Catalogue:
    """Name new segments instead of old ones, and remove the old ones."""
    catalogue = writer.commit(drop, add)
    directory.write_stamp(catalogue.commit)
    remove_files(directory.leftovers(catalogue.stems))
    return catalogue


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
        What to take over: codes, what is known of their rows, and which of them.
    """
    stem = directory.new_stem(spec)
    stamp = create_segment(directory.stem(stem), spec)
    with SegmentWriter(directory.stem(stem), spec, 0, 0) as new:
        for codes, known, chosen in parts:
            for turn in _turns(chosen, 64 * rows_in_a_block(spec)):
                these = known[turn]
                views = these["view"]
                new.append(codes[turn], these["owner"], these["quality"], views=views)
        return seal(
            SegmentRow, row.id, row.version, row.bits, new.rows, new.blocks, row.name, stem, stamp
        )


def _turns(chosen: NDArray[np.int64], size: int) -> Iterator[NDArray[np.int64]]:
    for at in range(0, len(chosen), size):
        yield chosen[at : at + size]
