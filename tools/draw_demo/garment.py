"""The parts a garment is drawn from, as plain values in design units."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
from tools.draw_demo.drawing.curves import Points, ellipse, flipped, moved

if TYPE_CHECKING:
    from tools.draw_demo.drawing.palette import Colour

Pose: TypeAlias = Literal["flat", "hang", "stand"]
"""How it is shown: lying and seen from above, the same but able to hang, or standing."""


@dataclass(frozen=True, slots=True)
class Cloth:
    """What a panel is made of.

    Parameters
    ----------
    colour, second : tuple of float
        Ground colour and the colour of the pattern on it.
    pattern : str
        A name from :data:`tools.draw_demo.drawing.cloth.PATTERNS`.
    period : float
        Distance after which the pattern repeats.
    texture : str
        A name from :data:`tools.draw_demo.drawing.cloth.TEXTURES`.
    """

    colour: Colour
    second: Colour = (1.0, 1.0, 1.0)
    pattern: str = "plain"
    period: float = 16.0
    texture: str = "cotton"

    def bare(self) -> Cloth:
        """Return the same cloth without its pattern."""
        return replace(self, pattern="plain")

    def dyed(self, colour: Colour, texture: str | None = None) -> Cloth:
        """Return a plain cloth of another colour, and perhaps another texture."""
        return Cloth(colour, texture=texture or self.texture)


@dataclass(frozen=True, slots=True)
class Fold:
    """A soft ridge (``depth`` above 0) or valley (below 0) along a spine."""

    spine: Points
    width: float
    depth: float


@dataclass(frozen=True, slots=True)
class Seam:
    """A thin line on a panel: a crease when ``colour`` is None, else a thread; perhaps dashed."""

    line: Points
    width: float = 1.0
    colour: Colour | None = None
    strength: float = 0.45
    dash: float = 0.0


@dataclass(frozen=True, slots=True)
class Ink:
    """A flat shape of another colour on a panel, under its light and shade."""

    outline: Points
    colour: Colour
    strength: float = 1.0


@dataclass(frozen=True, slots=True)
class Panel:
    """One piece of a garment.

    Parameters
    ----------
    outline : ndarray
        Its closed outline.
    cloth : Cloth
        What it is made of.
    grain : float
        Degrees by which the pattern is turned, as on a sleeve.
    lift : float
        How much its edges round off; 0 is flat.
    drop : float
        Strength of the soft shadow it casts on what lies below it.
    dim : float
        Brightness of the whole panel; below 1 for the inside of a garment.
    clip : bool
        Whether the panel shows only where some earlier panel already lies.
    """

    outline: Points
    cloth: Cloth
    grain: float = 0.0
    lift: float = 1.0
    drop: float = 0.5
    dim: float = 1.0
    clip: bool = False
    folds: tuple[Fold, ...] = ()
    seams: tuple[Seam, ...] = ()
    inks: tuple[Ink, ...] = ()

    def mapped(self, *, flip: bool = False, **move: float) -> Panel:
        """Return the panel mirrored and moved, with all that lies on it."""

        def go(points: Points) -> Points:
            return moved(flipped(points) if flip else points, **move)

        sign = -1.0 if flip else 1.0
        return replace(
            self,
            outline=go(self.outline),
            grain=sign * self.grain + move.get("turn", 0.0),
            folds=tuple(replace(fold, spine=go(fold.spine)) for fold in self.folds),
            seams=tuple(replace(seam, line=go(seam.line)) for seam in self.seams),
            inks=tuple(replace(ink, outline=go(ink.outline)) for ink in self.inks),
        )


@dataclass(frozen=True, slots=True)
class Garment:
    """A garment ready to be photographed.

    Parameters
    ----------
    panels : tuple of Panel
        From the lowest to the topmost.
    pose : {"flat", "hang", "stand"}
        How it is shown.
    neck : float, optional
        Height of the collar, where a hanger goes.
    fill : float
        Share of the frame it takes, along whichever side is tight.
    """

    panels: tuple[Panel, ...]
    pose: Pose = "flat"
    neck: float | None = None
    fill: float = 0.84

    def bounds(self) -> tuple[float, float, float, float]:
        """Return left, top, right and bottom."""
        every = np.vstack([panel.outline for panel in self.panels])
        low, high = every.min(axis=0), every.max(axis=0)
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def twin(panel: Panel) -> tuple[Panel, Panel]:
    """Return a panel and its mirror image, as for two sleeves."""
    return panel, panel.mapped(flip=True)


def button(x: float, y: float, radius: float, colour: Colour) -> Panel:
    """Return one round button with its two holes."""
    dark = (colour[0] * 0.4, colour[1] * 0.4, colour[2] * 0.4)
    holes = tuple(Ink(ellipse(x + side * radius * 0.3, y, radius * 0.17), dark) for side in (-1, 1))
    shell = Cloth(colour, texture="gloss")
    return Panel(ellipse(x, y, radius), shell, lift=0.8, drop=0.7, inks=holes)
