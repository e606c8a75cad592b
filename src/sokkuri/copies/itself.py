"""The picture itself among the photos, also where it says too little to tell its copies.

Without points nothing can be verified, and a smooth picture would not even find its own file.  But
one picture always has one description, and whether it is the same is told by bytes or pixels.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

import numpy as np

from sokkuri.copies.alignment import Alignment
from sokkuri.copies.copy import Copy
from sokkuri.copies.edits import Edits
from sokkuri.hashers.copies_layout import record_of, records_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sokkuri.copies.finder import CopyFinder, CopyQuery
    from sokkuri.matches import Same

FEW_POINTS: Final = 8
_MOST: Final = 128
_UNCHANGED: Final = Edits(
    mirrored=False, turned=0.0, squeezed=1.0, cropped_to=1.0, fills=1.0, bordered=None, covered=0.0
)


def says_little(query: CopyQuery, room: int) -> bool:
    """Tell whether a picture has too few points for its copies to be told.

    Measured on 60 photos, more and more blurred, each asked as it was, resaved, cropped and at a
    third of its size: of those with 8 to 11 points 95 in 100 are found, with 6 or 7 80, with 4 or 5
    58, with 2 or 3 15, and with fewer none.

    Parameters
    ----------
    query : CopyQuery
    room : int
        Points that it was described by at most.
    """
    return _count(query, room) < FEW_POINTS


def equal_rows(
    finder: CopyFinder, query: CopyQuery, mask: NDArray[np.bool_] | None = None
) -> list[int]:
    """Return the rows whose description is that of the query, byte for byte, at most 128.

    A folder may hold thousands of blank pages, and each would have to be opened.

    Parameters
    ----------
    finder : CopyFinder
    query : CopyQuery
    mask : ndarray of shape (N,), bool, optional
        Only photos where it is true.
    """
    points, own = finder.points, np.frombuffer(query.plain.code, np.uint8)
    near = points.near_as_wholes(records_of(own[np.newaxis], finder.room), mask, 0, None)
    pairs = zip(near.tolist(), points.stored_of(near).tolist(), strict=True)
    equal = (row for row, stored in pairs if np.array_equal(points.stored[stored], own))
    return [*islice(equal, _MOST)]


def itself(path: str, same: Same, query: CopyQuery, room: int) -> Copy:
    """Return a photo that is the query, as a copy on which nothing was done.

    Parameters
    ----------
    path : str
        Of the photo.
    same : {"bytes", "link", "pixels"}
        By which it is known to be the query.
    query : CopyQuery
    room : int
        Points that it was described by at most.
    """
    unmoved = Alignment(np.eye(2, 3), (1.0, 1.0), (1.0, 1.0))
    return Copy(path, 1.0, True, _UNCHANGED, unmoved.outline, _count(query, room), same)


def _count(query: CopyQuery, room: int) -> int:
    return int(record_of(query.plain.code, room)["count"])
