"""What is known of a terminal, and lines for it."""

from __future__ import annotations

import io
import os

import pytest

from sokkuri.cli.terminal import (
    BOLD,
    DIM,
    PLAIN,
    RED,
    Depth,
    Terminal,
    TextStyle,
    cut,
    terminal_of,
    wrapped,
)
from sokkuri.show.captions import display_width


class _Tty(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.skipif(os.name == "nt", reason="every console of Windows has all colours")
@pytest.mark.parametrize(
    ("environment", "depth"),
    [
        ({}, Depth.NONE),
        ({"TERM": "dumb", "COLORTERM": "truecolor"}, Depth.NONE),
        ({"TERM": "xterm"}, Depth.NAMED),
        ({"TERM": "linux"}, Depth.NAMED),
        ({"TERM": "screen-256color"}, Depth.CUBE),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, Depth.FULL),
        ({"TERM": "xterm-256color", "COLORTERM": "24bit"}, Depth.FULL),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, Depth.WEIGHTS),
        ({"TERM": "xterm-256color", "NO_COLOR": ""}, Depth.CUBE),
    ],
)
def test_the_environment_says_how_many_colours(environment: dict[str, str], depth: Depth) -> None:
    assert terminal_of(_Tty(), environment).depth is depth
    assert terminal_of(io.StringIO(), environment) == Terminal(80, Depth.NONE)


@pytest.mark.parametrize(
    ("depth", "codes"),
    [
        (Depth.NONE, ["", "", "", ""]),
        (Depth.WEIGHTS, ["1", "2", "", ""]),
        (Depth.NAMED, ["1", "2", "31", ""]),
        (Depth.CUBE, ["1", "2", "31", "38;5;196;48;5;234"]),
        (Depth.FULL, ["1", "2", "31", "38;2;254;1;0;48;2;30;29;28"]),
    ],
)
def test_styles_become_the_codes_that_there_are(depth: Depth, codes: list[str]) -> None:
    styles = [BOLD, DIM, RED, TextStyle("#fe0100", "#1e1d1c")]
    painted = [Terminal(80, depth).painted([("x", style)]) for style in styles]
    assert painted == [f"\x1b[{code}mx\x1b[0m" if code else "x" for code in codes]


def test_neighbours_of_one_style_share_their_codes() -> None:
    line = [("a", RED), ("b", RED), ("c", PLAIN)]
    assert Terminal(80, Depth.NAMED).painted(line) == "\x1b[31mab\x1b[0mc"


def test_no_control_character_acts() -> None:
    painted = Terminal(80, Depth.FULL).painted([("\x1b[2J\n\r", PLAIN)])
    assert painted == r"\x1b[2J\n\r"


@pytest.mark.parametrize(
    ("colour", "number"),
    [("#000000", 16), ("#ffffff", 231), ("#080808", 232), ("#7f7f7f", 244), ("#5f00d7", 56),
     ("#e22830", 161), ("#303236", 236), ("#e2e3e6", 254)],
)  # fmt: skip
def test_where_there_are_256_colours_the_nearest_is_taken(colour: str, number: int) -> None:
    painted = Terminal(80, Depth.CUBE).painted([("x", TextStyle(colour))])
    assert painted == f"\x1b[38;5;{number}mx\x1b[0m"


def test_lines_are_cut_by_columns() -> None:
    line = [("写真", PLAIN), ("abc", BOLD)]
    assert cut(line, 9) == line
    assert cut(line, 5) == [("写真", PLAIN), ("a", BOLD)]
    assert "".join(text for text, _ in cut(line, 3)) == "写"


@pytest.mark.parametrize(
    ("text", "columns", "lines"),
    [
        ("", 9, [""]),
        ("one two three", 80, ["one two three"]),
        ("one two three", 8, ["one two", "three"]),
        ("a extraordinarily b", 6, ["a extr", "aordin", "arily", "b"]),
        ("写真を色で並べます", 8, ["写真を色", "で並べま", "す"]),
    ],
)
def test_texts_are_wrapped_between_words(text: str, columns: int, lines: list[str]) -> None:
    found = list(wrapped(text, columns))
    assert found == lines
    assert max(map(display_width, found)) <= columns
