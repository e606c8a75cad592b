"""An explanation in one plain sentence, in English and Japanese: how much differs, and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from sokkuri import settings
from sokkuri.brief import brief_repr

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from sokkuri.explanation.panels import Panel
    from sokkuri.matches import Same

AGREEING_SHARE: Final = 0.18
DIFFERING_SHARE: Final = 0.30
"""Shapes agree up to this share of their bits, and differ from that one on.  Of photos of different
kinds of garment one pair in a hundred has a share below the first, and three in five one above the
second."""

_SIDE: Final = 3
_MOST: Final = 1 / 2
_EVEN: Final = (0.5, 1.5)


@dataclass(frozen=True, slots=True)
class Words:
    """The same in English and Japanese."""

    en: str
    ja: str

    def as_dict(self) -> dict[str, str]:
        """Return both by their language."""
        return {"en": self.en, "ja": self.ja}


@dataclass(frozen=True, slots=True)
class Part:
    """The share that one part of the bits has in the distance.

    Parameters
    ----------
    name : str
        ``"all"``; ``"red"``, ``"green"``, ``"blue"``; or ``"shape"``, ``"colour"``.
    distance, bits : int
        Number of differing bits, and of compared ones.
    """

    name: str
    distance: int
    bits: int

    @property
    def share(self) -> float:
        """Share of differing bits, 0 to 1."""
        return self.distance / self.bits if self.bits else 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Areas:
    """Bits by area of the picture, three rows of three.

    Parameters
    ----------
    differing, counted : ndarray of shape (3, 3), int64
        Number of differing bits, and of compared ones.
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
    """The place where bits differ.

    Parameters
    ----------
    how : {"all", "most", "evenly", "spread"}
    region : Region, optional
        It holds all or most of them; of spread ones, the densest.
    """

    how: str
    region: Region | None = None


_NAMES: Final = (
    (("at the upper left", "左上"), ("at the top", "上"), ("at the upper right", "右上")),
    (("at the left", "左"), ("in the middle", "中央"), ("at the right", "右")),
    (("at the lower left", "左下"), ("at the bottom", "下"), ("at the lower right", "右下")),
)
_ROWS: Final = (
    ("along the top", "上側"), ("across the middle", "中段"), ("along the bottom", "下側"),
)  # fmt: skip
_COLUMNS: Final = (
    ("along the left", "左側"), ("down the middle", "中央の列"), ("along the right", "右側"),
)  # fmt: skip
_ALONG: Final = range(_SIDE)
_SINGLE: Final = tuple(Region(((y, x),), *_NAMES[y][x]) for y in _ALONG for x in _ALONG)
REGIONS: Final = (
    _SINGLE,
    (
        *(Region(tuple((row, each) for each in _ALONG), *_ROWS[row]) for row in _ALONG),
        *(Region(tuple((each, column) for each in _ALONG), *_COLUMNS[column]) for column in _ALONG),
    ),
)
"""Regions by size: the nine areas, then three rows and three columns of them."""


def areas_of(panels: Iterable[Panel]) -> Areas | None:
    """Sum differing bits per ninth of the picture; a cell counts where its middle lies.

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
    """Return the area that the middle of each cell lies in; none lies on a border."""
    middles = first + (last - first) * (np.arange(side) + 0.5) / side
    return np.asarray(_SIDE * middles, np.int64)


def spot_of(areas: Areas) -> Spot | None:
    """Find the place where bits differ; None if none does.

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


_CHANNELS: Final = {"red": "赤", "green": "緑", "blue": "青"}
_SAME: Final = {
    "bytes": Words("they are the same file, byte for byte", "バイト単位で同じファイルです"),
    "link": Words("they are one file under two names", "一つのファイルの二つの名前です"),
    "pixels": Words("they have the same pixels", "画素がすべて同じです"),
    None: Words(
        "that alone does not make them one photo", "ただし、それだけでは同じ写真とは言えません"
    ),
}
_AGREE: Final = {
    "agree": ("agree", "一致します"),
    "partly": ("agree in part", "一部が一致します"),
    "differ": ("differ", "異なります"),
}
_PARTS: Final = {"shape": Words("shapes", "形は"), "colour": Words("colours", "色は")}


def joined(clauses: Iterable[Words]) -> Words:
    """Make one sentence of clauses."""
    found = [clause for clause in clauses if clause.en]
    return Words(
        "; ".join(clause.en for clause in found) + ".",
        "".join(f"{clause.ja}。" for clause in found),
    )


def total_words(distance: int, bits: int, rate: float, same: Same | None) -> list[Words]:
    """Say how many bits differ, or that none does and what follows.

    Parameters
    ----------
    distance, bits : int
    rate : float
    same : {"bytes", "link", "pixels"}, optional
    """
    if not distance:
        return [
            Words(
                f"All {bits:,} bits agree (rate 0.000)",
                f"{bits:,} ビットがすべて一致します（rate 0.000）",
            ),
            _SAME[same],
        ]
    verb = "differs" if distance == 1 else "differ"
    english = f"{distance:,} of {bits:,} bits {verb} (rate {rate:.3f})"
    japanese = f"{bits:,} ビットのうち {distance:,} ビットが異なります（rate {rate:.3f}）"
    return [Words(english, japanese)]


def place_words(spot: Spot, *, thing: bool) -> Words:
    """Say where bits differ: in the photo, or in the box around the thing in it.

    Parameters
    ----------
    spot : Spot
    thing : bool
        Whether places are those of the box.
    """
    of, no = (" of the thing", "物の") if thing else ("", "")
    region, over = spot.region, "thing" if thing else "picture"
    if region is None:
        return Words(f"spread evenly over the {over}", f"違いは{no}全体に均等に散らばっています")
    if spot.how == "spread":
        return Words(
            f"spread over the {over}, densest {region.en}",
            f"違いは{no}全体に散らばり、とくに{region.ja}に目立ちます",
        )
    how = ("all", "すべて") if spot.how == "all" else ("most", "半分以上が")
    return Words(f"{how[0]} {region.en}{of}", f"違いの{how[1]}{no}{region.ja}にあります")


def channel_words(parts: tuple[Part, ...]) -> Words | None:
    """Name the channel that has more than half of the distance, if one has."""
    total = sum(part.distance for part in parts)
    for part in parts:
        if part.name in _CHANNELS and 2 * part.distance > total:
            return Words(
                f"most in {part.name}", f"半分以上が{_CHANNELS[part.name]}のチャンネルの違いです"
            )
    return None


def agreement(part: Part) -> str:
    """Tell whether a part agrees: up to 18 % of its bits differ; from 30 % on it differs."""
    if part.share <= AGREEING_SHARE:
        return "agree"
    return "differ" if part.share >= DIFFERING_SHARE else "partly"


def part_words(part: Part, how: str) -> Words:
    """Say whether shapes or colours agree, and by how many bits.

    Parameters
    ----------
    part : Part
        ``"shape"`` or ``"colour"``.
    how : {"agree", "partly", "differ"}
    """
    words, (english, japanese) = _PARTS[part.name], _AGREE[how]
    return Words(
        f"{words.en} {english} ({part.distance:,} of {part.bits:,} bits)",
        f"{words.ja}{japanese}（{part.bits:,} ビットのうち {part.distance:,} ビットが違い）",
    )


def colour_words(*, agree: bool, seen: bool) -> Words:
    """Say whether the colours of the middle agree, and whether the hash looks at colours.

    Parameters
    ----------
    agree, seen : bool
    """
    if agree:
        return Words("the colours of the middle agree", "中央の色は一致します")
    if seen:
        return Words("the colours of the middle differ", "中央の色は異なります")
    return Words(
        "the colours of the middle differ, which this hash does not see",
        "中央の色は異なりますが、このハッシュは色を見ません",
    )


MIRRORED: Final = Words("B is compared as its mirror image", "B は左右を反転して比べています")


def warning_of(letter: str, quality: int | None) -> Words | None:
    """Warn of a photo that gave its hash too little to say anything.

    Parameters
    ----------
    letter : str
    quality : int, optional
    """
    if quality is None or quality >= settings.LOW_QUALITY:
        return None
    return Words(
        f"Photo {letter} is too simple to say much (quality {quality} of 100): "
        "solid, two-tone or nearly empty.",
        f"写真 {letter} は単純すぎて、ハッシュの情報がわずかです（品質 {quality} / 100）。"
        "無地か 2 色、またはほとんど空白です。",
    )
