"""The picture of copies: the query on top, below it each copy with the query's outline in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sokkuri import settings
from sokkuri.language import say, say_count
from sokkuri.show import captions
from sokkuri.show.canvas import INK, SOFT_INK, Box, Canvas, Style
from sokkuri.show.figure import match_tiles, page_width

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from sokkuri.copies.copy import Copy
    from sokkuri.copies.outcome import CopyOutcome

_MARGIN: Final = 0.3
_QUERY_SIDE: Final = 2.4
_HEADING_LINE: Final = 0.2
_CAPTION_HEIGHT: Final = 0.34
_OUTLINE: Final = ("#1a6fe0", 1.6)

_HEADING: Final = Style(8.0, SOFT_INK)
_CAPTION: Final = Style(6.4)
_SOFT_CAPTION: Final = Style(6.4, SOFT_INK)
_RANK: Final = Style(6.4, INK, bold=True)


def draw_copies(
    outcome: CopyOutcome, *, columns: int = settings.FIGURE_COLUMNS,
    limit: int = settings.FIGURE_TILES,
) -> Figure:  # fmt: skip
    """Draw an answer: the query, then its copies with their scores and edits.

    A photo that can no longer be read is a grey tile that says so.  Nothing is shown on a screen
    and no setting of matplotlib is changed.

    Parameters
    ----------
    outcome : CopyOutcome
    columns, limit : int
        Copies in a row, at least 1; the largest number of copies drawn.

    Raises
    ------
    MissingExtra
        If matplotlib is not installed.
    ValueError
        If ``columns`` is below 1 or ``limit`` below 0.
    """
    if columns < 1 or limit < 0:
        raise ValueError(f"columns must be 1 or more and limit 0 or more, not {columns}, {limit}")
    canvas, shown = Canvas(), outcome.copies[:limit]
    width = page_width(columns)
    query = Box((width - _QUERY_SIDE) / 2, _MARGIN, _QUERY_SIDE, _QUERY_SIDE)
    canvas.photo(captions.query_source(outcome), query, _HEADING, gid="query")
    bottom = query.bottom + 0.27
    name = captions.display_name(outcome.query)
    canvas.text(width / 2, bottom, name, Style(10.0), align="center", room=width * 0.92, gid="name")
    bottom += _HEADING_LINE
    line = say(
        "{found} among {number:,} photos",
        found=say_count("{count:,} copy", "{count:,} copies", len(outcome.copies)),
        number=outcome.searched,
    )
    canvas.text(width / 2, bottom, line, _HEADING, align="center", gid="heading")
    tiles = match_tiles(len(shown), columns, bottom + 0.34)
    for rank, (copy, box) in enumerate(zip(shown, tiles, strict=True), start=1):
        _draw_copy(canvas, rank, copy, box)
    if tiles:
        bottom = tiles[-1].bottom + _CAPTION_HEIGHT + 0.2
        legend = say("blue: where the query lies · a copy from a score of 1.15 on, sure from 1.3")
        canvas.text(width / 2, bottom, legend, _SOFT_CAPTION, align="center", gid="legend")
    return canvas.finish(width, bottom + 0.24)


def _draw_copy(canvas: Canvas, rank: int, copy: Copy, box: Box) -> None:
    place = canvas.photo(copy.path, box, _SOFT_CAPTION, gid=f"photo-{rank}")
    if place is not None:
        corners = [
            (place.left + x * place.width, place.top + y * place.height)
            for x, y in copy.outline.query
        ]
        canvas.polygon(corners, place, edge=_OUTLINE, gid=f"outline-{rank}")
    upper, lower = box.bottom + 0.15, box.bottom + 0.28
    canvas.text(box.left, upper, f"{rank}", _RANK, gid=f"rank-{rank}")
    indent = canvas.measure(f"{rank}", _RANK) + 0.06
    score = f"{copy.score:.2f}"
    room = box.width - indent - canvas.measure(score, _CAPTION) - 0.06
    name = captions.display_name(copy.path)
    canvas.text(box.left + indent, upper, name, _SOFT_CAPTION, room=room, gid=f"name-{rank}")
    canvas.text(box.right, upper, score, _CAPTION, align="right", gid=f"score-{rank}")
    canvas.text(
        box.left, lower, captions.edit_words(copy), _CAPTION, room=box.width, gid=f"edits-{rank}"
    )
