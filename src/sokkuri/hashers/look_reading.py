"""A look hash read back: strengths of edges, the body, colours, and where the box lay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from sokkuri.hashers.look_frame import frame_strips, without_frame
from sokkuri.hashers.look_layout import BITS, BODY_AT, CENTRE_AT, COMPACT, PLACES_AT
from sokkuri.hashers.shrinking import shrunk_colour
from sokkuri.hashes import Reading
from sokkuri.kernels.look.lab import lab_quarters
from sokkuri.kernels.look.reference import (
    CELLS,
    CENTRE_LEVELS,
    DIRECTIONS,
    PLACE_LEVELS,
    PLACES,
    SHARES,
    SIDE,
    VIEW,
    WINDOWS,
    barrier,
    object_box,
    object_mask,
    view_of,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sokkuri.images import Picture

__all__ = [
    "CENTRE_WITHIN",
    "MAPS",
    "PLACES_WITHIN",
    "WINDOWS_WITHIN",
    "ColourBits",
    "LookBits",
    "look_bits",
    "look_positions",
    "look_reading",
]

MAPS: Final = ("outline", "structure")

# In pixels of the view: windows are two cells apart, the first around the middle of the second
# cell; nine places and the middle lie as sokkuri.kernels.look.reference has them.
_WINDOWS_AT: Final = VIEW / CELLS / 2
_PLACES_FROM: Final = 9
_CENTRE_FROM: Final = 15


def _inset(pixels: float) -> tuple[float, float, float, float]:
    near = pixels / VIEW
    return near, near, 1 - near, 1 - near


WINDOWS_WITHIN: Final = _inset(_WINDOWS_AT)
PLACES_WITHIN: Final = _inset(_PLACES_FROM)
CENTRE_WITHIN: Final = _inset(_CENTRE_FROM)
"""Where the cells lie in the view: left, top, right and bottom as fractions of it."""

_EDGES: Final = (len(SHARES), len(MAPS), WINDOWS, WINDOWS, len(DIRECTIONS))

# Levels in units of Lab; see sokkuri.kernels.look.reference, where they are quarters.
_CENTRE_STEP: Final = 1.0
_PLACE_STEP: Final = 4.0
_CENTRE_FIRST: Final = (2.5, -47.5, -47.5)
_PLACE_FIRST: Final = (4.0, -46.0, -46.0)
_UNITS: Final = 256 * SIDE  # positions of the box are in 1/256 of a pixel


@dataclass(frozen=True, slots=True, eq=False)
class ColourBits:
    """Thermometers of L*, a* and b*.

    Parameters
    ----------
    bits : ndarray of shape (rows, columns, 3, levels)
        One value a bit.
    first : tuple of float
        The lowest level of each channel, in units of Lab.
    step : float
        Units of Lab from one level to the next.
    """

    bits: NDArray[np.int64]
    first: tuple[float, float, float]
    step: float


@dataclass(frozen=True, slots=True, eq=False)
class LookBits:
    """Something about each bit of a look hash, sorted by what the bits mean.

    Parameters
    ----------
    edges : ndarray of shape (3, 2, 7, 7, 8)
        Strengths (above the mean, half of it, one and a half of it), maps, rows, columns,
        directions.
    body : ndarray of shape (15, 15)
    centre, places : ColourBits
        One cell, and 3 x 3 of them.
    """

    edges: NDArray[np.int64]
    body: NDArray[np.int64]
    centre: ColourBits
    places: ColourBits


def look_positions(name: str) -> NDArray[np.int64] | None:
    """Return which bit of look-2 each bit of a hash is, None for a hash that is no look hash."""
    full = {"look-2": np.arange(BITS), "look-2-compact": COMPACT}
    return full.get(name)


def look_bits(values: NDArray[np.int64]) -> LookBits:
    """Sort one value for each of the 3,513 bits by what the bits mean."""
    return LookBits(
        values[:BODY_AT].reshape(_EDGES),
        values[BODY_AT:CENTRE_AT].reshape(CELLS, CELLS),
        ColourBits(
            values[CENTRE_AT:PLACES_AT].reshape(1, 1, 3, CENTRE_LEVELS),
            _CENTRE_FIRST,
            _CENTRE_STEP,
        ),
        ColourBits(
            values[PLACES_AT:].reshape(PLACES, PLACES, 3, PLACE_LEVELS),
            _PLACE_FIRST,
            _PLACE_STEP,
        ),
    )


def look_reading(picture: Picture) -> Reading:
    """Return the view of a picture in 60 x 60 pixels of colour, and where its box lies."""
    seen = picture.srgb
    strips = frame_strips(seen)
    inner = without_frame(seen, strips)
    rgb = np.ascontiguousarray(shrunk_colour(inner, SIDE, SIDE)[..., :3])
    centre, length = object_box(object_mask(barrier(lab_quarters(rgb))), inner.size)
    view = view_of(rgb.astype(np.int32), centre, length).astype(np.uint8)
    top, _, left, _ = strips
    ends = [
        (before + (middle + way * extent / 2) / _UNITS * own) / whole
        for way in (-1, 1)
        for before, middle, extent, own, whole in zip(
            (left, top), centre, length, inner.size, picture.size, strict=True
        )
    ]
    return Reading(view, (ends[0], ends[1], ends[2], ends[3]))
