"""Colours that clothes are sold in, and which of them go together."""

from __future__ import annotations

from typing import Final, TypeAlias

Colour: TypeAlias = tuple[float, float, float]
"""Red, green and blue from 0 to 1, in the encoding of the file (sRGB)."""


def rgb(text: str) -> Colour:
    """Read a colour such as ``"c0392b"``."""
    red, green, blue = bytes.fromhex(text)
    return red / 255, green / 255, blue / 255


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """Return ``first`` with ``share`` of it, 0 to 1, replaced by ``second``."""
    red, green, blue = (a + (b - a) * share for a, b in zip(first, second, strict=True))
    return red, green, blue


COLOURS: Final[dict[str, Colour]] = {
    name: rgb(text)
    for name, text in {
        "white": "f1efea",
        "cream": "e9dfc9",
        "beige": "cfb997",
        "camel": "b98d5c",
        "brown": "6d4a36",
        "black": "29292d",
        "charcoal": "4a4c52",
        "grey": "a2a4a6",
        "navy": "27355a",
        "blue": "3a68ac",
        "sky": "9cc0df",
        "denim": "55779f",
        "indigo": "2f4468",
        "wash": "98b1c8",
        "red": "c4262f",
        "wine": "7a2338",
        "coral": "e4735c",
        "pink": "e8aeb7",
        "rose": "cf6f86",
        "terracotta": "b9583a",
        "orange": "dd8438",
        "mustard": "d2a23b",
        "yellow": "eccf63",
        "olive": "6c6d41",
        "green": "3b7454",
        "mint": "a8d2bd",
        "teal": "2c7479",
        "lavender": "b6a8d1",
        "purple": "6b4a86",
    }.items()
}
"""Every colour by name."""

PARTNERS: Final[dict[str, tuple[str, ...]]] = {
    "white": ("navy", "red", "black", "sky", "green", "mustard"),
    "cream": ("navy", "terracotta", "olive", "brown", "wine"),
    "beige": ("white", "brown", "navy", "olive"),
    "camel": ("cream", "navy", "black"),
    "brown": ("cream", "mustard", "sky"),
    "black": ("white", "cream", "red", "mustard"),
    "charcoal": ("white", "sky", "mustard", "pink"),
    "grey": ("white", "navy", "yellow", "coral"),
    "navy": ("white", "cream", "red", "sky", "mustard"),
    "blue": ("white", "cream", "yellow"),
    "sky": ("white", "navy", "cream"),
    "denim": ("white", "cream"),
    "indigo": ("white", "sky"),
    "wash": ("white", "navy"),
    "red": ("white", "cream", "navy"),
    "wine": ("cream", "pink", "white"),
    "coral": ("white", "cream", "navy"),
    "pink": ("white", "wine", "charcoal"),
    "rose": ("white", "cream"),
    "terracotta": ("cream", "white", "navy"),
    "orange": ("white", "cream", "navy"),
    "mustard": ("white", "navy", "brown"),
    "yellow": ("white", "navy", "grey"),
    "olive": ("cream", "white", "mustard"),
    "green": ("white", "cream", "navy"),
    "mint": ("white", "green", "navy"),
    "teal": ("white", "cream", "mustard"),
    "lavender": ("white", "purple", "navy"),
    "purple": ("white", "lavender", "cream"),
}
"""For each colour, those that look well as a pattern or trimming on it."""
