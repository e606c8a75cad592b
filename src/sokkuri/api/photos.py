"""The photos of the places that a call names."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from sokkuri.api.hash import places_of
from sokkuri.engine.table import PhotoTable, read_photos

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sokkuri._typing import PathLike
    from sokkuri.protocols import Hasher


def photos_in(
    where: PathLike | Iterable[PathLike], maker: Hasher, library: PathLike | None, *,
    refresh: bool, exclude: Sequence[str], **options: Any,
) -> PhotoTable:  # fmt: skip
    """Return the hashed photos of some places, by the library of the folder where it is one.

    Parameters
    ----------
    where : path or iterable of paths
    maker : Hasher
    library, refresh, exclude, **options
        As of :func:`sokkuri.search`; the options are ``follow``, ``workers`` and ``progress``.

    Raises
    ------
    ValueError
        If a library is asked for where there can be none.
    """
    places = places_of(where)
    if library is None and not refresh:
        raise ValueError("`library=None` leaves nothing for `refresh=False` to mean")
    if len(places) != 1 and (library not in (None, "auto") or not refresh):
        raise ValueError("a library is of one folder; give one")
    if library is None or len(places) != 1 or (refresh and not os.path.isdir(places[0])):
        return read_photos(places, maker, exclude=exclude, **options)
    from sokkuri.library import location_of
    from sokkuri.library.photos import known_photos, refreshed_photos

    home = location_of(places[0], library)
    if refresh:
        return refreshed_photos(home, maker, exclude=exclude, **options)
    return known_photos(home, maker, exclude=exclude)
