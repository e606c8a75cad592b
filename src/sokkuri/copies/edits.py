"""The edits that a photo went through, read off the map from the query to it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from sokkuri.brief import brief_repr
from sokkuri.copies.alignment import WHOLE
from sokkuri.copies.borders import framed
from sokkuri.language import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from sokkuri.copies.alignment import Alignment, Frame
    from sokkuri.copies.details import Block

_WHOLE: Final = 0.97
_TURNED: Final = 0.75  # degrees
_SQUEEZED: Final = 0.03
_COVERED: Final = 0.02
_AGREES: Final = 0.3
_GRID: Final = 64


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
        Share of the query's area that the photo shows, up to 1; borders do not count.
    fills : float
        Share of the photo's area that this takes up, up to 1; borders do not count.
    bordered : {"query", "photo"}, optional
        The picture that has a border which the other has not: strips around it, or what was filled
        up after a turn.
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


def edits_of(
    alignment: Alignment, blocks: tuple[Block, ...],
    query: NDArray[np.uint8], photo: NDArray[np.uint8],
) -> Edits:  # fmt: skip
    """Say what was done.

    Parameters
    ----------
    alignment : Alignment
    blocks : tuple of Block
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
    frame = framed(alignment, query, photo)
    own, other = frame.has_border
    return Edits(
        mirrored=mirrored,
        turned=round(-math.degrees(angle), 1) + 0.0,
        squeezed=round(across / down, 3) if across > 0 and down > 0 else 1.0,
        cropped_to=_share(alignment, frame.query, frame.photo),
        fills=_share(alignment.back, frame.photo, frame.query),
        bordered="query" if own else "photo" if other else None,
        covered=_covered(alignment, blocks, frame.query, frame.photo),
    )


def _share(way: Alignment, content: Frame, other: Frame) -> float:
    """Return how much of a content lies in the other's, 0 to 1."""
    inside = other.holds(way.mapped(content.cells(_GRID, _GRID)))
    return round(float(inside.mean()), 3)


def _covered(way: Alignment, blocks: tuple[Block, ...], content: Frame, other: Frame) -> float:
    """Return how much of what both show disagrees, 0 to 1."""
    if not blocks:
        return 0.0
    middles = np.array([block.middle for block in blocks])
    counts = content.holds(middles) & other.holds(way.mapped(middles))
    # A block that is partly border disagrees, and nothing is covered.
    left, top, right, bottom = np.array([block.box for block in blocks]).T
    for x, y in ((left, top), (right, top), (left, bottom), (right, bottom)):
        corners = np.stack([x, y], 1)
        if content != WHOLE:
            counts &= content.holds(corners)
        if other != WHOLE:
            counts &= other.holds(way.mapped(corners))
    agreement = np.array([block.agreement for block in blocks])[counts]
    return round(float((agreement < _AGREES).mean()), 3) if len(agreement) else 0.0


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
    if edits.fills < _WHOLE:
        yield say("the query is {share:.0%} of it", share=edits.fills)
    if edits.cropped_to < _WHOLE and not (edits.bordered == "query" and edits.fills >= _WHOLE):
        yield say("cropped to {share:.0%}", share=edits.cropped_to)
    if edits.bordered == "photo":
        yield say("with a border")
    elif edits.bordered == "query":
        yield say("without the query's border")
    if edits.covered >= _COVERED:
        yield say("{share:.0%} covered or changed", share=edits.covered)
