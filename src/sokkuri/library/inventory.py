"""The photos of an album with what the catalogue knows of each file."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from sokkuri.library.album import Album
    from sokkuri.library.opened import State

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
    rows = [files[os.fsencode(path)[start:]] for path in album.paths]
    shown = [contents.get(content) for content in album.contents.tolist()]
    return Inventory(
        _column(row.id for row in rows),
        _column(row.size for row in rows),
        _column(row.mtime_ns for row in rows),
        _column(0 if row is None else row.width for row in shown),
        _column(0 if row is None else row.height for row in shown),
    )


def _column(values: Iterable[int]) -> NDArray[np.int64]:
    return np.fromiter(values, np.int64)
