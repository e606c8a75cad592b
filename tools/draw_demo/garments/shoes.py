"""Shoes, always as a pair: sneakers, high-tops, boots, pumps and flats."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from tools.draw_demo.drawing.curves import band, ellipse, mirrored, path, smooth
from tools.draw_demo.drawing.palette import Colour, mix, rgb
from tools.draw_demo.garment import Cloth, Garment, Ink, Panel, Seam
from tools.draw_demo.garments import lasts
from tools.draw_demo.garments.folds import crumple, pull

RUBBER: Colour = rgb("ece9e1")
DARK: Colour = rgb("2a2522")
LACE: Colour = rgb("f4f2ec")


def _pair(panels: list[Panel], rng: np.random.Generator, *, fill: float = 0.86) -> Garment:
    """Return the shoe in front of its fellow."""
    dx, dy = float(rng.uniform(22, 34)), float(rng.uniform(-24, -15))
    behind = [
        replace(panel.mapped(dx=dx, dy=dy, scale=0.96), dim=panel.dim * 0.93) for panel in panels
    ]
    return Garment((*behind, *panels), "stand", fill=fill)


def _laces(rows: list[tuple[float, float]], colour: Colour) -> list[Panel]:
    lace = Cloth(colour, texture="cotton")
    return [
        Panel(
            band([(x - 8, y - 5), (x + 2, y - 1.5), (x + 12, y + 4)], 3.6), lace, lift=0.8, drop=0.9
        )
        for x, y in rows
    ]


def _rubber_sole(colour: Colour, stripe: Colour) -> Panel:
    return Panel(
        lasts.RUBBER_SOLE,
        Cloth(colour, texture="smooth"),
        lift=0.8,
        drop=0.4,
        inks=(Ink(lasts.RUBBER_STRIPE, stripe),),
    )


def sneakers(cloth: Cloth, trim: Colour, rng: np.random.Generator) -> Garment:
    """Return low laced sneakers with two stripes on the side."""
    upper_cloth = Cloth(cloth.colour, texture="leather" if rng.uniform() < 0.6 else "cotton")
    bars = tuple(
        Ink(band([(x + 22, -26 + i * 2), (x, 30)], 7.0), trim) for i, x in enumerate((4.0, 22.0))
    )
    stitch = Seam(smooth([(-52, 30), (-56, 14), (-66, 4)]), 0.8, strength=0.3)
    white = cloth.dyed(LACE, "cotton")
    folds = (
        *pull(rng, (-50, 6), (-34, -6), 3, spread=90, depth=0.7),
        *crumple(rng, (-70, 0, 70, 20), 3, depth=0.3),
    )
    rows = [(-24.0, -12.0), (-15.0, -20.0), (-6.0, -28.0), (3.0, -36.0)]
    panels = [
        Panel(lasts.SNEAKER_LINING, white, dim=0.5, drop=0.0, lift=0.2),
        Panel(lasts.SNEAKER_TONGUE, upper_cloth, lift=1.0, drop=0.2, dim=0.94),
        _rubber_sole(RUBBER, mix(RUBBER, trim, 0.5)),
        Panel(
            lasts.SNEAKER_UPPER,
            upper_cloth,
            folds=folds,
            seams=(stitch,),
            inks=bars,
            lift=1.7,
            drop=0.4,
        ),
        Panel(lasts.SNEAKER_TOE, upper_cloth, lift=0.5, drop=0.3, clip=True),
        Panel(lasts.SNEAKER_STAY, upper_cloth, lift=0.5, drop=0.6),
        Panel(
            lasts.SNEAKER_HEEL,
            Cloth(trim, texture=upper_cloth.texture),
            lift=0.6,
            drop=0.4,
            clip=True,
        ),
        *_laces(rows, LACE),
    ]
    return _pair(panels, rng)


def high_tops(cloth: Cloth, trim: Colour, rng: np.random.Generator) -> Garment:
    """Return canvas high-tops with a rubber toe and a round patch."""
    canvas = replace(cloth, texture="linen")
    patch = (
        Ink(ellipse(50, -52, 15), LACE),
        Ink(ellipse(50, -52, 12.4), cloth.colour),
        Ink(ellipse(50, -52, 6), trim),
    )
    holes = tuple(Ink(ellipse(-10 + 3.6 * i, -28 - 13 * i, 2.0), rgb("b9bcc0")) for i in range(6))
    seam = Seam(smooth([(-30, 30), (0, -10), (14, -60), (18, -101)]), 0.8, strength=0.35)
    back = Seam(smooth([(64, -106), (66, -60), (68, 0)]), 0.8, strength=0.35)
    folds = (
        *pull(rng, (74, -14), (34, -26), 4, depth=0.8),
        *pull(rng, (-30, -8), (-10, 12), 3, depth=0.7),
    )
    rows = [(-16.0 + 3.6 * i, -26.0 - 13 * i) for i in range(6)]
    rubber = Cloth(RUBBER, texture="smooth")
    panels = [
        Panel(lasts.HIGH_TOP_LINING, canvas.bare(), dim=0.5, drop=0.0, lift=0.2),
        Panel(lasts.HIGH_TOP_TONGUE, canvas.bare(), lift=1.0, drop=0.2, dim=0.92),
        _rubber_sole(RUBBER, trim),
        Panel(
            lasts.HIGH_TOP_UPPER,
            canvas,
            folds=folds,
            seams=(seam, back),
            inks=(*patch, *holes),
            lift=1.7,
            drop=0.4,
        ),
        Panel(lasts.HIGH_TOP_TOE, rubber, lift=1.0, drop=0.4),
        Panel(lasts.HIGH_TOP_HEEL, rubber, lift=0.4, drop=0.3),
        *_laces(rows, LACE),
    ]
    return _pair(panels, rng, fill=0.8)


def ankle_boots(cloth: Cloth, _trim: Colour, rng: np.random.Generator) -> Garment:
    """Return leather ankle boots with an elastic side."""
    leather = Cloth(cloth.colour, texture="leather")
    brown = Cloth(DARK, texture="smooth")
    ribs = tuple(
        Seam(np.array([(x, -92), (x + (33 - x) * 0.5, -34)]), 0.8, strength=0.3)
        for x in range(20, 48, 4)
    )
    seam = Seam(smooth([(-40, 51), (-26, 16), (4, -6), (30, -28)]), 0.9, strength=0.4)
    folds = (
        *pull(rng, (-18, -22), (24, -8), 4, spread=70, depth=0.9),
        *pull(rng, (72, -24), (44, -10), 4, spread=70, depth=0.8),
        *crumple(rng, (-70, 6, 60, 24), 2, depth=0.3),
    )
    panels = [
        Panel(lasts.BOOT_LINING, brown, dim=0.8, drop=0.0, lift=0.2),
        Panel(lasts.BOOT_TAB, leather, lift=0.6, drop=0.2),
        Panel(lasts.BOOT_BLOCK, brown, lift=0.7, drop=0.4),
        Panel(lasts.BOOT_SOLE, brown, lift=0.5, drop=0.4),
        Panel(lasts.BOOT_UPPER, leather, folds=folds, seams=(seam,), lift=2.0, drop=0.4),
        Panel(
            lasts.BOOT_GORE,
            Cloth(mix(cloth.colour, DARK, 0.6)),
            lift=0.4,
            drop=0.0,
            seams=ribs,
            clip=True,
        ),
    ]
    return _pair(panels, rng, fill=0.8)


def pumps(cloth: Cloth, trim: Colour, rng: np.random.Generator) -> Garment:
    """Return pumps with a heel."""
    leather = Cloth(cloth.colour, texture="gloss" if rng.uniform() < 0.5 else "leather")
    slim = float(rng.uniform(0, 8))
    heel = path(
        [(54, 10), (88, -4)],
        [(88, -4), (87, 20), (84 + slim * 0.2, 53)],
        [(84 + slim * 0.2, 53), (70 + slim, 53)],
        [(70 + slim, 53), (69 + slim * 0.6, 30), (54, 10)],
    )
    insole = Cloth(rgb("d8bd9c"), texture="leather")
    edge = Seam(
        smooth([(-46, 22), (-38, 32.5), (-8, 26.5), (34, -1.5), (62, -27.5), (81, -43)]),
        0.8,
        strength=0.25,
    )
    folds = pull(rng, (-44, 26), (-66, 38), 2, depth=0.4)
    panels = [
        Panel(lasts.PUMP_LINING, insole, dim=0.9, drop=0.0, lift=-0.8),
        Panel(heel, leather, lift=0.9, drop=0.3),
        Panel(lasts.PUMP_SOLE, Cloth(DARK, texture="smooth"), lift=0.3, drop=0.2),
        Panel(lasts.PUMP_UPPER, leather, seams=(edge,), folds=folds, lift=1.9, drop=0.5),
    ]
    if rng.uniform() < 0.5:
        panels.append(_bow(-52.0, 24.0, Cloth(trim, texture="smooth"), 0.8))
        panels.append(
            Panel(ellipse(-52, 24, 3.5), Cloth(trim, texture="smooth"), lift=0.8, drop=0.6)
        )
    return _pair(panels, rng, fill=0.84)


def _bow(x: float, y: float, cloth: Cloth, scale: float) -> Panel:
    half = path([(0, -3), (10, -9), (15, -6), (14, 6), (10, 9), (0, 3)])
    return Panel(mirrored(half) * scale + np.array([x, y]), cloth, lift=0.9, drop=0.9)


def flats(cloth: Cloth, trim: Colour, rng: np.random.Generator) -> Garment:
    """Return ballet flats, seen from above."""
    leather = Cloth(cloth.colour, cloth.second, cloth.pattern, 11.0, "leather")
    insole = Cloth(rgb("d9c3a5"), texture="leather")
    mark = (Ink(path([(-6, 40), (6, 40)], [(6, 52), (-6, 52)]), rgb("9a7a55"), 0.7),)
    folds = (
        *pull(rng, (-24, -40), (-6, -58), 3, depth=0.6),
        *pull(rng, (26, -40), (8, -58), 3, depth=0.6),
    )
    shoe = [
        Panel(lasts.FLAT_SOLE, Cloth(DARK, texture="smooth"), lift=0.4, drop=0.3),
        Panel(lasts.FLAT_OUTLINE, leather, folds=folds, lift=1.9, drop=0.2),
        Panel(lasts.FLAT_OPENING, insole, lift=-1.6, drop=0.0, dim=0.9, inks=mark),
        _bow(
            0.0, -50.0, Cloth(trim if rng.uniform() < 0.5 else cloth.colour, texture="smooth"), 0.8
        ),
    ]
    lean = float(rng.uniform(2, 9))
    left = [panel.mapped(dx=-44, turn=-lean) for panel in shoe]
    right = [panel.mapped(flip=True, dx=44, turn=lean) for panel in shoe]
    return Garment((*left, *right), "flat", fill=0.66)
