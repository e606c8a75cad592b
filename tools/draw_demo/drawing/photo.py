"""Take the photo of a garment: place it, light it, and let a camera see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from PIL import Image
from tools.draw_demo.drawing.backdrop import backdrop
from tools.draw_demo.drawing.curves import band, ellipse, smooth
from tools.draw_demo.drawing.palette import Colour, rgb
from tools.draw_demo.drawing.raster import (
    Box,
    Pixels,
    Plane,
    Stage,
    blurred,
    filled,
    shifted,
    soft_noise,
)
from tools.draw_demo.drawing.render import Light, paint
from tools.draw_demo.garment import Cloth, Garment, Panel

SIZE: Final = (300, 400)
"""Width and height of every photo."""


@dataclass(frozen=True, slots=True)
class Shot:
    """How a garment is photographed.

    Parameters
    ----------
    backdrop : str
        A name from :data:`tools.draw_demo.drawing.backdrop.BACKDROPS`.
    tint : tuple of float
        Colour of those backdrops that can be of any colour.
    calm : float
        From 0, placed anyhow, to 1, placed with care.
    """

    backdrop: str
    tint: Colour
    calm: float = 0.0


def photograph(garment: Garment, shot: Shot, rng: np.random.Generator) -> Image.Image:
    """Return the photo of a garment.

    Parameters
    ----------
    garment : Garment
        What to show.
    shot : Shot
        How to show it.
    rng : numpy.random.Generator
        Source of placement, light and noise.
    """
    light = _light(rng)
    stage = _stage(garment, shot, rng)
    photo = backdrop(shot.backdrop, shot.tint, SIZE, rng)
    cloth = np.zeros_like(photo)
    cover = np.zeros(photo.shape[:2], dtype=np.float32)
    for panel in _with_hanger(garment, shot):
        paint(cloth, cover, panel, stage, light, rng)
    if garment.pose == "stand":
        _ground(photo, cover, garment, stage)
    else:
        _shadow(photo, cover, light, 2.2 if shot.backdrop == "wall" else 1.0)
    photo = photo * (1 - cover[..., None]) + cloth
    _expose(photo, light, rng)
    return Image.fromarray((np.clip(photo, 0.0, 1.0) * 255 + 0.5).astype(np.uint8))


def _light(rng: np.random.Generator) -> Light:
    """Return light from above, mostly from the left."""
    side = float(rng.choice((-1.0, -1.0, 1.0)) * rng.uniform(0.25, 0.65))
    return Light(side, -float(rng.uniform(0.35, 0.65)), float(rng.uniform(0.75, 0.95)))


def _stage(garment: Garment, shot: Shot, rng: np.random.Generator) -> Stage:
    left, top, right, bottom = garment.bounds()
    loose = 1.0 - shot.calm
    fit = min(SIZE[0] * garment.fill / (right - left), SIZE[1] * garment.fill / (bottom - top))
    stands = garment.pose == "stand" or shot.backdrop == "wall"
    turn = rng.normal(0.0, 0.6 if stands else 2.6) * (0.25 + 0.75 * loose)
    sway = tuple(float(phase) for phase in rng.uniform(0.0, 6.28, 4))
    drop = 0.05 * SIZE[1] if garment.pose == "stand" else 0.0
    return Stage(
        size=SIZE,
        centre=((left + right) / 2, (top + bottom) / 2),
        middle=(
            SIZE[0] * (0.5 + 0.025 * loose * rng.normal()),
            SIZE[1] * (0.5 + 0.018 * loose * rng.normal()) + drop,
        ),
        scale=fit * (1.0 - 0.10 * loose * rng.uniform()),
        turn=float(np.clip(turn, -6.0, 6.0)),
        sway=(sway[0], sway[1], sway[2], sway[3]),
        bend=0.5 if garment.pose == "stand" else 1.7,
    )


def _with_hanger(garment: Garment, shot: Shot) -> tuple[Panel, ...]:
    if shot.backdrop != "wall" or garment.neck is None:
        return garment.panels
    top = garment.neck
    wood = Cloth(rgb("b58a5a"), texture="smooth")
    steel = Cloth(rgb("9b9ea3"), texture="gloss")
    hook = [
        (0, top - 2),
        (0, top - 16),
        (6, top - 22),
        (10, top - 30),
        (3, top - 38),
        (-6, top - 33),
    ]
    bar = smooth([(-50, top + 16), (-24, top + 3), (0, top - 3), (24, top + 3), (50, top + 16)])
    hanger = (
        Panel(band(hook, 2.6), steel, lift=0.8, drop=0.3),
        Panel(band(bar, 7.0), wood, lift=1.2, drop=0.8),
    )
    first, *others = garment.panels
    return (first, *hanger, *others)


def _shadow(photo: Pixels, cover: Plane, light: Light, far: float) -> None:
    """Darken the backdrop around a garment that lies or hangs close to it."""
    near = shifted(blurred(cover, 2.0 * far), *light.shadow(2.0 * far))
    wide = shifted(blurred(cover, 8.0 * far), *light.shadow(7.0 * far))
    dark = 0.34 * near / far**0.5 + 0.30 * wide
    photo *= 1 - dark[..., None] * np.array([1.0, 0.97, 0.92], dtype=np.float32)


def _ground(photo: Pixels, cover: Plane, garment: Garment, stage: Stage) -> None:
    """Darken the ground below a garment that stands on it."""
    left, _, right, bottom = garment.bounds()
    foot = float(stage.pixels(np.array([[(left + right) / 2, bottom]]))[0, 1])
    # Only what is close to the ground touches it; higher parts cast a wide, faint shadow.
    rows = np.arange(cover.shape[0], dtype=np.float32)[:, None]
    low = cover * np.clip((rows - foot + 60) / 45, 0.0, 1.0)
    touch = shifted(blurred(low, 2.0), 0, 2)
    broad = ellipse((left + right) / 2, bottom - 5, (right - left) * 0.5, 11)
    spread = blurred(filled(stage.pixels(broad), Box(0, 0, *stage.size)), 11)
    dark = 0.42 * touch + 0.24 * shifted(blurred(low, 5.0), 0, 4) + 0.26 * spread
    photo *= (1 - dark)[..., None]


def _expose(photo: Pixels, light: Light, rng: np.random.Generator) -> None:
    """Apply the fall-off of the light, the vignette, the colour of the light, and sensor noise."""
    width, height = SIZE
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    slope = np.float32(rng.uniform(0.015, 0.06))
    glow = (
        1
        + slope * (x * np.sign(light.x) - y)
        - np.float32(rng.uniform(0.02, 0.08)) * ((x * x + y * y) ** 2 / 2)
    )
    warm = rng.normal(0.0, 0.012)
    gain = rng.uniform(0.98, 1.05) * np.array([1 + warm, 1.0, 1 - warm])
    photo *= glow[..., None] * gain.astype(np.float32)
    grain = rng.standard_normal((height, width), dtype=np.float32) * np.float32(0.008)
    speck = soft_noise(rng, SIZE, (width / 2.2, height / 2.2)) * np.float32(0.006)
    photo += (grain + speck)[..., None]
