"""Every style of garment there is, and the cloths and colours it is made in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from tools.draw_demo.drawing.palette import Colour
from tools.draw_demo.garment import Cloth, Garment
from tools.draw_demo.garments import dresses, hats, shirts, shoes, skirts, tops, trousers

Maker: TypeAlias = Callable[[Cloth, Colour, np.random.Generator], Garment]

PLAIN: Final = ("plain",)
BRIGHT: Final = (
    "red",
    "coral",
    "pink",
    "mustard",
    "green",
    "teal",
    "blue",
    "sky",
    "lavender",
    "yellow",
)
CALM: Final = ("white", "cream", "navy", "black", "grey", "olive", "beige", "charcoal", "indigo")
DENIM: Final = ("indigo", "denim", "wash", "black", "indigo", "denim")
LEATHER: Final = ("black", "brown", "camel", "wine", "black")
WARM: Final = ("cream", "mustard", "wine", "terracotta", "olive", "navy", "grey", "rose", "green")
BASIC: Final = ("white", "navy", "white", "black", "grey", *BRIGHT)
FROCK: Final = (*BRIGHT, "navy", "black", "white", "wine", "cream", "rose", "terracotta", "purple")


@dataclass(frozen=True, slots=True)
class Style:
    """One style of garment.

    Parameters
    ----------
    name : str
        As it appears in file names.
    make : callable
        Draws it from a cloth, a second colour and a random generator.
    colours : tuple of str
        What it is sold in; a colour listed twice is twice as common.
    patterns : tuple of str
        Likewise for patterns.
    texture : str
        What it is woven from.
    """

    name: str
    make: Maker
    colours: tuple[str, ...]
    patterns: tuple[str, ...] = PLAIN
    texture: str = "cotton"


_STRIPED: Final = ("breton", "stripe", "plain", "twin-stripe", "plain", "dot", "breton")
_SHIRTING: Final = ("plain", "column", "gingham", "pinstripe", "tartan", "windowpane", "plain")
_FLORAL: Final = ("plain", "flower", "plain", "dot", "gingham", "stripe")

WARDROBE: Final[dict[str, tuple[Style, ...]]] = {
    "dresses": (
        Style("button-dress", dresses.button_dress, FROCK, ("plain", "gingham", "plain", "dot")),
        Style("a-line-dress", dresses.aline_dress, FROCK, ("plain", "stripe", "dot", "windowpane")),
        Style("tiered-dress", dresses.tiered_dress, FROCK, _FLORAL),
        Style("slip-dress", dresses.slip_dress, FROCK, ("plain", "plain", "pin-dot", "flower")),
        Style("wrap-dress", dresses.wrap_dress, FROCK, ("plain", "flower", "plain", "pin-dot")),
    ),
    "tops": (
        Style("tee", tops.tee, BASIC, _STRIPED),
        Style("shirt", shirts.shirt, ("white", "sky", *CALM, "denim", "red", "green"), _SHIRTING),
        Style("print-tee", tops.printed_tee, BASIC),
        Style("hoodie", tops.hoodie, (*CALM, "mustard", "wine", "green", "lavender")),
        Style("long-tee", tops.long_tee, ("navy", "white", "red", *CALM), _STRIPED),
        Style("jumper", tops.jumper, WARM, ("plain", "stripe", "plain", "chevron")),
        Style(
            "short-shirt",
            shirts.short_shirt,
            (*BRIGHT, "navy", "white"),
            ("flower", "plain", "column", "tartan", "dot"),
            "linen",
        ),
        Style("cardigan", shirts.cardigan, WARM),
        Style("blouse", shirts.blouse, (*BRIGHT, "white", "cream", "navy"), _FLORAL),
        Style("v-tee", tops.v_tee, BASIC, ("plain", "plain", "breton")),
    ),
    "trousers": (
        Style("jeans", trousers.jeans, DENIM, texture="denim"),
        Style(
            "slacks",
            trousers.slacks,
            (*CALM, "camel", "brown"),
            ("plain", "plain", "windowpane", "pinstripe", "tartan"),
        ),
        Style(
            "shorts",
            trousers.shorts,
            (*CALM, "denim", "red", "blue"),
            ("plain", "gingham", "plain"),
        ),
        Style("joggers", trousers.joggers, ("grey", "charcoal", "navy", "black", "green")),
    ),
    "skirts": (
        Style("a-line-skirt", skirts.aline_skirt, FROCK, ("plain", "gingham", "stripe", "dot")),
        Style("pleated-skirt", skirts.pleated_skirt, (*FROCK, *CALM), ("plain", "tartan", "plain")),
        Style("gathered-skirt", skirts.gathered_skirt, FROCK, _FLORAL),
        Style(
            "button-skirt",
            skirts.button_skirt,
            ("denim", "indigo", "camel", "red", "olive"),
            ("plain", "plain", "tartan"),
            "cord",
        ),
    ),
    "hats": (
        Style("cap", hats.cap, ("navy", "black", "red", "white", "green", "mustard", "blue")),
        Style(
            "straw-hat",
            hats.straw_hat,
            ("navy", "black", "red", "teal", "brown"),
            ("plain", "breton", "dot"),
        ),
        Style("beanie", hats.beanie, WARM, ("plain", "stripe", "plain")),
        Style(
            "bucket-hat", hats.bucket_hat, (*CALM, "denim", "yellow"), ("plain", "gingham", "plain")
        ),
        Style("beret", hats.beret, ("wine", "black", "camel", "navy", "red")),
    ),
    "shoes": (
        Style(
            "sneakers",
            shoes.sneakers,
            ("white", "navy", "red", "grey", "mustard", "black", "green"),
        ),
        Style("pumps", shoes.pumps, ("black", "red", "navy", "beige", "wine", "pink")),
        Style("high-tops", shoes.high_tops, ("red", "black", "navy", "white", "yellow", "teal")),
        Style(
            "flats",
            shoes.flats,
            ("pink", "black", "navy", "red", "beige", "mint"),
            ("plain", "plain", "dot"),
        ),
        Style("ankle-boots", shoes.ankle_boots, LEATHER, texture="leather"),
    ),
}
"""The styles of each kind; a kind is also the name of a folder."""

KINDS: Final = tuple(WARDROBE)
"""The kinds, in the order of their first photos."""
