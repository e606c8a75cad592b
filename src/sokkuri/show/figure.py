"""The tutorial's picture: the query on top, what was found below it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sokkuri import settings
from sokkuri.images import Rejected
from sokkuri.show import words
from sokkuri.show.layout import Box, plan
from sokkuri.show.saving import (
    DPI,
    extension_of,
    require_matplotlib,
    write_figure,
)
from sokkuri.show.text import display_name
from sokkuri.show.thumbnails import query_source, thumbnail

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from sokkuri._typing import ImageLike, PathLike
    from sokkuri.matches import Match, Outcome
    from sokkuri.show.sheet import Sheet

__all__ = ["draw_figure", "save_figure"]

INK: Final = "#202124"
SOFT_INK: Final = "#5f6368"
TILE: Final = "#eeeff1"
RED: Final = "#d3222a"

NAME_SIZE: Final = 10.0
HEADING_SIZE: Final = 8.0
CAPTION_SIZE: Final = 6.4
BADGE_SIZE: Final = 6.0

FRAME_LINE: Final = 0.03
BADGE_HEIGHT: Final = 0.14


def draw_figure(
    outcome: Outcome,
    *,
    columns: int = settings.FIGURE_COLUMNS,
    limit: int = settings.FIGURE_TILES,
) -> Figure:
    """Draw an outcome: the query and its recipe, then the matches with their distances.

    Photos that are the query itself carry a red frame and a badge.  A photo that can no longer be
    read is a grey tile that says so.  Nothing is shown on a screen and no setting of matplotlib
    is changed.

    Parameters
    ----------
    outcome : Outcome
        What a search answered.
    columns : int
        Matches in a row, at least 1.
    limit : int
        The largest number of matches drawn.

    Returns
    -------
    matplotlib.figure.Figure
        With a canvas of its own, so ``savefig`` works anywhere.

    Raises
    ------
    MissingExtra
        If matplotlib is not installed.
    ValueError
        If ``columns`` is below 1 or ``limit`` below 0.
    """
    if columns < 1 or limit < 0:
        raise ValueError(f"columns must be 1 or more and limit 0 or more, not {columns}, {limit}")
    require_matplotlib()
    from sokkuri.show.sheet import Sheet

    shown = outcome.matches[:limit]
    heading = words.heading_words(outcome, len(shown))
    layout = plan(len(shown), columns, 1 + len(heading))
    sheet = Sheet(layout.width, layout.height, DPI)
    _draw_photo(sheet, query_source(outcome), layout.query, "query", HEADING_SIZE)
    _draw_heading(sheet, outcome, layout.lines, heading)
    for rank, (match, box) in enumerate(zip(shown, layout.tiles, strict=True), start=1):
        _draw_match(sheet, outcome, rank, match, box)
    if shown:
        _draw_legend(sheet, layout.legend)
    return sheet.figure


def save_figure(
    outcome: Outcome,
    path: PathLike,
    *,
    columns: int = settings.FIGURE_COLUMNS,
    limit: int = settings.FIGURE_TILES,
    dpi: int = DPI,
) -> None:
    """Draw an outcome into a file: whole or not at all, and the same bytes for the same input.

    Parameters
    ----------
    outcome : Outcome
        What a search answered.
    path : str or os.PathLike
        Ends in .png, .pdf or .svg, which decides the format.
    columns, limit : int
        See :func:`draw_figure`.
    dpi : int
        Pixels per inch, of the photos too where the format is .pdf or .svg; the usual page is
        10 inches wide.

    Raises
    ------
    MissingExtra
        If matplotlib is not installed.
    ValueError
        If the extension is another one.
    OSError
        If the file cannot be written.
    """
    extension_of(path)
    write_figure(draw_figure(outcome, columns=columns, limit=limit), path, dpi=dpi)


def _draw_heading(
    sheet: Sheet, outcome: Outcome, baselines: tuple[float, ...], lines: list[str]
) -> None:
    width = sheet.figure.get_figwidth()
    room = width * 0.92
    name = sheet.elided(display_name(outcome.query), room, size=NAME_SIZE)
    sheet.text(
        width / 2, baselines[0], name, size=NAME_SIZE, colour=INK, align="center", gid="name"
    )
    for number, (baseline, line) in enumerate(zip(baselines[1:], lines, strict=True)):
        sheet.text(
            width / 2,
            baseline,
            sheet.elided(line, room, size=HEADING_SIZE),
            size=HEADING_SIZE,
            colour=SOFT_INK,
            align="center",
            gid=f"heading-{number}",
        )


def _draw_legend(sheet: Sheet, baseline: float) -> None:
    middle = sheet.figure.get_figwidth() / 2
    sheet.text(
        middle,
        baseline,
        words.LEGEND,
        size=CAPTION_SIZE,
        colour=SOFT_INK,
        align="center",
        gid="legend",
    )


def _draw_match(sheet: Sheet, outcome: Outcome, rank: int, match: Match, box: Box) -> None:
    _draw_photo(sheet, match.path, box, f"photo-{rank}", CAPTION_SIZE)
    if match.same is not None:
        _draw_frame(sheet, words.BADGES[match.same], box, rank)
    upper, lower = box.bottom + 0.15, box.bottom + 0.28
    number = f"{rank}"
    indent = sheet.measure(number, size=CAPTION_SIZE, bold=True) + 0.06
    name = sheet.elided(display_name(match.path), box.width - indent, size=CAPTION_SIZE)
    distance = words.distance_words(match.distance)
    similarity = words.percent(outcome, match.distance)
    for x, baseline, text, what in (
        (box.left, upper, number, "rank"),
        (box.left + indent, upper, name, "name"),
        (box.left, lower, distance, "distance"),
        (box.right, lower, similarity, "similarity"),
    ):
        sheet.text(
            x,
            baseline,
            text,
            size=CAPTION_SIZE,
            colour=SOFT_INK if what == "name" else INK,
            align="right" if what == "similarity" else "left",
            bold=what == "rank",
            gid=f"{what}-{rank}",
        )


def _draw_photo(sheet: Sheet, source: ImageLike, box: Box, gid: str, size: float) -> None:
    sheet.rectangle(box, fill=TILE, gid=f"tile-{gid}")
    # Twice the pixels of the usual page, for finer prints.
    image = thumbnail(source, round(2 * DPI * box.width))
    if not isinstance(image, Rejected):
        sheet.photo(image, box, gid=gid)
        return
    middle, leading = box.top + box.height / 2, size / 72 * 1.4
    for baseline, text in ((middle, "cannot be read"), (middle + leading, str(image.kind))):
        sheet.text(
            box.middle,
            baseline,
            sheet.elided(text, box.width, size=size),
            size=size,
            colour=SOFT_INK,
            align="center",
            gid=f"reason-{gid}",
        )


def _draw_frame(sheet: Sheet, badge: str, box: Box, rank: int) -> None:
    # The frame looks out from under the tile and the badge sits on it: neither hides the photo.
    frame = box.grown(FRAME_LINE)
    sheet.rectangle(frame, fill=RED, level=0, gid=f"frame-{rank}")
    width = sheet.measure(badge, size=BADGE_SIZE, bold=True) + 0.12
    tab = Box(frame.left, frame.top - BADGE_HEIGHT + FRAME_LINE, width, BADGE_HEIGHT)
    sheet.rectangle(tab, fill=RED, level=0, gid=f"badge-{rank}")
    sheet.text(
        tab.left + 0.06,
        tab.bottom - 0.045,
        badge,
        size=BADGE_SIZE,
        colour="white",
        bold=True,
        gid=f"badge-text-{rank}",
    )
