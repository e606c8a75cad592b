"""A library as it is at one moment: its catalogue, and the segments that it names."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sokkuri.errors import FormatError, NewerFormat
from sokkuri.library.location import check_root
from sokkuri.stores.catalogue import Catalogue, read_catalogue
from sokkuri.stores.segment import Segment

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sokkuri.hashes import HashSpec
    from sokkuri.library.location import Location
    from sokkuri.stores.schema import SegmentRow

_TRIES: Final = 5


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """A library as a reader sees it.

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
        return {row.spec: row for row in self.catalogue.segments.values()}


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
            # Before the catalogue: a commit between the two would look like one that was lost.
            acknowledged = home.directory.read_stamp()
            catalogue = read_catalogue(home.directory.catalogue)
            return state_of(home, catalogue, acknowledged, specs)
        except NewerFormat:
            raise
        except FormatError as error:
            raise with_advice(home, error) from error
        except FileNotFoundError as error:
            # Compaction may have replaced a segment between the catalogue and its opening.
            if not home.directory.exists():
                raise
            if attempt == _TRIES - 1:
                lost = FormatError(os.fsdecode(error.filename or home.directory.path), "it is gone")
                raise with_advice(home, lost) from error
    raise AssertionError("unreachable")


def with_advice(home: Location, error: FormatError) -> FormatError:
    """Return an error with the command that repairs the library.

    Parameters
    ----------
    home : Location
    error : FormatError
        Itself returned if it gives advice already, or if a later version wrote the library.
    """
    if isinstance(error, NewerFormat) or error.advice:
        return error
    advice = f"repair it with: sokkuri library repair {home.cli_args}"
    return FormatError(error.path, error.problem, advice)


def state_of(
    home: Location,
    catalogue: Catalogue,
    acknowledged: int,
    specs: Collection[HashSpec] | None = None,
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
        As for :func:`open_state`.

    Raises
    ------
    FormatError
        If something of it is damaged, or lost.
    StoreError
        If it is the library of another folder.
    FileNotFoundError
        If a segment has been replaced meanwhile.
    """
    if acknowledged > catalogue.commit:
        lost = acknowledged - catalogue.commit
        problem = f"the last {lost} commits are lost; their files are hashed again"
        raise FormatError(home.directory.catalogue, problem)
    in_place = check_root(home, catalogue)
    segments = {
        row.spec: open_segment(home, row)
        for row in catalogue.segments.values()
        if specs is None or row.spec in specs
    }
    return State(home, catalogue, segments, in_place)


def open_segment(home: Location, row: SegmentRow) -> Segment:
    """Open the segment that a row of the catalogue names, and see that it is that one.

    Parameters
    ----------
    home : Location
    row : SegmentRow

    Raises
    ------
    FormatError
        If its header is damaged, or of another segment.
    FileNotFoundError
        If it is gone.
    """
    segment = Segment.open(home.directory.stem(row.stem), row.rows)
    if segment.stamp != row.stamp or segment.spec != row.spec or segment.rows is None:
        raise FormatError(segment.path, "another segment stands in its place")
    return segment
