"""Paint the panels of a garment onto a photo, with light, folds and soft shadows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from tools.draw_demo.drawing.cloth import GLOSS, woven
from tools.draw_demo.drawing.curves import wedge
from tools.draw_demo.drawing.raster import (
    Box,
    Pixels,
    Plane,
    Stage,
    blurred,
    drawn,
    embossed,
    filled,
    frame_box,
    shifted,
    soft_noise,
)

if TYPE_CHECKING:
    from tools.draw_demo.garment import Fold, Panel

MARGIN = 12
"""Pixels around a panel that its shadow may reach."""

SMALL = 2 * MARGIN + 16
"""Panels that are smaller than this with their margins, such as buttons, cast one shadow only."""


@dataclass(frozen=True, slots=True)
class Light:
    """Where the light comes from: a direction, with x to the right, y down, z to the viewer."""

    x: float
    y: float
    z: float

    def shadow(self, length: float) -> tuple[int, int]:
        """Return how far a shadow of a height of ``length`` pixels falls, in whole pixels."""
        return round(-self.x / self.z * length), round(-self.y / self.z * length)


@dataclass(frozen=True, slots=True)
class _Shape:
    """How much of each pixel a panel covers, sharp and with its edges softened."""

    mask: Plane
    soft: Plane


def lit(height: Plane, light: Light) -> tuple[Plane, Plane]:
    """Return the brightness of a surface against a flat one, and how much it mirrors the light."""
    slope_y, slope_x = np.gradient(height)
    length = np.sqrt(1 + slope_x**2 + slope_y**2)
    facing = (light.z - slope_x * light.x - slope_y * light.y) / length
    # The half vector between the light and a viewer straight above.
    norm = (light.x**2 + light.y**2 + (light.z + 1) ** 2) ** 0.5
    half = (light.z + 1 - slope_x * light.x - slope_y * light.y) / (length * norm)
    bright = np.maximum(facing, 0.0) / np.float32(light.z)
    return bright.astype(np.float32), np.clip(half, 0.0, 1.0).astype(np.float32) ** 24


def paint(
    photo: Pixels,
    cover: Plane,
    panel: Panel,
    stage: Stage,
    light: Light,
    rng: np.random.Generator,
) -> None:
    """Paint one panel over what is there.

    Parameters
    ----------
    photo : ndarray of shape (H, W, 3)
        The photo so far; changed in place.
    cover : ndarray of shape (H, W)
        Where panels already lie; changed in place.
    panel : Panel
        What to paint.
    stage : Stage
        Where design units land.
    light : Light
        The light.
    rng : numpy.random.Generator
        Source of creases and texture.
    """
    outline = stage.pixels(panel.outline)
    box = frame_box(outline, stage.size, MARGIN)
    below = photo[box.cut]
    mask = filled(outline, box)
    if panel.clip:
        mask = mask * cover[box.cut]
    shape = _Shape(mask, blurred(mask, 2))
    if panel.drop:
        _cast(below, cover[box.cut], shape, panel.drop, light)
    height = _height(panel, stage, box, shape, rng)
    u, v = stage.design(box, panel.grain)
    # A pattern follows the folds: it shifts a little where the cloth rises.
    u, v = u + height * np.float32(0.5), v + height * np.float32(0.7)
    colour = woven(panel.cloth, u, v, 1 / stage.scale, rng)
    _ink(colour, panel, stage, box)
    bright, mirror = lit(height, light)
    colour = _shade(colour, bright * np.float32(panel.dim))
    colour += (GLOSS.get(panel.cloth.texture, 0.0) * mirror)[..., None]
    _stitch(colour, panel, stage, box)
    below += (colour - below) * mask[..., None]
    cover[box.cut] += (1 - cover[box.cut]) * mask


def _cast(below: Pixels, cover: Plane, shape: _Shape, drop: float, light: Light) -> None:
    """Darken what lies below a panel, but not the backdrop."""
    dark = 0.30 * shifted(shape.soft, *light.shadow(1.4))
    if min(shape.mask.shape) > SMALL:
        dark += 0.38 * shifted(blurred(shape.mask, 5), *light.shadow(3.0))
    dark *= np.float32(drop) * cover
    below *= (1 - dark)[..., None]


def _height(panel: Panel, stage: Stage, box: Box, shape: _Shape, rng: np.random.Generator) -> Plane:
    """Return how high each pixel of a panel stands, in pixels."""
    scale = stage.scale
    height = np.zeros_like(shape.mask)
    if panel.lift:
        small = min(box.size) - 2 * MARGIN
        broad = min(max(small * 0.16, 1.5), 11 * scale)
        height += panel.lift * (broad * 0.75 * blurred(shape.mask, broad) + 1.1 * shape.soft)
    for low, high in ((0.0, 7.0), (7.0, 1e9)):
        group = [fold for fold in panel.folds if low <= fold.width < high]
        if group:
            height += _relief(group, stage, box)
    if panel.folds:
        across, down = box.size
        height += soft_noise(rng, box.size, (across / 34, down / 46)) * np.float32(1.1 * scale)
        height += soft_noise(rng, box.size, (across / 13, down / 18)) * np.float32(0.28 * scale)
    return height


def _relief(folds: list[Fold], stage: Stage, box: Box) -> Plane:
    """Return the height of folds of about the same width, softened by a part of that width."""
    slivers = [
        (stage.pixels(wedge(fold.spine, fold.width)), fold.depth * fold.width * 0.42 * stage.scale)
        for fold in folds
    ]
    mean = sum(fold.width for fold in folds) / len(folds)
    return blurred(embossed(slivers, box), max(mean * 0.36 * stage.scale, 1.0))


def _shade(colour: Pixels, bright: Plane) -> Pixels:
    """Return a colour in shade or highlight; shade is a little cool, highlights go to white."""
    # Pale cloth lights its own folds, so its shade is weaker.
    red, green, blue = (colour[..., i] for i in range(3))
    force = np.float32(1.15) - np.float32(0.15) * (red + green + blue)
    dark = (1 - force * (1 - np.minimum(bright, 1.0)))[..., None]
    over = np.clip(bright - 1.0, 0.0, 1.0)[..., None]
    tint = np.array([1.08, 1.02, 0.92], dtype=np.float32)
    shaded: Pixels = colour * (dark * tint + (1 - tint))
    shaded += (1 - shaded) * over * np.float32(0.42)
    return shaded


def _ink(colour: Pixels, panel: Panel, stage: Stage, box: Box) -> None:
    for ink in panel.inks:
        cover = filled(stage.pixels(ink.outline), box) * np.float32(ink.strength)
        colour += (np.array(ink.colour, dtype=np.float32) - colour) * cover[..., None]


def _stitch(colour: Pixels, panel: Panel, stage: Stage, box: Box) -> None:
    creases = [seam for seam in panel.seams if seam.colour is None]
    if creases:
        lines = [(stage.pixels(s.line), s.width * stage.scale, s.dash) for s in creases]
        line = drawn(lines, box) * np.float32(creases[0].strength)
        colour *= (1 - line)[..., None]
        # The far lip of a crease catches a little light.
        lip = shifted(line, 1, 1)
        colour += (np.float32(1.0) - colour) * (lip * np.float32(0.28))[..., None]
    for seam in panel.seams:
        if seam.colour is not None:
            points, width = stage.pixels(seam.line), seam.width * stage.scale
            line = drawn([(points, width, seam.dash * stage.scale)], box)
            thread = np.array(seam.colour, dtype=np.float32)
            colour += (thread - colour) * (line * np.float32(seam.strength))[..., None]
