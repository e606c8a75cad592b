"""The evidence of a claim: points that match, and blocks that agree or do not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sokkuri.brief import brief_repr
from sokkuri.copies.alignment import Frame
from sokkuri.kernels.overlay import BLOCK, FINE, NOTHING, STRIDE, lattice_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

_ONE = 65536


class Line(NamedTuple):
    """A point of the query and its partner in the photo, as fractions of width and height."""

    x: float
    y: float
    u: float
    v: float


@dataclass(frozen=True, slots=True)
class Block:
    """A part of the query that the photo shows, too.

    Parameters
    ----------
    box : Frame
        Its place in the query.
    agreement : float
        How far the slopes of both agree, -1 to 1.
    """

    box: Frame
    agreement: float

    __repr__ = brief_repr

    @property
    def middle(self) -> tuple[float, float]:
        """Its middle, as fractions."""
        left, top, right, bottom = self.box
        return (left + right) / 2, (top + bottom) / 2


@dataclass(frozen=True, slots=True)
class Details:
    """The evidence of a claim.

    Parameters
    ----------
    lines : tuple of Line
        Points that match.
    of : int
        Points that might have matched, at least 6.
    agreement : float
        Mean of the blocks, 0 to 1.
    blocks : tuple of Block
        Those that show something in either picture; they overlap by halves.
    """

    lines: tuple[Line, ...]
    of: int
    agreement: float
    blocks: tuple[Block, ...]

    __repr__ = brief_repr


def blocks_of(
    verdict: NDArray[np.void], sides: tuple[tuple[int, int], tuple[int, int]], *, mirrored: bool
) -> tuple[Block, ...]:
    """Return the blocks of a verdict by their places in the query as it was given.

    Parameters
    ----------
    verdict : ndarray of shape ()
    sides : tuple of (rows, columns)
        Those of the thumbnails of the query and of the photo.
    mirrored : bool
        Whether the mirrored query was judged.
    """
    return tuple(_blocks(verdict, sides, mirrored=mirrored))


def _blocks(
    verdict: NDArray[np.void], sides: tuple[tuple[int, int], tuple[int, int]], *, mirrored: bool
) -> Iterator[Block]:
    lattice = lattice_of(*sides, verdict["thumbnails"], FINE)
    if lattice is None:
        return
    height, width = sides[0]
    rows, columns = int(verdict["rows"]), int(verdict["columns"])
    found = verdict["blocks"][: rows * columns].reshape(rows, columns)
    # Points of the lattice are the middles of its cells, and pixels are counted by their middles.
    x = (lattice.x[0] - lattice.step / 2) / _ONE + 0.5
    y = (lattice.y[:, 0] - lattice.step / 2) / _ONE + 0.5
    side = BLOCK * lattice.step / _ONE
    for row, column in np.argwhere(found != NOTHING).tolist():
        left, top = float(x[STRIDE * column]), float(y[STRIDE * row])
        box = Frame(left / width, top / height, (left + side) / width, (top + side) / height)
        if mirrored:
            box = Frame(1 - box.right, box.top, 1 - box.left, box.bottom)
        yield Block(box, int(found[row, column]) / 1000)
