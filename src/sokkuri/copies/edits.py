"""The edits that a photo went through, read off the map from the query to it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import numpy as np

from sokkuri.brief import brief_repr
from sokkuri.language import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

Corners = tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]
"""Top left, top right, bottom right and bottom left, as fractions of a width and a height."""

_WHOLE: Final = 0.97
_TURNED: Final = 0.75  # degrees
_SQUEEZED: Final = 0.03
_COVERED: Final = 0.02
_AGREES: Final = 300  # thousandths
_PLAIN: Final = 4.0  # levels of deviation
_LEAST_PIXELS: Final = 24
_GRID: Final = 64


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


@dataclass(frozen=True, slots=True)
class Edits:
    """The photo, seen from the query.

    Parameters
    ----------
    mirrored : bool
        Left and right are exchanged; before the turn.
    turned : float
        Degrees counter-clockwise, above -180 to 180.
    squeezed : float
        Width to height, as a share of what it was in the query; 1 where nothing was squeezed.
    cropped_to : float
        Share of the query's area that the photo shows, up to 1.
    fills : float
        Share of the photo's area that this takes up, up to 1.
    bordered : {"query", "photo"}, optional
        The picture that has more around it, where that is plain: a border.
    covered : float
        Share of what both show where they disagree: a banner, a caption, another thing.
    """

    mirrored: bool
    turned: float
    squeezed: float
    cropped_to: float
    fills: float
    bordered: Literal["query", "photo"] | None
    covered: float

    __repr__ = brief_repr

    @property
    def words(self) -> tuple[str, ...]:
        """Each edit in a few words of the reader's language; none where nothing was done."""
        return tuple(_words(self))

    @property
    def text(self) -> str:
        """All edits on one line."""
        told = self.words or (say("the whole picture"),)
        return reduce(lambda a, b: say("{first}, {second}", first=a, second=b), told)


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

    def mapped(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
        """Take places of the query into the photo, both as fractions.

        Parameters
        ----------
        x, y : ndarray of shape (P,), float64

        Returns
        -------
        ndarray of shape (P, 2), float64
        """
        pixels = np.stack([x * self.query[0], y * self.query[1], np.ones_like(x)])
        return (self.linear @ pixels).T / self.photo

    @property
    def back(self) -> Alignment:
        """The way from the photo to the query."""
        inverse = np.linalg.inv(self.linear[:, :2])
        linear = np.column_stack([inverse, -inverse @ self.linear[:, 2]])
        return Alignment(linear, self.photo, self.query)

    @property
    def corners(self) -> Corners:
        """The query's corners in the photo, from its top left clockwise."""
        found = self.mapped(np.array([0.0, 1.0, 1.0, 0.0]), np.array([0.0, 0.0, 1.0, 1.0]))
        a, b, c, d = ((x, y) for x, y in found.tolist())
        return a, b, c, d

    @property
    def outline(self) -> Outline:
        """The place of each in the other."""
        return Outline(self.corners, self.back.corners)

    def outside(self, rows: int, columns: int) -> NDArray[np.bool_]:
        """Return which cells of a grid over the query lie outside the photo.

        Parameters
        ----------
        rows, columns : int

        Returns
        -------
        ndarray of shape (rows, columns), bool
        """
        y, x = np.mgrid[:rows, :columns]
        found = self.mapped(((x + 0.5) / columns).ravel(), ((y + 0.5) / rows).ravel())
        return ~((found >= 0) & (found <= 1)).all(1).reshape(rows, columns)


def edits_of(
    alignment: Alignment, blocks: NDArray[np.int16],
    query: NDArray[np.uint8], photo: NDArray[np.uint8],
) -> Edits:  # fmt: skip
    """Say what was done.

    Parameters
    ----------
    alignment : Alignment
    blocks : ndarray of shape (rows, columns), int16
        How far both agree, in thousandths; below -1,000 where a block shows nothing.
    query, photo : ndarray of shape (H, W), uint8
        Thumbnails of both.
    """
    ((a, b), (c, d)) = alignment.linear[:, :2].tolist()
    mirrored = a * d - b * c < 0
    if mirrored:
        a, c = -a, -c
    angle = math.atan2(c - b, a + d)
    cosine, sine = math.cos(angle), math.sin(angle)
    across, down = cosine * a + sine * c, cosine * d - sine * b
    own, others = alignment.outside(_GRID, _GRID), alignment.back.outside(_GRID, _GRID)
    shows = blocks >= -1000
    covered = float((blocks[shows] < _AGREES).mean()) if shows.any() else 0.0
    return Edits(
        mirrored=mirrored,
        turned=round(-math.degrees(angle), 1) + 0.0,
        squeezed=round(across / down, 3) if down > 0 else 1.0,
        cropped_to=round(1 - float(own.mean()), 3),
        fills=round(1 - float(others.mean()), 3),
        bordered=_bordered(alignment, query, photo),
        covered=round(covered, 3),
    )


def _bordered(
    alignment: Alignment, query: NDArray[np.uint8], photo: NDArray[np.uint8]
) -> Literal["query", "photo"] | None:
    if _is_plain(photo, alignment.back.outside(*photo.shape)):
        return "photo"
    return "query" if _is_plain(query, alignment.outside(*query.shape)) else None


def _is_plain(picture: NDArray[np.uint8], where: NDArray[np.bool_]) -> bool:
    """Tell whether most of some pixels are of one tone; their edge may be blurred."""
    if where.sum() < _LEAST_PIXELS:
        return False
    values = picture[where].astype(np.float64)
    return float(np.mean(np.abs(values - np.median(values)) <= _PLAIN)) > 0.8


def _words(edits: Edits) -> Iterator[str]:
    if edits.mirrored:
        yield say("mirrored")
    if abs(edits.turned) >= _TURNED:
        way = abs(edits.turned)
        if edits.turned > 0:
            yield say("turned {way:g}° counter-clockwise", way=way)
        else:
            yield say("turned {way:g}° clockwise", way=way)
    if abs(math.log(edits.squeezed)) > _SQUEEZED:
        yield say("squeezed to {share:.2f} of its width", share=edits.squeezed)
    yield from _frame_words(edits)
    if edits.covered >= _COVERED:
        yield say("{share:.0%} covered or changed", share=edits.covered)


def _frame_words(edits: Edits) -> Iterator[str]:
    if edits.bordered == "photo":
        yield say("bordered: the picture fills {share:.0%}", share=edits.fills)
    elif edits.fills < _WHOLE:
        yield say("the query is {share:.0%} of it", share=edits.fills)
    if edits.bordered == "query" and edits.cropped_to < _WHOLE:
        yield say("without the query's border")
    elif edits.cropped_to < _WHOLE:
        yield say("cropped to {share:.0%}", share=edits.cropped_to)
