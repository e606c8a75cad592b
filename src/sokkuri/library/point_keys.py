"""Keys of points kept beside the codes of the copy finder: made when these are saved, not asked.

They can be made again at any time, so they are never damage that a search stumbles over: what is
missing, old or damaged is done without, and made anew by the next writer.
"""

from __future__ import annotations

import contextlib
import os
from functools import partial
from typing import TYPE_CHECKING, Final

from sokkuri.copies.point_keys import PointKeys, source_and_photos
from sokkuri.errors import FormatError
from sokkuri.hashers.copies_layout import room_of
from sokkuri.stores.segment import KEYS, open_sealed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sokkuri.stores.segment import Segment

# Making all of them takes as long as describing one photo in fifty or so.  The keys of photos that
# came later, if they are fewer, are made when they are first needed.
_FEW: Final = 32


def lacks_point_keys(segments: Iterable[Segment]) -> bool:
    """Tell whether keys of points should be made."""
    return any(map(_is_lacking, segments))


def keep_point_keys(segments: Iterable[Segment]) -> None:
    """Make the keys of points that are missing or too few; the caller holds the lock.

    Without room for them on the disk the library is as good as with them, only slower.
    """
    for segment in segments:
        if _is_lacking(segment):
            keys = PointKeys.of(segment.verified_codes(), room_of(segment.spec))
            source = segment.digest(len(segment))
            if source is not None:
                with contextlib.suppress(OSError):
                    keys.save(segment.path + KEYS, source)


def point_keys_of(segment: Segment | None) -> Callable[[], PointKeys | None] | None:
    """Return what opens the keys kept with a segment; None where there are none."""
    has_keys = segment is not None and segment.spec.verified
    return partial(_opened, segment) if segment is not None and has_keys else None


def damage_of_point_keys(segment: Segment) -> FormatError | None:
    """Read kept keys whole, and return what is wrong with them; None if nothing is."""
    try:
        if _open(segment) is None and os.path.exists(segment.path + KEYS):
            open_sealed(segment.path + KEYS)
    except FormatError as error:
        return error
    return None


def _is_lacking(segment: Segment) -> bool:
    if not segment.spec.verified:
        return False
    kept = 0
    with contextlib.suppress(OSError):
        source, photos = source_and_photos(segment.path + KEYS)
        if segment.digest(photos) == source:  # else they are of rows that were taken back
            kept = photos
    return (len(segment) - kept) * _FEW > len(segment)


def _opened(segment: Segment) -> PointKeys | None:
    with contextlib.suppress(OSError):
        return _open(segment)
    return None


def _open(segment: Segment) -> PointKeys | None:
    path = segment.path + KEYS
    if not os.path.exists(path):
        return None
    source, photos = source_and_photos(path)
    return PointKeys.open(path, source) if segment.digest(photos) == source else None
