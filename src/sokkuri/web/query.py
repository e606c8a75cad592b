"""A request of the page: what is searched, for which picture, and which part of it is sent."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from sokkuri import settings

if TYPE_CHECKING:
    from sokkuri.engine.options import SearchOptions

TILES: Final = settings.FIGURE_TILES
"""Tiles a page, the tutorial's figure."""


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """One search, as a link or a form asks for it.

    Parameters
    ----------
    image : str
        The id of the query.
    options : SearchOptions
    offset, limit : int
        The part of the list that is sent; all of it if None.
    """

    image: str
    options: SearchOptions
    offset: int = 0
    limit: int | None = TILES

    def of(self, image: str) -> SearchQuery:
        """Return the same search for another picture."""
        return replace(self, image=image)


@dataclass(frozen=True, slots=True)
class PairQuery:
    """Two pictures by their ids, and the options that say how they are compared."""

    a: str
    b: str
    options: SearchOptions
