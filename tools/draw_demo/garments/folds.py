"""Where cloth folds: hanging from a waist, pulled from a point, or lying a little crumpled."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from tools.draw_demo.garment import Fold

if TYPE_CHECKING:
    from tools.draw_demo.drawing.curves import Points


def _spine(rng: np.random.Generator, points: list[tuple[float, float]], stir: float) -> Points:
    knots = np.array(points, dtype=np.float64)
    inner = len(points) - 2
    knots[1:-1] += rng.normal(0.0, stir, (inner, 2))
    return knots


def drape(
    rng: np.random.Generator,
    top: tuple[float, float, float],
    bottom: tuple[float, float, float],
    count: int,
    depth: float = 0.9,
) -> tuple[Fold, ...]:
    """Return folds that hang from a line and open towards another.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the irregularity.
    top, bottom : tuple of float
        Left end, right end and height of the two lines.
    count : int
        Number of valleys; each has a ridge beside it.
    depth : float
        How strong they are.
    """
    folds = []
    for i in range(count):
        share = (i + 0.5 + rng.uniform(-0.3, 0.3)) / count
        start = top[0] + (top[1] - top[0]) * share
        end = bottom[0] + (bottom[1] - bottom[0]) * share
        reach = rng.uniform(0.75, 1.0)
        width = (bottom[1] - bottom[0]) / count * rng.uniform(0.28, 0.42)
        begin = top[2] + (bottom[2] - top[2]) * rng.uniform(0.0, 0.25)
        for side, sign in ((0.0, -1.0), (width * 0.9, 1.0)):
            # Folds widen downwards, so the spine runs from the hem up: the sharp end is on top.
            x_end = start + (end - start) * reach + side
            mid = (start + side * 0.5 + (end - start) * 0.45, (begin + bottom[2]) / 2)
            points = [(x_end, bottom[2] + 16), mid, (start + side * 0.3, begin)]
            strength = sign * depth * rng.uniform(0.6, 1.0)
            folds.append(Fold(_spine(rng, points, 1.6), width, strength))
    return tuple(folds)


def pull(
    rng: np.random.Generator,
    source: tuple[float, float],
    toward: tuple[float, float],
    count: int = 4,
    *,
    spread: float = 50.0,
    depth: float = 0.8,
) -> tuple[Fold, ...]:
    """Return short folds that fan out from a point, such as an armpit, an elbow or a crotch."""
    dx, dy = toward[0] - source[0], toward[1] - source[1]
    length, angle = math.hypot(dx, dy), math.atan2(dy, dx)
    folds = []
    for i in range(count):
        lean = math.radians(spread) * ((i + 0.5) / count - 0.5) + rng.normal(0.0, 0.08)
        far = length * rng.uniform(0.6, 1.1)
        curve = rng.normal(0.0, 0.12)
        points = [
            (
                source[0] + far * t * math.cos(angle + lean + curve * t),
                source[1] + far * t * math.sin(angle + lean + curve * t),
            )
            for t in (0.04, 0.5, 1.0)
        ]
        strength = depth * rng.uniform(0.5, 1.0) * (-1.0 if i % 2 else 1.0)
        folds.append(Fold(_spine(rng, points, 1.0), max(length * 0.10, 3.0), strength))
    return tuple(folds)


def crumple(
    rng: np.random.Generator,
    box: tuple[float, float, float, float],
    count: int,
    *,
    upright: float = 0.6,
    depth: float = 0.55,
) -> tuple[Fold, ...]:
    """Return soft folds strewn over a rectangle, given as left, top, right and bottom."""
    left, top, right, bottom = box
    folds = []
    for i in range(count):
        x, y = rng.uniform(left, right), rng.uniform(top, bottom)
        length = rng.uniform(0.25, 0.5) * max(right - left, bottom - top)
        angle = math.pi / 2 + rng.normal(0.0, 1.2 * (1 - upright) + 0.15)
        dx, dy = math.cos(angle) * length / 2, math.sin(angle) * length / 2
        points = [(x - dx, y - dy), (x, y), (x + dx, y + dy)]
        sign = -1.0 if i % 2 else 1.0
        width = rng.uniform(5.0, 11.0)
        folds.append(Fold(_spine(rng, points, 4.0), width, sign * depth * rng.uniform(0.6, 1.0)))
    return tuple(folds)
