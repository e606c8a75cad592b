"""Lines for a terminal: its width, and colours and weights as far as it has them."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Final, TextIO, TypeAlias

from sokkuri.names import escape
from sokkuri.show.captions import clusters, display_width, fitting
from sokkuri.show.lines import broken

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_ROOMY: Final = 80
_NAMED: Final = {"red": 31, "cyan": 36, "white": 37}
_LEVELS: Final = (0, 95, 135, 175, 215, 255)
_CUBE_BEGINS: Final = 16
_GRAYS_BEGIN: Final = 232


class Depth(IntEnum):
    """Weights and colours that a terminal can show."""

    NONE = 0
    WEIGHTS = 1
    NAMED = 2
    CUBE = 3
    FULL = 4


@dataclass(frozen=True, slots=True)
class TextStyle:
    """The looks of a piece of a line.

    Parameters
    ----------
    ink, ground : str
        ``red``, ``cyan``, ``white`` or ``#rrggbb``, which takes at least 256 colours; the
        terminal's own if empty.
    bold, dim : bool
    """

    ink: str = ""
    ground: str = ""
    bold: bool = False
    dim: bool = False


PLAIN: Final = TextStyle()
BOLD: Final = TextStyle(bold=True)
DIM: Final = TextStyle(dim=True)
RED: Final = TextStyle(ink="red")

Piece: TypeAlias = tuple[str, TextStyle]
Line: TypeAlias = list[Piece]


@dataclass(frozen=True, slots=True)
class Terminal:
    """A terminal, as far as it is known.

    Parameters
    ----------
    columns : int
        Its width.
    depth : Depth
    encoding : str
    """

    columns: int
    depth: Depth
    encoding: str = "utf-8"

    def shows(self, signs: str) -> bool:
        """Tell whether it has all of these signs."""
        try:
            signs.encode(self.encoding)
        except (UnicodeEncodeError, LookupError):
            return False
        return True

    def painted(self, line: Line) -> str:
        """Return a line with the codes for its styles; no control character in it acts."""
        painted = []
        for style, pieces in groupby(line, itemgetter(1)):
            text = escape("".join(text for text, _ in pieces))
            codes = ";".join(_codes(style, self.depth))
            painted.append(f"\x1b[{codes}m{text}\x1b[0m" if codes and text else text)
        return "".join(painted)


def terminal_of(stream: TextIO, environment: Mapping[str, str] = os.environ) -> Terminal:
    """Ask a stream, and the environment, for the terminal behind it.

    Parameters
    ----------
    stream : TextIO
    environment : mapping of str to str
        ``NO_COLOR`` leaves weights, ``TERM=dumb`` nothing.
    """
    try:
        columns = os.get_terminal_size(stream.fileno()).columns
    except OSError:
        columns = 0
    depth = _depth(environment) if stream.isatty() else Depth.NONE
    return Terminal(columns or _ROOMY, depth, stream.encoding or "utf-8")


def _depth(environment: Mapping[str, str]) -> Depth:
    if sys.platform == "win32":
        import colorama

        colorama.just_fix_windows_console()  # which takes codes for letters until it is asked
        depth = Depth.FULL
    elif environment.get("TERM", "dumb") in ("", "dumb", "unknown"):
        return Depth.NONE
    elif environment.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        depth = Depth.FULL
    else:
        depth = Depth.CUBE if "256" in environment["TERM"] else Depth.NAMED
    return Depth.WEIGHTS if environment.get("NO_COLOR") else depth


def _codes(style: TextStyle, depth: Depth) -> Iterator[str]:
    """Yield the codes of a style, which ECMA-48 calls "select graphic rendition"."""
    if depth >= Depth.WEIGHTS:
        yield from ["1"] * style.bold + ["2"] * style.dim
    for colour, more in ((style.ink, 0), (style.ground, 10)):
        if colour in _NAMED and depth >= Depth.NAMED:
            yield str(_NAMED[colour] + more)
        elif colour.startswith("#") and depth == Depth.CUBE:
            yield f"{38 + more};5;{_nearest(colour)}"
        elif colour.startswith("#") and depth == Depth.FULL:
            yield f"{38 + more};2;" + ";".join(map(str, bytes.fromhex(colour[1:])))


@cache
def _nearest(colour: str) -> int:
    """Return the nearest of the 240 colours that all terminals with 256 agree on."""
    rgb = bytes.fromhex(colour[1:])
    cube = [min(range(6), key=lambda k: abs(_LEVELS[k] - value)) for value in rgb]
    gray = min(range(24), key=lambda k: abs(3 * (8 + 10 * k) - sum(rgb)))
    far_of_cube = sum((_LEVELS[k] - value) ** 2 for k, value in zip(cube, rgb, strict=True))
    far_of_gray = sum((8 + 10 * gray - value) ** 2 for value in rgb)
    if far_of_gray < far_of_cube:
        return _GRAYS_BEGIN + gray
    return _CUBE_BEGINS + 36 * cube[0] + 6 * cube[1] + cube[2]


def cut(line: Line, columns: int) -> Line:
    """Return as much of a line as fits.

    Parameters
    ----------
    line : list of (str, TextStyle)
    columns : int
    """
    kept, room = [], columns
    for text, style in line:
        kept.append((begun(text, room), style))
        room -= display_width(text)
    return kept


def begun(text: str, columns: int) -> str:
    """Return as much of a text as fits.

    Parameters
    ----------
    text : str
    columns : int
    """
    return text if display_width(text) <= columns else "".join(fitting(clusters(text), columns))


def wrapped(text: str, columns: int) -> Iterator[str]:
    """Break a text into lines of so many columns.

    Parameters
    ----------
    text : str
    columns : int
    """
    return broken(text, lambda line: display_width(line) <= columns)
