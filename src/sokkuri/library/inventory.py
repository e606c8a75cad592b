"""The photos of an album with what the catalogue knows of each file."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sokkuri.library.album import Album
    from sokkuri.library.state import State

__all__ = ["Inventory", "inventory_of"]


@dataclass(frozen=True, slots=True, eq=False)
class Inventory:
    """What is known of each photo besides its code, in the order of the album.

    Parameters
    ----------
    ids : ndarray of shape (P,), int64
        The number of each file in its library; a file keeps it while its path stays.
    bytes, mtimes_ns : ndarray of shape (P,), int64
        Size and time of the last change, as they were when the file was last looked at.
    widths, heights : ndarray of shape (P,), int64
        Of the upright picture, in pixels; 0 where that is not known.
    """

    ids: NDArray[np.int64]
    bytes: NDArray[np.int64]
    mtimes_ns: NDArray[np.int64]
    widths: NDArray[np.int64]
    heights: NDArray[np.int64]


def inventory_of(state: State, album: Album) -> Inventory:
    """Look up the files of an album in the catalogue that it was made from."""
    files, contents = state.catalogue.files, state.catalogue.contents
    start = len(state.home.prefix)
    rows = []
    for path, content in zip(album.paths, album.contents.tolist(), strict=True):
        file, shown = files[os.fsencode(path)[start:]], contents.get(content)
        sides = (shown.width, shown.height) if shown is not None else (0, 0)
        rows.append((file.id, file.size, file.mtime_ns, *sides))
    table = np.array(rows, np.int64).reshape(-1, 5)
    return Inventory(*np.ascontiguousarray(table.T))
