"""What cloth looks like close up: the patterns woven into it and the texture of its threads."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
from tools.draw_demo.drawing.raster import Pixels, Plane

if TYPE_CHECKING:
    from tools.draw_demo.garment import Cloth

Pattern: TypeAlias = Callable[[Plane, Plane, float], Plane]
"""Gives the share of the second colour at (u, v), in periods; the last is a pixel in periods."""

Texture: TypeAlias = Callable[[Plane, Plane, Plane], Plane]
"""Gives the brightness of the threads, about 1, from (u, v) and from noise of the same shape."""


def _bars(t: Plane, share: float, pixel: float, at: float = 0.5) -> Plane:
    """Return bars that take ``share`` of each period around ``at``, with soft edges."""
    away = np.abs((t - at + 0.5) % 1.0 - 0.5)
    bars: Plane = np.clip((share / 2 - away) / pixel + 0.5, 0.0, 1.0)
    return bars


def _plain(u: Plane, _v: Plane, _pixel: float) -> Plane:
    return np.zeros_like(u)


def _stripes(_u: Plane, v: Plane, pixel: float) -> Plane:
    return _bars(v, 0.5, pixel)


def _breton(_u: Plane, v: Plane, pixel: float) -> Plane:
    return _bars(v, 0.3, pixel)


def _twin_stripes(_u: Plane, v: Plane, pixel: float) -> Plane:
    return np.maximum(_bars(v, 0.34, pixel, 0.4), _bars(v, 0.08, pixel, 0.72))


def _columns(u: Plane, _v: Plane, pixel: float) -> Plane:
    return _bars(u, 0.42, pixel)


def _pinstripes(u: Plane, _v: Plane, pixel: float) -> Plane:
    return _bars(u, 0.12, pixel) * np.float32(0.85)


def _gingham(u: Plane, v: Plane, pixel: float) -> Plane:
    return (_bars(u, 0.5, pixel) + _bars(v, 0.5, pixel)) / 2


def _tartan(u: Plane, v: Plane, pixel: float) -> Plane:
    wide = 0.24 * (_bars(u, 0.46, pixel) + _bars(v, 0.46, pixel))
    thin = np.maximum(_bars(u, 0.06, pixel, 0.0), _bars(v, 0.06, pixel, 0.0)) * 0.85
    pair = np.maximum(_bars(u, 0.05, pixel), _bars(v, 0.05, pixel)) * 0.6
    return np.maximum(np.maximum(wide, thin), pair).astype(np.float32)


def _windowpane(u: Plane, v: Plane, pixel: float) -> Plane:
    return np.maximum(_bars(u, 0.08, pixel), _bars(v, 0.08, pixel)) * np.float32(0.9)


def _cells(u: Plane, v: Plane) -> tuple[Plane, Plane, Plane]:
    """Return the place within staggered cells, from -0.5 to 0.5, and a number for each cell."""
    row = np.floor(v)
    across = u + 0.5 * (row % 2)
    column = np.floor(across)
    number = (column * 12.9898 + row * 78.233) % 6.2831853
    return across - column - 0.5, v - row - 0.5, number


def _dots(u: Plane, v: Plane, pixel: float) -> Plane:
    x, y, _ = _cells(u, v)
    return np.clip((0.24 - np.hypot(x, y)) / pixel + 0.5, 0.0, 1.0)


def _pin_dots(u: Plane, v: Plane, pixel: float) -> Plane:
    x, y, _ = _cells(u, v)
    return np.clip((0.15 - np.hypot(x, y)) / pixel + 0.5, 0.0, 1.0)


def _flowers(u: Plane, v: Plane, pixel: float) -> Plane:
    x, y, number = _cells(u, v)
    x, y = x + 0.12 * np.sin(number * 3), y + 0.12 * np.cos(number * 5)
    far, angle = np.hypot(x, y), np.arctan2(y, x) + number
    reach = 0.24 + 0.09 * np.cos(5 * angle) - 0.05 * np.sin(number)
    petals = np.clip((reach - far) / pixel + 0.5, 0.0, 1.0)
    heart = np.clip((0.075 - far) / pixel + 0.5, 0.0, 1.0)
    return petals - heart * np.float32(0.8)


def _chevrons(u: Plane, v: Plane, pixel: float) -> Plane:
    return _bars(v + np.abs((u * 0.5) % 1.0 - 0.5), 0.42, pixel)


PATTERNS: Final[dict[str, Pattern]] = {
    "plain": _plain,
    "stripe": _stripes,
    "breton": _breton,
    "twin-stripe": _twin_stripes,
    "column": _columns,
    "pinstripe": _pinstripes,
    "gingham": _gingham,
    "tartan": _tartan,
    "windowpane": _windowpane,
    "dot": _dots,
    "pin-dot": _pin_dots,
    "flower": _flowers,
    "chevron": _chevrons,
}
"""Patterns by name."""


def _smooth(_u: Plane, _v: Plane, noise: Plane) -> Plane:
    return 1 + 0.008 * noise


def _cotton(_u: Plane, _v: Plane, noise: Plane) -> Plane:
    return 1 + 0.013 * noise


def _linen(_u: Plane, _v: Plane, noise: Plane) -> Plane:
    across = noise + np.roll(noise, 1, 1) + np.roll(noise, 2, 1)
    down = np.roll(noise, 7, 1) + np.roll(noise, (1, 7), (0, 1)) + np.roll(noise, (2, 7), (0, 1))
    return 1 + 0.011 * (across + down)


def _denim(_u: Plane, _v: Plane, noise: Plane) -> Plane:
    twill = noise + np.roll(noise, (1, 1), (0, 1)) + np.roll(noise, (2, 2), (0, 1))
    return 1 + 0.034 * twill


def _knit(u: Plane, v: Plane, noise: Plane) -> Plane:
    column = np.abs((u / 6) % 1.0 - 0.5)
    stitch = np.cos(2 * math.pi * (v / 4.4 + column * 1.6))
    return 1 + 0.05 * stitch + 0.16 * (column - 0.25) + 0.02 * noise


def _rib(u: Plane, _v: Plane, noise: Plane) -> Plane:
    return 1 + 0.10 * np.cos(2 * math.pi * u / 5) + 0.02 * noise


def _cord(u: Plane, _v: Plane, noise: Plane) -> Plane:
    return 1 + 0.085 * np.cos(2 * math.pi * u / 4) + 0.035 * noise


def _straw(u: Plane, v: Plane, noise: Plane) -> Plane:
    slant = np.cos(2 * math.pi * (u + v) / 5.2) * np.cos(2 * math.pi * (u - v) / 5.2)
    return 1 + 0.10 * slant + 0.05 * noise


TEXTURES: Final[dict[str, Texture]] = {
    "smooth": _smooth,
    "gloss": _smooth,
    "leather": _smooth,
    "cotton": _cotton,
    "linen": _linen,
    "denim": _denim,
    "knit": _knit,
    "rib": _rib,
    "cord": _cord,
    "straw": _straw,
}
"""Textures by name."""

GLOSS: Final[dict[str, float]] = {"gloss": 0.55, "leather": 0.28, "smooth": 0.10}
"""How much each texture shines; those left out do not."""


def woven(cloth: Cloth, u: Plane, v: Plane, pixel: float, rng: np.random.Generator) -> Pixels:
    """Return the colour of the cloth at design coordinates, before any light falls on it.

    Parameters
    ----------
    cloth : Cloth
        The cloth.
    u, v : ndarray of shape (H, W)
        Design coordinates of each pixel.
    pixel : float
        Width of a pixel in design units.
    rng : numpy.random.Generator
        Source of the threads' irregularity.
    """
    noise = rng.standard_normal(u.shape, dtype=np.float32)
    threads = TEXTURES[cloth.texture](u, v, noise).astype(np.float32)[..., None]
    ground = np.array(cloth.colour, dtype=np.float32)
    if cloth.pattern == "plain":
        return ground * threads
    share = PATTERNS[cloth.pattern](
        u / np.float32(cloth.period), v / np.float32(cloth.period), pixel / cloth.period
    )
    other = np.array(cloth.second, dtype=np.float32)
    return (ground + (other - ground) * share.astype(np.float32)[..., None]) * threads
