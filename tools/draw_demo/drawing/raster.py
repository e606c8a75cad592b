"""From outlines to arrays: masks with soft edges, blurs, noise, and where things lie in a frame."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tools.draw_demo.drawing.curves import Points

Plane: TypeAlias = NDArray[np.floating[Any]]
"""One number per pixel, shape (H, W); in practice of 32 bits."""

Pixels: TypeAlias = NDArray[np.floating[Any]]
"""Red, green and blue from 0 to 1, shape (H, W, 3)."""

FINER: Final = 3
"""Masks are drawn this many times larger and averaged down, which softens their edges."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of whole pixels."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return self.right - self.left, self.bottom - self.top

    @property
    def cut(self) -> tuple[slice, slice]:
        """The index that takes this rectangle out of an array."""
        return slice(self.top, self.bottom), slice(self.left, self.right)


def frame_box(points: Points, size: tuple[int, int], margin: int) -> Box:
    """Return the rectangle around points and a margin, cut to the frame, at least 1 pixel wide."""
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    x = min(max(math.floor(left) - margin, 0), size[0] - 1)
    y = min(max(math.floor(top) - margin, 0), size[1] - 1)
    return Box(
        x,
        y,
        max(min(math.ceil(right) + margin, size[0]), x + 1),
        max(min(math.ceil(bottom) + margin, size[1]), y + 1),
    )


@dataclass(frozen=True, slots=True)
class Stage:
    """Where design units land in the frame.

    Parameters
    ----------
    size : tuple of int
        Width and height of the frame in pixels.
    centre, middle : tuple of float
        The design point that lands on the frame point ``middle``.
    scale : float
        Pixels for one design unit.
    turn : float
        Degrees.
    sway : tuple of float
        Four phases of a slow bend, so that no garment lies perfectly straight.
    bend : float
        Size of that bend in design units.
    """

    size: tuple[int, int]
    centre: tuple[float, float]
    middle: tuple[float, float]
    scale: float
    turn: float
    sway: tuple[float, float, float, float]
    bend: float

    def pixels(self, points: Points) -> Points:
        """Return design points as frame points."""
        x, y = points[:, 0], points[:, 1]
        a, b, c, d = self.sway
        bent = np.stack(
            [
                x + self.bend * (np.sin(y / 53 + a) + 0.5 * np.sin(y / 29 + x / 61 + b)),
                y + self.bend * (np.sin(x / 47 + c) + 0.5 * np.sin(x / 31 + y / 67 + d)),
            ],
            axis=1,
        )
        cos, sin = self._rotation()
        turned = (bent - np.array(self.centre)) @ np.array([[cos, sin], [-sin, cos]])
        placed: Points = turned * self.scale + np.array(self.middle)
        return placed

    def design(self, box: Box, grain: float) -> tuple[Plane, Plane]:
        """Return the design coordinates of every pixel of a box, turned back by the grain."""
        cos, sin = self._rotation()
        x = (np.arange(box.left, box.right, dtype=np.float32) + 0.5 - self.middle[0]) / self.scale
        y = (np.arange(box.top, box.bottom, dtype=np.float32) + 0.5 - self.middle[1]) / self.scale
        u = x[None, :] * cos + y[:, None] * sin + self.centre[0]
        v = y[:, None] * cos - x[None, :] * sin + self.centre[1]
        if grain:
            gc, gs = math.cos(math.radians(grain)), math.sin(math.radians(grain))
            u, v = u * gc + v * gs, v * gc - u * gs
        return u.astype(np.float32), v.astype(np.float32)

    def _rotation(self) -> tuple[float, float]:
        return math.cos(math.radians(self.turn)), math.sin(math.radians(self.turn))


def filled(outline: Points, box: Box) -> Plane:
    """Return how much of each pixel of the box an outline covers, 0 to 1."""
    canvas, pen = _canvas(box)
    pen.polygon(_finer(outline, box), fill=255)
    return _plane(canvas)


def drawn(lines: Iterable[tuple[Points, float, float]], box: Box) -> Plane:
    """Return the cover of lines, each given as ``(points, width, dash)`` in pixels."""
    canvas, pen = _canvas(box)
    for points, width, dash in lines:
        thick = max(round(width * FINER), 1)
        for piece in _dashes(points, dash) if dash else [points]:
            pen.line(_finer(piece, box), fill=255, width=thick, joint="curve")
    return _plane(canvas)


def embossed(shapes: Iterable[tuple[Points, float]], box: Box) -> Plane:
    """Return a plane with each outline filled by its number, later ones on top."""
    canvas = Image.new("F", box.size)
    pen = ImageDraw.Draw(canvas)
    for outline, value in shapes:
        inside = (outline - np.array([box.left, box.top])).tolist()
        pen.polygon([(x, y) for x, y in inside], fill=value)
    return np.asarray(canvas, dtype=np.float32)


def _dashes(points: Points, dash: float) -> Iterable[Points]:
    step = np.hypot(*np.diff(points, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(step)])
    starts = np.arange(0.0, along[-1], dash)
    for start in starts:
        ends = np.array([start, min(start + dash * 0.6, along[-1])])
        pieces = [np.interp(ends, along, points[:, axis]) for axis in (0, 1)]
        yield np.stack(pieces, axis=1)


def _canvas(box: Box) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    width, height = box.size
    canvas = Image.new("L", (width * FINER, height * FINER))
    return canvas, ImageDraw.Draw(canvas)


def _finer(points: Points, box: Box) -> list[tuple[float, float]]:
    inside = (points - np.array([box.left, box.top])) * FINER
    return [(x, y) for x, y in inside.tolist()]


def _plane(canvas: Image.Image) -> Plane:
    return np.asarray(canvas.reduce(FINER), dtype=np.float32) / np.float32(255)


def resized(plane: Plane, size: tuple[int, int]) -> Plane:
    """Return a plane at another (width, height), smoothly."""
    image = Image.fromarray(np.ascontiguousarray(plane, dtype=np.float32))
    return np.asarray(image.resize(size, Image.Resampling.BICUBIC), dtype=np.float32)


def blurred(plane: Plane, radius: float) -> Plane:
    """Return the plane blurred by about ``radius`` pixels, with zeros beyond its edges.

    8-bit blurs would show as bands once their slope becomes shading, so this one keeps floats.
    """
    shrink = max(int(radius / 2.5), 1)
    height, width = plane.shape
    pad = int(radius * 2) + 1
    padded = np.zeros((height + 2 * pad, width + 2 * pad), dtype=np.float32)
    padded[pad : pad + height, pad : pad + width] = plane
    small: Plane = padded
    if shrink > 1:
        image = Image.fromarray(padded)
        small = np.asarray(image.reduce(shrink), dtype=np.float32)
    half = max(round(radius / shrink), 1)
    for _ in range(2):
        small = _box_mean(_box_mean(small, half).T, half).T
    if shrink > 1:
        whole = small.shape[1] * shrink, small.shape[0] * shrink
        small = resized(small, whole)
    return small[pad : pad + height, pad : pad + width]


def _box_mean(plane: Plane, half: int) -> Plane:
    rows, width = len(plane), 2 * half + 1
    total = np.empty((rows + width, plane.shape[1]), dtype=np.float32)
    total[: half + 1] = 0
    np.cumsum(plane, axis=0, out=total[half + 1 : half + 1 + rows])
    total[half + 1 + rows :] = total[half + rows]
    mean: Plane = total[width:] - total[:-width]
    mean *= np.float32(1 / width)
    return mean


def shifted(plane: Plane, dx: int, dy: int) -> Plane:
    """Return the plane moved by whole pixels, with zeros where it came from."""
    height, width = plane.shape
    out = np.zeros_like(plane)
    out[max(dy, 0) : height + min(dy, 0), max(dx, 0) : width + min(dx, 0)] = plane[
        max(-dy, 0) : height + min(-dy, 0), max(-dx, 0) : width + min(-dx, 0)
    ]
    return out


def soft_noise(
    rng: np.random.Generator, size: tuple[int, int], cells: tuple[float, float]
) -> Plane:
    """Return smooth noise of (width, height), about 1 strong, ``cells`` bumps across and down."""
    columns, rows = max(round(cells[0]), 1) + 2, max(round(cells[1]), 1) + 2
    grid = rng.standard_normal((rows, columns), dtype=np.float32)
    return resized(grid, size)
