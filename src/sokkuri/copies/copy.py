"""A copy that was found, as a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sokkuri.brief import brief_repr

if TYPE_CHECKING:
    from sokkuri.copies.alignment import Outline
    from sokkuri.copies.edits import Edits
    from sokkuri.matches import Same


@dataclass(frozen=True, slots=True)
class Copy:
    """A photo that is the query, edited.

    Parameters
    ----------
    path : str
        Its path, as ``os.fsdecode`` gives it.
    score : float
        How well both agree: the agreement of their pixels, 0 to 1, and 0.3 for each doubling of
        the points that match; from 1.15 on a photo is a copy, by 300 points from 1.1 on.
    sure : bool
        Whether the score is 1.3 or more; the false finds known from there on show one scene.
    edits : Edits
        What was done, in numbers; ``copy.edits.text`` says it.
    outline : Outline
        The corners of each picture in the other.
    points : int
        Number of points that match.
    same : {"bytes", "link", "pixels"}, optional
        Whether it is the query itself: nothing was done then.
    """

    path: str
    score: float
    sure: bool
    edits: Edits
    outline: Outline
    points: int
    same: Same | None = None

    __repr__ = brief_repr
