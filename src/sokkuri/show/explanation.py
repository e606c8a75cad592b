"""The figure of an explanation: both photos, their bits, and in red where they differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sokkuri.explanation.panels import ValuesPanel
from sokkuri.images import Rejected
from sokkuri.show.explanation_cells import draw_overlay, draw_panel
from sokkuri.show.figure import CAPTION_SIZE, HEADING_SIZE, INK, NAME_SIZE, RED, SOFT_INK, TILE
from sokkuri.show.layout import MARGIN, Box
from sokkuri.show.saving import DPI, extension_of, require_matplotlib, write_figure
from sokkuri.show.text import display_name
from sokkuri.show.thumbnails import thumbnail

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from sokkuri._typing import ImageLike, PathLike
    from sokkuri.explanation import Explanation
    from sokkuri.explanation.panels import Panel, Thumbnail
    from sokkuri.show.sheet import Sheet

__all__ = ["draw_explanation", "save_explanation"]

_LEAST_WIDTH: Final = 9.0
_SIDES: Final = (1.5, 2.6)
_GAP: Final = 0.14
_LABEL: Final = 0.24
_LINE: Final = 0.2
_HEAD: Final = 0.34
_LINE_POINTS: Final = 1.2
_BOX_COLOUR: Final = "#1a73e8"

Photos = tuple["ImageLike", "ImageLike"]


@dataclass(frozen=True, slots=True)
class _Page:
    """Where everything lies, in inches: three rows of a photo, its pixels and the panels."""

    width: float
    height: float
    lines: tuple[float, ...]
    heads: float
    columns: tuple[float, ...]
    rows: tuple[float, float, float]
    side: float

    def box(self, row: int, column: int) -> Box:
        return Box(self.columns[column], self.rows[row], self.side, self.side)


def draw_explanation(found: Explanation, *, photos: Photos | None = None) -> Figure:
    """Draw an explanation: the sentence, A above B, and below them where they differ.

    Parameters
    ----------
    found : Explanation
    photos : pair of ImageLike, optional
        Where the photos are read for showing; by their names if not given.  One that cannot be
        read any more is a gray tile.

    Returns
    -------
    matplotlib.figure.Figure
        With a canvas of its own, so ``savefig`` works anywhere.

    Raises
    ------
    MissingExtra
        If matplotlib is not installed.
    """
    require_matplotlib()
    from sokkuri.show.sheet import Sheet

    panels = [panel for panel in found.panels if panel.counted.any()]
    columns = 2 + len(panels)
    side = min(max((10.0 - 2 * MARGIN - _LABEL) / columns - _GAP, _SIDES[0]), _SIDES[1])
    width = max(_LEAST_WIDTH, 2 * MARGIN + _LABEL + columns * (side + _GAP) - _GAP)
    # The sentence is measured before the page is made: a sheet cannot grow.
    words = _heading(found, Sheet(width, 1.0, DPI), width - 2 * MARGIN)
    page = _plan(len(words), columns, side, width)
    sheet = Sheet(page.width, page.height, DPI)
    for number, ((text, size, colour), baseline) in enumerate(zip(words, page.lines, strict=True)):
        sheet.text(MARGIN, baseline, text, size=size, colour=colour, gid=f"heading-{number}")
    _draw_labels(sheet, page)
    sources = photos or (found.a, found.b)
    thumbnails = (found.thumbnail_a, found.thumbnail_b)
    for row, (source, sight) in enumerate(zip(sources, thumbnails, strict=True)):
        _draw_photo(sheet, source, sight, page.box(row, 0), "ab"[row])
        sheet.cells(sight.pixels, page.box(row, 1), gid=f"pixels-{'ab'[row]}")
    _draw_heads(sheet, page, ["photo", _pixels_word(found)])
    _draw_parts(sheet, found, page.box(2, 0))
    draw_overlay(sheet, found, page.box(2, 1))
    for column, panel in enumerate(panels, start=2):
        _draw_column(sheet, page, panel, column)
    return sheet.figure


def save_explanation(
    found: Explanation, path: PathLike, *, photos: Photos | None = None, dpi: int = DPI
) -> None:
    """Draw an explanation into a file: whole or not at all, and the same bytes for the same input.

    Parameters
    ----------
    found : Explanation
    path : str or os.PathLike
        Ends in .png, .pdf or .svg, which decides the format.
    photos : pair of ImageLike, optional
        See :func:`draw_explanation`.
    dpi : int
        Pixels per inch.

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
    write_figure(draw_explanation(found, photos=photos), path, dpi=dpi)


def _plan(lines: int, columns: int, side: float, width: float) -> _Page:
    baselines = tuple(MARGIN + 0.12 + number * _LINE for number in range(lines))
    top = baselines[-1] + _HEAD + 0.06
    # Fewer columns than the page is wide for stand in its middle.
    taken = _LABEL + columns * (side + _GAP) - _GAP
    left = (width - taken) / 2 + _LABEL
    rows = (top, top + side + _GAP, top + 2 * (side + _GAP))
    places = tuple(left + column * (side + _GAP) for column in range(columns))
    return _Page(width, rows[2] + side + MARGIN, baselines, top - 0.08, places, rows, side)


def _heading(found: Explanation, sheet: Sheet, room: float) -> list[tuple[str, float, str]]:
    spec = found.spec
    lines = [(line, NAME_SIZE, INK) for line in _wrapped(sheet, found.sentence.en, room)]
    for warning in found.warnings:
        lines += [(line, HEADING_SIZE, RED) for line in _wrapped(sheet, warning.en, room)]
    names = [display_name(name) for name in (found.a, found.b)]
    halves = [sheet.elided(name, room * 0.36, size=HEADING_SIZE) for name in names]
    facts = f"A  {halves[0]}   ·   B  {halves[1]}   ·   {spec.name}"
    return [*lines, (facts, HEADING_SIZE, SOFT_INK)]


def _wrapped(sheet: Sheet, text: str, room: float) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and sheet.measure(longer, size=NAME_SIZE) > room:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _draw_labels(sheet: Sheet, page: _Page) -> None:
    left = page.columns[0] - _LABEL
    for row, (word, colour) in enumerate((("A", INK), ("B", INK), ("≠", RED))):
        baseline = page.rows[row] + page.side / 2 + 0.05
        sheet.text(left, baseline, word, size=NAME_SIZE, colour=colour, bold=True, gid=f"row-{row}")


def _draw_heads(sheet: Sheet, page: _Page, words: list[str]) -> None:
    for column, word in enumerate(words):
        sheet.text(
            page.columns[column],
            page.heads,
            word,
            size=CAPTION_SIZE,
            colour=SOFT_INK,
            gid=f"head-{column}",
        )


def _pixels_word(found: Explanation) -> str:
    """Say what the small pixels are: some hashes look at something else."""
    if found.boxed:
        return "as the hash sees it"
    panel = found.panels[0]
    valued = isinstance(panel, ValuesPanel) and panel.reference_name
    return "at hash size" if valued else "made small"


def _draw_column(sheet: Sheet, page: _Page, panel: Panel, column: int) -> None:
    differ, counted = int(panel.differing.sum()), int(panel.counted.sum())
    left, name = page.columns[column], panel.name
    sheet.text(
        left, page.heads, name, size=CAPTION_SIZE, colour=INK, bold=True, gid=f"head-{column}"
    )
    sheet.text(
        left + page.side,
        page.heads,
        f"{differ:,} of {counted:,} bits",
        size=CAPTION_SIZE,
        colour=SOFT_INK,
        align="right",
        gid=f"count-{column}",
    )
    draw_panel(sheet, panel, [page.box(row, column) for row in range(3)])


def _draw_photo(sheet: Sheet, source: ImageLike, sight: Thumbnail, box: Box, letter: str) -> None:
    sheet.rectangle(box, fill=TILE, gid=f"tile-{letter}")
    image = thumbnail(source, round(2 * DPI * box.width))
    if isinstance(image, Rejected):
        sheet.text(
            box.middle,
            box.top + box.height / 2,
            "cannot be read",
            size=CAPTION_SIZE,
            colour=SOFT_INK,
            align="center",
            gid=f"reason-{letter}",
        )
        return
    sheet.photo(image, box, gid=f"photo-{letter}")
    if sight.frame != (0, 0, 1, 1):
        seen = _seen(box.fitted(image.size), sight.frame)
        sheet.outline(seen, colour=_BOX_COLOUR, line=_LINE_POINTS, gid=f"frame-{letter}")


def _seen(place: Box, frame: tuple[float, float, float, float]) -> Box:
    """Return what the hash looks at, as far as it lies in the photo."""
    left, top, right, bottom = (min(max(side, 0.0), 1.0) for side in frame)
    return Box(
        place.left + left * place.width,
        place.top + top * place.height,
        (right - left) * place.width,
        (bottom - top) * place.height,
    )


def _draw_parts(sheet: Sheet, found: Explanation, box: Box) -> None:
    """Write the distance by parts, and by areas of the picture."""
    lines = [
        (part.name, f"{part.distance:,} of {part.bits:,}")
        for part in found.parts
        if part.bits and len(found.parts) > 1
    ]
    lines.append(("distance", f"{found.distance:,} of {found.spec.bits:,}"))
    lines.append(("alike", f"{100 * found.similarity:.1f} %"))
    for number, (word, value) in enumerate(lines):
        baseline = box.top + 0.14 + number * 0.17
        sheet.text(
            box.left, baseline, word, size=HEADING_SIZE, colour=SOFT_INK, gid=f"part-{number}"
        )
        sheet.text(
            box.right,
            baseline,
            value,
            size=HEADING_SIZE,
            colour=INK,
            align="right",
            gid=f"share-{number}",
        )
    if found.areas is not None:
        _draw_areas(sheet, found, box, box.top + 0.14 + (len(lines) + 0.6) * 0.17)


def _draw_areas(sheet: Sheet, found: Explanation, box: Box, baseline: float) -> None:
    assert found.areas is not None  # noqa: S101 - asked for only then
    word = "by area of the box" if found.boxed else "by area"
    sheet.text(box.left, baseline, word, size=HEADING_SIZE, colour=SOFT_INK, gid="areas")
    for row, counts in enumerate(found.areas.differing.tolist()):
        for column, count in enumerate(counts):
            sheet.text(
                box.left + (column + 1) * box.width / 3,
                baseline + (row + 1) * 0.17,
                f"{count:,}",
                size=HEADING_SIZE,
                colour=INK,
                align="right",
                gid=f"area-{row}-{column}",
            )
