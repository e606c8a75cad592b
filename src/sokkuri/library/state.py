"""A library as it is at one moment: its catalogue, and the segments that it names."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sokkuri.errors import FormatError, NewerFormat
from sokkuri.hashes import HashSpec
from sokkuri.library.location import check_root
from sokkuri.stores.catalogue import Catalogue, read_catalogue
from sokkuri.stores.segment import Segment

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sokkuri.library.location import Location
    from sokkuri.stores.schema import SegmentRow

__all__ = ["State", "advice_for", "open_state", "spec_of", "state_of"]

_TRIES: Final = 5


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """What a reader sees.

    Parameters
    ----------
    home : Location
    catalogue : Catalogue
        Checked.
    segments : mapping of HashSpec to Segment
        Those that were asked for and are there; headers and lengths checked, codes not yet.
    in_place : bool
        False if the folder has moved since the library was last written to.
    """

    home: Location
    catalogue: Catalogue
    segments: Mapping[HashSpec, Segment]
    in_place: bool = True

    def segment_rows(self) -> dict[HashSpec, SegmentRow]:
        """Return the catalogue's row of each recipe."""
        return {spec_of(row): row for row in self.catalogue.segments.values()}


def open_state(home: Location, specs: Collection[HashSpec] | None = None) -> State:
    """Open a library for reading, without any lock.

    Parameters
    ----------
    home : Location
    specs : collection of HashSpec, optional
        The recipes whose codes are needed; all if None.

    Raises
    ------
    FormatError
        If it is damaged, with the command that repairs it; NewerFormat if it is of a later version.
    FileNotFoundError
        If there is no library.
    StoreError
        If it is of another folder, or cannot be read.
    """
    for attempt in range(_TRIES):
        try:
            return _open(home, specs)
        except NewerFormat:
            raise
        except FormatError as error:
            raise advice_for(home, error) from error
        except FileNotFoundError as error:
            # Compaction may have replaced a segment between the catalogue and its opening.
            if not home.directory.exists():
                raise
            if attempt == _TRIES - 1:
                lost = FormatError(os.fsdecode(error.filename or home.directory.path), "it is gone")
                raise advice_for(home, lost) from error
    raise AssertionError("unreachable")


def advice_for(home: Location, error: FormatError) -> FormatError:
    """Return the same error with the command that repairs the library."""
    if isinstance(error, NewerFormat) or error.advice:
        return error
    return FormatError(
        error.path, error.problem, f"repair it with: sokkuri library repair {home.cli_args}"
    )


def spec_of(row: SegmentRow) -> HashSpec:
    """Return the recipe of a segment."""
    return HashSpec(row.name.decode(), row.bits, row.version)


def _open(home: Location, specs: Collection[HashSpec] | None) -> State:
    # Before the catalogue: a commit between the two would look like one that was lost.
    acknowledged = home.directory.read_stamp()
    return state_of(home, read_catalogue(home.directory.catalogue), acknowledged, specs)


def state_of(
    home: Location, catalogue: Catalogue, acknowledged: int, specs: Collection[HashSpec] | None
) -> State:
    """Open the segments that a catalogue names.

    Parameters
    ----------
    home : Location
    catalogue : Catalogue
        Read just now.
    acknowledged : int
        The stamp as it was before that.
    specs : collection of HashSpec, optional
        The recipes whose codes are needed; all if None.

    Raises
    ------
    FormatError
        If something of it is damaged, or lost.
    StoreError
        If it is the library of another folder.
    FileNotFoundError
        If a segment has been replaced meanwhile.
    """
    directory = home.directory
    if acknowledged > catalogue.commit:
        lost = acknowledged - catalogue.commit
        raise FormatError(
            directory.catalogue, f"the last {lost} commits are lost; their files are hashed again"
        )
    in_place = check_root(home, catalogue)
    segments = {}
    for row in catalogue.segments.values():
        spec = spec_of(row)
        if specs is None or spec in specs:
            segments[spec] = open_segment(home, row)
    return State(home, catalogue, segments, in_place)


def open_segment(home: Location, row: SegmentRow) -> Segment:
    """Open the segment that a row of the catalogue names, and see that it is that one."""
    segment = Segment.open(home.directory.stem(row.stem), row.rows)
    if segment.stamp != row.stamp or segment.spec != spec_of(row) or segment.rows is None:
        raise FormatError(segment.path, "another segment stands in its place")
    return segment
