"""What each photo of the demo shows: a function of its number, whatever the size of the set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from tools.draw_demo.drawing.backdrop import TINTS
from tools.draw_demo.drawing.palette import COLOURS, PARTNERS, Colour, rgb
from tools.draw_demo.drawing.photo import Shot, photograph
from tools.draw_demo.garment import Cloth
from tools.draw_demo.wardrobe import KINDS, WARDROBE, Style

if TYPE_CHECKING:
    from PIL.Image import Image

QUERY: Final = 0
"""Number of the photo that the demo searches with."""

SHIPPED: Final = (*range(85), 97, 107, 111, 134, 137, 151, 166, 177, 217, 231)
"""Numbers of the shipped photos: every style, and some dresses that are like the query."""

# One letter a photo, by the initials below; the first six show every kind once.
_TURNS: Final = "dtpkhsdttdtkptdtsdtktphdtskdttpdtkshdttp"
_INITIALS: Final = dict(zip("dtpkhs", KINDS, strict=True))

_LIGHT: Final = ("white", "grey", "white", "paper", "wall")
_LYING: Final = (
    "white",
    "white",
    "white",
    "grey",
    "grey",
    "paper",
    "wood",
    "sheet",
    "mat",
    "concrete",
)
_HANGING: Final = (*_LYING, "wall", "wall", "wall")
_STANDING: Final = ("white", "white", "grey", "grey", "paper", "paper", "table", "table", "table")

_REDS: Final = ("red", "red", "coral", "red", "rose", "red", "wine", "red", "terracotta")
_PERIODS: Final = {
    "pinstripe": 12.0,
    "pin-dot": 11.0,
    "flower": 24.0,
    "tartan": 30.0,
    "windowpane": 24.0,
}


@dataclass(frozen=True, slots=True)
class Item:
    """One photo to be taken.

    Parameters
    ----------
    index : int
        Its number.
    kind : str
        A key of :data:`tools.draw_demo.wardrobe.WARDROBE`.
    style : Style
        What is shown.
    cloth : Cloth
        What it is made of.
    trim : tuple of float
        Colour of its buttons, print or laces.
    shot : Shot
        How it is shown.
    name : str
        File name without a suffix.
    """

    index: int
    kind: str
    style: Style
    cloth: Cloth
    trim: Colour
    shot: Shot
    name: str


def item(index: int, seed: int) -> Item:
    """Return what photo number ``index`` shows."""
    if index == QUERY:
        return _query()
    kind, ordinal = _kind(index)
    styles = WARDROBE[kind]
    style = styles[ordinal % len(styles)]
    rng = np.random.default_rng([seed, 1, index])
    colour = style.colours[int(rng.integers(len(style.colours)))]
    pattern = style.patterns[int(rng.integers(len(style.patterns)))]
    # A search is worth showing only if something is like the query: every third dress is reddish
    # and on a quiet backdrop.
    sibling = kind == "dresses" and ordinal % 3 == 1
    if sibling:
        colour, pattern = _REDS[ordinal // 3 % len(_REDS)], "plain" if ordinal % 2 else pattern
    second = PARTNERS[colour][int(rng.integers(len(PARTNERS[colour])))]
    period = _PERIODS.get(pattern, 17.0) * float(rng.uniform(0.8, 1.25))
    cloth = Cloth(COLOURS[colour], COLOURS[second], pattern, period, style.texture)
    shot = _shot(rng, kind, style, quiet=sibling)
    words = (colour, style.name) if pattern == "plain" else (colour, pattern, style.name)
    return Item(index, kind, style, cloth, COLOURS[second], shot, f"{'-'.join(words)}-{index:03d}")


def taken(plan: Item, seed: int, *, again: int = 0) -> Image:
    """Return the photo of an item; ``again`` gives further shots of the very same garment."""
    cut = np.random.default_rng([seed, 2, plan.index])
    garment = plan.style.make(plan.cloth, plan.trim, cut)
    return photograph(garment, plan.shot, np.random.default_rng([seed, 3, plan.index, again]))


def _query() -> Item:
    style = WARDROBE["dresses"][0]
    shot = Shot("white", TINTS[0], calm=0.8)
    name = f"red-{style.name}-{QUERY:03d}"
    return Item(QUERY, "dresses", style, Cloth(COLOURS["red"]), rgb("2f6fd0"), shot, name)


def _kind(index: int) -> tuple[str, int]:
    """Return the kind of a photo, and how many of that kind come before it."""
    rounds, place = divmod(index, len(_TURNS))
    initial = _TURNS[place]
    before = rounds * _TURNS.count(initial) + _TURNS[:place].count(initial)
    return _INITIALS[initial], before


def _shot(rng: np.random.Generator, kind: str, style: Style, *, quiet: bool) -> Shot:
    names: tuple[str, ...] = _LYING
    if kind in {"tops", "dresses"}:
        names = _LIGHT if quiet else _HANGING
    elif kind in {"hats", "shoes"} and style.name != "flats":
        names = _STANDING
    name = names[int(rng.integers(len(names)))]
    tint = TINTS[int(rng.integers(len(TINTS)))]
    return Shot(
        name, tint, calm=float(rng.uniform(0.2, 0.9)) if quiet else float(rng.uniform(0.0, 0.6))
    )
