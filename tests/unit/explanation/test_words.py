"""The sentence says what is so."""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from sokkuri import Picture, explain, load
from sokkuri.explanation import Explanation
from sokkuri.explanation.sentence import (
    AGREEING_SHARE,
    DIFFERING_SHARE,
    _channel_clauses,
    headline_of,
    sentences_of,
    warning_of,
)
from sokkuri.explanation.values import Part
from sokkuri.hashes import HashSpec
from sokkuri.matches import Same
from sokkuri.settings import LOW_QUALITY

Explainer = Callable[..., Explanation]
Wave = Callable[[int], Picture]


def _picture(pixels: object) -> Picture:
    found = load(np.asarray(pixels, np.uint8))
    assert isinstance(found, Picture)
    return found


def test_shapes_agree_and_differ_at_the_stated_shares(wave: Wave, explained: Explainer) -> None:
    found = explained(wave(1), wave(2), "look-2")
    for distance, how in ((0, "agree"), (18, "agree"), (19, "agree in part"),
                          (29, "agree in part"), (30, "differ"), (100, "differ")):  # fmt: skip
        parts = (Part("shape", distance, 100),)
        sentence = sentences_of(replace(found, parts=parts))[0].en
        assert f"; shapes {how} ({distance} of 100 bits)" in sentence
    assert (AGREEING_SHARE, DIFFERING_SHARE) == (0.18, 0.30)


def test_the_headline_says_what_parts_do(explained: Explainer) -> None:
    red, blue = (
        _picture(np.full((60, 60, 3), colour)) for colour in ((200, 30, 30), (30, 30, 200))
    )
    for other, colours in ((red, ("Same colours", "same colours")), (blue, ("different colours",))):
        found = replace(explained(red, other, "look-2"), distance=9)
        for distance, shape in (
            (0, "Same shape"),
            (25, "artly the same shape"),
            (90, "ifferent shape"),
        ):
            part = Part("shape", distance, 100)
            headline = headline_of(replace(found, parts=(part, Part("colour", 1, 9))))
            assert shape in headline.en
            assert any(words in headline.en for words in colours)
            assert headline.ja
            assert shape[1:] in headline_of(replace(found, parts=(part,))).en.replace(
                "Part", "part"
            )
        assert headline_of(replace(found, parts=(Part("colour", 1, 9),))).en.endswith("colours")


@pytest.mark.parametrize("hash", ["ahash-gray-8", "ahash-rgb-8", "dhash-8", "phash-16", "whash-8"])
def test_the_headline_of_other_hashes_says_how_much_agrees(
    wave: Wave, explained: Explainer, hash: str
) -> None:
    found = explained(wave(1), wave(2), hash)
    assert f"{math.floor(100 * found.similarity)}%" in found.headline.en
    assert f"{math.floor(100 * found.similarity)}%" in found.headline.ja
    assert str(found.distance) not in found.places.en


def test_numbers_of_the_sentence(wave: Wave, explained: Explainer) -> None:
    found = explained(wave(1), wave(2), "ahash-gray-64")
    words = sentences_of(replace(found, distance=127))[0]
    assert words.en.startswith("127 of 4,096 bits differ (rate 0.496); ")
    assert words.ja.startswith("4,096 ビットのうち 127 ビットが異なります（rate 0.496）。")
    one = replace(found, distance=1, spec=HashSpec("ahash-gray-8", 64))
    assert sentences_of(one)[0].en.startswith("1 of 64 bits differs (rate 0.004); ")
    # Rates are the tutorial's.
    other = replace(found, distance=127, spec=HashSpec("dhash-64", 4096))
    assert sentences_of(other)[0].en.startswith("127 of 4,096 bits differ; ")


@pytest.mark.parametrize(
    ("same", "english", "japanese"),
    [
        ("bytes", "they are the same file, byte for byte", "バイト単位で同じファイルです"),
        ("link", "they are one file under two names", "一つのファイルの二つの名前です"),
        ("pixels", "they have the same pixels", "画素がすべて同じです"),
        (None, "that alone does not make them one photo", "同じ写真とは言えません"),
    ],
)
def test_distance_nought(
    wave: Wave, explained: Explainer, same: Same | None, english: str, japanese: str
) -> None:
    found = explained(wave(1), wave(1), "ahash-gray-8")
    told = {"bytes": "same file", "link": "two names", "pixels": "same picture", None: "Nothing"}
    assert told[same] in headline_of(replace(found, same=same)).en
    words = sentences_of(replace(found, same=same, spec=HashSpec("any", 1513)))[0]
    assert words.en == f"All 1,513 bits agree; {english}."
    assert words.ja.endswith(f"{japanese}。")


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
    same = explained(_picture(pixels), _picture(pixels[::-1]), "ahash-gray-8")
    assert "colours" not in same.sentence.en
    rgb = explained(_picture(pixels), _picture(other), "ahash-rgb-8")
    assert "the colours of the middle differ" in rgb.sentence.en
    assert "does not see" not in rgb.sentence.en


def test_the_channel_with_most_is_named() -> None:
    def words(*distances: int) -> str | None:
        parts = zip(("red", "green", "blue"), distances, strict=True)
        found = list(_channel_clauses(tuple(Part(name, count, 64) for name, count in parts)))
        assert len(found) <= 1
        return found[0].en if found else None

    assert words(1, 2, 4) == "most in blue"
    assert words(9, 1, 1) == "most in red"
    assert words(2, 1, 1) is None  # exactly half
    assert not list(_channel_clauses((Part("all", 5, 64), Part("hue", 0, 64))))


def test_warnings_begin_below_the_low_quality() -> None:
    assert warning_of("A", LOW_QUALITY) is None
    assert warning_of("A", None) is None
    words = warning_of("A", LOW_QUALITY - 1)
    assert words is not None
    assert f"quality {LOW_QUALITY - 1} of 100" in words.en
    assert f"品質 {LOW_QUALITY - 1} / 100" in words.ja
