"""An explanation in one plain sentence, in English and Japanese."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sokkuri import settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sokkuri.explaining.places import Spot
    from sokkuri.matches import Same

__all__ = [
    "MIRRORED",
    "Part",
    "Words",
    "agreement",
    "channel_words",
    "colour_words",
    "joined",
    "part_words",
    "place_words",
    "total_words",
    "warning_of",
]

AGREEING_SHARE: Final = 0.18
DIFFERING_SHARE: Final = 0.30
"""Shapes agree up to this share of their bits, and differ from that one on.  Of photos of different
kinds of garment one pair in a hundred has a share below the first, and three in five one above the
second."""


@dataclass(frozen=True, slots=True)
class Words:
    """The same in English and Japanese.

    Parameters
    ----------
    en, ja : str
    """

    en: str
    ja: str

    def as_dict(self) -> dict[str, str]:
        """Return both by their language."""
        return {"en": self.en, "ja": self.ja}


@dataclass(frozen=True, slots=True)
class Part:
    """How much of the distance one part of the bits has.

    Parameters
    ----------
    name : str
        ``"all"``; ``"red"``, ``"green"``, ``"blue"``; or ``"shape"``, ``"colour"``.
    distance, bits : int
        How many bits differ, of how many that are compared.
    """

    name: str
    distance: int
    bits: int

    @property
    def share(self) -> float:
        """The share that differs, 0 to 1."""
        return self.distance / self.bits if self.bits else 0.0


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


def joined(clauses: Iterator[Words] | list[Words]) -> Words:
    """Make one sentence of clauses."""
    found = [clause for clause in clauses if clause.en]
    english = "; ".join(clause.en for clause in found)
    return Words(f"{english}.", "".join(f"{clause.ja}。" for clause in found))


def total_words(distance: int, bits: int, rate: float, same: Same | None) -> list[Words]:
    """Say how many bits differ, or that none does and what follows."""
    if not distance:
        return [
            Words(
                f"All {bits:,} bits agree (rate 0.000)",
                f"{bits:,} ビットがすべて一致します（rate 0.000）",
            ),
            _SAME[same],
        ]
    verb = "differs" if distance == 1 else "differ"
    return [
        Words(
            f"{distance:,} of {bits:,} bits {verb} (rate {rate:.3f})",
            f"{bits:,} ビットのうち {distance:,} ビットが異なります（rate {rate:.3f}）",
        )
    ]


def place_words(spot: Spot, *, thing: bool) -> Words:
    """Say where bits differ: in the photo, or in the box around the thing in it."""
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
    """Say whether shapes or colours agree, and by how many bits."""
    words, (english, japanese) = _PARTS[part.name], _AGREE[how]
    return Words(
        f"{words.en} {english} ({part.distance:,} of {part.bits:,} bits)",
        f"{words.ja}{japanese}（{part.bits:,} ビットのうち {part.distance:,} ビットが違い）",
    )


def colour_words(*, agree: bool, seen: bool) -> Words:
    """Say whether the colours of the middle agree, and whether the hash looks at colours."""
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
    """Warn of a photo that gave its hash too little to say anything."""
    if quality is None or quality >= settings.LOW_QUALITY:
        return None
    return Words(
        f"Photo {letter} is too simple to say much (quality {quality} of 100): "
        "solid, two-tone or nearly empty.",
        f"写真 {letter} は単純すぎて、ハッシュの情報がわずかです（品質 {quality} / 100）。"
        "無地か 2 色、またはほとんど空白です。",
    )
