"""The photos of some places, read and hashed now: the table of a search without a library."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from sokkuri.engine.table import PhotoTable
from sokkuri.errors import NothingToSearch
from sokkuri.pipeline import hash_paths, list_files, parted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sokkuri._typing import PathLike, Progress
    from sokkuri.pipeline import FileListing
    from sokkuri.protocols import Hasher


def read_photos(
    places: Sequence[PathLike],
    maker: Hasher,
    *,
    exclude: Sequence[str] = (),
    follow: bool = False,
    workers: int | None = None,
    progress: Progress | None = None,
    note: str = "",
) -> PhotoTable:
    """Hash every photo of some places.

    Parameters
    ----------
    places : sequence of path
        Folders, and single files.
    maker : Hasher
    exclude, follow, workers, progress
        As of :func:`sokkuri.pipeline.list_files` and :func:`sokkuri.pipeline.hash_paths`.
    note : str
        What the reader of an answer should know.

    Raises
    ------
    NothingToSearch
        If a place does not exist, or there is no file.
    """
    names = [os.fsdecode(place) for place in places]
    for name in names:
        if not os.path.lexists(name):
            raise NothingToSearch(f"{name}: no such folder; check the name")
    listing = list_files(places, exclude=exclude, follow=follow, progress=progress)
    refuse_empty(names, listing)
    records = hash_paths([maker], listing.files, workers=workers, progress=progress)
    table = PhotoTable.of(maker.spec, records)
    lost, companions = parted(table.rejected, set(names))
    table = replace(table, rejected=lost, companions=companions, roots=names)
    return table.listed(listing, note)


def refuse_empty(names: Sequence[str], listing: FileListing, note: str = "") -> None:
    """Refuse places without files, with what to do about it.

    Parameters
    ----------
    names : sequence of str
        The places.
    listing : FileListing
    note : str
        What is to be said instead of the usual advice.

    Raises
    ------
    NothingToSearch
        If the listing is empty.
    """
    if listing.files or listing.rejected:
        return
    if listing.left_out:
        found, advice = "all that is in there is left out", "change the patterns"
    else:
        found, advice = "no files in there", "name a folder with photos"
    raise NothingToSearch(f"{', '.join(names)}: {found}; {note or advice}")
