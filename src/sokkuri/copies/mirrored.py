"""Descriptions of the mirror images of photos, made from those of the photos.

A point of a mirrored photo lies mirrored, and so does its patch: what is upright in it stays so, as
its direction is mirrored, too, and left and right of that change places.  Thumbnail and whole code
are those that the mirrored photo itself has; codes of points differ in a bit or two, and a third of
the points is chosen otherwise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sokkuri.kernels.points.reference import DIRECTIONS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sokkuri._typing import Codes


def mirrored_point_codes(codes: Codes) -> Codes:
    """Return the codes of mirrored points, both of shape (P, 16), uint8."""
    mirrored = np.empty_like(codes)
    # Eight rows "brighter to the right", then eight "brighter below"; right is along the direction.
    mirrored[:, :8] = codes[:, 7::-1]
    mirrored[:, 8:] = ~codes[:, :7:-1]
    return mirrored


def mirrored_directions(directions: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return mirrored directions, both of shape (P,), uint8, 256 a turn."""
    return ((DIRECTIONS // 2 - directions.astype(np.int64)) % DIRECTIONS).astype(np.uint8)


def mirrored_record(record: NDArray[np.void]) -> NDArray[np.void]:
    """Return the record of a mirrored photo, both of shape ().

    Raises
    ------
    ValueError
        If the record is damaged.
    """
    found = record.copy()
    count = int(record["count"])
    width, height = int(record["thumbnail_width"]), int(record["thumbnail_height"])
    if count > len(record["places"]) or width * height > len(record["thumbnail"]):
        raise ValueError("a description says that it has more than there is room for")
    places = found["places"][:count]
    places["x"] = 4 * (2 * int(record["half_width"]) - 1) - places["x"]
    places["direction"] = mirrored_directions(places["direction"])
    found["codes"][:count] = mirrored_point_codes(record["codes"][:count])
    # The whole is not turned: its columns change places.
    bits = np.unpackbits(record["whole"], bitorder="little").reshape(2, 8, 8)[:, :, ::-1].copy()
    bits[0] ^= 1
    found["whole"] = np.packbits(bits, bitorder="little")
    pixels = record["thumbnail"][: width * height].reshape(height, width)
    found["thumbnail"][: width * height] = pixels[:, ::-1].ravel()
    return found
