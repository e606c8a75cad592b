"""Hats: cap, bucket hat, straw hat, beanie and beret."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from tools.draw_demo.drawing.curves import Points, band, ellipse, mirrored, path, smooth
from tools.draw_demo.drawing.palette import Colour, mix, rgb
from tools.draw_demo.garment import Cloth, Fold, Garment, Ink, Panel, Seam, button
from tools.draw_demo.garments.folds import crumple, pull

STRAW: Colour = rgb("d9bd84")


_CROWN: Final = path(
    [(-60, 18), (-62, -18), (-42, -54), (4, -70), (48, -56), (72, -18), (75, 14)],
    [(75, 14), (50, 25), (10, 31), (-30, 29), (-60, 18)],
)
_FRONT: Final = path(
    [(-60, 18), (-62, -18), (-42, -54), (4, -70)],
    [(4, -70), (0, -20), (12, 31)],
    [(12, 31), (-30, 29), (-60, 18)],
)
_PEAK: Final = path(
    [(-58, 8), (-88, 22), (-116, 46), (-112, 56)],
    [(-112, 56), (-80, 55), (-40, 52), (0, 42), (16, 28)],
    [(16, 28), (-20, 26), (-58, 8)],
)
_UNDER_PEAK: Final = path(
    [(-112, 54), (-80, 60), (-38, 58), (4, 46)], [(4, 46), (-60, 44), (-112, 54)]
)


def cap(cloth: Cloth, trim: Colour, rng: np.random.Generator) -> Garment:
    """Return a baseball cap, seen half from the side."""
    seams = (
        Seam(smooth([(4, -70), (-30, -40), (-36, 26)]), 0.8, strength=0.35),
        Seam(smooth([(4, -70), (36, -34), (46, 25)]), 0.8, strength=0.35),
    )
    dark = mix(cloth.colour, (0.0, 0.0, 0.0), 0.6)
    holes = tuple(Ink(ellipse(x, y, 2.2), dark) for x, y in ((26, -44), (54, -34)))
    badge = _badge(cloth.colour, trim, rng)
    # A peak of another colour is what many caps are sold with.
    peak = cloth.dyed(trim) if rng.uniform() < 0.35 else cloth.bare()
    folds = (
        *pull(rng, (70, 16), (30, -10), 3, depth=0.6),
        *crumple(rng, (0, -50, 60, 10), 3, depth=0.4),
    )
    waves = crumple(rng, (-90, 20, -20, 50), 2)
    panels = (
        Panel(_UNDER_PEAK, peak, dim=0.45, drop=0.0, lift=0.2),
        Panel(_CROWN, cloth, folds=folds, seams=seams, inks=holes, lift=2.2),
        Panel(_FRONT, cloth, lift=1.6, drop=0.0, clip=True, inks=badge, seams=seams[:1]),
        Panel(_PEAK, peak, lift=1.3, drop=1.0, seams=_peak_stitches(), folds=waves),
        Panel(ellipse(4, -71, 7, 3.6), cloth.bare(), lift=1.0, drop=0.6),
    )
    return Garment(panels, "stand", fill=0.84)


def _peak_stitches() -> tuple[Seam, ...]:
    rows = []
    for i in range(3):
        outer = [(-60 - 6 * i, 15 + 5 * i), (-84 - 4 * i, 30 + 4 * i), (-70 + i * 2, 47 + i)]
        rows.append(Seam(smooth([*outer, (-20, 42 - i), (2, 33)]), 0.7, strength=0.25))
    return tuple(rows)


def _badge(ground: Colour, trim: Colour, rng: np.random.Generator) -> tuple[Ink, ...]:
    """Return a ring, a disc with a bar, or a letter on the front of a cap."""
    choice = int(rng.integers(3))
    if choice == 0:
        return (Ink(ellipse(-26, -14, 13, 15), trim), Ink(ellipse(-26, -14, 8.5, 10), ground))
    if choice == 1:
        bar = path([(-35, -17), (-17, -17)], [(-17, -11), (-35, -11)])
        return (Ink(ellipse(-26, -14, 14, 16), trim), Ink(bar, ground))
    left = band([(-36, 2), (-31, -28)], 5.0)
    middle = band([(-31, -28), (-25, -8), (-19, -28)], 5.0)
    return (Ink(left, trim), Ink(middle, trim), Ink(band([(-19, -28), (-15, 2)], 5.0), trim))


def bucket_hat(cloth: Cloth, _trim: Colour, rng: np.random.Generator) -> Garment:
    """Return a bucket hat with a stitched brim."""
    brim = mirrored(
        path(
            [(0, -6), (52, -10)],
            [(52, -10), (74, 8), (98, 34)],
            [(98, 34), (88, 46), (52, 57), (0, 61)],
        )
    )
    rings = tuple(
        Seam(
            mirrored(
                smooth([(0, 20 + 8 * i), (40 + 5 * i, 16 + 7.4 * i), (62 + 7 * i, 5 + 6.4 * i)])
            )[9:-9],
            0.7,
            strength=0.28,
        )
        for i in range(1, 5)
    )
    crown = mirrored(
        path(
            [(0, -66), (26, -65), (42, -59)],
            [(42, -59), (50, -30), (57, 2)],
            [(57, 2), (40, 11), (0, 16)],
        )
    )
    edge = Seam(smooth([(-42, -58), (-24, -52), (0, -50), (24, -52), (42, -58)]), 0.9, strength=0.4)
    side = Seam(smooth([(18, -51), (22, -20), (24, 13)]), 0.7, strength=0.3)
    folds = (
        *crumple(rng, (-40, -50, 40, 0), 5, depth=0.6),
        *pull(rng, (50, 0), (20, -30), 3, depth=0.5),
    )
    wave = crumple(rng, (-80, 14, 80, 50), 6, depth=0.7)
    panels = (
        Panel(brim, cloth, folds=wave, seams=rings, lift=1.4),
        Panel(crown, cloth, folds=folds, seams=(edge, side), lift=2.0, drop=1.0),
    )
    return Garment(panels, "stand", fill=0.8)


def straw_hat(cloth: Cloth, _trim: Colour, rng: np.random.Generator) -> Garment:
    """Return a wide straw hat with a ribbon."""
    straw = Cloth(mix(STRAW, rgb("b98d5c"), float(rng.uniform(0.0, 0.5))), texture="straw")
    brim = ellipse(0, 32, 122, 34)
    rings = tuple(
        Seam(ellipse(0, 32, 122 - 9 * i, 34 - 3.0 * i), 0.8, strength=0.22) for i in range(1, 6)
    )
    crown = mirrored(
        path([(0, -54), (16, -57), (40, -52), (52, -26), (58, 24)], [(58, 24), (44, 36), (0, 42)])
    )
    dent = (Fold(smooth([(0, -56), (-3, -34), (-2, -14)]), 16.0, -0.9),)
    weave = tuple(
        Seam(
            smooth([(-57 + i, 14 - 12 * i), (0, 30 - 13 * i), (57 - i, 14 - 12 * i)]),
            0.8,
            strength=0.2,
        )
        for i in range(1, 6)
    )
    ribbon = mirrored(
        path(
            [(0, 20), (42, 14), (55.5, 3)], [(55.5, 3), (58.5, 22)], [(58.5, 22), (44, 35), (0, 41)]
        )
    )
    satin = Cloth(cloth.colour, cloth.second, cloth.pattern, 9.0, "smooth")
    loop = path([(44, 24), (56, 10), (70, 10), (66, 24), (52, 28)], [(52, 28), (44, 24)])
    tail = band([(50, 26), (60, 38), (66, 52)], 7, 10)
    panels = (
        Panel(
            brim,
            straw,
            seams=rings,
            lift=1.5,
            folds=crumple(rng, (-100, 10, 100, 56), 6, depth=0.5),
        ),
        Panel(crown, straw, seams=weave, folds=dent, lift=2.2, drop=1.2),
        Panel(ribbon, satin, lift=0.6, drop=0.5),
        Panel(tail, satin, lift=0.7, drop=0.8),
        Panel(loop, satin, lift=1.1, drop=0.8),
    )
    return Garment(panels, "stand", fill=0.9)


def _pompom(rng: np.random.Generator, colour: Colour) -> Panel:
    turn = np.linspace(0, 2 * math.pi, 90, endpoint=False)
    reach = 23 + rng.uniform(-2.6, 2.6, 90)
    outline: Points = np.stack([reach * np.cos(turn), reach * np.sin(turn) - 98], axis=1)
    tufts = []
    for _ in range(60):
        far, angle = 20 * math.sqrt(rng.uniform()), rng.uniform(0, 2 * math.pi)
        x, y = far * math.cos(angle), far * math.sin(angle) - 98
        tip = np.array([(x, y), (x + 5 * math.cos(angle), y + 5 * math.sin(angle))])
        tufts.append(
            Fold(smooth([tip[0], tip.mean(axis=0), tip[1]]), 3.2, float(rng.uniform(-1, 1.4)))
        )
    return Panel(outline, Cloth(colour), folds=tuple(tufts), lift=2.0, drop=0.9)


def beanie(cloth: Cloth, trim: Colour, rng: np.random.Generator) -> Garment:
    """Return a ribbed beanie with a folded cuff, perhaps with a pompom."""
    rib = Cloth(cloth.colour, cloth.second, cloth.pattern, cloth.period, "rib")
    dome = mirrored(
        path([(0, -84), (22, -82), (46, -62), (60, -24), (63, 22)], [(63, 22), (0, 32)])
    )
    cuff = mirrored(
        path(
            [(0, 14), (40, 11), (65, 4)],
            [(65, 4), (68, 24), (65, 44)],
            [(65, 44), (40, 52), (0, 55)],
        )
    )
    folds = tuple(
        Fold(smooth([(x, 20), (x * 0.92, -30), (x * 0.25, -84)]), 7.0, 0.55)
        for x in range(-54, 55, 12)
    )
    panels = [
        Panel(dome, rib, folds=folds, lift=2.0),
        Panel(
            cuff,
            Cloth(cloth.colour, texture="rib"),
            lift=1.5,
            drop=1.0,
            folds=crumple(rng, (-50, 16, 50, 46), 3, upright=1.0, depth=0.3),
        ),
    ]
    if rng.uniform() < 0.6:
        panels.insert(0, _pompom(rng, trim))
    else:
        tag = path([(36, 24), (54, 22)], [(54, 36), (37, 38)])
        panels.append(Panel(tag, Cloth(rgb("b98d5c"), texture="leather"), lift=0.4, drop=0.5))
    return Garment(tuple(panels), "stand", fill=0.7)


def beret(cloth: Cloth, trim: Colour, rng: np.random.Generator) -> Garment:
    """Return a soft beret."""
    felt = cloth.bare()
    top = path(
        [
            (-52, 26),
            (-88, 8),
            (-92, -14),
            (-60, -36),
            (-6, -45),
            (56, -34),
            (94, -2),
            (86, 20),
            (52, 28),
        ],
        [(52, 28), (0, 33), (-52, 26)],
    )
    rim = path(
        [(-54, 22), (0, 29), (54, 24)],
        [(54, 24), (52, 36)],
        [(52, 36), (0, 42), (-50, 35)],
        [(-50, 35), (-54, 22)],
    )
    folds = (
        *pull(rng, (50, 26), (70, -20), 4, spread=80, depth=0.8),
        *pull(rng, (-50, 24), (-70, -12), 4, spread=80, depth=0.8),
        *crumple(rng, (-60, -30, 60, 10), 5, upright=0.2, depth=0.5),
    )
    panels = (
        Panel(band([(-8, -42), (-9, -50), (-6, -57)], 5.0), felt, lift=0.8),
        Panel(rim, felt, lift=0.9, dim=0.9),
        Panel(top, felt, folds=folds, lift=2.4, drop=1.0),
        button(-70.0, 8.0, 3.0, trim),
    )
    return Garment(panels, "stand", fill=0.8)
