"""Meaning of each bit of a look hash, and the bits that a search compares.

=============  ======  =====================================================================
bits           part    meaning
=============  ======  =====================================================================
0 to 783       shape   edges that are strong: 2 maps (outline, structure) x 7 rows x 7 columns
                       x 8 directions, above the mean of their map
784 to 1567    shape   the same, above half of the mean: there is some edge
1568 to 2351   shape   the same, above one and a half of the mean: there is much
2352 to 2576   shape   body: 15 rows x 15 columns, where the object is
2577 to 2864   colour  centre: L*, a*, b* of the middle half, 96 levels each, one unit apart
2865 to 3512   colour  places: 3 rows x 3 columns x L*, a*, b*, 24 levels each, four units apart
=============  ======  =====================================================================
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from sokkuri.kernels.look.reference import (
    CELLS,
    CENTRE_LEVELS,
    DIRECTIONS,
    PLACE_LEVELS,
    PLACES,
    SHARES,
    WINDOWS,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

_DIRECTIONS: Final = len(DIRECTIONS)
_STRENGTHS: Final = 2 * WINDOWS**2 * _DIRECTIONS
BODY_AT: Final = len(SHARES) * _STRENGTHS
CENTRE_AT: Final = BODY_AT + CELLS**2
PLACES_AT: Final = CENTRE_AT + 3 * CENTRE_LEVELS
BITS: Final = PLACES_AT + 3 * PLACES**2 * PLACE_LEVELS

_STRONG: Final = np.arange(_STRENGTHS)
_BODY: Final = np.arange(BODY_AT, CENTRE_AT)


def _checkerboard() -> NDArray[np.int64]:
    """Return every other strong bit, so that neighbours in place and direction take turns."""
    window, direction = _STRONG // _DIRECTIONS % WINDOWS**2, _STRONG % _DIRECTIONS
    parity = window // WINDOWS + window % WINDOWS + direction
    return np.flatnonzero(parity % 2 == 0)


def _centre(step: int) -> NDArray[np.int64]:
    levels = np.arange(step // 2, CENTRE_LEVELS, step)
    return (CENTRE_AT + np.arange(3)[:, None] * CENTRE_LEVELS + levels).ravel()


def _places(step: int) -> NDArray[np.int64]:
    levels = np.arange(step // 2, PLACE_LEVELS, step)
    return (PLACES_AT + np.arange(3 * PLACES**2)[:, None] * PLACE_LEVELS + levels).ravel()


def _joined(*parts: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.sort(np.concatenate(parts))


COMPACT: Final = _joined(_checkerboard(), _centre(3))
"""The 488 bits of look-2-compact, in the order of look-2."""

# From a little shape to all of it, and from a little colour to all.  A number on the dial picks the
# pair whose share of colour is nearest.
_SHAPES: Final = (_checkerboard(), _joined(_STRONG, _BODY), np.arange(CENTRE_AT))
_COLOURS: Final = (
    np.empty(0, np.int64), _centre(8), _centre(3), _centre(1), _joined(_centre(1), _places(3)),
    _joined(_centre(1), _places(1)),
)  # fmt: skip
_NAMED: Final = {
    "shape": _joined(_SHAPES[2], _COLOURS[1]),
    "balanced": _joined(_SHAPES[1], _COLOURS[4]),
    "colour": _joined(_SHAPES[0], _COLOURS[5]),
}


@lru_cache(maxsize=64)
def bits_of_emphasis(emphasis: str | float) -> NDArray[np.int64]:
    """Return which bits of a code are compared, in ascending order.

    Parameters
    ----------
    emphasis : {"shape", "balanced", "colour"} or float
        A number from 0 to 1 is the share of the compared bits that are about colour.  The nearest
        share that the layout offers is taken, and of two alike the one with more bits.

    Raises
    ------
    ValueError
        For another word, or a number out of bounds.
    """
    if isinstance(emphasis, str):
        if emphasis not in _NAMED:
            raise ValueError(
                f"`emphasis` is {', '.join(_NAMED)}, or a number from 0 to 1; not {emphasis!r}"
            )
        return _NAMED[emphasis]
    if not 0 <= emphasis <= 1:
        raise ValueError(f"`emphasis` as a number lies within 0 and 1, not {emphasis}")
    if emphasis == 1:
        return _COLOURS[-1]
    pairs = [(shape, colour) for shape in _SHAPES for colour in _COLOURS]

    def miss(pair: tuple[NDArray[np.int64], NDArray[np.int64]]) -> tuple[float, int]:
        shape, colour = map(len, pair)
        return abs(colour / (shape + colour) - emphasis), -shape - colour

    return _joined(*min(pairs, key=miss))


def _mirror() -> NDArray[np.int64]:
    mirrored = np.arange(BITS)
    strengths = mirrored[:BODY_AT].reshape(-1, WINDOWS, WINDOWS, _DIRECTIONS)
    opposite = -np.arange(_DIRECTIONS) % _DIRECTIONS
    strengths[:] = strengths[:, :, ::-1][..., opposite].copy()
    for at, end, sides in (
        (BODY_AT, CENTRE_AT, (CELLS, CELLS, 1)),
        (PLACES_AT, BITS, (PLACES, PLACES, 3 * PLACE_LEVELS)),
    ):
        places = mirrored[at:end].reshape(sides)
        places[:] = places[:, ::-1].copy()
    return mirrored


MIRRORED: Final = _mirror()
"""The bits of the mirrored photo are ``bits[MIRRORED]``, but for a few that rounding decides."""


def _numbered(*parts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Count the blocks of several parts of a code through."""
    first, numbers = 0, []
    for part in parts:
        numbers.append(part + first)
        first += int(part.max()) + 1
    joined = np.concatenate(numbers)
    joined.setflags(write=False)
    return joined


def _blocks() -> tuple[NDArray[np.int64], ...]:
    # Three bits for three strengths of one edge: how many are set says how strong it is.
    strong = np.tile(_STRONG, 3)
    window, direction = strong // _DIRECTIONS, strong % _DIRECTIONS
    rows, columns = np.mgrid[0:CELLS, 0:CELLS]
    # One bit for each level of a colour: how many are set says which colour it is, exactly.
    centre = np.arange(3 * CENTRE_LEVELS) // CENTRE_LEVELS
    places = np.arange(3 * PLACES**2 * PLACE_LEVELS) // PLACE_LEVELS
    coarse_body, fine_body = ((rows // side * 9 + columns // side).ravel() for side in (5, 3))
    place, which = window % WINDOWS**2, window // WINDOWS**2
    quarters, ninths = (
        place // WINDOWS * parts // WINDOWS * parts + place % WINDOWS * parts // WINDOWS
        for parts in (2, 3)
    )
    # Directions tell photos apart better than places do, and the two maps tell much the same.
    return (
        _numbered(quarters * _DIRECTIONS + direction, _dense(coarse_body), centre, places),
        _numbered(
            (which * 9 + ninths) * _DIRECTIONS + direction, _dense(fine_body), centre, places
        ),
    )


def _dense(blocks: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.unique(blocks, return_inverse=True)[1].astype(np.int64)


BLOCKS: Final = _blocks()
"""The block of each bit, coarse and fine; see :class:`sokkuri.protocols.SupportsBlocks`."""

COMPACT_BLOCKS: Final = tuple(_dense(level[COMPACT]) for level in BLOCKS)
"""The same for the bits of look-2-compact."""
