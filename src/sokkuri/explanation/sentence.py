"""An explanation in one plain sentence, in English and Japanese: how much differs, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from sokkuri import settings
from sokkuri.explanation.panels import ColoursPanel, ValuesPanel
from sokkuri.explanation.values import Areas, Words
from sokkuri.kernels.look.lab import lab_quarters
from sokkuri.lab import colours_agree

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from sokkuri.explanation.panels import Panel
    from sokkuri.explanation.values import Explanation, Part
    from sokkuri.matches import Same

AGREEING_SHARE: Final = 0.18
DIFFERING_SHARE: Final = 0.30
"""Shapes agree up to this share of their bits, and differ from that one on.  Of photos of different
kinds of garment one pair in a hundred has a share below the first, and three in five one above the
second."""

_SIDE: Final = 3


class _Region(NamedTuple):
    """Areas (row, column) of the picture that have a name together."""

    areas: tuple[tuple[int, int], ...]
    en: str
    ja: str


class _Spot(NamedTuple):
    """Region that holds all or most differing bits, or the densest one, or none of them all."""

    how: str
    region: _Region | None = None


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
_SINGLE: Final = tuple(_Region(((y, x),), *_NAMES[y][x]) for y in _ALONG for x in _ALONG)
_BANDS: Final = (
    *(_Region(tuple((row, each) for each in _ALONG), *_ROWS[row]) for row in _ALONG),
    *(_Region(tuple((each, column) for each in _ALONG), *_COLUMNS[column]) for column in _ALONG),
)


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
        rows, columns = panel.differing.shape
        # No middle of a cell lies on a border.
        down = top + (bottom - top) * (np.arange(rows)[:, None] + 0.5) / rows
        across = left + (right - left) * (np.arange(columns) + 0.5) / columns
        where = (_SIDE * down).astype(np.int64), (_SIDE * across).astype(np.int64)
        np.add.at(differing, where, panel.differing)
        np.add.at(counted, where, panel.counted)
    return Areas(differing, counted) if placed else None


def _spot_of(areas: Areas) -> _Spot | None:
    """Find the place where bits differ; None if none does.

    *All* or *most*: the smallest region that holds all of them, or more than half: one of the nine
    areas, or else a row or a column of three.  *Evenly*: in every area the share of the compared
    bits that differ is within half and one and a half of the share of all.  *Spread*: neither.
    """
    total = int(areas.differing.sum())
    if not total:
        return None
    for regions in (_SINGLE, _BANDS):
        held = [sum(int(areas.differing[area]) for area in region.areas) for region in regions]
        best = int(np.argmax(held))
        if 2 * held[best] > total:
            return _Spot("all" if held[best] == total else "most", regions[best])
    shares = areas.differing / np.maximum(areas.counted, 1)
    relative = shares[areas.counted > 0] * areas.counted.sum() / total
    if relative.min() >= 0.5 and relative.max() <= 1.5:
        return _Spot("evenly")
    return _Spot("spread", _SINGLE[int(np.argmax(shares))])


_CHANNELS: Final = {"red": "赤", "green": "緑", "blue": "青"}
_MIRRORED: Final = Words("B is compared as its mirror image", "B は左右を反転して比べています")
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


def sentence_of(found: Explanation, meaning: Words) -> Words:
    """Put an explanation into one sentence.

    Parameters
    ----------
    found : Explanation
        Its own sentence does not count.
    meaning : Words
        Of a single bit, where the hash shows no values.
    """
    clauses = [clause for clause in _clauses(found, meaning) if clause.en]
    english = "; ".join(clause.en for clause in clauses)
    return Words(f"{english}.", "".join(f"{clause.ja}。" for clause in clauses))


def _total_words(distance: int, bits: int, rate: float, same: Same | None) -> list[Words]:
    """Say how many bits differ, or that none does and what follows."""
    if not distance:
        english = f"All {bits:,} bits agree (rate 0.000)"
        japanese = f"{bits:,} ビットがすべて一致します（rate 0.000）"
        return [Words(english, japanese), _SAME[same]]
    verb = "differs" if distance == 1 else "differ"
    english = f"{distance:,} of {bits:,} bits {verb} (rate {rate:.3f})"
    japanese = f"{bits:,} ビットのうち {distance:,} ビットが異なります（rate {rate:.3f}）"
    return [Words(english, japanese)]


def _place_words(spot: _Spot, *, thing: bool) -> Words:
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


def _channel_words(parts: tuple[Part, ...]) -> Words | None:
    """Name the channel that has more than half of the distance, if one has."""
    total = sum(part.distance for part in parts)
    for part in parts:
        if part.name in _CHANNELS and 2 * part.distance > total:
            return Words(
                f"most in {part.name}", f"半分以上が{_CHANNELS[part.name]}のチャンネルの違いです"
            )
    return None


def _agreement(part: Part) -> str:
    if part.share <= AGREEING_SHARE:
        return "agree"
    return "differ" if part.share >= DIFFERING_SHARE else "partly"


def _part_words(part: Part, how: str) -> Words:
    words, (english, japanese) = _PARTS[part.name], _AGREE[how]
    return Words(
        f"{words.en} {english} ({part.distance:,} of {part.bits:,} bits)",
        f"{words.ja}{japanese}（{part.bits:,} ビットのうち {part.distance:,} ビットが違い）",
    )


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


def _middle_lab(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return the median colour of the middle, from 30 % to 70 % of each side, in units of Lab."""
    rows, columns = (slice(int(0.3 * side), int(np.ceil(0.7 * side))) for side in pixels.shape[:2])
    middle = lab_quarters(pixels[rows, columns]).reshape(-1, 3)
    return np.asarray(np.median(middle, axis=0) / 4, np.float64)


def _clauses(found: Explanation, meaning: Words) -> Iterator[Words]:
    yield from _total_words(found.distance, found.spec.bits, found.rate, found.same)
    if found.distance:
        if found.boxed:
            yield from _look_clauses(found)
        elif (channel := _channel_words(found.parts)) is not None:
            yield channel
        if found.areas is not None and (spot := _spot_of(found.areas)) is not None:
            yield _place_words(spot, thing=found.boxed)
        if not found.boxed:
            panel = found.panels[0]
            if isinstance(panel, ValuesPanel) and not panel.reference_name:
                yield meaning
            yield _colour_clause(found)
    if found.mirrored:
        yield _MIRRORED


def _look_clauses(found: Explanation) -> Iterator[Words]:
    for part in found.parts:
        if part.bits:
            how = _agreement(part)
            if part.name == "colour":
                centre = next(panel for panel in found.panels if panel.name == "centre")
                assert isinstance(centre, ColoursPanel)  # noqa: S101 - a fact about our own panels
                how = "agree" if colours_agree(centre.lab_a, centre.lab_b).all() else "differ"
            yield _part_words(part, how)


def _colour_clause(found: Explanation) -> Words:
    middles = (_middle_lab(each.pixels) for each in (found.thumbnail_a, found.thumbnail_b))
    if colours_agree(*middles):
        return Words("the colours of the middle agree", "中央の色は一致します")
    if any(part.name != "all" for part in found.parts) or found.spec.name.startswith("color"):
        return Words("the colours of the middle differ", "中央の色は異なります")
    return Words(
        "the colours of the middle differ, which this hash does not see",
        "中央の色は異なりますが、このハッシュは色を見ません",
    )
