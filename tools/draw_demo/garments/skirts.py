"""Skirts: A-line, pleated, gathered and with buttons."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from tools.draw_demo.drawing.curves import Points, flipped, mirrored, path, smooth
from tools.draw_demo.drawing.palette import Colour, rgb
from tools.draw_demo.garment import Cloth, Fold, Garment, Panel, Seam, button, twin
from tools.draw_demo.garments.folds import crumple, drape, pull


def hem_curve(hem: float, bottom: float, sag: float, up: float = 0.0) -> Points:
    """Return the right half of a rippling hem, from the side seam to the middle.

    Parameters
    ----------
    hem, bottom : float
        Where the side seam ends: half the width, and the height.
    sag : float
        How far the middle hangs below the sides.
    up : float
        How far above the edge the line runs.
    """
    x = np.linspace(1.0, 0.0, 25)
    ripple = 0.018 * hem * np.sin(x * (9.0 + hem / 14)) * np.minimum((1 - x) * 6, 1)
    return np.stack([x * hem, bottom + sag * (1 - x**2) + ripple - up], axis=1)


def hem_seam(hem: float, bottom: float, sag: float, up: float) -> Seam:
    """Return the line of stitches ``up`` units above a hem."""
    half = hem_curve(hem, bottom, sag, up)
    return Seam(np.vstack([half, flipped(half)[::-1]]), 0.8, strength=0.32)


def _shape(
    waist: float, hem: float, bottom: float, *, sag: float = 10.0, curve: float = 6.0
) -> Points:
    sides = path(
        [(0, -91), (waist * 0.6, -92), (waist, -96)],
        [(waist, -96), ((waist + hem) / 2 + curve, (bottom - 96) * 0.42), (hem, bottom)],
    )
    return mirrored(np.vstack([sides, hem_curve(hem, bottom, sag)]))


def _waistband(waist: float, cloth: Cloth, high: float = 16.0) -> tuple[Panel, Panel]:
    """Return the inside of the waist at the back, then the band in front."""
    top = -96 - high
    back = mirrored(path([(0, top - 2), (waist, top - 1)], [(waist, top + 10), (0, top + 12)]))
    front = mirrored(
        path(
            [(0, top + 5), (waist * 0.6, top + 4), (waist, top - 1)],
            [(waist, top - 1), (waist + 1.5, -95)],
            [(waist + 1.5, -95), (waist * 0.6, -90.5), (0, -89)],
        )
    )
    line = smooth(
        [(-waist, -97.5), (-waist * 0.6, -93), (0, -91.5), (waist * 0.6, -93), (waist, -97.5)]
    )
    return (
        Panel(back, cloth.bare(), dim=0.62, drop=0.0, lift=0.3),
        Panel(front, cloth, lift=0.6, drop=0.7, seams=(Seam(line, 0.7, strength=0.3),)),
    )


def aline_skirt(cloth: Cloth, _trim: Colour, rng: np.random.Generator) -> Garment:
    """Return a plain A-line skirt."""
    waist, hem = float(rng.uniform(42, 48)), float(rng.uniform(88, 108))
    bottom = float(rng.uniform(60, 104))
    folds = drape(rng, (-waist * 0.8, waist * 0.8, -86), (-hem, hem, bottom), 6, depth=0.9)
    body = Panel(
        _shape(waist, hem, bottom),
        cloth,
        folds=folds,
        seams=(hem_seam(hem, bottom, 10, 6),),
        lift=1.1,
    )
    back, front = _waistband(waist, cloth.bare())
    return Garment((back, body, front), "flat", fill=0.80)


def pleated_skirt(cloth: Cloth, _trim: Colour, rng: np.random.Generator) -> Garment:
    """Return a skirt in sharp pleats."""
    waist, hem, bottom, count = 44.0, float(rng.uniform(86, 100)), float(rng.uniform(52, 112)), 13
    folds: list[Fold] = []
    seams = [hem_seam(hem, bottom, 10, 5)]
    for i in range(1, count):
        share = i / count * 2 - 1
        low = bottom + 10 * (1 - share**2)
        start, mid = (
            (share * waist, -93.0),
            (share * (waist + hem) / 2 * 1.03, (bottom - 93) * 0.45),
        )
        end = (share * hem, low + 8)
        folds.append(Fold(np.array([end, mid, start]), 8.0, 1.0))
        folds.append(Fold(np.array([end, mid, start]) - [[4.5, 0]], 5.0, -1.0))
        seams.append(Seam(smooth([start, mid, (end[0], low)]), 1.0, strength=0.36))
    body = Panel(
        _shape(waist, hem, bottom), cloth, folds=tuple(folds), seams=tuple(seams), lift=1.0
    )
    back, front = _waistband(waist, cloth.bare(), 13.0)
    return Garment((back, body, front), "flat", fill=0.82)


def gathered_skirt(cloth: Cloth, _trim: Colour, rng: np.random.Generator) -> Garment:
    """Return a long, full skirt gathered on an elastic waist."""
    waist, hem, bottom = 44.0, float(rng.uniform(104, 120)), float(rng.uniform(112, 136))
    folds = (
        *drape(rng, (-waist * 0.92, waist * 0.92, -90), (-hem, hem, bottom), 9, depth=1.0),
        *pull(rng, (0, -98), (0, -56), 7, spread=170, depth=0.6),
    )
    body = Panel(
        _shape(waist, hem, bottom, curve=10),
        cloth,
        folds=folds,
        seams=(hem_seam(hem, bottom, 10, 7),),
        lift=1.2,
    )
    rib = replace(cloth.bare(), texture="rib")
    back, front = _waistband(waist, rib, 11.0)
    return Garment((back, body, front), "flat", fill=0.86)


def button_skirt(cloth: Cloth, trim: Colour, rng: np.random.Generator) -> Garment:
    """Return a short skirt with patch pockets and buttons down its front."""
    waist, hem, bottom = 48.0, float(rng.uniform(72, 84)), float(rng.uniform(34, 56))
    solid = replace(cloth, texture="denim" if cloth.pattern == "plain" else cloth.texture)
    folds = (
        *drape(rng, (-waist * 0.8, waist * 0.8, -80), (-hem, hem, bottom), 3, depth=0.6),
        *crumple(rng, (-hem * 0.6, -60, hem * 0.6, bottom - 20), 4, depth=0.4),
    )
    body = Panel(
        _shape(waist, hem, bottom, sag=6, curve=9),
        solid,
        folds=folds,
        lift=1.0,
        seams=(hem_seam(hem, bottom, 6, 6),),
    )
    strip = np.array([(-8.0, -91), (8, -91), (8, bottom + 6), (-8, bottom + 6)])
    edges = tuple(
        Seam(np.array([(x, -91), (x, bottom + 6)]), 0.7, strength=0.35) for x in (-6.0, 6.0)
    )
    pocket = path(
        [(20, -62), (52, -66)], [(52, -66), (55, -30), (50, -22)], [(50, -22), (26, -20), (21, -28)]
    )
    back, front = _waistband(waist, solid.bare())
    brass = rgb("a8793c") if trim == (1.0, 1.0, 1.0) else trim
    rows = np.linspace(-70, bottom - 12, 4)
    panels = (
        back,
        body,
        Panel(strip, solid, lift=0.35, drop=0.6, seams=edges, clip=True),
        *twin(Panel(pocket, solid, lift=0.5, drop=0.7)),
        front,
        *(button(0.0, float(y), 3.8, brass) for y in rows),
        button(0.0, -99.0, 4.0, brass),
    )
    return Garment(panels, "flat", fill=0.78)
