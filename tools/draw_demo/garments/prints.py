"""Simple prints for the front of a top."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final, TypeAlias

import numpy as np
from tools.draw_demo.drawing.curves import Points, band, ellipse, path, smooth
from tools.draw_demo.drawing.palette import Colour, mix
from tools.draw_demo.garment import Ink

Maker: TypeAlias = Callable[[Colour, Colour], list[Ink]]
"""Draws a print around (0, 0), within about 30 units, in two colours."""


def _sun(first: Colour, second: Colour) -> list[Ink]:
    waves = [
        smooth([(x, y + 2.6 * math.sin(x / 5.2 + y)) for x in range(-32, 33, 4)])
        for y in (9, 17, 25)
    ]
    return [Ink(ellipse(0, -8, 24), first), *(Ink(band(wave, 3.6), second) for wave in waves)]


def _mountain(first: Colour, second: Colour) -> list[Ink]:
    return [
        Ink(ellipse(12, -14, 10), second),
        Ink(np.array([(-34.0, 22), (-10, -18), (4, 2), (10, -6), (32, 22)]), first),
        Ink(np.array([(-10.0, -18), (-16.5, -7), (-11, -9), (-7, -5), (-3, -8)]), second),
    ]


def _star(first: Colour, _second: Colour) -> list[Ink]:
    turns = [math.pi * (i / 5 - 0.5) for i in range(10)]
    points = [
        ((28 if i % 2 == 0 else 12) * math.cos(turn), (28 if i % 2 == 0 else 12) * math.sin(turn))
        for i, turn in enumerate(turns)
    ]
    return [Ink(np.array(points), first)]


def _letters(first: Colour, second: Colour) -> list[Ink]:
    """Two rows of blocks, as a word looks from afar."""
    inks, x = [], -36.0
    for width in (9.0, 7, 11, 8, 6, 10, 9):
        inks.append(Ink(np.array([(x, -10), (x + width, -10), (x + width, 4), (x, 4)]), first))
        x += width + 2
    inks.append(Ink(np.array([(-22.0, 10), (22, 10), (22, 13), (-22, 13)]), second))
    return inks


def _heart(first: Colour, _second: Colour) -> list[Ink]:
    t = np.linspace(0, 2 * math.pi, 48, endpoint=False)
    x = 16 * np.sin(t) ** 3
    y = -(13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t))
    return [Ink(np.stack([x, y], axis=1) * 1.5, first)]


def _cat(first: Colour, second: Colour) -> list[Ink]:
    head = path(
        [(-22, -2), (-24, -16), (-22, -27)],
        [(-22, -27), (-10, -17), (0, -18), (10, -17), (22, -27)],
        [(22, -27), (24, -16), (23, 2), (14, 17), (0, 21), (-14, 17), (-23, 2), (-22, -2)],
    )
    whiskers = [
        band([(side * 11.0, y), (side * 28.0, y + lean)], 1.2)
        for side in (-1, 1)
        for y, lean in ((6.0, -2.0), (10.0, 2.0))
    ]
    eyes = [ellipse(side * 9.0, -3, 3.0, 4.2) for side in (-1, 1)]
    return [
        Ink(head, first),
        *(Ink(shape, second) for shape in (*whiskers, *eyes, ellipse(0, 6, 3, 2))),
    ]


def _rings(first: Colour, second: Colour) -> list[Ink]:
    return [Ink(ellipse(-9, 0, 21), first, 0.92), Ink(ellipse(12, 6, 17), second, 0.8)]


def _sail(first: Colour, second: Colour) -> list[Ink]:
    hull = path([(-26, 14), (0, 17), (28, 12)], [(28, 12), (20, 25), (0, 27), (-18, 25), (-26, 14)])
    main: Points = path(
        [(2, -30), (4, -8), (2, 9)], [(2, 9), (26, 6)], [(26, 6), (18, -14), (2, -30)]
    )
    fore = path([(-3, -22), (-3, 9)], [(-3, 9), (-22, 9)], [(-22, 9), (-12, -8), (-3, -22)])
    return [Ink(hull, first), Ink(main, second), Ink(fore, mix(first, second, 0.5))]


PRINTS: Final[dict[str, Maker]] = {
    "sun": _sun,
    "mountain": _mountain,
    "star": _star,
    "letters": _letters,
    "heart": _heart,
    "cat": _cat,
    "rings": _rings,
    "sail": _sail,
}
"""Prints by name."""


def front_print(
    name: str, first: Colour, second: Colour, *, y: float, scale: float = 1.0
) -> tuple[Ink, ...]:
    """Return a print centred at height ``y``."""
    at = np.array([0.0, y])
    return tuple(
        Ink(ink.outline * scale + at, ink.colour, ink.strength * 0.95)
        for ink in PRINTS[name](first, second)
    )
