"""What the cells are of hashes that show no values."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

__all__ = ["Cells", "cells_of", "grid_shape", "has_places"]


@dataclass(frozen=True, slots=True)
class Cells:
    """What the cells of a plain panel are, in words.

    Parameters
    ----------
    en, ja : str
        Follow on the number of bits that differ; empty where there is nothing to say.
    place : bool
        Whether cells are places of the picture.
    rows : int, optional
        How many rows there are, where the bits are no square.
    """

    en: str
    ja: str
    place: bool = False
    rows: int | None = None


_FREQUENCIES: Final = Cells(
    "the cells are frequencies, not places", "マス目は場所ではなく周波数です"
)
_SHARES: Final = Cells(
    "the cells are shares of colours, not places", "マス目は場所ではなく色の割合です", rows=14
)
_AVERAGES: Final = Cells("", "", place=True)
_UNKNOWN: Final = Cells(
    "what a single bit means, this hash does not say",
    "1 つのビットが何を表すかは、このハッシュからは分かりません",
)
_OF_FAMILY: Final = {
    "phash": _FREQUENCIES,
    "pdq": _FREQUENCIES,
    "colorhash": _SHARES,
    "whash": _AVERAGES,
}


def cells_of(name: str) -> Cells:
    """Return what the cells of a hash are that shows no values."""
    return _OF_FAMILY.get(name.partition("-")[0], _UNKNOWN)


def has_places(name: str) -> bool:
    """Tell whether its cells are places of the picture."""
    return cells_of(name).place


def grid_shape(name: str, bits: int) -> tuple[int, int]:
    """Return rows and columns for its bits: a square where they are one, or as near as divides."""
    rows = cells_of(name).rows or next(
        rows for rows in range(math.isqrt(bits), 0, -1) if bits % rows == 0
    )
    return rows, bits // rows
