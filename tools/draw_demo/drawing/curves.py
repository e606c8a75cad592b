"""Smooth outlines: curves through points, mirrored halves, bands and ellipses.

Every outline is an array of shape (N, 2) in design units: x to the right, y down, the middle of a
garment near (0, 0).  A garment is about 250 units high.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Points: TypeAlias = NDArray[np.float64]
"""Points of a curve, shape (N, 2)."""

Knots: TypeAlias = Sequence[tuple[float, float]] | Points


def smooth(knots: Knots, steps: int = 8) -> Points:
    """Return an open curve through every knot (a uniform Catmull-Rom spline).

    Parameters
    ----------
    knots : sequence of (x, y)
        Two knots give a straight line.
    steps : int
        Points for each piece between two knots.
    """
    inner = np.asarray(knots, dtype=np.float64)
    if len(inner) <= 2:
        return inner
    # The curve needs a neighbour beyond each end; the end mirrored about itself is a calm one.
    knot = np.vstack([2 * inner[0] - inner[1], inner, 2 * inner[-1] - inner[-2]])
    t = np.linspace(0.0, 1.0, steps, endpoint=False)[None, :, None]
    a, b, c, d = (knot[i : len(knot) - 3 + i, None, :] for i in range(4))
    curve = 0.5 * (
        2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3
    )
    return np.vstack([curve.reshape(-1, 2), inner[-1:]])


def loop(knots: Knots, steps: int = 8) -> Points:
    """Return a closed curve through every knot, with no corner anywhere."""
    inner = [tuple(knot) for knot in np.asarray(knots, dtype=np.float64).tolist()]
    wrapped = smooth([*inner[-2:], *inner, *inner[:2]], steps)
    return wrapped[2 * steps : -steps - 1]


def path(*runs: Knots) -> Points:
    """Join smooth runs end to end; where two runs meet there is a corner."""
    return np.vstack([smooth(run) for run in runs])


def flipped(points: Knots) -> Points:
    """Return the points mirrored left to right."""
    mirror: Points = np.asarray(points, dtype=np.float64) * np.array([-1.0, 1.0])
    return mirror


def mirrored(half: Points) -> Points:
    """Close a right half, given from top middle to bottom middle, with its mirror image."""
    return np.vstack([half, flipped(half)[::-1]])


def moved(
    points: Points, *, dx: float = 0.0, dy: float = 0.0, turn: float = 0.0, scale: float = 1.0
) -> Points:
    """Return the points scaled, turned about the origin by degrees, then shifted."""
    cos, sin = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    matrix = np.array([[cos, sin], [-sin, cos]]) * scale
    placed: Points = points @ matrix + np.array([dx, dy])
    return placed


def ellipse(x: float, y: float, rx: float, ry: float | None = None, *, turn: float = 0.0) -> Points:
    """Return an ellipse, or a circle when ``ry`` is left out."""
    angle = np.linspace(0.0, 2 * math.pi, 40, endpoint=False)
    ring = np.stack([rx * np.cos(angle), (rx if ry is None else ry) * np.sin(angle)], axis=1)
    return moved(ring, dx=x, dy=y, turn=turn)


def band(spine: Knots, start: float, end: float | None = None) -> Points:
    """Return a band around a smooth spine, ``start`` wide at its start and ``end`` at its end."""
    line = smooth(spine)
    width = np.linspace(start, start if end is None else end, len(line))
    return _around(line, width)


def wedge(spine: Knots, width: float) -> Points:
    """Return a sliver around a smooth spine: full width a third of the way along, sharp ends."""
    line = smooth(spine)
    along = np.linspace(0.0, 1.0, len(line))
    return _around(line, width * np.minimum(np.minimum(along * 4, 1.0), 1.35 * (1 - along)))


def _around(line: Points, width: NDArray[np.float64]) -> Points:
    step = np.gradient(line, axis=0)
    step /= np.maximum(np.hypot(step[:, 0], step[:, 1]), 1e-9)[:, None]
    side = np.stack([-step[:, 1], step[:, 0]], axis=1) * (width / 2)[:, None]
    return np.vstack([line + side, (line - side)[::-1]])
