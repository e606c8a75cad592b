"""Tops that are pulled over the head: t-shirts, long sleeves, jumpers and hoodies."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from tools.draw_demo.drawing.curves import band, flipped, mirrored, moved, path, smooth
from tools.draw_demo.drawing.palette import Colour, mix
from tools.draw_demo.garment import Cloth, Fold, Garment, Panel, Seam, twin
from tools.draw_demo.garments.block import Block, inside, long_sleeve, rib_collar, short_sleeve
from tools.draw_demo.garments.folds import crumple, drape, pull
from tools.draw_demo.garments.prints import PRINTS, front_print

BLACK: Colour = (0.1, 0.1, 0.11)


def _folds(block: Block, rng: np.random.Generator) -> tuple[Fold, ...]:
    """Return the folds of a body: from the armpits inwards, and softly down towards the hem."""
    (ax, ay), (hx, hy) = block.armpit, block.hem
    return (
        *pull(rng, (ax + 2, ay), (ax - 46, ay + 34), 4, spread=60, depth=0.7),
        *pull(rng, (-ax - 2, ay), (46 - ax, ay + 34), 4, spread=60, depth=0.7),
        *drape(rng, (-ax * 0.6, ax * 0.6, 10), (-hx, hx, hy), 3, depth=0.5),
        *crumple(rng, (-ax * 0.7, -20, ax * 0.7, hy - 20), 5, depth=0.4),
    )


def _fit(rng: np.random.Generator, **change: object) -> Block:
    """Return a block between slim and boxy."""
    boxy = rng.uniform(-1.0, 1.0)
    hem = float(rng.uniform(112, 134) - 6 * boxy)
    block = Block(
        neck=float(rng.uniform(25, 30)),
        depth=float(rng.uniform(21, 29)),
        shoulder=(80.0 + 5 * boxy, -101.0),
        armpit=(73.0 + 7 * boxy, -47.0 + 3 * boxy),
        waist=(69.0 + 9 * boxy, 20.0),
        hem=(72.0 + 8 * boxy, hem),
    )
    return replace(block, **change)  # type: ignore[arg-type]


def _tee(block: Block, cloth: Cloth, trim: Colour, rng: np.random.Generator) -> Garment:
    rib = cloth.dyed(trim, "rib") if cloth.pattern != "plain" else cloth.bare()
    sleeve = short_sleeve(block, cloth, rng, reach=float(rng.uniform(0.85, 1.12)))
    back, front = rib_collar(block, rib, 6.0)
    seams = (Seam(block.hem_line(5.5), 0.8, strength=0.35),)
    body = Panel(block.body(), cloth, folds=_folds(block, rng), seams=seams, drop=0.7)
    panels = (inside(block, cloth.bare()), back, *twin(sleeve.panel), body, front)
    return Garment(panels, "hang", neck=block.top, fill=0.9)


def tee(cloth: Cloth, _trim: Colour, rng: np.random.Generator) -> Garment:
    """Return a t-shirt with a round neck."""
    return _tee(_fit(rng), cloth, cloth.colour, rng)


def v_tee(cloth: Cloth, _trim: Colour, rng: np.random.Generator) -> Garment:
    """Return a t-shirt with a V neck."""
    return _tee(_fit(rng, pointed=True, depth=42.0), cloth, cloth.colour, rng)


def printed_tee(cloth: Cloth, trim: Colour, rng: np.random.Generator) -> Garment:
    """Return a plain t-shirt with a print on its front."""
    name = sorted(PRINTS)[int(rng.integers(len(PRINTS)))]
    garment = _tee(_fit(rng), cloth.bare(), cloth.colour, rng)
    scale = float(rng.uniform(1.0, 1.3))
    inks = front_print(name, trim, mix(trim, cloth.colour, 0.45), y=-22.0, scale=scale)
    *below, body, front = garment.panels
    return replace(garment, panels=(*below, replace(body, inks=inks), front))


def long_tee(cloth: Cloth, _trim: Colour, rng: np.random.Generator) -> Garment:
    """Return a top with long sleeves and narrow cuffs."""
    block = _fit(rng)
    sleeve = long_sleeve(block, cloth, rng, to=float(rng.uniform(78, 96)))
    back, front = rib_collar(block, cloth.bare(), 5.5)
    cuff = Seam(moved(np.array(sleeve.cuff), dy=-6.0), 0.8, strength=0.35)
    arm = replace(sleeve.panel, seams=(cuff,))
    seams = (Seam(block.hem_line(5.5), 0.8, strength=0.35),)
    body = Panel(block.body(), cloth, folds=_folds(block, rng), seams=seams, drop=0.8)
    panels = (inside(block, cloth.bare()), back, *twin(arm), body, front)
    return Garment(panels, "hang", neck=block.top, fill=0.9)


def _ribbed_ends(
    block: Block, cuff: tuple[tuple[float, float], tuple[float, float]], rib: Cloth
) -> tuple[Panel, Panel, Panel]:
    """Return the ribbed cuffs and hem band of a knitted top."""
    (ox, oy), (lx, ly) = cuff
    outline = np.array([(ox - 2, oy - 2), (ox - 4, oy + 15), (lx + 4, ly + 15), (lx + 2, ly - 2)])
    hx, hy = block.hem
    lower = path(
        [(hx - 1, hy - 3), (hx - 4, hy + 14)], [(hx - 4, hy + 14), (0, hy + 14 + block.sag)]
    )
    hem = np.vstack([[(0.0, hy + block.sag - 3)], lower])
    return (*twin(Panel(outline, rib, drop=0.5, lift=0.8)), Panel(mirrored(hem), rib, lift=0.8))


def jumper(cloth: Cloth, trim: Colour, rng: np.random.Generator) -> Garment:
    """Return a knitted jumper with ribbed collar, cuffs and hem."""
    block = _fit(rng, neck=29.0, depth=22.0)
    block = replace(block, hem=(block.hem[0], 104.0), armpit=(block.armpit[0] + 3, -42.0))
    knit = replace(cloth, texture="knit")
    rib = cloth.dyed(trim if cloth.pattern != "plain" else cloth.colour, "rib")
    sleeve = long_sleeve(block, knit, rng, wide=6.0, to=78.0)
    back, front = rib_collar(block, rib, 10.0)
    left, right, hem = _ribbed_ends(block, sleeve.cuff, rib)
    body = Panel(block.body(), knit, folds=_folds(block, rng), drop=0.8, lift=1.3)
    panels = (
        inside(block, cloth.bare()),
        back,
        left,
        right,
        *twin(sleeve.panel),
        hem,
        body,
        front,
    )
    return Garment(panels, "flat", neck=block.top, fill=0.9)


def _hood(cloth: Cloth, top: float, rng: np.random.Generator) -> tuple[Panel, Panel]:
    """Return a hood that lies flat above the collar, and its lining in the opening."""
    crown = [(0, top - 52), (26, top - 48), (43, top - 22), (43, top + 2), (34, top + 16)]
    hood = mirrored(path(crown, [(34, top + 16), (18, top + 26), (0, top + 31)]))
    edge = [(0, top - 40), (18, top - 36), (28, top - 16), (25, top + 4), (10, top + 22)]
    opening = mirrored(smooth([*edge, (0, top + 25)]))
    folds = (
        *pull(rng, (34, top + 10), (36, top - 30), 3, depth=0.7),
        *pull(rng, (-34, top + 10), (-36, top - 30), 3, depth=0.7),
    )
    rim = Seam(opening, 1.0, strength=0.4)
    middle = Seam(np.array([(0.0, top - 40), (1.0, top + 2)]), 0.8, strength=0.3)
    hollows = crumple(rng, (-16, top - 30, 16, top + 10), 3, depth=0.5)
    lining = cloth.dyed(mix(cloth.colour, BLACK, 0.12))
    return (
        Panel(hood, cloth, folds=folds, drop=0.9, lift=1.3, seams=(rim,)),
        Panel(opening, lining, dim=0.7, drop=0.0, lift=-1.0, folds=hollows, seams=(middle,)),
    )


def _pouch(cloth: Cloth, rng: np.random.Generator) -> Panel:
    """Return the pocket across the front of a hoodie."""
    slant = [(28, 36), (34, 56), (46, 66)]
    half = path([(0, 36), (28, 36)], slant, [(46, 66), (46, 97)], [(46, 97), (0, 100)])
    inward = np.array([-3.0, 1.0])
    seams = tuple(
        Seam(line, 0.7, strength=0.3)
        for line in (smooth(slant) + inward, flipped(smooth(slant) + inward))
    )
    folds = crumple(rng, (-40, 44, 40, 92), 3, depth=0.4)
    return Panel(mirrored(half), cloth, drop=0.6, lift=0.7, folds=folds, seams=seams)


def hoodie(cloth: Cloth, trim: Colour, rng: np.random.Generator) -> Garment:
    """Return a hooded sweatshirt with a pouch pocket and cords."""
    block = replace(_fit(rng), neck=33.0, depth=20.0, hem=(76.0, 100.0))
    plain = cloth.bare()
    sleeve = long_sleeve(block, plain, rng, wide=6.0, to=74.0)
    left, right, hem = _ribbed_ends(block, sleeve.cuff, cloth.dyed(cloth.colour, "rib"))
    top, string = block.top, cloth.dyed(trim, "smooth")
    cords = [
        band([(side * 13, top + 23), (side * 15, top + 44), (side * end, top + drop)], 2.6)
        for side, end, drop in ((-1, 12, 66), (1, 17, 72))
    ]
    panels = (
        left,
        right,
        *twin(sleeve.panel),
        hem,
        Panel(block.body(), plain, folds=_folds(block, rng), drop=0.8, lift=1.2),
        _pouch(plain, rng),
        *_hood(plain, top, rng),
        *(Panel(cord, string, lift=0.8, drop=0.9) for cord in cords),
    )
    return Garment(panels, "flat", neck=block.top, fill=0.9)
