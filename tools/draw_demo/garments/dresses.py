"""Dresses: with buttons, A-line, slip, tiered and wrapped."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from tools.draw_demo.drawing.curves import Points, band, mirrored, path, smooth
from tools.draw_demo.drawing.palette import Colour, mix
from tools.draw_demo.garment import Cloth, Fold, Garment, Panel, Seam, button, twin
from tools.draw_demo.garments.block import Block, inside, long_sleeve, neckline, short_sleeve
from tools.draw_demo.garments.folds import crumple, drape, pull
from tools.draw_demo.garments.shirts import shirt_collar
from tools.draw_demo.garments.skirts import hem_curve, hem_seam

BLACK: Colour = (0.12, 0.11, 0.11)


def _block(rng: np.random.Generator) -> Block:
    trim = float(rng.uniform(-1.0, 1.0))
    return Block(
        neck=23.0,
        depth=20.0,
        shoulder=(60.0 + 2 * trim, -124.0),
        armpit=(53.0 + 2 * trim, -74.0),
        waist=(43.0 + 2 * trim, -16.0),
        hem=(46.0 + 2 * trim, 4.0),
        sag=2.0,
    )


def _skirt(
    waist: float, hem: float, top: float, bottom: float, *, sag: float = 9.0, curve: float = 5.0
) -> Points:
    """Return the outline of a skirt part; ``curve`` above 0 swings outwards like a bell."""
    sides = path(
        [(0, top), (waist, top)],
        [(waist, top), ((waist + hem) / 2 + curve, (top + bottom) / 2 - 6), (hem, bottom)],
    )
    return mirrored(np.vstack([sides, hem_curve(hem, bottom, sag)]))


def _bust(block: Block, rng: np.random.Generator) -> tuple[Fold, ...]:
    ax, ay = block.armpit
    wx, wy = block.hem
    return (
        *pull(rng, (ax, ay + 2), (ax - 34, ay + 26), 3, spread=60, depth=0.7),
        *pull(rng, (-ax, ay + 2), (34 - ax, ay + 26), 3, spread=60, depth=0.7),
        *pull(rng, (wx - 4, wy), (10, wy - 30), 3, spread=70, depth=0.6),
        *pull(rng, (4 - wx, wy), (-10, wy - 30), 3, spread=70, depth=0.6),
    )


def button_dress(cloth: Cloth, trim: Colour, rng: np.random.Generator) -> Garment:
    """Return a shirt dress with a belt and large buttons all the way down."""
    block = _block(rng)
    hem, bottom = float(rng.uniform(84, 94)), float(rng.uniform(132, 146))
    sleeve = short_sleeve(block, cloth, rng, reach=0.72, flare=3.0)
    wide = block.hem[0]
    folds = drape(rng, (-wide * 0.8, wide * 0.8, 2), (-hem, hem, bottom), 7, depth=0.95)
    skirt = Panel(
        _skirt(wide - 1, hem, 0, bottom),
        cloth,
        folds=folds,
        lift=1.1,
        seams=(hem_seam(hem, bottom, 9, 5),),
    )
    bodice = Panel(block.body(), cloth, folds=_bust(block, rng), drop=0.5)
    low = block.top + block.depth
    strip = np.array([(-6.5, low), (6.5, low), (6.5, bottom + 8), (-6.5, bottom + 8)])
    edges = tuple(Seam(np.array([(x, low), (x, bottom + 8)]), 0.7, strength=0.3) for x in (-5, 5))
    belt = mirrored(
        path(
            [(0, -6), (wide - 1, -7)],
            [(wide - 1, -7), (wide - 0.4, -1), (wide - 1, 5)],
            [(wide - 1, 5), (0, 7)],
        )
    )
    rows = [*np.linspace(low + 10, -22, 3), *np.linspace(24, bottom - 12, 4)]
    stand, *leaves = shirt_collar(block, cloth, long=0.9)
    panels = (
        inside(block, cloth.bare()),
        stand,
        *twin(sleeve.panel),
        skirt,
        bodice,
        Panel(strip, cloth, lift=0.35, drop=0.5, seams=edges, clip=True),
        Panel(belt, cloth.dyed(mix(cloth.colour, BLACK, 0.22)), lift=0.8, drop=0.9),
        *leaves,
        *(button(0.0, float(y), 4.3, trim) for y in rows),
        button(0.0, 0.5, 5.2, trim),
    )
    return Garment(panels, "hang", neck=block.top, fill=0.87)


def aline_dress(cloth: Cloth, _trim: Colour, rng: np.random.Generator) -> Garment:
    """Return a sleeveless A-line dress with a round neck."""
    block = replace(_block(rng), neck=27.0, depth=31.0, shoulder=(47.0, -126.0))
    bottom, hem = float(rng.uniform(110, 136)), float(rng.uniform(74, 88))
    (sx, sy), (ax, ay), (wx, wy) = block.shoulder, block.armpit, block.waist
    outline = mirrored(
        path(
            block.neck_half(),
            [(block.neck, block.top), (sx, sy)],
            [(sx, sy), (sx - 5, (sy + ay) / 2 + 8), (ax, ay)],
            [(ax, ay), (wx + 4, wy - 8), (wx + 18, 40), (hem, bottom)],
            hem_curve(hem, bottom, 9),
        )
    )
    folds = (
        *_bust(block, rng),
        *drape(rng, (-wx * 0.7, wx * 0.7, -20), (-hem, hem, bottom), 5, depth=0.8),
    )
    edge = Seam(neckline(block, 4.0), 0.7, strength=0.3)
    body = Panel(outline, cloth, folds=folds, seams=(edge, hem_seam(hem, bottom, 9, 5)), lift=1.1)
    return Garment((inside(block, cloth.bare()), body), "hang", neck=block.top, fill=0.88)


def slip_dress(cloth: Cloth, _trim: Colour, rng: np.random.Generator) -> Garment:
    """Return a long slip dress on thin straps."""
    shiny = replace(cloth, texture="smooth")
    bottom, hem = float(rng.uniform(140, 160)), float(rng.uniform(62, 76))
    outline = mirrored(
        path(
            [(0, -62), (16, -74), (33, -92)],
            [(33, -92), (40, -76), (49, -62)],
            [(49, -62), (41, -14), (50, 34), (hem, bottom)],
            hem_curve(hem, bottom, 8),
        )
    )
    back = mirrored(path([(0, -66), (49, -64)], [(46, -50), (0, -46)]))
    folds = (
        *drape(rng, (-28, 28, -30), (-hem, hem, bottom), 5, depth=0.9),
        *pull(rng, (42, -40), (6, -30), 3, depth=0.6),
        *pull(rng, (-42, -40), (-6, -30), 3, depth=0.6),
    )
    edge = np.vstack(
        [smooth([(-33, -90), (-16, -71), (0, -59)]), smooth([(0, -59), (16, -71), (33, -90)])]
    )
    strap = band([(33, -90), (30, -116), (25, -138)], 3.0)
    rear = band([(25.5, -136), (22.5, -141), (20, -134), (24, -104), (30, -64)], 3.0)
    panels = (
        Panel(back, shiny.bare(), dim=0.68, drop=0.0),
        *twin(Panel(rear, shiny.bare(), lift=0.6, drop=0.2, dim=0.75)),
        Panel(outline, shiny, folds=folds, lift=1.2, seams=(Seam(edge, 0.8, strength=0.35),)),
        *twin(Panel(strap, shiny.bare(), lift=0.6, drop=0.5)),
    )
    return Garment(panels, "hang", neck=-130.0, fill=0.88)


def tiered_dress(cloth: Cloth, _trim: Colour, rng: np.random.Generator) -> Garment:
    """Return a loose dress in three gathered tiers, with puffed sleeves."""
    block = replace(_block(rng), neck=26.0, depth=26.0, hem=(50.0, -22.0), waist=(50.0, -40.0))
    sleeve = short_sleeve(block, cloth, rng, reach=0.85, flare=9.0)
    puff = drape(rng, (62, 84, -112), (72, 100, -72), 3, depth=0.8)
    arm = replace(sleeve.panel, folds=puff, lift=1.6)
    rows = [(48.0, 66.0, -26.0, 26.0), (65.0, 84.0, 22.0, 82.0), (82.0, 101.0, 78.0, 138.0)]
    tiers = [
        Panel(
            _skirt(top, low, start, end, sag=6 + i, curve=2),
            cloth,
            lift=1.2,
            drop=0.9,
            folds=drape(
                rng, (-top * 0.9, top * 0.9, start + 4), (-low, low, end), 7 + 2 * i, depth=0.85
            ),
        )
        for i, (top, low, start, end) in enumerate(rows)
    ]
    edge = Seam(neckline(block, 4.0), 0.7, strength=0.3)
    body = Panel(block.body(), cloth, folds=_bust(block, rng), drop=0.8, seams=(edge,))
    panels = (inside(block, cloth.bare()), *twin(arm), *tiers[::-1], body)
    return Garment(panels, "hang", neck=block.top, fill=0.87)


def wrap_dress(cloth: Cloth, trim: Colour, rng: np.random.Generator) -> Garment:
    """Return a wrapped dress with a deep V neck and a tie at the waist."""
    block = replace(_block(rng), neck=25.0, depth=58.0, pointed=True)
    bottom, hem = float(rng.uniform(124, 142)), float(rng.uniform(76, 90))
    sleeve = long_sleeve(block, cloth, rng, wide=4.0, to=-4.0)
    wide = block.hem[0]
    folds = drape(rng, (-wide * 0.6, wide * 0.9, 2), (-hem, hem, bottom), 6, depth=0.9)
    lap = smooth([(26, 2), (30, 60), (22, bottom + 7)])
    skirt = Panel(
        _skirt(wide - 1, hem, 0, bottom),
        cloth,
        folds=folds,
        lift=1.1,
        seams=(Seam(lap, 1.3, strength=0.5), hem_seam(hem, bottom, 9, 5)),
    )
    low = block.top + block.depth
    cross = Seam(smooth([(-3, low - 4), (14, low + 14), (34, -2)]), 1.2, strength=0.5)
    bodice = Panel(block.body(), cloth, folds=_bust(block, rng), seams=(cross,), drop=0.5)
    belt = mirrored(
        path(
            [(0, -5), (wide - 1, -6)],
            [(wide - 1, -6), (wide - 0.4, -1), (wide - 1, 4)],
            [(wide - 1, 4), (0, 6)],
        )
    )
    tie = cloth.bare() if cloth.pattern == "plain" else cloth.dyed(mix(cloth.colour, trim, 0.15))
    knot = path([(22, -6), (31, -8), (36, 0), (31, 8), (22, 6)], [(22, 6), (22, -6)])
    panels = (
        inside(block, cloth.bare()),
        *twin(sleeve.panel),
        skirt,
        bodice,
        Panel(belt, tie, lift=0.8, drop=0.8),
        Panel(band([(29, 2), (36, 30), (33, 62)], 6, 9), tie, lift=0.8, drop=0.9),
        Panel(band([(28, 2), (24, 26), (27, 50)], 6, 9), tie, lift=0.8, drop=0.9),
        Panel(knot, tie, lift=1.2, drop=0.8, folds=crumple(rng, (22, -6, 36, 6), 2)),
    )
    return Garment(panels, "hang", neck=block.top, fill=0.88)
