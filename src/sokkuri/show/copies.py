"""The picture of copies: the query on top, below it each copy with the query's outline in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sokkuri import settings
from sokkuri.language import say, say_count
from sokkuri.show import captions
from sokkuri.show.canvas import INK, SOFT_INK, Box, Canvas, Style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from sokkuri.copies.copy import Copy
    from sokkuri.copies.outcome import CopyOutcome

COLUMNS: Final = 4

_MARGIN: Final = 0.3
_SIDE: Final = 2.2
_GAP: Final = 0.2
_LINE: Final = 0.15
_WORDS: Final = 5  # lines at most below a tile, besides its name
_OUTLINE: Final = ("#1a6fe0", 1.8)

_HEADING: Final = Style(8.0, SOFT_INK)
_CAPTION: Final = Style(7.0)
_SOFT_CAPTION: Final = Style(7.0, SOFT_INK)
_RANK: Final = Style(7.0, INK, bold=True)


def draw_copies(
    outcome: CopyOutcome, *, columns: int = COLUMNS, limit: int = settings.FIGURE_TILES
) -> Figure:
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
    width = 2 * _MARGIN + columns * _SIDE + (columns - 1) * _GAP
    bottom = _draw_query(canvas, outcome, width) + 0.3
    for start in range(0, len(shown), columns):
        row = shown[start : start + columns]
        left = (width - len(row) * _SIDE - (len(row) - 1) * _GAP) / 2 if not start else _MARGIN
        boxes = [Box(left + at * (_SIDE + _GAP), bottom, _SIDE, _SIDE) for at in range(len(row))]
        bottom = max(
            _draw_copy(canvas, start + at + 1, copy, box)
            for at, (copy, box) in enumerate(zip(row, boxes, strict=True))
        )
        bottom += 0.25
    if shown:
        legend = say("blue: where the query lies · sure from a score of 1.3 on")
        canvas.text(width / 2, bottom, legend, _SOFT_CAPTION, align="center", gid="legend")
    return canvas.finish(width, bottom + 0.24)


def _draw_query(canvas: Canvas, outcome: CopyOutcome, width: float) -> float:
    """Draw the query and the heading; return how far down they reach."""
    query = Box((width - _SIDE) / 2, _MARGIN, _SIDE, _SIDE)
    canvas.photo(captions.query_source(outcome), query, _HEADING, gid="query")
    name, bottom = captions.display_name(outcome.query), query.bottom + 0.27
    canvas.text(width / 2, bottom, name, Style(10.0), align="center", room=width * 0.92, gid="name")
    line = say(
        "{found} among {number:,} photos",
        found=say_count("{count:,} copy", "{count:,} copies", len(outcome.copies)),
        number=outcome.searched,
    )
    canvas.text(width / 2, bottom + 0.2, line, _HEADING, align="center", gid="heading")
    return bottom + 0.2


def _draw_copy(canvas: Canvas, rank: int, copy: Copy, box: Box) -> float:
    """Draw a copy with its captions; return how far down they reach."""
    place = canvas.photo(copy.path, box, _SOFT_CAPTION, gid=f"photo-{rank}")
    if place is not None:
        corners = [
            (place.left + x * place.width, place.top + y * place.height)
            for x, y in copy.outline.query
        ]
        canvas.polygon(corners, place, edge=_OUTLINE, gid=f"outline-{rank}")
    bottom = box.bottom + 0.17
    canvas.text(box.left, bottom, f"{rank}", _RANK, gid=f"rank-{rank}")
    indent = canvas.measure(f"{rank}", _RANK) + 0.06
    score = f"{copy.score:.2f}"
    room = box.width - indent - canvas.measure(score, _CAPTION) - 0.06
    name = captions.display_name(copy.path)
    canvas.text(box.left + indent, bottom, name, _SOFT_CAPTION, room=room, gid=f"name-{rank}")
    canvas.text(box.right, bottom, score, _CAPTION, align="right", gid=f"score-{rank}")
    for number, words in enumerate(captions.edit_lines(copy)[:_WORDS]):
        bottom += _LINE
        gid = f"edits-{rank}-{number}"
        canvas.text(box.left, bottom, words, _CAPTION, room=box.width, gid=gid)
    return bottom
