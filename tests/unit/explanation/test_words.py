"""The sentence says what is so."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from sokkuri import Picture, explain, load
from sokkuri.explanation import Explanation
from sokkuri.explanation.sentence import (
    AGREEING_SHARE,
    DIFFERING_SHARE,
    _agreement,
    _channel_words,
    _total_words,
    warning_of,
)
from sokkuri.explanation.values import Part
from sokkuri.settings import LOW_QUALITY

Explainer = Callable[..., Explanation]
Wave = Callable[[int], Picture]


def _picture(pixels: object) -> Picture:
    found = load(np.asarray(pixels, np.uint8))
    assert isinstance(found, Picture)
    return found


def test_shapes_agree_and_differ_at_the_stated_shares() -> None:
    for distance, how in ((0, "agree"), (18, "agree"), (19, "partly"), (29, "partly"),
                          (30, "differ"), (100, "differ")):  # fmt: skip
        assert _agreement(Part("shape", distance, 100)) == how
    assert (AGREEING_SHARE, DIFFERING_SHARE) == (0.18, 0.30)


def test_numbers_of_the_sentence() -> None:
    words = _total_words(127, 4096, 127 / 256, None)[0]
    assert words.en == "127 of 4,096 bits differ (rate 0.496)"
    assert words.ja == "4,096 ビットのうち 127 ビットが異なります（rate 0.496）"
    assert _total_words(1, 64, 1 / 256, None)[0].en.startswith("1 of 64 bits differs")


@pytest.mark.parametrize(
    ("same", "english", "japanese"),
    [
        ("bytes", "they are the same file, byte for byte", "バイト単位で同じファイルです"),
        ("link", "they are one file under two names", "一つのファイルの二つの名前です"),
        ("pixels", "they have the same pixels", "画素がすべて同じです"),
        (None, "that alone does not make them one photo", "同じ写真とは言えません"),
    ],
)
def test_distance_nought(same: str | None, english: str, japanese: str) -> None:
    first, second = _total_words(0, 1513, 0.0, same)  # type: ignore[arg-type]
    assert first.en == "All 1,513 bits agree (rate 0.000)"
    assert second.en == english
    assert japanese in second.ja


def test_identity_is_told(wave: Wave) -> None:
    files = []
    for form in ("PNG", "TIFF"):
        file = io.BytesIO()
        Image.fromarray(wave(1).pixels()).save(file, form)
        files.append(file.getvalue())
    for other, same, words in ((files[0], "bytes", "same file"), (files[1], "pixels", "pixels")):
        found = explain(files[0], other, gray=True)
        assert (found.distance, found.same) == (0, same)
        assert words in found.sentence.en
    brighter = wave(1).pixels().astype(np.int16) // 2
    found = explain(wave(1).pixels(), brighter.astype(np.uint8) * 2, hash="ahash-gray-2")
    assert found.distance == 0
    assert found.same is None
    assert "does not make them one photo" in found.sentence.en


def test_colours_of_the_look_hash(explained: Explainer) -> None:
    ground = np.full((120, 120, 3), 240, np.uint8)
    photos = {}
    for name, colour in (
        ("red", (190, 30, 40)),
        ("dark red", (170, 30, 40)),
        ("blue", (30, 60, 190)),
    ):
        pixels = ground.copy()
        pixels[20:100, 35:85] = colour
        photos[name] = _picture(pixels)
    near = explained(photos["red"], photos["dark red"], "look-2")
    assert "colours agree" in near.sentence.en
    assert "shapes agree" in near.sentence.en
    far = explained(photos["red"], photos["blue"], "look-2")
    assert "colours differ" in far.sentence.en
    assert "色は異なります" in far.sentence.ja
    assert [part.name for part in far.parts] == ["shape", "colour"]
    part = far.parts[1]
    assert f"({part.distance:,} of {part.bits:,} bits)" in far.sentence.en
    alone = explained(photos["red"], photos["blue"], "look-2", emphasis=0.0)
    assert "colour" not in alone.sentence.en


def test_gray_hashes_say_that_they_see_no_colours(explained: Explainer) -> None:
    pixels = np.full((60, 60, 3), (200, 40, 40), np.uint8)
    pixels[:10, :10] = 0
    other = pixels[..., ::-1].copy()
    other[30:] += 4
    gray = explained(_picture(pixels), _picture(other), "ahash-gray-8")
    assert "the colours of the middle differ, which this hash does not see" in gray.sentence.en
    assert "このハッシュは色を見ません" in gray.sentence.ja
    rgb = explained(_picture(pixels), _picture(other), "ahash-rgb-8")
    assert "the colours of the middle differ" in rgb.sentence.en
    assert "does not see" not in rgb.sentence.en


def test_the_channel_with_most_is_named() -> None:
    def words(*distances: int) -> str | None:
        parts = zip(("red", "green", "blue"), distances, strict=True)
        found = _channel_words(tuple(Part(name, count, 64) for name, count in parts))
        return None if found is None else found.en

    assert words(1, 2, 4) == "most in blue"
    assert words(9, 1, 1) == "most in red"
    assert words(2, 1, 1) is None  # exactly half
    assert _channel_words((Part("all", 5, 64),)) is None


def test_warnings_begin_below_the_low_quality() -> None:
    assert warning_of("A", LOW_QUALITY) is None
    assert warning_of("A", None) is None
    words = warning_of("A", LOW_QUALITY - 1)
    assert words is not None
    assert f"quality {LOW_QUALITY - 1} of 100" in words.en
    assert f"品質 {LOW_QUALITY - 1} / 100" in words.ja
