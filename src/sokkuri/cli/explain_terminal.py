"""An explanation in lines of text, and its panels on a terminal: A, B, and in red what differs."""

from __future__ import annotations

from itertools import chain, repeat, zip_longest
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from sokkuri.cli.output import stdout_terminal, write_lines
from sokkuri.cli.terminal import BOLD, DIM, PLAIN, Depth, TextStyle, begun, cut, wrapped
from sokkuri.explanation import ColoursPanel, GradientsPanel, ValuesPanel, name_of
from sokkuri.lab import hex_of_lab, rgb_of_lab
from sokkuri.language import say
from sokkuri.names import escape
from sokkuri.show.captions import display_width, padded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from sokkuri.cli.terminal import Line, Terminal
    from sokkuri.explanation import Explanation, Panel

_Map: TypeAlias = "list[Line]"

_NAMES: Final = 2
"""So many lines at the beginning name the photos."""

_GAP: Final = 2
_MAPS: Final = 3
_WIDEST: Final = 40
_UPPER_HALF: Final = "▀"
_SHADES: Final = " ░▒▓█"
_CELL: Final = 3

_DARK: Final = np.array([48.0, 50, 54])
_LIGHT: Final = np.array([226.0, 227, 230])
_RED: Final = np.array([226.0, 40, 48])

# An edge runs across the direction in which the light changes.
_EDGES: Final = "│╱╱──╲╲│"


def text_lines(found: Explanation) -> Iterator[str]:
    """Yield the photos, headline, sentence, warnings, and the distance by parts and by areas."""
    yield f"A  {escape(found.a)}"
    yield f"B  {escape(found.b)}"
    yield found.headline.said()
    yield found.sentence.said()
    for warning in found.warnings:
        yield warning.said()
    yield ""
    yield _row(say("part"), say("distance"), say("bits"), say("alike"))
    for part in found.parts:
        alike = f"{1 - part.share:.1%}" if part.bits else ""
        yield _row(name_of(part), f"{part.distance:,}", f"{part.bits:,}", alike)
    if found.areas is not None:
        yield ""
        if found.boxed:
            yield say("differing bits by area of the box around the thing")
        else:
            yield say("differing bits by area of the picture")
        for row in found.areas.differing.tolist():
            yield "".join(f"{count:>8,}" for count in row)


def _row(part: str, *numbers: str) -> str:
    cells = (padded(cell, width, "right") for cell, width in zip(numbers, (10, 8, 8), strict=True))
    return padded(part, 8, "left") + "".join(cells)


def print_explanation(found: Explanation) -> None:
    """Print the sentence, the parts, and every panel as wide as the terminal allows."""
    write_lines(explanation_lines(found, stdout_terminal()))


def explanation_lines(found: Explanation, terminal: Terminal) -> Iterator[Line]:
    """Yield what is printed; names of photos alone may be wider than the terminal.

    Parameters
    ----------
    found : Explanation
    terminal : Terminal
    """
    for number, words in enumerate(text_lines(found)):
        style = BOLD if words == found.headline.said() else PLAIN
        # A path is left to the terminal to break, so that it stays whole for whoever copies it.
        whole = number < _NAMES or display_width(words) <= terminal.columns
        for line in [words] if whole else wrapped(words, terminal.columns):
            yield [(line, style)]
    if not terminal.shows(f"{_UPPER_HALF}{_SHADES}{_EDGES}"):  # what maps are drawn with
        return
    width = min((terminal.columns - (_MAPS - 1) * _GAP) // _MAPS, _WIDEST)
    for panel in found.panels:
        if panel.bits:
            yield []
            words = say("{distance:,} of {bits:,} bits", distance=panel.distance, bits=panel.bits)
            head = say("{name}: {words}", name=name_of(panel), words=words)
            yield [(head, BOLD)]
            maps = _maps(panel, width, plain=terminal.depth < Depth.CUBE)
            yield from (cut(line, terminal.columns) for line in _beside(maps))


def _scaled(values: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    """Scale a map to at most ``width`` columns: means of areas, or whole cells if larger."""
    rows, columns = values.shape
    if columns <= width:
        times = max(1, width // columns)
        return values.repeat(times, axis=0).repeat(times, axis=1)
    down, across = _weights(rows, max(1, rows * width // columns)), _weights(columns, width)
    return np.asarray(down @ values @ across.T)


def _weights(side: int, fewer: int) -> NDArray[np.float64]:
    """Return how much of each of ``side`` cells lies in each of ``fewer``, in shares of these."""
    starts = np.arange(fewer)[:, None] * side / fewer
    cells = np.arange(side)[None, :]
    overlap = np.minimum(cells + 1, starts + side / fewer) - np.maximum(cells, starts)
    return np.asarray(np.maximum(overlap, 0) * fewer / side, np.float64)


def _maps(panel: Panel, width: int, *, plain: bool) -> list[_Map]:
    if isinstance(panel, ValuesPanel):
        bits = (panel.bits_a, panel.bits_b, panel.differing)
        shares = [_scaled(each.astype(np.float64), width) for each in bits]
        if plain:
            return [_shaded(share) for share in shares]
        lights = zip(shares, (_LIGHT, _LIGHT, _RED), strict=True)
        return [_half_blocks(_mixed(share, light)) for share, light in lights]
    widest = _CELL if isinstance(panel, GradientsPanel) else 2 * _CELL
    cell = min(max(width // panel.differing.shape[1], 1), widest)
    if isinstance(panel, GradientsPanel):
        strengths = (panel.strengths_a, panel.strengths_b)
        return [*(_edge_lines(each, cell) for each in strengths), _count_lines(panel, cell)]
    labs = (panel.lab_a, panel.lab_b)
    colours = (_named_colours(lab, width) if plain else _swatches(lab, cell) for lab in labs)
    return [*colours, _count_lines(panel, cell)]


def _line(cells: Iterable[str], inks: Iterable[str], grounds: Iterable[str]) -> Line:
    return [
        (cell, TextStyle(ink, ground))
        for cell, ink, ground in zip(cells, inks, grounds, strict=False)
    ]


def _half_blocks(colours: NDArray[np.uint8]) -> _Map:
    """Draw two rows of cells a line: the upper one as the letter, the lower one behind it."""
    pairs = zip_longest(map(_names, colours[::2]), map(_names, colours[1::2]))
    return [_line(repeat(_UPPER_HALF), upper, lower or repeat("")) for upper, lower in pairs]


def _shaded(share: NDArray[np.float64]) -> _Map:
    """Draw two rows of cells a line as one shade, without colours; only what is nought is blank."""
    pairs = zip_longest(share[::2], share[1::2])
    means = np.stack([upper if lower is None else (upper + lower) / 2 for upper, lower in pairs])
    shades = np.maximum(np.rint(means * (len(_SHADES) - 1)).astype(int), means > 0)
    return [[("".join(_SHADES[each] for each in row), PLAIN)] for row in shades.tolist()]


def _edge_lines(strengths: NDArray[np.uint8], cell: int) -> _Map:
    """Draw the strongest edge of each window, the brighter the more of them there are."""
    shares = strengths.sum(axis=2) / (3 * strengths.shape[2])
    letters = np.where(strengths.any(axis=2), np.array(list(_EDGES))[strengths.argmax(axis=2)], "·")
    bright = _mixed(0.3 + 0.7 * np.minimum(1.0, 2 * shares), _LIGHT)
    (dark,) = _names(_DARK[None])
    return [
        _line((letter.center(cell) for letter in row), _names(colours), repeat(dark))
        for row, colours in zip(letters.tolist(), bright, strict=True)
    ]


def _swatches(lab: NDArray[np.float64], cell: int) -> _Map:
    return [_line(repeat(" " * cell), repeat(""), _names(row)) for row in rgb_of_lab(lab)]


def _named_colours(lab: NDArray[np.float64], width: int) -> _Map:
    """Write colours as ``#rrggbb``, or ``rgb`` where that is too wide, for want of them."""
    rows = np.reshape(hex_of_lab(lab), lab.shape[:2]).tolist()
    short = len("#rrggbb ") * lab.shape[1] > width
    return [[(" ".join(name[1::2] if short else name for name in row), PLAIN)] for row in rows]


def _count_lines(panel: GradientsPanel | ColoursPanel, cell: int) -> _Map:
    """Write how many bits of each cell differ, the redder the larger their share."""
    reds = _mixed(panel.shares, _RED)
    words = [
        [(str(count) if len(str(count)) <= cell else "+").center(cell) for count in row]
        for row in panel.differing.tolist()
    ]
    return [_line(row, repeat("white"), _names(red)) for row, red in zip(words, reds, strict=True)]


def _beside(maps: list[_Map]) -> Iterator[Line]:
    """Set maps side by side, each under its head."""
    width = max(map(_width, chain.from_iterable(maps)))
    words = ("A", "B", say("differ"))
    heads: list[Line] = [[(padded(begun(word, width), width), DIM)] for word in words]
    columns = [[head, *lines] for head, lines in zip(heads, maps, strict=True)]
    for *parts, last in zip_longest(*columns, fillvalue=[]):
        whole = ([*part, (" " * (width - _width(part) + _GAP), PLAIN)] for part in parts)
        yield [*chain.from_iterable(whole), *last]


def _width(line: Line) -> int:
    return sum(display_width(text) for text, _ in line)


def _mixed(share: NDArray[np.float64], light: NDArray[np.float64]) -> NDArray[np.uint8]:
    return np.asarray(np.rint(_DARK + (light - _DARK) * share[..., None]), np.uint8)


def _names(colours: NDArray[np.uint8] | NDArray[np.float64]) -> list[str]:
    return ["#{:02x}{:02x}{:02x}".format(*map(int, colour)) for colour in colours]
