"""A picture row by row, a few at a time, so that work on it needs little memory besides its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["STRIP_PIXELS", "strips"]

STRIP_PIXELS: Final = 1 << 21
"""How many pixels are worked on at a time, or one row where that has more."""


def strips(size: tuple[int, int]) -> Iterator[tuple[int, int, int, int]]:
    """Yield boxes of whole rows that cover a picture, each small beside a large one."""
    width, height = size
    rows = max(1, STRIP_PIXELS // width)
    for top in range(0, height, rows):
        yield (0, top, width, min(top + rows, height))
