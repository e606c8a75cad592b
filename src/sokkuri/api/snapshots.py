"""The photos of a library at one moment, as one hash sees them: for faces that show all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sokkuri.brief import brief_repr
from sokkuri.library import album_of
from sokkuri.library.inventory import inventory_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sokkuri._typing import Codes
    from sokkuri.hashes import HashSpec
    from sokkuri.images import Rejected
    from sokkuri.library import State
    from sokkuri.library.inventory import Inventory

__all__ = ["Snapshot", "snapshot_of"]


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """The photos of a library at one moment, in path order.

    Nothing in it changes any more, so threads may share it.

    Parameters
    ----------
    spec : HashSpec
        The hash of the codes.
    paths : tuple of str
        The photos that have a code, sorted by the bytes of their paths.
    codes : ndarray of shape (P, B), uint8
        Their codes.
    qualities : ndarray of shape (P,), int16
        How much each photo says, 0 to 100; -1 where that is not known.
    contents : ndarray of shape (P,), int64
        Photos with the same bytes have the same number.
    inventory : Inventory
        What is known of each file.
    rejected : tuple of Rejected
        The files that have no code, and why.
    companions : tuple of str
        The files that have none because they only go with photos.
    """

    spec: HashSpec
    paths: tuple[str, ...]
    codes: Codes
    qualities: NDArray[np.int16]
    contents: NDArray[np.int64]
    inventory: Inventory
    rejected: tuple[Rejected, ...]
    companions: tuple[str, ...] = ()

    __repr__ = brief_repr

    def __len__(self) -> int:
        return len(self.paths)


def snapshot_of(state: State, spec: HashSpec, exclude: Sequence[str] = ()) -> Snapshot:
    """Return the photos that a library has codes of, but for those that are left out.

    Raises
    ------
    FormatError
        If a block of codes is damaged, with the command that repairs it.
    """
    album = album_of(state, spec, exclude=exclude)
    known = [-1 if value is None else value for value in album.qualities]
    qualities = np.array(known or [-1] * len(album.paths), np.int16)
    return Snapshot(
        spec,
        album.paths,
        album.codes,
        qualities,
        album.contents,
        inventory_of(state, album),
        album.rejected,
        album.companions,
    )
