"""The article's picture: the query on top, the matches below it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sokkuri import settings
from sokkuri.language import say
from sokkuri.show import captions
from sokkuri.show.canvas import INK, RED, SOFT_INK, Box, Canvas, Style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from sokkuri.matches import Match, Outcome

_PAGE_WIDTH: Final = 10.0
_MARGIN: Final = 0.3

_TILE_LARGEST: Final = 1.6  # or one match would be a poster
_TILE_SMALLEST: Final = 1.07
_TILE_GAP: Final = 0.12
_CAPTION_HEIGHT: Final = 0.34  # two lines below a tile
_ROW_GAP: Final = 0.2  # room for the badge, which sits on top of a tile's frame
_QUERY_SIDE: Final = 2.4
_HEADING_LINE: Final = 0.2
_FRAME_LINE: Final = 0.03
_BADGE_HEIGHT: Final = 0.14

_HEADING: Final = Style(8.0, SOFT_INK)
_CAPTION: Final = Style(6.4)
_SOFT_CAPTION: Final = Style(6.4, SOFT_INK)
_RANK: Final = Style(6.4, INK, bold=True)
_BADGE: Final = Style(6.0, "white", bold=True)


def draw_figure(
    outcome: Outcome, *, columns: int = settings.FIGURE_COLUMNS, limit: int = settings.FIGURE_TILES
) -> Figure:
    """Draw an outcome: the query and its recipe, then the matches with their distances.

    Photos that are the query itself carry a red frame and a badge.  A photo that can no longer be
    read is a grey tile that says so.  Nothing is shown on a screen and no setting of matplotlib
    is changed.

    Parameters
    ----------
    outcome : Outcome
    columns, limit : int
        Matches in a row, at least 1; the largest number of matches drawn.

    Raises
    ------
    MissingExtra
        If matplotlib is not installed.
    ValueError
        If ``columns`` is below 1 or ``limit`` below 0.
    """
    if columns < 1 or limit < 0:
        raise ValueError(f"columns must be 1 or more and limit 0 or more, not {columns}, {limit}")
    canvas = Canvas()
    shown = outcome.matches[:limit]
    width = _page_width(columns)
    query = Box((width - _QUERY_SIDE) / 2, _MARGIN, _QUERY_SIDE, _QUERY_SIDE)
    canvas.photo(captions.query_source(outcome), query, _HEADING, gid="query")
    bottom = query.bottom + 0.27 - _HEADING_LINE
    lines = captions.heading_words(outcome, len(shown))
    for number, line in enumerate([captions.display_name(outcome.query), *lines], start=-1):
        style, gid = (Style(10.0), "name") if number < 0 else (_HEADING, f"heading-{number}")
        bottom += _HEADING_LINE
        canvas.text(width / 2, bottom, line, style, align="center", room=width * 0.92, gid=gid)
    tiles = _match_tiles(len(shown), columns, bottom + 0.34)
    for rank, (match, box) in enumerate(zip(shown, tiles, strict=True), start=1):
        _draw_match(canvas, outcome, rank, match, box)
    if tiles:
        bottom = tiles[-1].bottom + _CAPTION_HEIGHT + 0.2
        legend = say("distance: bits that differ · percent: bits that agree")
        canvas.text(width / 2, bottom, legend, _SOFT_CAPTION, align="center", gid="legend")
    return canvas.finish(width, bottom + 0.24)


def _page_width(columns: int) -> float:
    """Return the width of the page: wider only where tiles would be too small for captions."""
    least = 2 * _MARGIN + columns * _TILE_SMALLEST + (columns - 1) * _TILE_GAP
    return max(_PAGE_WIDTH, least)


def _match_tiles(count: int, columns: int, top: float) -> list[Box]:
    """Lay out square tiles in rows; a row that is not full alone is centred below the query."""
    across, width = max(1, min(count, columns)), _page_width(columns)
    side = min((width - 2 * _MARGIN - (across - 1) * _TILE_GAP) / across, _TILE_LARGEST)
    left = (width - across * side - (across - 1) * _TILE_GAP) / 2
    across_step, down_step = side + _TILE_GAP, side + _CAPTION_HEIGHT + _ROW_GAP
    places = (divmod(number, across) for number in range(count))
    return [Box(left + x * across_step, top + y * down_step, side, side) for y, x in places]


def _draw_match(canvas: Canvas, outcome: Outcome, rank: int, match: Match, box: Box) -> None:
    canvas.photo(match.path, box, _SOFT_CAPTION, gid=f"photo-{rank}")
    if match.same is not None:
        _draw_frame(canvas, captions.badge(match.same), box, rank)
    upper, lower = box.bottom + 0.15, box.bottom + 0.28
    canvas.text(box.left, upper, f"{rank}", _RANK, gid=f"rank-{rank}")
    indent = canvas.measure(f"{rank}", _RANK) + 0.06
    name, room = captions.display_name(match.path), box.width - indent
    canvas.text(box.left + indent, upper, name, _SOFT_CAPTION, room=room, gid=f"name-{rank}")
    distance = captions.distance_words(match.distance)
    canvas.text(box.left, lower, distance, _CAPTION, gid=f"distance-{rank}")
    similarity = captions.percent(outcome, match.distance)
    canvas.text(box.right, lower, similarity, _CAPTION, align="right", gid=f"similarity-{rank}")


def _draw_frame(canvas: Canvas, badge: str, box: Box, rank: int) -> None:
    # The frame looks out from under the tile and the badge sits on it: neither hides the photo.
    frame = box.grown(_FRAME_LINE)
    canvas.rectangle(frame, fill=RED, level=0, gid=f"frame-{rank}")
    width = canvas.measure(badge, _BADGE) + 0.12
    tab = Box(frame.left, frame.top - _BADGE_HEIGHT + _FRAME_LINE, width, _BADGE_HEIGHT)
    canvas.rectangle(tab, fill=RED, level=0, gid=f"badge-{rank}")
    canvas.text(tab.left + 0.06, tab.bottom - 0.045, badge, _BADGE, gid=f"badge-text-{rank}")
