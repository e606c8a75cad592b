"""Tops that button up: shirts, blouses and cardigans; and the collar and placket they share."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from tools.draw_demo.drawing.curves import band, mirrored, path, smooth
from tools.draw_demo.drawing.palette import Colour, mix
from tools.draw_demo.garment import Cloth, Fold, Garment, Panel, Seam, button, twin
from tools.draw_demo.garments.block import Block, inside, long_sleeve, short_sleeve
from tools.draw_demo.garments.folds import crumple, drape, pull

WHITE: Colour = (0.97, 0.96, 0.93)


def shirt_collar(block: Block, cloth: Cloth, *, long: float = 1.0) -> tuple[Panel, ...]:
    """Return a shirt collar: the inside of its stand, then its two leaves."""
    top, neck = block.top, block.neck
    low = top + block.depth
    stand = mirrored(
        path(
            [(0, top - 2), (neck * 0.7, top - 4), (neck + 3, top - 3)],
            [(neck + 3, top - 3), (neck * 0.7, top + 9), (0, top + 14)],
        )
    )
    leaf = path(
        [(0.5, low - 1), (neck * 0.62, low - block.depth * 0.42), (neck - 1, top - 5)],
        [(neck - 1, top - 5), (neck + 5, top - 5)],
        [(neck + 5, top - 5), (neck + 8, top + 8), (neck - 1, low + 15 * long)],
        [(neck - 1, low + 15 * long), (neck * 0.45, low + 5), (0.5, low - 1)],
    )
    edge = smooth([(neck + 4.5, top + 9), (neck - 2, low + 11 * long)])
    edge = np.vstack([edge, smooth([(neck - 2, low + 11 * long), (neck * 0.45, low + 2)])])
    seam = Seam(edge, 0.7, strength=0.3)
    return (
        Panel(stand, cloth.bare(), dim=0.82, drop=0.2, lift=0.4),
        *twin(Panel(leaf, cloth, grain=-30, drop=1.0, lift=0.7, seams=(seam,))),
    )


def placket(
    cloth: Cloth, top: float, bottom: float, colour: Colour, *, count: int = 6, radius: float = 2.6
) -> tuple[Panel, ...]:
    """Return the band down the front and its buttons."""
    strip = np.array([(-6.0, top), (6.0, top), (6.0, bottom), (-6.0, bottom)])
    seams = tuple(Seam(np.array([(x, top), (x, bottom)]), 0.7, strength=0.3) for x in (-4.4, 4.4))
    gap = (bottom - top - 14) / count
    rows = [top + 8 + gap * (i + 0.15) for i in range(count)]
    return (
        Panel(strip, cloth, lift=0.35, drop=0.5, seams=seams, clip=True),
        *(button(0.0, y, radius, colour) for y in rows),
    )


def _folds(block: Block, rng: np.random.Generator) -> tuple[Fold, ...]:
    (ax, ay), (hx, hy) = block.armpit, block.hem
    return (
        *pull(rng, (ax + 2, ay), (ax - 46, ay + 30), 4, spread=60, depth=0.8),
        *pull(rng, (-ax - 2, ay), (46 - ax, ay + 30), 4, spread=60, depth=0.8),
        *drape(rng, (-ax * 0.7, ax * 0.7, 0), (-hx, hx, hy), 4, depth=0.5),
        *crumple(rng, (-ax * 0.7, -30, ax * 0.7, hy - 20), 5, depth=0.4),
    )


def _block(rng: np.random.Generator) -> Block:
    boxy = float(rng.uniform(-1.0, 1.0))
    return Block(
        neck=23.0,
        depth=19.0,
        shoulder=(78.0 + 4 * boxy, -100.0),
        armpit=(72.0 + 5 * boxy, -46.0),
        waist=(67.0 + 6 * boxy, 22.0),
        hem=(71.0 + 6 * boxy, float(rng.uniform(112, 122))),
        sag=13.0,
    )


def _pocket(cloth: Cloth) -> Panel:
    outline = np.array([(20.0, -46), (48, -46), (48, -16), (34, -9), (20, -16)])
    seam = Seam(np.array([(20.0, -40), (48, -40)]), 0.7, strength=0.3)
    return Panel(outline, cloth, lift=0.3, drop=0.5, seams=(seam,))


def _front(block: Block, cloth: Cloth, trim: Colour, rng: np.random.Generator) -> list[Panel]:
    seams = (Seam(block.hem_line(4.0), 0.7, strength=0.3),)
    body = Panel(block.body(), cloth, folds=_folds(block, rng), seams=seams, drop=0.8)
    stand, *leaves = shirt_collar(block, cloth)
    low = block.top + block.depth
    parts = [stand, body, *placket(cloth, low, block.hem[1] + block.sag - 1, trim)]
    if rng.uniform() < 0.7:
        parts.append(_pocket(cloth))
    return [*parts, *leaves]


def shirt(cloth: Cloth, trim: Colour, rng: np.random.Generator) -> Garment:
    """Return a shirt with long sleeves and buttoned cuffs."""
    block = _block(rng)
    sleeve = long_sleeve(block, cloth, rng, wide=5.0, to=86.0)
    (ox, oy), (lx, ly) = sleeve.cuff
    cuff = path(
        [(ox + 0.6, oy - 2), (ox - 1, oy + 17)],
        [(ox - 1, oy + 17), ((ox + lx) / 2, (oy + ly) / 2 + 19), (lx - 0.5, ly + 17)],
        [(lx - 0.5, ly + 17), (lx - 1, ly - 2)],
    )
    arm = (sleeve.panel, Panel(cuff, cloth, grain=80, lift=0.7, drop=0.5))
    pale = WHITE if cloth.colour != WHITE else trim
    back = replace(inside(block, cloth.bare()), dim=0.7)
    sides = [panel for part in arm for panel in twin(part)]
    studs = [button(side * (lx + 8), ly + 8, 2.0, pale) for side in (1, -1)]
    return Garment(
        (back, *sides, *studs, *_front(block, cloth, pale, rng)), "hang", neck=block.top, fill=0.9
    )


def short_shirt(cloth: Cloth, _trim: Colour, rng: np.random.Generator) -> Garment:
    """Return a shirt with short, wide sleeves."""
    block = replace(_block(rng), sag=5.0)
    sleeve = short_sleeve(block, cloth, rng, reach=0.98, flare=5.0)
    pale = mix(WHITE, cloth.colour, 0.15)
    parts = _front(block, cloth, pale, rng)
    back = inside(block, cloth.bare())
    return Garment((back, *twin(sleeve.panel), *parts), "hang", neck=block.top, fill=0.9)


def blouse(cloth: Cloth, _trim: Colour, rng: np.random.Generator) -> Garment:
    """Return a blouse with full sleeves, a V neck and a bow."""
    block = replace(_block(rng), neck=27.0, depth=40.0, pointed=True, sag=4.0)
    block = replace(block, hem=(block.hem[0] + 4, 100.0))
    sleeve = long_sleeve(block, cloth, rng, wide=13.0, to=70.0)
    (ox, oy), (lx, ly) = sleeve.cuff
    cuff = path([(ox - 6, oy - 3), (ox - 6, oy + 9)], [(lx + 4, ly + 9), (lx + 4, ly - 3)])
    full = drape(rng, (lx - 6, ox - 4, -20), (lx, ox, ly), 3, depth=0.9)
    arm = replace(sleeve.panel, folds=(*sleeve.panel.folds, *full))
    body = Panel(block.body(), cloth, folds=_folds(block, rng), drop=0.8)
    low = block.top + block.depth
    loop = path([(0, low), (12, low - 11), (25, low - 6), (23, low + 7), (12, low + 8), (0, low)])
    tail = band([(0, low), (6, low + 22), (13, low + 48)], 7, 11)
    tie = cloth.bare()
    panels = (
        inside(block, tie),
        *twin(Panel(cuff, tie, lift=0.8, drop=0.3)),
        *twin(arm),
        body,
        *twin(Panel(tail, tie, lift=0.9, drop=0.8)),
        *twin(Panel(loop, tie, lift=1.2, drop=0.9, folds=pull(rng, (0, low), (20, low), 3))),
        Panel(
            path(
                [(-5, low - 5), (5, low - 5)],
                [(5, low - 5), (6, low), (5, low + 6)],
                [(5, low + 6), (-5, low + 6)],
            ),
            tie,
            lift=1.2,
            drop=0.8,
        ),
    )
    return Garment(panels, "hang", neck=block.top, fill=0.9)


def cardigan(cloth: Cloth, trim: Colour, rng: np.random.Generator) -> Garment:
    """Return an open-necked knitted cardigan."""
    block = replace(_block(rng), neck=25.0, depth=78.0, pointed=True, sag=3.0)
    block = replace(block, hem=(block.hem[0] - 1, 104.0))
    knit = replace(cloth, texture="knit")
    rib = cloth.dyed(cloth.colour, "rib")
    sleeve = long_sleeve(block, knit, rng, wide=5.0, to=80.0)
    (ox, oy), (lx, ly) = sleeve.cuff
    cuff = np.array([(ox - 2, oy - 2), (ox - 4, oy + 14), (lx + 4, ly + 14), (lx + 2, ly - 2)])
    low, (hx, hy) = block.top + block.depth, block.hem
    hem = mirrored(
        path([(0, hy + block.sag - 3), (hx - 1, hy - 3)], [(hx - 4, hy + 13), (0, hy + 16)])
    )
    edge = band([(block.neck + 2, block.top), (block.neck * 0.5, low - 38), (3, low + 2)], 9)
    front = band([(3, low - 2), (0, low + 8), (0, hy + 16)], 10)
    rows = np.linspace(low + 6, hy + 6, 5)
    panels = (
        inside(block, knit.bare()),
        *twin(Panel(cuff, rib, lift=0.8)),
        *twin(sleeve.panel),
        Panel(hem, rib, lift=0.8),
        Panel(block.body(), knit, folds=_folds(block, rng), drop=0.8, lift=1.2),
        *twin(Panel(edge, rib, lift=0.8, drop=0.6)),
        Panel(front, rib, lift=0.8, drop=0.6),
        *(button(0.5, float(y), 3.1, trim) for y in rows),
    )
    return Garment(panels, "flat", neck=block.top, fill=0.9)
