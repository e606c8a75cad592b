"""A query laid on a photo: the map between them, and the place of each in the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Point = tuple[float, float]
Corners = tuple[Point, Point, Point, Point]
"""Top left, top right, bottom right and bottom left, as fractions of a width and a height."""


class Outline(NamedTuple):
    """The place of each picture in the other; corners may lie outside.

    Parameters
    ----------
    query, photo : tuple of four (x, y)
        The corners of the query in the photo, and those of the photo in the query, each from its
        own top left clockwise, as fractions of the other's width and height.
    """

    query: Corners
    photo: Corners


@dataclass(frozen=True, slots=True, eq=False)
class Alignment:
    """A query laid on a photo.

    Parameters
    ----------
    linear : ndarray of shape (2, 3), float64
        Takes pixels of the query to pixels of the photo; mirroring is part of it.
    query, photo : tuple of float
        Their widths and heights in those pixels.
    """

    linear: NDArray[np.float64]
    query: tuple[float, float]
    photo: tuple[float, float]

    def mapped(self, places: NDArray[np.float64]) -> NDArray[np.float64]:
        """Take places of the query into the photo.

        Parameters
        ----------
        places : ndarray of shape (P, 2), float64
            Across and down, as fractions.

        Returns
        -------
        ndarray of shape (P, 2), float64
        """
        pixels = places * self.query
        return (pixels @ self.linear[:, :2].T + self.linear[:, 2]) / self.photo

    @property
    def back(self) -> Alignment:
        """The way from the photo to the query."""
        inverse = np.linalg.inv(self.linear[:, :2])
        linear = np.column_stack([inverse, -inverse @ self.linear[:, 2]])
        return Alignment(linear, self.photo, self.query)

    @property
    def corners(self) -> Corners:
        """The query's corners in the photo, from its top left clockwise."""
        square = np.array([(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)])
        a, b, c, d = ((x, y) for x, y in self.mapped(square).tolist())
        return a, b, c, d

    @property
    def outline(self) -> Outline:
        """The place of each in the other."""
        return Outline(self.corners, self.back.corners)


class Frame(NamedTuple):
    """A rectangle in a picture, as fractions of its width and height."""

    left: float = 0.0
    top: float = 0.0
    right: float = 1.0
    bottom: float = 1.0

    def holds(self, places: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Tell which places of shape (P, 2), float64, lie in it: shape (P,)."""
        low, high = np.array(self[:2]), np.array(self[2:])
        return np.asarray(((places >= low) & (places <= high)).all(1))

    def cells(self, across: int, down: int) -> NDArray[np.float64]:
        """Return the middles of cells that fill it, row by row.

        Parameters
        ----------
        across, down : int

        Returns
        -------
        ndarray of shape (across * down, 2), float64
        """
        y, x = np.mgrid[:down, :across]
        shares = np.stack([(x + 0.5) / across, (y + 0.5) / down], -1).reshape(-1, 2)
        low, high = np.array(self[:2]), np.array(self[2:])
        return np.asarray(low + shares * (high - low))


WHOLE: Frame = Frame()
