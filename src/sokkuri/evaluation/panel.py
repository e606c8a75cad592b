"""A table whose cells are shaded by their value: one column a hash, one row a measure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sokkuri.show.layout import Box

if TYPE_CHECKING:
    from sokkuri.show.sheet import Sheet

__all__ = ["HEADING", "INK", "SOFT_INK", "Cells", "draw_cells", "panel_width", "share_words"]

INK: Final = "#202124"
SOFT_INK: Final = "#5f6368"

HEADING: Final = 0.62
"""From the title of a panel down to its first row."""

_ROW: Final = 0.245
_GROUP_GAP: Final = 0.14
_COLUMN: Final = 0.8
_CELL_GAP: Final = 0.025
_LABEL_GAP: Final = 0.12
_WIDEST_LABEL: Final = 1.9

_TITLE_SIZE: Final = 9.5
_TEXT_SIZE: Final = 7.4
_NOTE_SIZE: Final = 6.6

# From nearly white to a deep blue; single-hued, so it also reads in grey and to every eye.
_PALE: Final = (240, 243, 247)
_DEEP: Final = (21, 67, 122)
_WHITE_TEXT_FROM: Final = 0.5

Line = tuple[str, list[float]]


@dataclass(frozen=True, slots=True)
class Cells:
    """What a panel shows.

    Parameters
    ----------
    title, note : str
        Above the table.
    columns : tuple of str
        Heads of the columns.
    groups : tuple of tuple of (label, shares)
        Rows, with a little space between the groups.
    """

    title: str
    note: str
    columns: tuple[str, ...]
    groups: tuple[tuple[Line, ...], ...]

    @property
    def height(self) -> float:
        """Height of the panel in inches, its heading included."""
        rows = sum(map(len, self.groups))
        return HEADING + rows * _ROW + (len(self.groups) - 1) * _GROUP_GAP


def panel_width(sheet: Sheet, cells: Cells) -> float:
    """Return how wide a panel will be, in inches."""
    return _label_width(sheet, cells) + len(cells.columns) * _column_width(sheet, cells)


def draw_cells(sheet: Sheet, cells: Cells, left: float, top: float) -> None:
    """Draw a panel with its upper left corner at a place."""
    labels, column = _label_width(sheet, cells), _column_width(sheet, cells)
    gid = cells.title
    sheet.text(left, top + 0.1, cells.title, size=_TITLE_SIZE, colour=INK, bold=True, gid=gid)
    room = labels + column * len(cells.columns)
    note = sheet.elided(cells.note, room, size=_NOTE_SIZE)
    sheet.text(left, top + 0.27, note, size=_NOTE_SIZE, colour=SOFT_INK, gid=f"{gid}-note")
    for number, name in enumerate(cells.columns):
        sheet.text(
            left + labels + (number + 0.5) * column,
            top + HEADING - 0.08,
            name,
            size=_TEXT_SIZE,
            colour=INK,
            align="center",
            gid=f"{gid}-column-{number}",
        )
    upper = top + HEADING
    for group in cells.groups:
        for label, shares in group:
            shown = sheet.elided(label, labels - _LABEL_GAP, size=_TEXT_SIZE)
            sheet.text(
                left, upper + 0.165, shown, size=_TEXT_SIZE, colour=INK, gid=f"{gid}-row-{label}"
            )
            for number, share in enumerate(shares):
                box = Box(left + labels + number * column, upper, column, _ROW)
                _draw_cell(sheet, share, box, f"{gid}-{label}-{number}")
            upper += _ROW
        upper += _GROUP_GAP


def share_words(share: float) -> str:
    """Return a share in percent with one decimal; only the whole is called ``100``."""
    if share == 1:
        return "100"
    # Rounding must not make all out of nearly all, nor nothing out of a little.
    percent = min(round(100 * share, 1), 99.9)
    return "0" if share == 0 else f"{max(percent, 0.1):.1f}"


def _draw_cell(sheet: Sheet, share: float, box: Box, gid: str) -> None:
    inner = Box(
        box.left + _CELL_GAP / 2,
        box.top + _CELL_GAP / 2,
        box.width - _CELL_GAP,
        box.height - _CELL_GAP,
    )
    sheet.rectangle(inner, fill=_shade(share), gid=f"{gid}-cell")
    sheet.text(
        inner.middle,
        box.top + 0.165,
        share_words(share),
        size=_TEXT_SIZE,
        colour="white" if share >= _WHITE_TEXT_FROM else INK,
        align="center",
        gid=f"{gid}-value",
    )


def _shade(share: float) -> str:
    channels = (
        round(pale + (deep - pale) * share) for pale, deep in zip(_PALE, _DEEP, strict=True)
    )
    return "#{:02x}{:02x}{:02x}".format(*channels)


def _label_width(sheet: Sheet, cells: Cells) -> float:
    labels = (label for group in cells.groups for label, _ in group)
    widest = max(sheet.measure(label, size=_TEXT_SIZE) for label in labels)
    # A little more than measured, which is what eliding asks for.
    return min(widest * 1.04, _WIDEST_LABEL) + _LABEL_GAP


def _column_width(sheet: Sheet, cells: Cells) -> float:
    widest = max(sheet.measure(name, size=_TEXT_SIZE) for name in cells.columns)
    narrowest = sheet.measure(cells.title, size=_TITLE_SIZE, bold=True)
    fitting = (narrowest - _label_width(sheet, cells)) / len(cells.columns)
    return max(_COLUMN, widest + 0.16, fitting)
