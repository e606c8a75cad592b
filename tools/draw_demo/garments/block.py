"""The block that tops and dresses are cut from: body, neckline and sleeves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from tools.draw_demo.drawing.curves import Points, band, flipped, mirrored, path, smooth
from tools.draw_demo.drawing.palette import rgb
from tools.draw_demo.garment import Cloth, Ink, Panel, Seam
from tools.draw_demo.garments.folds import pull


@dataclass(frozen=True, slots=True)
class Block:
    """Measures of a body, right half, in design units.

    Parameters
    ----------
    neck, depth : float
        Half the width of the neckline, and how far it drops in front.
    shoulder, armpit, waist, hem : tuple of float
        Points of the right edge, from the top down.
    pointed : bool
        Whether the neckline is a V.
    sag : float
        How far the middle of the hem hangs below its ends.
    """

    neck: float = 27.0
    depth: float = 24.0
    shoulder: tuple[float, float] = (73.0, -101.0)
    armpit: tuple[float, float] = (66.0, -48.0)
    waist: tuple[float, float] = (62.0, 20.0)
    hem: tuple[float, float] = (66.0, 128.0)
    pointed: bool = False
    sag: float = 4.0

    @property
    def top(self) -> float:
        """Height of the point where neck and shoulder meet."""
        return self.shoulder[1] - 17.0

    def neck_half(self, wider: float = 0.0) -> list[tuple[float, float]]:
        """Return the right half of the front neckline, from the middle to the shoulder."""
        low, edge = self.top + self.depth + wider, self.neck + wider
        if self.pointed:
            return [(0.0, low), (edge * 0.42, low - self.depth * 0.46), (edge, self.top)]
        return [
            (0.0, low),
            (edge * 0.55, low - self.depth * 0.16),
            (edge * 0.92, low - self.depth * 0.62),
            (edge, self.top),
        ]

    def body(self) -> Points:
        """Return the closed outline of the body."""
        (sx, sy), (ax, ay), (wx, wy), (hx, hy) = self.shoulder, self.armpit, self.waist, self.hem
        half = path(
            self.neck_half(),
            [(self.neck, self.top), ((self.neck + sx) / 2, (self.top + sy) / 2 + 0.8), (sx, sy)],
            [(sx, sy), (min(sx, ax) - 3.5, (sy + ay) / 2 + 4), (ax, ay)],
            [(ax, ay), ((ax + wx) / 2 - 1, (ay + wy) / 2), (wx, wy), (hx, hy)],
            [(hx, hy), (hx * 0.5, hy + self.sag * 0.8), (0.0, hy + self.sag)],
        )
        return mirrored(half)

    def hem_line(self, up: float) -> Points:
        """Return a line that follows the hem, ``up`` units above it."""
        x, y = self.hem
        right = [(x, y - up), (x * 0.5, y + self.sag * 0.8 - up), (0.0, y + self.sag - up)]
        return smooth([*right, (-right[1][0], right[1][1]), (-x, y - up)])


def neckline(block: Block, wider: float = 0.0) -> Points:
    """Return the front neckline from the left shoulder to the right one."""
    half = smooth(block.neck_half(wider))
    return np.vstack([flipped(half)[::-1], half[1:]])


def inside(block: Block, cloth: Cloth, *, label: bool = True) -> Panel:
    """Return the inside of the back, seen through the neckline, with its label."""
    top, neck = block.top, block.neck
    back = smooth(
        [
            (-neck - 1, top),
            (-neck * 0.5, top + 6),
            (0, top + 7.5),
            (neck * 0.5, top + 6),
            (neck + 1, top),
        ]
    )
    # It reaches a little under the front so that no backdrop shows between them.
    front = neckline(block, 3.0)[::-1]
    inks = []
    if label and block.depth > 17:
        tag = np.array([(-6.0, top + 9.5), (6, top + 9.5), (6, top + 17), (-6, top + 17)])
        inks = [Ink(tag, rgb("e8e4da"), 0.9)]
    seam = Seam(back + np.array([0, 2.4]), 0.8)
    return Panel(
        np.vstack([back, front]),
        cloth,
        lift=0.3,
        drop=0.0,
        dim=0.66,
        inks=tuple(inks),
        seams=(seam,),
    )


def rib_collar(block: Block, cloth: Cloth, width: float = 6.0) -> tuple[Panel, ...]:
    """Return the ribbed band around the neckline: its back half first, then its front."""
    top, neck = block.top, block.neck
    back = [
        (-neck - 1, top),
        (-neck * 0.5, top + 5),
        (0, top + 6.5),
        (neck * 0.5, top + 5),
        (neck + 1, top),
    ]
    spine = neckline(block, width * 0.36)
    return (
        Panel(band(back, width * 0.8), cloth, lift=0.6, drop=0.2, dim=0.86),
        Panel(band(spine, width), cloth, lift=0.75, drop=0.45, clip=True),
    )


@dataclass(frozen=True, slots=True)
class Sleeve:
    """A right sleeve and the middle line of its cuff."""

    panel: Panel
    cuff: tuple[tuple[float, float], tuple[float, float]]


def short_sleeve(
    block: Block, cloth: Cloth, rng: np.random.Generator, *, reach: float = 1.0, flare: float = 0.0
) -> Sleeve:
    """Return a right sleeve that ends above the elbow.

    Parameters
    ----------
    block : Block
        The body it belongs to.
    cloth : Cloth
        Its cloth.
    rng : numpy.random.Generator
        Source of its folds.
    reach : float
        Length against an ordinary short sleeve.
    flare : float
        How much wider than usual the cuff opens.
    """
    (sx, sy), (ax, ay) = block.shoulder, block.armpit
    out = (sx + 47 * reach, sy + 54 * reach - flare)
    low = (ax + 27 * reach - flare * 0.3, ay + 26 * reach + flare)
    outline = path(
        [(sx - 10, sy - 2), (sx, sy), (sx + 25 * reach, sy + 21 * reach), out],
        [out, ((out[0] + low[0]) / 2 + 1.6, (out[1] + low[1]) / 2 + 2), low],
        [low, (ax + 11, ay + 9), (ax - 4, ay - 3)],
        [(ax - 4, ay - 3), (sx - 14, (sy + ay) / 2), (sx - 10, sy - 2)],
    )
    inward = np.array([-4.2, -4.6])
    hem = np.array([out, low], dtype=np.float64) + inward
    seams = (Seam(hem, 0.8, strength=0.35),)
    folds = pull(rng, (ax, ay - 4), (out[0] - 12, out[1] - 4), 4, spread=70, depth=0.75)
    panel = Panel(outline, cloth, grain=-38, folds=folds, seams=seams, lift=1.0)
    return Sleeve(panel, (out, low))


def long_sleeve(
    block: Block, cloth: Cloth, rng: np.random.Generator, *, wide: float = 0.0, to: float = 92.0
) -> Sleeve:
    """Return a right sleeve that hangs down beside the body, its cuff at the height ``to``."""
    (sx, sy), (ax, ay) = block.shoulder, block.armpit
    sway = float(rng.uniform(-3, 7))
    out, low = (sx + 50 + sway + wide, to - 3), (sx + 26 + sway - wide * 0.2, to + 3)
    elbow = (to + ay) / 2
    outline = path(
        [
            (sx - 10, sy - 2),
            (sx, sy),
            (sx + 22, sy + 30),
            (sx + 41 + wide, elbow - 18),
            (sx + 50 + sway * 0.6 + wide * 1.2, elbow + 24),
            out,
        ],
        [out, low],
        [low, (sx + 18 + sway * 0.5, elbow + 16), (ax + 12, ay + 26), (ax - 3, ay - 3)],
        [(ax - 3, ay - 3), (sx - 14, (sy + ay) / 2), (sx - 10, sy - 2)],
    )
    middle = (sx + 32 + wide * 0.5, elbow)
    folds = (
        *pull(rng, (ax, ay - 2), (sx + 34, ay + 34), 3, spread=50, depth=0.8),
        *pull(rng, (middle[0] - 13, middle[1] + 6), (middle[0] + 20, middle[1] - 14), 3, depth=0.9),
        *pull(
            rng, (middle[0] + 16, middle[1] + 30), (middle[0] - 12, middle[1] + 46), 3, depth=0.7
        ),
    )
    return Sleeve(Panel(outline, cloth, grain=-12, folds=folds), (out, low))
