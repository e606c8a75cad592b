"""What a garment is photographed on: paper, wood, a wall, a bed sheet, a mat or a table."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Final, TypeAlias

import numpy as np
from tools.draw_demo.drawing.curves import wedge
from tools.draw_demo.drawing.palette import Colour, mix, rgb
from tools.draw_demo.drawing.raster import Box, Pixels, Plane, blurred, embossed, soft_noise

Size: TypeAlias = tuple[int, int]
Maker: TypeAlias = Callable[[np.random.Generator, Size, Colour], Pixels]

WHITE: Final = rgb("f9f8f6")

TINTS: Final[tuple[Colour, ...]] = tuple(
    rgb(text)
    for text in ("c9d3cf", "d9c7b4", "b9c6d2", "d8bdb4", "c6c2a6", "a9b7a8", "cdbfce", "e0d3b8")
)
"""Quiet wall and paper colours."""


def _flat(size: Size, colour: Colour) -> Pixels:
    return np.broadcast_to(np.array(colour, dtype=np.float32), (size[1], size[0], 3)).copy()


def _toned(size: Size, colour: Colour, tone: Plane) -> Pixels:
    """Return one colour, brightened or darkened pixel by pixel."""
    photo: Pixels = _flat(size, colour) * tone.astype(np.float32)[..., None]
    return photo


def _down(size: Size) -> Plane:
    return np.linspace(0.0, 1.0, size[1], dtype=np.float32)[:, None]


def _sweep(rng: np.random.Generator, size: Size, colour: Colour) -> Pixels:
    """Return paper that curves from a floor up to a wall, with a soft darker belt at the bend."""
    bend = np.float32(rng.uniform(0.62, 0.74))
    belt = np.exp(-(((_down(size) - bend) / 0.16) ** 2))
    tone = 1 - 0.05 * belt + 0.02 * (_down(size) > bend) * (_down(size) - bend)
    tone = tone + 0.008 * soft_noise(rng, size, (3, 3))
    return _toned(size, colour, tone)


def _white(rng: np.random.Generator, size: Size, _colour: Colour) -> Pixels:
    return _sweep(rng, size, WHITE)


def _grey(rng: np.random.Generator, size: Size, _colour: Colour) -> Pixels:
    return _sweep(rng, size, mix(rgb("cfd1d3"), rgb("dcdbd8"), rng.uniform()))


def _wall(rng: np.random.Generator, size: Size, colour: Colour) -> Pixels:
    """Return painted plaster with faint roller marks and fine grain."""
    grain = rng.standard_normal((size[1], size[0]), dtype=np.float32)
    marks = soft_noise(rng, size, (18, 26)) * 0.008 + soft_noise(rng, size, (2, 3)) * 0.012
    tone = 1 + marks + 0.010 * grain
    return _toned(size, colour, tone)


def _concrete(rng: np.random.Generator, size: Size, _colour: Colour) -> Pixels:
    grain = rng.standard_normal((size[1], size[0]), dtype=np.float32)
    tone = 1 + 0.024 * soft_noise(rng, size, (4, 5)) + 0.022 * soft_noise(rng, size, (13, 17))
    tone = tone + 0.02 * soft_noise(rng, size, (40, 53)) + 0.015 * grain
    return _toned(size, mix(rgb("a9a8a4"), rgb("bfbdb8"), rng.uniform()), tone)


def _grain(rng: np.random.Generator, size: Size, along: float) -> Plane:
    """Return the grain of a board that runs across: long streaks and slow rings."""
    width, height = size
    streaks = soft_noise(rng, size, (width / 70 * along, height / 2.2))
    rings = soft_noise(rng, size, (width / 160 * along, height / 14))
    lines = np.sin(rings * 9 + soft_noise(rng, size, (2, height / 9)) * 0.6)
    return (0.030 * streaks + 0.022 * lines).astype(np.float32)


def _boards(rng: np.random.Generator, size: Size, colour: Colour, count: int) -> Pixels:
    """Return boards that run across, each of its own tone, with dark gaps between them."""
    width, height = size
    photo = _toned(size, colour, 1 + _grain(rng, size, 1.0))
    edges = np.linspace(0, height, count + 1) + rng.uniform(-0.4, 0.4) * height / count
    for top, bottom in zip([0.0, *edges[1:]], [*edges[1:], float(height)], strict=True):
        first, last = max(round(top), 0), min(round(bottom), height)
        if last <= first:
            continue
        ends = [0, int(rng.integers(width // 5, width * 4 // 5)), width]
        for left, right in itertools.pairwise(ends):
            photo[first:last, left:right] *= np.float32(1 + rng.normal(0.0, 0.045))
            photo[first:last, left : left + 1] *= np.float32(0.72)
        photo[first : first + 1] *= np.float32(0.55)
        photo[first + 1 : first + 2] *= np.float32(0.82)
    return photo


def _wood(rng: np.random.Generator, size: Size, _colour: Colour) -> Pixels:
    """Return a floor seen from above; its boards run across or up the picture."""
    tone = (rgb("b98d62"), rgb("a5774d"), rgb("c7a37a"), rgb("8c6140"))[int(rng.integers(4))]
    if rng.uniform() < 0.35:
        return _boards(rng, size, tone, int(rng.integers(5, 8)))
    return _boards(rng, (size[1], size[0]), tone, int(rng.integers(4, 6))).transpose(1, 0, 2).copy()


def _sheet(rng: np.random.Generator, size: Size, colour: Colour) -> Pixels:
    """Return a bed sheet: broad waves and long soft creases, lit from one side."""
    width, height = size
    box = Box(0, 0, width, height)
    relief = 9.0 * soft_noise(rng, size, (2.5, 3.5)) + 1.2 * soft_noise(rng, size, (7, 9))
    for count, thick, rise in ((9, 26.0, 8.0), (13, 9.0, 3.4)):
        lean = rng.uniform(0.0, 6.28)
        creases = []
        for _ in range(count):
            middle = rng.uniform(0.0, 1.0, 2) * size
            angle, length = lean + rng.normal(0.0, 0.6), rng.uniform(0.25, 0.6) * height
            half = np.array([np.cos(angle), np.sin(angle)]) * length / 2
            spine = np.stack([middle - half, middle + rng.normal(0.0, 9.0, 2), middle + half])
            sign = float(rng.choice((-1.0, 1.0)))
            creases.append((wedge(spine, thick * rng.uniform(0.6, 1.2)), sign * rise))
        relief += blurred(embossed(creases, box), thick * 0.34)
    slope_y, slope_x = np.gradient(relief)
    tone = 1 + np.clip(0.17 * (slope_x * 0.6 + slope_y * 0.8), -0.30, 0.06)
    grain = rng.standard_normal((height, width), dtype=np.float32)
    return _toned(size, mix(WHITE, colour, 0.45), tone + 0.008 * grain)


def _mat(rng: np.random.Generator, size: Size, _colour: Colour) -> Pixels:
    """Return a woven rush mat with a cloth border along one side."""
    width, height = size
    rows = np.arange(height, dtype=np.float32)[:, None]
    columns = np.arange(width, dtype=np.float32)[None, :]
    rush = 0.045 * np.cos(rows * 2 * np.pi / 4) + 0.03 * np.cos(columns * 2 * np.pi / 11)
    rush = (
        rush + 0.04 * soft_noise(rng, size, (8, height / 2)) + 0.02 * soft_noise(rng, size, (4, 5))
    )
    photo = _toned(size, mix(rgb("d9cea4"), rgb("c9c49b"), rng.uniform()), 1 + rush)
    edge = int(rng.integers(14, 22))
    cloth = np.array((rgb("3f4a3c"), rgb("5a4433"), rgb("2f3a4c"))[int(rng.integers(3))])
    side = slice(0, edge) if rng.uniform() < 0.5 else slice(width - edge, width)
    weave = 1 + 0.06 * rng.standard_normal((height, edge, 1), dtype=np.float32)
    photo[:, side] = cloth.astype(np.float32) * weave
    return photo


def _table(rng: np.random.Generator, size: Size, colour: Colour) -> Pixels:
    """Return a wooden table before a wall; where they meet is out of focus."""
    photo = _sweep(rng, size, colour)
    far = round(size[1] * rng.uniform(0.56, 0.66))
    tone = mix((rgb("c29a6e"), rgb("d6bd98"), rgb("8d6544"))[int(rng.integers(3))], WHITE, 0.08)
    board = (size[0], size[1] - far)
    top = _toned(board, tone, 1 + _grain(rng, board, 0.7))
    top *= (0.90 + 0.16 * _down(board))[..., None]
    photo[far - 12 : far] *= np.linspace(1.0, 0.93, 12, dtype=np.float32)[:, None, None]
    blend = np.clip((np.arange(board[1], dtype=np.float32) + 1) / 5, 0, 1)[:, None, None]
    photo[far:] += (top - photo[far:]) * blend
    return photo


BACKDROPS: Final[dict[str, Maker]] = {
    "white": _white,
    "grey": _grey,
    "paper": _sweep,
    "wall": _wall,
    "concrete": _concrete,
    "wood": _wood,
    "sheet": _sheet,
    "mat": _mat,
    "table": _table,
}
"""Backdrops by name."""


def backdrop(name: str, colour: Colour, size: Size, rng: np.random.Generator) -> Pixels:
    """Return a backdrop of (width, height); those with a colour of their own ignore ``colour``."""
    return BACKDROPS[name](rng, size, colour).astype(np.float32)
