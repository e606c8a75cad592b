"""An explanation in one plain sentence, in every language: how much differs, and where."""

from __future__ import annotations

import math
import tomllib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from sokkuri import settings
from sokkuri.explanation.values import Areas, ColoursPanel, ValuesPanel, Words
from sokkuri.kernels.look.reference import lab_quarters
from sokkuri.lab import colours_agree
from sokkuri.language import LANGUAGES, language, word_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from sokkuri.explanation.values import Explanation, Panel, Part
    from sokkuri.language import Lang

AGREEING_SHARE: Final = 0.18
DIFFERING_SHARE: Final = 0.30
"""Shapes agree up to this share of their bits, and differ from that one on.  Of photos of different
kinds of garment one pair in a hundred has a share below the first, and three in five one above the
second."""

_SIDE: Final = 3
_ALONG: Final = range(_SIDE)

# Areas (row, column) of each region, in the order in which words.toml names them.
_NINTHS: Final = tuple(((row, column),) for row in _ALONG for column in _ALONG)
_BANDS: Final = (
    *(tuple((row, column) for column in _ALONG) for row in _ALONG),
    *(tuple((row, column) for row in _ALONG) for column in _ALONG),
)


class _Spot(NamedTuple):
    """Region that holds all or most differing bits, or the densest one, or none of them all."""

    how: str
    region: Words | None = None


def headline_of(found: Explanation) -> Words:
    """Say in a few words of a person how alike the two are."""
    if not found.distance:
        return _say("headline", found.same or "unknown")
    kinds = [(part.name, _how(found, part)) for part in found.parts if part.bits]
    if found.boxed:
        return _say("headline", "_".join(f"{name}_{how}" for name, how in kinds))
    family = found.spec.name.partition("-")[0]
    kind = family if family in _words()["agreeing"] else "unknown"
    if len(kinds) > 1:
        kind = "channels"
    return _say("agreeing", kind, percent=math.floor(100 * found.similarity))


def sentences_of(found: Explanation) -> tuple[Words, Words]:
    """Put an explanation into one sentence, and what that says beside the numbers into another.

    That is where bits differ, and what they cannot tell.  The sentences that it has do not count.
    """
    places = list(_places(found))
    return _joined([*_numbers(found), *places]), _joined(places)


def name_of(part: Part | Panel) -> str:
    """Return the name of a part or a panel in the reader's language."""
    known = _words()["name"].get(part.name)
    return word_of(language(), f"explanation: name.{part.name}", known) if known else part.name


def _joined(clauses: list[Words]) -> Words:
    english = "; ".join(clause.en for clause in clauses)
    english = english and f"{english[0].upper()}{english[1:]}."
    return Words(english, "".join(f"{clause.ja}。" for clause in clauses))


def warning_of(letter: str, quality: int | None) -> Words | None:
    """Warn of a photo that gave its hash too little to say anything.

    Parameters
    ----------
    letter : str
    quality : int, optional
    """
    if quality is None or quality >= settings.LOW_QUALITY:
        return None
    return _say("photo", "simple", letter=letter, quality=quality)


def areas_of(panels: Iterable[Panel]) -> Areas | None:
    """Sum differing bits per ninth of the picture, each cell where its middle lies.

    None if no cell is a place.
    """
    differing, counted = np.zeros((2, _SIDE, _SIDE), np.int64)
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


def _numbers(found: Explanation) -> Iterator[Words]:
    distance, bits = found.distance, found.spec.bits
    number = "many" if distance > 1 else "one" if distance else "none"
    clause = "rated" if found.spec.rated else "bits"
    yield _say(clause, number, distance=distance, bits=bits, rate=found.rate)
    if not distance:
        yield _say("same", found.same or "unknown")
    elif found.boxed:
        for part in found.parts:
            if part.bits:
                how = _how(found, part)
                yield _say(part.name, how, distance=part.distance, bits=part.bits)


def _places(found: Explanation) -> Iterator[Words]:
    if found.distance:
        if not found.boxed:
            yield from _channel_clauses(found.parts)
        if found.areas is not None and (spot := _spot_of(found.areas)) is not None:
            yield _say("thing" if found.boxed else "picture", spot.how, region=spot.region)
        if not found.boxed:
            yield from _colour_clauses(found)
    if found.mirrored:
        yield _say("photo", "mirrored")


def _how(found: Explanation, part: Part) -> str:
    """Tell how far shapes agree, by the share of their bits, and colours, as the eye sees them."""
    if part.name == "colour":
        centre = next(panel for panel in found.panels if panel.name == "centre")
        assert isinstance(centre, ColoursPanel)  # noqa: S101 - a fact about our own panels
        return "agree" if colours_agree(centre.lab_a, centre.lab_b).all() else "differ"
    if part.share <= AGREEING_SHARE:
        return "agree"
    return "differ" if part.share >= DIFFERING_SHARE else "partly"


def _channel_clauses(parts: tuple[Part, ...]) -> Iterator[Words]:
    """Name the channel that has more than half of the distance, if one has."""
    total = sum(part.distance for part in parts)
    for part in parts:
        if part.name in _words()["channel"] and 2 * part.distance > total:
            yield _say("channel", part.name)


def _colour_clauses(found: Explanation) -> Iterator[Words]:
    """Tell of cells that are no places, and of the colours that a person sees."""
    panel, family = found.panels[0], found.spec.name.partition("-")[0]
    if isinstance(panel, ValuesPanel) and not panel.reference_name and not panel.place:
        yield _say("cell", family if family in _words()["cell"] else "unknown")
    middles = (_middle_lab(each.pixels) for each in (found.thumbnail_a, found.thumbnail_b))
    seen = any(part.name != "all" for part in found.parts) or family.startswith("color")
    if not colours_agree(*middles):
        yield _say("middle", "differ" if seen else "unseen")
    elif seen:
        yield _say("middle", "agree")


def _spot_of(areas: Areas) -> _Spot | None:
    """Find the place where bits differ; None if none does.

    *All* or *most*: the smallest region that holds all of them, or more than half: one of the nine
    areas, or else a row or a column of three.  *Evenly*: in every area the share of the compared
    bits that differ is within half and one and a half of the share of all.  *Spread*: neither.
    """
    total = int(areas.differing.sum())
    if not total:
        return None
    for first, regions in ((0, _NINTHS), (len(_NINTHS), _BANDS)):
        held = [sum(int(areas.differing[area]) for area in region) for region in regions]
        best = int(np.argmax(held))
        if 2 * held[best] > total:
            how = "all" if held[best] == total else "most"
            return _Spot(how, _region_words(first + best))
    shares = areas.differing / np.maximum(areas.counted, 1)
    relative = shares[areas.counted > 0] * areas.counted.sum() / total
    if relative.min() >= 0.5 and relative.max() <= 1.5:
        return _Spot("evenly")
    return _Spot("spread", _region_words(int(np.argmax(shares))))


def _middle_lab(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return the median colour of the middle, from 30 % to 70 % of each side, in units of Lab."""
    rows, columns = (slice(int(0.3 * side), int(np.ceil(0.7 * side))) for side in pixels.shape[:2])
    middle = lab_quarters(pixels[rows, columns]).reshape(-1, 3)
    return np.asarray(np.median(middle, axis=0) / 4, np.float64)


@cache
def _words() -> dict[str, Any]:
    text = resources.files("sokkuri.explanation").joinpath("words.toml").read_text("utf-8")
    return tomllib.loads(text)


def _region_words(number: int) -> Words:
    return _say("regions", list(_words()["regions"])[number])


def _say(part: str, key: str, **values: object) -> Words:
    """Return a clause in every language, its ``{places}`` filled."""

    def clause(lang: Lang) -> str:
        filled = {
            name: getattr(value, lang) if isinstance(value, Words) else value
            for name, value in values.items()
        }
        return word_of(lang, f"explanation: {part}.{key}", _words()[part][key]).format(**filled)

    return Words(*map(clause, LANGUAGES))
