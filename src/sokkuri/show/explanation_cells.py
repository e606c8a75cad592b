"""The cells of a panel in a figure: bits, edges and colours, and the differing ones in red."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from sokkuri.explanation.panels import ColoursPanel, GradientsPanel, ValuesPanel
from sokkuri.lab import hex_of_lab
from sokkuri.show.figure import INK, RED, TILE
from sokkuri.show.layout import Box

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from sokkuri.explanation import Explanation
    from sokkuri.explanation.panels import Panel
    from sokkuri.show.sheet import Sheet

__all__ = ["draw_overlay", "draw_panel"]

_WHITE: Final = np.array([255.0, 255, 255])
_RED: Final = np.array([211.0, 34, 42])
_SHADES: Final = (38, 236)
"""Gray levels of a 0 and of a 1."""

_FAINT: Final = 0.35
_REACH: Final = 0.44
_COUNT_SIZE: Final = 5.4
_MOST_COUNTED: Final = 7


def draw_panel(sheet: Sheet, panel: Panel, boxes: Sequence[Box]) -> None:
    """Draw a panel three times: of A, of B, and where they differ."""
    first, second, third = boxes
    if isinstance(panel, ValuesPanel):
        for letter, bits, box in (("a", panel.bits_a, first), ("b", panel.bits_b, second)):
            sheet.cells(_shaded(bits), box.fitted(_size(bits)), gid=f"{panel.name}-{letter}")
        _draw_red(sheet, panel, third)
    elif isinstance(panel, GradientsPanel):
        _draw_edges(sheet, panel.strengths_a, first, f"{panel.name}-a")
        _draw_edges(sheet, panel.strengths_b, second, f"{panel.name}-b")
        _draw_red(sheet, panel, third)
    else:
        _draw_colours(sheet, panel, boxes)


def draw_overlay(sheet: Sheet, found: Explanation, box: Box) -> None:
    """Lay the differing cells of all panels that are places over faint pixels of both photos."""
    thumbnails = [
        sight.pixels.astype(np.float64) for sight in (found.thumbnail_a, found.thumbnail_b)
    ]
    pixels = (thumbnails[0] + thumbnails[1]) / 2
    shares = [
        _enlarged(panel, pixels.shape[:2])
        for panel in found.panels
        if panel.place and panel.counted.any() and not isinstance(panel, ColoursPanel)
    ]
    if not shares:
        return
    share = np.mean(shares, axis=0)[..., None]
    faint = _WHITE + (pixels - _WHITE) * _FAINT
    mixed = faint * (1 - share) + _RED * share
    sheet.cells(np.rint(mixed).astype(np.uint8), box, gid="overlay")


def _shaded(bits: NDArray[np.bool_]) -> NDArray[np.uint8]:
    gray = np.where(bits, *map(np.uint8, _SHADES[::-1])).astype(np.uint8)
    return np.repeat(gray[..., None], 3, axis=2)


def _shares(panel: Panel) -> NDArray[np.float64]:
    return np.asarray(panel.differing / np.maximum(panel.counted, 1), np.float64)


def _enlarged(panel: Panel, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Return the share of the cell that the middle of each pixel lies in, 0 beside all cells."""
    left, top, right, bottom = panel.within
    padded = np.pad(_shares(panel), 1)
    rows, columns = (
        _cells_along(pixels, cells, *ends)
        for pixels, cells, ends in zip(
            shape, panel.differing.shape, ((top, bottom), (left, right)), strict=True
        )
    )
    return np.asarray(padded[rows[:, None], columns[None, :]], np.float64)


def _cells_along(pixels: int, cells: int, first: float, last: float) -> NDArray[np.int64]:
    """Return which cell each pixel lies in, counted from 1; 0 and ``cells + 1`` are beside them."""
    middles = (np.arange(pixels) + 0.5) / pixels
    place = np.floor((middles - first) / (last - first) * cells).astype(np.int64)
    return place.clip(-1, cells) + 1


def _size(cells: NDArray[np.bool_] | NDArray[np.int64]) -> tuple[int, int]:
    rows, columns = cells.shape
    return columns, rows


def _draw_red(sheet: Sheet, panel: ValuesPanel | GradientsPanel, box: Box) -> None:
    """Draw every cell as red as the share of its bits that differ, on a faint map of A."""
    share = _shares(panel)[..., None]
    ground = np.full((*panel.differing.shape, 3), 250.0)
    if isinstance(panel, ValuesPanel):
        ground = _WHITE + (_shaded(panel.bits_a).astype(np.float64) - _WHITE) * 0.12
    mixed = np.rint(ground * (1 - share) + _RED * share).astype(np.uint8)
    place = box.fitted(_size(panel.differing))
    sheet.cells(mixed, place, gid=f"{panel.name}-differing")
    sheet.outline(place, colour=TILE, line=0.6, gid=f"{panel.name}-edge")
    if max(panel.differing.shape) <= _MOST_COUNTED and isinstance(panel, GradientsPanel):
        for row, column, cell in _cells(place, panel.differing.shape):
            _draw_count(sheet, int(panel.differing[row, column]), cell, panel.name)


def _cells(box: Box, shape: tuple[int, ...]) -> Iterator[tuple[int, int, Box]]:
    rows, columns = shape
    width, height = box.width / columns, box.height / rows
    for row in range(rows):
        for column in range(columns):
            place = Box(box.left + column * width, box.top + row * height, width, height)
            yield row, column, place


def _draw_count(sheet: Sheet, count: int, cell: Box, name: str) -> None:
    if count:
        sheet.text(
            cell.middle,
            cell.top + cell.height / 2 + 0.025,
            str(count),
            size=_COUNT_SIZE,
            colour=INK,
            align="center",
            gid=f"{name}-count",
        )


def _draw_edges(sheet: Sheet, strengths: NDArray[np.uint8], box: Box, gid: str) -> None:
    """Draw a star in each window: edges run across the direction in which the light changes."""
    sheet.rectangle(box, fill=TILE, gid=f"ground-{gid}")
    lines, widths = [], []
    directions = strengths.shape[2]
    for row, column, cell in _cells(box, strengths.shape[:2]):
        middle = (cell.middle, cell.top + cell.height / 2)
        for direction, strength in enumerate(strengths[row, column].tolist()):
            if not strength:
                continue
            angle = math.pi * (direction / directions + 1 / 2)
            reach = _REACH * cell.width * strength / 3
            across, down = reach * math.cos(angle), reach * math.sin(angle)
            lines.append(
                ((middle[0] - across, middle[1] - down), (middle[0] + across, middle[1] + down))
            )
            widths.append(0.3 + 0.2 * strength)
    sheet.strokes(lines, widths=widths, colour=INK, gid=gid)


def _draw_colours(sheet: Sheet, panel: ColoursPanel, boxes: Sequence[Box]) -> None:
    """Draw swatches of A and of B, and both halves of each where they differ, framed in red."""
    shape = panel.differing.shape
    swatches = (hex_of_lab(panel.lab_a), hex_of_lab(panel.lab_b))
    for letter, colours, box in zip("ab", swatches, boxes[:2], strict=True):
        for row, column, cell in _cells(_smaller(box, shape), shape):
            colour = colours[row * shape[1] + column]
            sheet.rectangle(cell, fill=colour, gid=f"{panel.name}-{letter}-{row}-{column}")
    for row, column, cell in _cells(_smaller(boxes[2], shape), shape):
        inner = cell.grown(-0.035)
        for side, colours in enumerate(swatches):
            half = Box(
                inner.left + side * inner.width / 2, inner.top, inner.width / 2, inner.height
            )
            colour = colours[row * shape[1] + column]
            sheet.rectangle(half, fill=colour, gid=f"{panel.name}-half-{side}-{row}-{column}")
        count = int(panel.differing[row, column])
        if count:
            name = f"{panel.name}-differing"
            sheet.outline(inner, colour=RED, line=1.4, gid=f"{name}-{row}-{column}")
            _draw_tag(sheet, count, inner, name)


def _draw_tag(sheet: Sheet, count: int, cell: Box, name: str) -> None:
    """Write a count on a red ground in the lower right corner of a cell."""
    width = sheet.measure(str(count), size=_COUNT_SIZE) + 0.06
    tag = Box(cell.right - width, cell.bottom - 0.11, width, 0.11)
    sheet.rectangle(tag, fill=RED, level=3.5, gid=f"{name}-tag")
    sheet.text(
        tag.left + 0.03,
        tag.bottom - 0.03,
        str(count),
        size=_COUNT_SIZE,
        colour="white",
        gid=f"{name}-count",
    )


def _smaller(box: Box, shape: tuple[int, ...]) -> Box:
    """One colour needs no whole box: it stands for the middle half of the view."""
    return box.grown(-box.width / 4) if shape == (1, 1) else box
