"""The figure of an explanation: both photos, their bits, and in red where they differ."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from sokkuri.explanation import ColoursPanel, GradientsPanel, ValuesPanel, name_of
from sokkuri.lab import hex_of_lab
from sokkuri.language import say
from sokkuri.show.canvas import INK, RED, SOFT_INK, TILE, Box, Canvas, Style
from sokkuri.show.captions import display_name
from sokkuri.show.lines import broken

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from sokkuri._typing import ImageLike
    from sokkuri.explanation import Explanation, Panel
    from sokkuri.hashes import Reading

_MARGIN: Final = 0.3
_GAP: Final = 0.14
_LABEL: Final = 0.24
_LINE: Final = 0.2
_AREA_LINE: Final = 0.17

_HEADLINE: Final = Style(13.0, INK, bold=True)
_SENTENCE: Final = Style(10.0)
_FACT: Final = Style(8.0, SOFT_INK)
_NUMBER: Final = Style(8.0)
_HEAD: Final = Style(6.4, SOFT_INK)
_PANEL: Final = Style(6.4, INK, bold=True)
_COUNT: Final = Style(5.4)

_WHITE: Final = np.array([255.0, 255, 255])
_RED: Final = np.array([211.0, 34, 42])


def draw_explanation(
    found: Explanation, *, photos: tuple[ImageLike, ImageLike] | None = None
) -> Figure:
    """Draw an explanation: headline and sentence, A above B, and below them where they differ.

    Parameters
    ----------
    found : Explanation
    photos : pair of ImageLike, optional
        Where the photos are read for showing; by their names if not given.  One that cannot be
        read any more is a gray tile.

    Raises
    ------
    MissingExtra
        If matplotlib is not installed.
    """
    canvas = Canvas()
    panels = [panel for panel in found.panels if panel.bits]
    columns = 2 + len(panels)
    side = min(max((10.0 - 2 * _MARGIN - _LABEL) / columns - _GAP, 1.5), 2.6)
    taken = _LABEL + columns * (side + _GAP) - _GAP
    width = max(9.0, 2 * _MARGIN + taken)
    top = _draw_heading(canvas, found, width - 2 * _MARGIN) + 0.4
    # Fewer columns than the page is wide for stand in its middle.
    left = (width - taken) / 2 + _LABEL

    def box(row: int, column: int) -> Box:
        return Box(left + column * (side + _GAP), top + row * (side + _GAP), side, side)

    for row, (sign, colour) in enumerate((("A", INK), ("B", INK), ("≠", RED))):
        baseline, style = box(row, 0).top + side / 2 + 0.05, Style(10.0, colour, bold=True)
        canvas.text(left - _LABEL, baseline, sign, style, gid=f"row-{row}")
    for column, word in enumerate((say("photo"), _pixels_word(found))):
        canvas.text(box(0, column).left, top - 0.08, word, _HEAD, gid=f"head-{column}")
    thumbnails = (found.thumbnail_a, found.thumbnail_b)
    sources = photos or (found.a, found.b)
    for row, (letter, source, small) in enumerate(zip("ab", sources, thumbnails, strict=True)):
        _draw_photo(canvas, source, small, box(row, 0), letter)
        canvas.image(small.pixels, box(row, 1), gid=f"pixels-{letter}")
    _draw_parts(canvas, found, box(2, 0))
    _draw_overlay(canvas, found, box(2, 1))
    for column, panel in enumerate(panels, start=2):
        boxes = [box(row, column) for row in range(3)]
        count = say("{distance:,} of {bits:,} bits", distance=panel.distance, bits=panel.bits)
        canvas.text(boxes[0].left, top - 0.08, name_of(panel), _PANEL, gid=f"head-{column}")
        canvas.text(boxes[0].right, top - 0.08, count, _HEAD, align="right", gid=f"count-{column}")
        _draw_panel(canvas, panel, boxes)
    return canvas.finish(width, box(2, 0).bottom + _MARGIN)


def _draw_heading(canvas: Canvas, found: Explanation, room: float) -> float:
    """Write headline, sentence, warnings and names; return the last baseline."""
    baseline = _MARGIN + 0.16
    canvas.text(_MARGIN, baseline, found.headline.said(), _HEADLINE, gid="headline")
    baseline += 0.06
    lines = [(line, _SENTENCE) for line in _wrapped(canvas, found.sentence.said(), room)]
    warned = Style(8.0, RED)
    for warning in found.warnings:
        lines += [(line, warned) for line in _wrapped(canvas, warning.said(), room)]
    a, b = (canvas.elided(display_name(name), room * 0.36, _FACT) for name in (found.a, found.b))
    lines.append((f"A  {a}   ·   B  {b}   ·   {found.spec.name}", _FACT))
    for number, (line, style) in enumerate(lines):
        baseline += _LINE
        canvas.text(_MARGIN, baseline, line, style, gid=f"heading-{number}")
    return baseline


def _wrapped(canvas: Canvas, text: str, room: float) -> Iterator[str]:
    return broken(text, lambda line: canvas.measure(line, _SENTENCE) <= room)


def _pixels_word(found: Explanation) -> str:
    """Name the small pixels: some hashes look at something else."""
    if found.boxed:
        return say("as the hash sees it")
    panel = found.panels[0]
    valued = isinstance(panel, ValuesPanel) and panel.reference_name
    return say("at hash size") if valued else say("made small")


def _draw_photo(canvas: Canvas, source: ImageLike, small: Reading, box: Box, letter: str) -> None:
    place = canvas.photo(source, box, _HEAD, gid=f"photo-{letter}")
    if place is not None and small.frame != (0, 0, 1, 1):
        # The hash may look beyond the photo.
        left, top, right, bottom = (min(max(edge, 0.0), 1.0) for edge in small.frame)
        corner = place.left + left * place.width, place.top + top * place.height
        seen = Box(*corner, (right - left) * place.width, (bottom - top) * place.height)
        canvas.rectangle(seen, edge=("#1a73e8", 1.2), level=3, gid=f"frame-{letter}")


def _draw_parts(canvas: Canvas, found: Explanation, box: Box) -> None:
    """Write the distance by parts, and by areas of the picture."""
    parts = found.parts if len(found.parts) > 1 else ()
    counts = [(name_of(each), each.distance, each.bits) for each in parts if each.bits]
    counts.append((say("distance"), found.distance, found.spec.bits))
    lines = [
        (word, say("{distance:,} of {bits:,}", distance=distance, bits=bits))
        for word, distance, bits in counts
    ]
    lines.append((say("alike"), f"{100 * found.similarity:.1f} %"))
    baseline = box.top + 0.14
    for number, (word, value) in enumerate(lines):
        canvas.text(box.left, baseline, word, _FACT, gid=f"part-{number}")
        canvas.text(box.right, baseline, value, _NUMBER, align="right", gid=f"share-{number}")
        baseline += _AREA_LINE
    if found.areas is not None:
        baseline += 0.6 * _AREA_LINE
        word = say("by area of the box") if found.boxed else say("by area")
        canvas.text(box.left, baseline, word, _FACT, gid="areas")
        for (row, column), count in np.ndenumerate(found.areas.differing):
            x, y = box.left + (column + 1) * box.width / 3, baseline + (row + 1) * _AREA_LINE
            canvas.text(x, y, f"{count:,}", _NUMBER, align="right", gid=f"area-{row}-{column}")


def _draw_overlay(canvas: Canvas, found: Explanation, box: Box) -> None:
    """Lay the differing cells of all panels that are places over faint pixels of both photos."""
    pixels = (found.thumbnail_a.pixels.astype(np.float64) + found.thumbnail_b.pixels) / 2
    shares = [
        _enlarged(panel, pixels.shape[:2])
        for panel in found.panels
        if panel.place and panel.bits and not isinstance(panel, ColoursPanel)
    ]
    if shares:
        faint = _WHITE + (pixels - _WHITE) * 0.35
        canvas.image(_reddened(faint, np.mean(shares, axis=0)), box, gid="overlay")


def _draw_panel(canvas: Canvas, panel: Panel, boxes: Sequence[Box]) -> None:
    """Draw a panel three times: of A, of B, and where they differ."""
    if isinstance(panel, ColoursPanel):
        _draw_colours(canvas, panel, boxes)
        return
    rows, columns = shape = panel.differing.shape
    ground = np.full((*shape, 3), 250.0)
    if isinstance(panel, ValuesPanel):
        for letter, bits, box in zip("ab", (panel.bits_a, panel.bits_b), boxes, strict=False):
            canvas.image(_shaded(bits), box.fitted((columns, rows)), gid=f"{panel.name}-{letter}")
        ground = _WHITE + (_shaded(panel.bits_a) - _WHITE) * 0.12
    else:
        _draw_edges(canvas, panel.strengths_a, boxes[0], f"{panel.name}-a")
        _draw_edges(canvas, panel.strengths_b, boxes[1], f"{panel.name}-b")
    place = boxes[2].fitted((columns, rows))
    canvas.image(_reddened(ground, panel.shares), place, gid=f"{panel.name}-differing")
    canvas.rectangle(place, edge=(TILE, 0.6), level=3, gid=f"{panel.name}-edge")
    if isinstance(panel, GradientsPanel) and max(shape) <= 7:
        for row, column, cell in place.cells(shape):
            if count := int(panel.differing[row, column]):
                baseline = cell.top + cell.height / 2 + 0.025
                gid = f"{panel.name}-count"
                canvas.text(cell.middle, baseline, str(count), _COUNT, align="center", gid=gid)


def _draw_edges(canvas: Canvas, strengths: NDArray[np.uint8], box: Box, gid: str) -> None:
    """Draw a star in each window: edges run across the direction in which the light changes."""
    canvas.rectangle(box, fill=TILE, gid=f"ground-{gid}")
    lines, widths = [], []
    for row, column, cell in box.cells(strengths.shape[:2]):
        x, y = cell.middle, cell.top + cell.height / 2
        directions = strengths[row, column].tolist()
        for direction, strength in enumerate(directions):
            if strength:
                angle = math.pi * (direction / len(directions) + 1 / 2)
                reach = 0.44 * cell.width * strength / 3
                across, down = reach * math.cos(angle), reach * math.sin(angle)
                lines.append(((x - across, y - down), (x + across, y + down)))
                widths.append(0.3 + 0.2 * strength)
    canvas.strokes(lines, widths=widths, gid=gid)


def _draw_colours(canvas: Canvas, panel: ColoursPanel, boxes: Sequence[Box]) -> None:
    """Draw swatches of A and of B, and both halves of each where they differ, framed in red."""
    shape = panel.differing.shape
    # One colour needs no whole box: it stands for the middle half of the view.
    places = [box.grown(-box.width / 4) if shape == (1, 1) else box for box in boxes]
    swatches = (hex_of_lab(panel.lab_a), hex_of_lab(panel.lab_b))
    for letter, colours, place in zip("ab", swatches, places, strict=False):
        for (row, column, cell), colour in zip(place.cells(shape), colours, strict=True):
            canvas.rectangle(cell, fill=colour, gid=f"{panel.name}-{letter}-{row}-{column}")
    pairs = zip(*swatches, strict=True)
    for (row, column, cell), pair in zip(places[2].cells(shape), pairs, strict=True):
        inner = cell.grown(-0.035)
        wide = inner.width / 2
        for side, colour in enumerate(pair):
            half = Box(inner.left + side * wide, inner.top, wide, inner.height)
            canvas.rectangle(half, fill=colour, gid=f"{panel.name}-half-{side}-{row}-{column}")
        if count := int(panel.differing[row, column]):
            gid = f"{panel.name}-differing-{row}-{column}"
            canvas.rectangle(inner, edge=(RED, 1.4), level=3, gid=gid)
            # The count stands on a red ground in the lower right corner.
            width = canvas.measure(str(count), _COUNT) + 0.06
            tag = Box(inner.right - width, inner.bottom - 0.11, width, 0.11)
            canvas.rectangle(tag, fill=RED, level=3.5, gid=f"{gid}-tag")
            style = _COUNT._replace(colour="white")
            canvas.text(tag.left + 0.03, tag.bottom - 0.03, str(count), style, gid=f"{gid}-count")


def _reddened(ground: NDArray[np.float64], share: NDArray[np.float64]) -> NDArray[np.uint8]:
    mixed = ground * (1 - share[..., None]) + _RED * share[..., None]
    return np.rint(mixed).astype(np.uint8)


def _shaded(bits: NDArray[np.bool_]) -> NDArray[np.uint8]:
    gray = np.where(bits, np.uint8(236), np.uint8(38))
    return np.repeat(gray[..., None], 3, axis=2)


def _enlarged(panel: Panel, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Return the share of the cell that the middle of each pixel lies in, 0 beside all cells."""
    left, top, right, bottom = panel.within
    places = []
    for side, cells, first, last in zip(
        shape, panel.differing.shape, (top, left), (bottom, right), strict=True
    ):
        middles = (np.arange(side) + 0.5) / side
        place = np.floor((middles - first) / (last - first) * cells).astype(np.int64)
        # Counted from 1: 0 and one more than there are cells lie beside them.
        places.append(place.clip(-1, cells) + 1)
    return np.asarray(np.pad(panel.shares, 1)[np.ix_(*places)], np.float64)
