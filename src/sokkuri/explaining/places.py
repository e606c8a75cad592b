"""Where in the picture bits differ: nine areas, and one word for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from sokkuri.brief import brief_repr

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from sokkuri.explaining.panels import Panel

__all__ = ["REGIONS", "Areas", "Region", "Spot", "areas_of", "spot_of"]

_SIDE: Final = 3
_MOST: Final = 1 / 2
_EVEN: Final = (0.5, 1.5)


@dataclass(frozen=True, slots=True, eq=False)
class Areas:
    """Bits by area of the picture, three rows of three.

    Parameters
    ----------
    differing, counted : ndarray of shape (3, 3), int64
        How many differ, of how many that are compared.
    """

    differing: NDArray[np.int64]
    counted: NDArray[np.int64]

    __repr__ = brief_repr


@dataclass(frozen=True, slots=True)
class Region:
    """A part of the picture that has a name.

    Parameters
    ----------
    areas : tuple of (row, column)
    en, ja : str
    """

    areas: tuple[tuple[int, int], ...]
    en: str
    ja: str


@dataclass(frozen=True, slots=True)
class Spot:
    """Where bits differ.

    Parameters
    ----------
    how : {"all", "most", "evenly", "spread"}
    region : Region, optional
        Where all or most of them are; of spread ones, where they are densest.
    """

    how: str
    region: Region | None = None


_NAMES: Final = (
    (("at the upper left", "左上"), ("at the top", "上"), ("at the upper right", "右上")),
    (("at the left", "左"), ("in the middle", "中央"), ("at the right", "右")),
    (("at the lower left", "左下"), ("at the bottom", "下"), ("at the lower right", "右下")),
)
_ALONG: Final = range(_SIDE)
_SINGLE: Final = tuple(
    Region(((row, column),), *_NAMES[row][column]) for row in _ALONG for column in _ALONG
)
_ROWS: Final = (
    ("along the top", "上側"),
    ("across the middle", "中段"),
    ("along the bottom", "下側"),
)
_COLUMNS: Final = (
    ("along the left", "左側"),
    ("down the middle", "中央の列"),
    ("along the right", "右側"),
)
_BANDS: Final = (
    *(Region(tuple((row, each) for each in _ALONG), *_ROWS[row]) for row in _ALONG),
    *(Region(tuple((each, column) for each in _ALONG), *_COLUMNS[column]) for column in _ALONG),
)
REGIONS: Final = (_SINGLE, _BANDS)
"""Regions by size: the nine areas, then three rows and three columns of them."""


def areas_of(panels: Iterable[Panel]) -> Areas | None:
    """Count the bits of all cells that are places by the area that their middle lies in.

    Returns
    -------
    Areas or None
        None if no cell is a place.
    """
    differing = np.zeros((_SIDE, _SIDE), np.int64)
    counted = np.zeros((_SIDE, _SIDE), np.int64)
    placed = [panel for panel in panels if panel.place]
    for panel in placed:
        left, top, right, bottom = panel.within
        rows, columns = (
            _areas_along(side, *ends)
            for side, ends in zip(
                panel.differing.shape, ((top, bottom), (left, right)), strict=True
            )
        )
        where = (rows[:, None], columns[None, :])
        np.add.at(differing, where, panel.differing)
        np.add.at(counted, where, panel.counted)
    return Areas(differing, counted) if placed else None


def _areas_along(side: int, first: float, last: float) -> NDArray[np.int64]:
    """Return the area that the middle of each cell lies in; it lies on no border."""
    middles = first + (last - first) * (np.arange(side) + 0.5) / side
    return np.asarray(_SIDE * middles, np.int64)


def spot_of(areas: Areas) -> Spot | None:
    """Find the words for where bits differ; None if none does.

    *All* or *most*: the smallest region that holds all of them, or more than half: one of the nine
    areas, or else a row or a column of three.  *Evenly*: in every area the share of the compared
    bits that differ is within half and one and a half of the share of all.  *Spread*: neither.
    """
    total = int(areas.differing.sum())
    if not total:
        return None
    for regions in REGIONS:
        held = [_held(areas.differing, region) for region in regions]
        best = int(np.argmax(held))
        if held[best] > _MOST * total:
            return Spot("all" if held[best] == total else "most", regions[best])
    shares = areas.differing / np.maximum(areas.counted, 1)
    relative = shares[areas.counted > 0] * areas.counted.sum() / total
    if relative.min() >= _EVEN[0] and relative.max() <= _EVEN[1]:
        return Spot("evenly")
    return Spot("spread", _SINGLE[int(np.argmax(shares))])


def _held(counts: NDArray[np.int64], region: Region) -> int:
    return sum(int(counts[area]) for area in region.areas)
