"""Where everything of the figure lies, in inches from the upper left corner."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["Box", "Layout", "plan"]

PAGE_WIDTH: Final = 10.0
MARGIN: Final = 0.3

QUERY_SIDE: Final = 2.4
HEADING_LINE: Final = 0.2
"""From one line of text below the query to the next."""

TILE_SMALLEST: Final = 1.07
TILE_LARGEST: Final = 1.6
"""Few photos may grow up to this, so that one match is no stamp and no poster either."""

TILE_GAP: Final = 0.12
CAPTION: Final = 0.34
"""Height of the two lines below a tile."""

ROW_GAP: Final = 0.2
"""Leaves room for the badge, which sits on top of a tile's frame."""

HEADING_TOP: Final = 0.27
GRID_TOP: Final = 0.34
LEGEND_TOP: Final = 0.2
BOTTOM: Final = 0.24


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle; ``top`` grows downwards."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The right edge."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.top + self.height

    @property
    def middle(self) -> float:
        """Half way from left to right."""
        return self.left + self.width / 2

    def grown(self, by: float) -> Box:
        """Return the box with every side moved outwards."""
        return Box(self.left - by, self.top - by, self.width + 2 * by, self.height + 2 * by)

    def fitted(self, size: tuple[int, int]) -> Box:
        """Return the largest box of the proportions of ``size`` inside this one, centred."""
        scale = min(self.width / size[0], self.height / size[1])
        width, height = size[0] * scale, size[1] * scale
        left = self.left + (self.width - width) / 2
        return Box(left, self.top + (self.height - height) / 2, width, height)


@dataclass(frozen=True, slots=True)
class Layout:
    """The places of one figure.

    Parameters
    ----------
    width, height : float
        The page.
    query : Box
        The query's square.
    lines : tuple of float
        Baselines of the lines of text below the query.
    tiles : tuple of Box
        The matches' squares, in their order.
    legend : float
        Baseline of the line that explains the captions, below the last row.
    """

    width: float
    height: float
    query: Box
    lines: tuple[float, ...]
    tiles: tuple[Box, ...]
    legend: float


def plan(count: int, columns: int, lines: int) -> Layout:
    """Lay out ``count`` tiles in rows of ``columns`` below a query with ``lines`` lines of text.

    The page keeps its width unless the columns would make the tiles too small for their captions;
    its height follows the rows.
    """
    least = 2 * MARGIN + columns * TILE_SMALLEST + (columns - 1) * TILE_GAP
    width = max(PAGE_WIDTH, least)
    query = Box((width - QUERY_SIDE) / 2, MARGIN, QUERY_SIDE, QUERY_SIDE)
    first = query.bottom + HEADING_TOP
    baselines = tuple(first + number * HEADING_LINE for number in range(lines))
    bottom = baselines[-1] if baselines else query.bottom
    tiles = _grid(count, columns, width, bottom + GRID_TOP)
    legend = bottom = tiles[-1].bottom + CAPTION + LEGEND_TOP if tiles else bottom
    return Layout(width, bottom + BOTTOM, query, baselines, tiles, legend)


def _grid(count: int, columns: int, width: float, top: float) -> tuple[Box, ...]:
    if not count:
        return ()
    # A row that is not full alone is centred below the query; under full rows it stays left.
    across = min(count, columns)
    room = width - 2 * MARGIN
    side = min((room - (across - 1) * TILE_GAP) / across, TILE_LARGEST)
    left = (width - across * side - (across - 1) * TILE_GAP) / 2
    places = (divmod(number, across) for number in range(count))
    return tuple(
        Box(
            left + column * (side + TILE_GAP),
            top + row * (side + CAPTION + ROW_GAP),
            side,
            side,
        )
        for row, column in places
    )
