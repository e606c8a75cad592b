"""The photos of one folder through its library: the table of a search."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from sokkuri.engine.table import PhotoTable, read_photos, refuse_empty
from sokkuri.errors import FormatError, Locked, NothingToSearch, StoreError
from sokkuri.library.changes import away_words
from sokkuri.library.opened import open_state, table_of
from sokkuri.library.refresh import refresh
from sokkuri.pipeline import hash_paths, parted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sokkuri.library.location import Location
    from sokkuri.protocols import Hasher

# A search need not write: where another process does, what is there so far is answer enough.
_WAIT_SECONDS: Final = 1.0


def refreshed_photos(
    home: Location, maker: Hasher, *, exclude: Sequence[str] = (), **options: Any
) -> PhotoTable:
    """Return all photos of a folder, of which only those are read that its library does not know.

    A library that cannot be used, or not be written, is no hindrance: a note says so.

    Parameters
    ----------
    home : Location
        The folder and its library, which is made if there is none.
    maker : Hasher
    exclude : sequence of str
    **options
        ``follow``, ``workers`` and ``progress`` as of :func:`sokkuri.pipeline.list_files` and
        :func:`sokkuri.pipeline.hash_paths`.

    Raises
    ------
    NothingToSearch
        If there is no file.
    FormatError
        If the library is damaged, with the command that repairs it.
    """

    def read_all(problem: str) -> PhotoTable:
        note = f"the library is not used ({problem}); every photo was read"
        return read_photos([home.root], maker, exclude=exclude, note=note, **options)

    try:
        done = refresh(home, [maker], exclude=exclude, wait=_WAIT_SECONDS, as_it_is=True, **options)
    except FormatError:
        raise
    except Locked as error:
        try:
            known = known_photos(home, maker, exclude=exclude)
        except NothingToSearch:
            return read_all(error.problem)
        note = f"{error.problem}; what it has so far was searched"
        return replace(known, notes=(note, *known.notes))
    except StoreError as error:
        return read_all(str(error))
    away = _away_note(done.kept, home)
    refuse_empty([home.root], done.scan.listing, away)
    table = table_of(done.state, maker.spec, done.scan)
    if not done.unread:
        return table.listed(done.scan.listing, away)
    # What a library that cannot be written does not know is hashed for this search alone.
    paths = [seen.path for seen in done.unread]
    ways = {name: options[name] for name in ("workers", "progress") if name in options}
    read = PhotoTable.of(maker.spec, hash_paths([maker], paths, **ways))
    lost, other_files = parted((*table.rejected, *read.rejected))
    beside = tuple(sorted((*table.other_files, *other_files), key=os.fsencode))
    table = replace(table.joined(read), rejected=lost, other_files=beside)
    unwritten, count = done.unwritten, len(paths)
    note = (
        f"the library is not used for what is new ({unwritten}); "
        f"{count:,} files were read for this search"
    )
    if count == 1:
        note = (
            f"the library is not used for what is new ({unwritten}); "
            "1 file was read for this search"
        )
    return table.listed(done.scan.listing, note, away)


def known_photos(home: Location, maker: Hasher, *, exclude: Sequence[str] = ()) -> PhotoTable:
    """Return the photos that a folder's library knows, without a look at the folder.

    Parameters
    ----------
    home : Location
    maker : Hasher
    exclude : sequence of str

    Raises
    ------
    NothingToSearch
        If there is no library, or it has no code of that hash.
    """
    spec = maker.spec
    try:
        state = open_state(home, [spec])
    except FileNotFoundError as error:
        raise NothingToSearch(
            f"{home.root}: it has no library yet; make one with: sokkuri index {home.cli_args}"
        ) from error
    if spec not in state.segments:
        raise NothingToSearch(
            f"{home.root}: its library has no {spec.name} yet; add it with: "
            f"sokkuri index {home.cli_args} --hash {spec.name}"
        )
    away = _away_note(sum(row.is_away for row in state.catalogue.files.values()), home)
    return replace(table_of(state, spec, exclude=exclude), notes=(away,) if away else ())


def _away_note(count: int, home: Location) -> str:
    """Say that photos took no part in a search, and how to forget them; empty where none."""
    advice = f"to forget them: sokkuri index {home.cli_args} --forget-missing"
    return f"{away_words(count)}; {advice}" if count else ""
