"""Trousers: jeans, slacks, shorts and joggers."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from tools.draw_demo.drawing.curves import Points, band, mirrored, path, smooth
from tools.draw_demo.drawing.palette import Colour, mix, rgb
from tools.draw_demo.garment import Cloth, Fold, Garment, Ink, Panel, Seam, button, twin
from tools.draw_demo.garments.folds import crumple, pull

THREAD: Colour = rgb("c98a3e")
BRASS: Colour = rgb("a8793c")
WHITE: Colour = (1.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class _Leg:
    """Measures of a right leg: half waist, hip, knee and hem, and where it ends."""

    waist: float = 45.0
    hip: float = 61.0
    knee: tuple[float, float] = (22.0, 64.0)
    hem: tuple[float, float] = (28.0, 66.0)
    bottom: float = 150.0

    def outline(self) -> Points:
        (ki, ko), (hi, ho) = self.knee, self.hem
        knee = -60 + (self.bottom + 60) * 0.52
        return path(
            [(-1, -124), (self.waist, -127)],
            [
                (self.waist, -127),
                (self.hip - 3, -96),
                (self.hip, -60),
                (ko, knee),
                (ho, self.bottom),
            ],
            [(ho, self.bottom), ((hi + ho) / 2, self.bottom + 2.5), (hi, self.bottom + 1)],
            [(hi, self.bottom + 1), (ki, knee), (min(9.0, ki), -34), (-1, -54)],
        )

    def hem_line(self, up: float) -> Points:
        hi, ho = self.hem
        return smooth(
            [
                (ho, self.bottom - up),
                ((hi + ho) / 2, self.bottom + 2.5 - up),
                (hi, self.bottom + 1 - up),
            ]
        )


def _folds(leg: _Leg, rng: np.random.Generator, depth: float) -> tuple[Fold, ...]:
    knee = -60 + (leg.bottom + 60) * 0.52
    inner, outer = leg.knee
    return (
        *pull(rng, (2, -52), (leg.hip - 8, -72), 5, spread=70, depth=depth * 0.8),
        *pull(rng, (inner, knee), (outer - 8, knee - 16), 3, spread=50, depth=depth * 0.8),
        *pull(rng, (outer, knee + 16), (inner + 6, knee + 30), 3, spread=50, depth=depth * 0.7),
        *pull(
            rng, (leg.hem[0], leg.bottom - 12), (leg.hem[1], leg.bottom - 26), 3, depth=depth * 0.7
        ),
        *crumple(
            rng, (inner + 4, -30, outer - 4, leg.bottom - 20), 4, upright=0.85, depth=depth * 0.5
        ),
    )


def _waistband(wide: float, cloth: Cloth, *, thread: Colour | None = None) -> tuple[Panel, ...]:
    """Return the inside of the waist at the back, then the band in front."""
    back = mirrored(
        path([(0, -140), (wide * 0.6, -140.5), (wide, -142)], [(wide, -128), (0, -126)])
    )
    front = mirrored(
        path(
            [(0, -133), (wide * 0.6, -135), (wide + 0.5, -141)],
            [(wide + 0.5, -141), (wide + 1, -127)],
            [(wide + 1, -127), (wide * 0.6, -122), (0, -120)],
        )
    )
    line = mirrored(smooth([(0, -122), (wide * 0.6, -124), (wide, -129)]))[: 2 * 17]
    seams = (Seam(line, 0.8, thread, 0.7 if thread else 0.3, 3.0 if thread else 0.0),)
    return (
        Panel(back, cloth.bare(), dim=0.6, drop=0.0, lift=0.3),
        Panel(front, cloth, lift=0.6, drop=0.7, seams=seams),
    )


def _loops(wide: float, cloth: Cloth) -> tuple[Panel, ...]:
    loop = path([(-2.2, -137), (2.2, -137)], [(2.2, -119), (-2.2, -119)])
    places = ((wide * 0.55, -1.5), (-wide * 0.55, -1.5))
    return tuple(
        Panel(loop + np.array([x, y]), cloth.bare(), lift=0.5, drop=0.8) for x, y in places
    )


def _centre(cloth: Cloth, width: float = 1.6, strength: float = 0.45) -> Panel:
    """Return the narrow strip that joins the legs in front, with its seam."""
    line = np.array([(0.0, -123.0), (0.0, -54.0)])
    seams = (Seam(line, 1.0, strength=strength),)
    return Panel(band(line, width), cloth, lift=0.2, drop=0.0, clip=True, seams=seams)


def _faded(cloth: Cloth) -> tuple[Ink, ...]:
    """Return the pale front of a worn thigh: bands within bands, each a little paler."""
    pale = mix(cloth.colour, WHITE, 0.55)
    spines = [[(34, -78 + i), (36, -10), (38, 56 - i)] for i in range(8)]
    return tuple(
        Ink(band(spine, 30.0 - i * 3.4, 20.0 - i * 2.2), pale, 0.055)
        for i, spine in enumerate(spines)
    )


def jeans(cloth: Cloth, _trim: Colour, rng: np.random.Generator) -> Garment:
    """Return jeans with orange thread and faded thighs."""
    denim = Cloth(cloth.colour, texture="denim")
    slim = float(rng.uniform(0, 1))
    leg = _Leg(knee=(15.0 + 7 * slim, 62.0 - 3 * slim), hem=(17.0 + 9 * slim, 62.0 - 9 * slim))
    pocket = smooth([(23, -123), (30, -107), (58, -100)])
    outer = smooth([(leg.hip - 4, -90), (leg.hip - 3, -50), (leg.knee[1] - 3, 50)])
    threads = (
        Seam(pocket, 0.9, THREAD, 0.75, 3.0),
        Seam(pocket + np.array([1.0, 3.0]), 0.9, THREAD, 0.6, 3.0),
        Seam(leg.hem_line(5.0), 0.9, THREAD, 0.7, 3.0),
        Seam(outer, 0.8, strength=0.25),
    )
    folds = _folds(leg, rng, 0.8)
    side = Panel(leg.outline(), denim, inks=_faded(cloth), seams=threads, folds=folds, lift=1.1)
    fly = Seam(smooth([(13, -122), (12, -84), (1, -68)]), 0.9, THREAD, 0.75, 3.0)
    back, waist = _waistband(leg.waist, denim, thread=THREAD)
    panels = (
        back,
        side.mapped(flip=True),
        replace(side, seams=(*threads, fly)),
        _centre(denim, 2.0, 0.5),
        waist,
        *_loops(leg.waist, denim),
        button(1.0, -127.5, 3.4, BRASS),
    )
    return Garment(panels, "flat", fill=0.88)


def slacks(cloth: Cloth, _trim: Colour, rng: np.random.Generator) -> Garment:
    """Return wide pleated trousers with a sharp crease."""
    wide = float(rng.uniform(0, 1))
    leg = _Leg(
        hip=62.0 + 4 * wide, knee=(15.0, 68.0 + 10 * wide), hem=(17.0 - 2 * wide, 68.0 + 14 * wide)
    )
    middle = (leg.hem[0] + leg.hem[1]) / 2
    crease = smooth([(27, -118), (33, -60), (middle, leg.bottom)])
    seams = (
        Seam(crease, 0.9, strength=0.28),
        Seam(np.array([(44.0, -121), (57, -92)]), 1.0, strength=0.4),
        Seam(smooth([(20, -120), (22, -104), (24, -92)]), 0.9, strength=0.35),
    )
    side = Panel(leg.outline(), cloth, seams=seams, folds=_folds(leg, rng, 0.6), lift=1.1)
    back, waist = _waistband(leg.waist, cloth.bare())
    belt: tuple[Panel, ...] = ()
    if rng.uniform() < 0.5:
        belt = _belt(leg.waist)
    panels = (
        back,
        side.mapped(flip=True),
        side,
        _centre(cloth),
        waist,
        *_loops(leg.waist, cloth),
        *belt,
    )
    return Garment(panels, "flat", fill=0.88)


def _belt(wide: float) -> tuple[Panel, ...]:
    leather = Cloth(rgb("4b3020"), texture="leather")
    strap = mirrored(
        path(
            [(0, -132), (wide * 0.6, -134), (wide + 1, -139)],
            [(wide + 1.4, -130), (wide * 0.6, -125), (0, -123)],
        )
    )
    outer = path([(-7, -134), (7, -134)], [(7, -121), (-7, -121)])
    hole = path([(-4, -131), (4, -131)], [(4, -124), (-4, -124)])
    metal = Cloth(rgb("c2b280"), texture="gloss")
    return (
        Panel(strap, leather, lift=0.7, drop=0.9),
        Panel(outer, metal, lift=0.8, drop=0.9),
        Panel(hole, leather, lift=0.3, drop=0.0, dim=0.85),
    )


def shorts(cloth: Cloth, trim: Colour, rng: np.random.Generator) -> Garment:
    """Return shorts with turned-up hems."""
    leg = _Leg(knee=(4.5, 70.0), hem=(4.0, 76.0), bottom=4.0, hip=65.0, waist=50.0)
    hi, ho = leg.hem
    cuff = path(
        [(ho + 1.5, -7), (ho + 1.5, 7)],
        [(ho + 1.5, 7), (ho / 2, 10.5), (hi - 1, 8)],
        [(hi - 1, 8), (hi - 1, -6)],
        [(hi - 1, -6), (ho / 2, -3.5), (ho + 1.5, -7)],
    )
    pocket = Seam(smooth([(34, -122), (40, -104), (62, -90)]), 1.0, strength=0.4)
    folds = (
        *pull(rng, (2, -50), (leg.hip - 8, -70), 4, spread=70, depth=0.5),
        *crumple(rng, (14, -70, 58, -8), 4, depth=0.35),
    )
    side = Panel(leg.outline(), cloth, seams=(pocket,), folds=folds, lift=1.1)
    turned = Panel(cuff, cloth, lift=0.8, drop=0.8)
    back, waist = _waistband(leg.waist, cloth.bare())
    panels = (
        back,
        side.mapped(flip=True),
        side,
        _centre(cloth),
        *twin(turned),
        waist,
        *_loops(leg.waist, cloth),
        button(1.0, -127.5, 3.2, trim),
    )
    return Garment(panels, "flat", fill=0.80)


def joggers(cloth: Cloth, trim: Colour, rng: np.random.Generator) -> Garment:
    """Return soft trousers with an elastic waist, a cord, and ribbed ankles."""
    soft = replace(cloth, texture="cotton")
    leg = _Leg(hip=64.0, knee=(17.0, 66.0), hem=(22.0, 56.0), bottom=134.0)
    rib = cloth.dyed(cloth.colour, "rib")
    ankle = path([(53, 132), (51, 152)], [(51, 152), (38, 154), (26, 152)], [(26, 152), (25, 133)])
    stripe: tuple[Ink, ...] = ()
    if rng.uniform() < 0.5:
        edge = smooth([(leg.waist + 2, -122), (leg.hip - 3, -60), (leg.knee[1] - 3, 50), (53, 134)])
        stripe = (Ink(band(edge, 5.0), trim),)
    side = Panel(leg.outline(), soft, folds=_folds(leg, rng, 0.75), lift=1.4, inks=stripe)
    back, waist = _waistband(leg.waist, rib)
    gathers = pull(rng, (0, -126), (0, -90), 5, spread=150, depth=0.6)
    middle = replace(_centre(soft, strength=0.4), folds=gathers)
    cords = [
        Panel(
            band([(s * 4, -127), (s * 9, -104), (s * 7, -84)], 2.6),
            cloth.dyed(trim, "smooth"),
            lift=0.7,
            drop=0.9,
        )
        for s in (-1, 1)
    ]
    panels = (
        back,
        *twin(Panel(ankle, rib, lift=0.8)),
        side.mapped(flip=True),
        side,
        middle,
        waist,
        *cords,
    )
    return Garment(panels, "flat", fill=0.88)
