"""The panels of an explanation on a terminal: A, B, and in red where they differ."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
from rich.style import Style
from rich.text import Text

from sokkuri.cli.explained import text_lines
from sokkuri.cli.output import stdout_console
from sokkuri.explanation.panels import ColoursPanel, GradientsPanel, ValuesPanel
from sokkuri.lab import hex_of_lab, rgb_of_lab

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray
    from rich.console import Console

    from sokkuri.explanation import Explanation
    from sokkuri.explanation.panels import Panel

Lines: TypeAlias = list[Text]

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


def print_explanation(found: Explanation) -> None:
    """Print the sentence, the parts, and every panel as wide as the terminal allows."""
    console = stdout_console()
    for line in text_lines(found):
        console.print(Text(line))
    if not _drawable(console):
        return
    for panel in found.panels:
        if panel.counted.any():
            _print_panel(console, panel)


def _drawable(console: Console) -> bool:
    """Tell whether the terminal's encoding holds what maps are drawn with."""
    try:
        f"{_UPPER_HALF}{_SHADES}{_EDGES}".encode(console.encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _print_panel(console: Console, panel: Panel) -> None:
    width = (console.width - (_MAPS - 1) * _GAP) // _MAPS
    maps = _maps(panel, min(width, _WIDEST), plain=console.no_color or not console.color_system)
    differ = int(panel.differing.sum())
    console.print()
    console.print(Text(f"{panel.name}: {differ:,} of {int(panel.counted.sum()):,} bits", "bold"))
    wide = max(line.cell_len for lines in maps for line in lines)
    heads = [Text(word.ljust(wide)[:wide], "dim") for word in ("A", "B", "differ")]
    for line in _beside([[head, *lines] for head, lines in zip(heads, maps, strict=True)], wide):
        console.print(line, no_wrap=True, crop=True)


def _maps(panel: Panel, width: int, *, plain: bool) -> list[Lines]:
    if isinstance(panel, ValuesPanel):
        bits = (panel.bits_a, panel.bits_b, panel.differing)
        shares = [scaled(each.astype(np.float64), width) for each in bits]
        if plain:
            return [_shaded(share) for share in shares]
        lights = (_LIGHT, _LIGHT, _RED)
        return [
            _half_blocks(_mixed(share, light)) for share, light in zip(shares, lights, strict=True)
        ]
    widest = _CELL if isinstance(panel, GradientsPanel) else 2 * _CELL
    cell = min(max(width // panel.differing.shape[1], 1), widest)
    if isinstance(panel, GradientsPanel):
        strengths = (panel.strengths_a, panel.strengths_b)
        return [*(_edge_lines(each, cell) for each in strengths), _count_lines(panel, cell)]
    labs = (panel.lab_a, panel.lab_b)
    colours = (_named_colours(lab, width) if plain else _swatches(lab, cell) for lab in labs)
    return [*colours, _count_lines(panel, cell)]


def scaled(values: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    """Scale a map to at most ``width`` columns: means of areas if smaller, whole cells if larger.

    Parameters
    ----------
    values : ndarray of shape (rows, columns), float64
    width : int

    Returns
    -------
    ndarray, float64
    """
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


def _mixed(share: NDArray[np.float64], light: NDArray[np.float64]) -> NDArray[np.uint8]:
    mixed = _DARK + (light - _DARK) * share[..., None]
    return np.asarray(np.rint(mixed), np.uint8)


def _half_blocks(colours: NDArray[np.uint8]) -> Lines:
    """Draw two rows of cells a line: the upper one as the letter, the lower one behind it."""
    lines = []
    for upper, lower in zip_longest(colours[::2], colours[1::2]):
        line = Text()
        for number, colour in enumerate(upper):
            behind = None if lower is None else _name(lower[number])
            line.append(_UPPER_HALF, Style(color=_name(colour), bgcolor=behind))
        lines.append(line)
    return lines


def _shaded(share: NDArray[np.float64]) -> Lines:
    """Draw two rows of cells a line as one shade, for terminals without colours.

    Only what is nought is blank.
    """
    last = len(_SHADES) - 1

    def shade(mean: float) -> str:
        return _SHADES[max(round(mean * last), 1 if mean > 0 else 0)]

    pairs = zip_longest(share[::2], share[1::2])
    means = (upper if lower is None else (upper + lower) / 2 for upper, lower in pairs)
    return [Text("".join(shade(float(each)) for each in row)) for row in means]


def _edge_lines(strengths: NDArray[np.uint8], cell: int) -> Lines:
    """Draw the strongest edge of each window, the brighter the more of them there are."""
    lines = []
    for row in strengths.astype(np.int64):
        line = Text()
        for window in row:
            share = float(window.sum()) / (3 * len(window))
            letter = _EDGES[int(window.argmax())] if window.any() else "·"
            bright = _mixed(np.array(0.3 + 0.7 * min(1.0, 2 * share)), _LIGHT)
            line.append(letter.center(cell), Style(color=_name(bright), bgcolor=_name(_DARK)))
        lines.append(line)
    return lines


def _swatches(lab: NDArray[np.float64], cell: int) -> Lines:
    lines = []
    for row in rgb_of_lab(lab):
        line = Text()
        for colour in row:
            line.append(" " * cell, Style(bgcolor=_name(colour)))
        lines.append(line)
    return lines


def _named_colours(lab: NDArray[np.float64], width: int) -> Lines:
    """Write colours as ``#rrggbb``, or ``rgb`` where that is too wide, for want of them."""
    rows, columns = lab.shape[:2]
    names = hex_of_lab(lab)
    if columns * len(f"{names[0]} ") > width:
        names = tuple(name[1::2] for name in names)
    return [Text(" ".join(names[row * columns : (row + 1) * columns])) for row in range(rows)]


def _count_lines(panel: GradientsPanel | ColoursPanel, cell: int) -> Lines:
    """Write how many bits of each cell differ, the redder the larger their share."""
    shares = panel.differing / np.maximum(panel.counted, 1)
    lines = []
    for counts, row in zip(panel.differing.tolist(), shares, strict=True):
        line = Text()
        for count, share in zip(counts, row, strict=True):
            behind = _name(_mixed(np.array(share), _RED))
            number = str(count) if len(str(count)) <= cell else "+"
            line.append(number.center(cell), Style(color="white", bgcolor=behind))
        lines.append(line)
    return lines


def _beside(maps: list[Lines], width: int) -> Iterable[Text]:
    """Set maps side by side."""
    for row in zip_longest(*maps, fillvalue=Text()):
        line = Text()
        for number, part in enumerate(row):
            line.append_text(part)
            if number < len(row) - 1:
                line.append(" " * (width - part.cell_len + _GAP))
        yield line


def _name(colour: NDArray[np.uint8] | NDArray[np.float64]) -> str:
    red, green, blue = (int(each) for each in colour)
    return f"#{red:02x}{green:02x}{blue:02x}"
