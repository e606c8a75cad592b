"""The cells that are said to differ are those that do, for every hash there is."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

import sokkuri
from sokkuri import HashMismatch, Picture
from sokkuri.explanation import (
    ColoursPanel,
    Explanation,
    GradientsPanel,
    HashView,
    ValuesPanel,
    explain_views,
)
from sokkuri.metric import Metric
from sokkuri.registry import families, hasher

Explainer = Callable[..., Explanation]
Wave = Callable[[int], Picture]

NAMES = [
    name
    for family in families()
    if family.prefix != "copies"
    for name in (family.example, family.fast_example)
    if name
]
EMPHASES = ["shape", "balanced", "colour", 0.0, 0.4, 1.0]


def _red(found: Explanation) -> int:
    return sum(int(panel.differing.sum()) for panel in found.panels)


def _counted(found: Explanation) -> int:
    return sum(int(panel.counted.sum()) for panel in found.panels)


@pytest.mark.parametrize("name", NAMES)
def test_red_cells_add_up_to_the_distance(name: str, wave: Wave, explained: Explainer) -> None:
    for a, b in ((0, 1), (2, 3), (4, 4)):
        found = explained(wave(a), wave(b), name)
        expected = sokkuri.compare(wave(a).image, wave(b).image, hash=name).distance
        assert found.distance == _red(found) == expected
        assert _counted(found) == found.spec.bits
        assert sum(part.distance for part in found.parts) == expected
        assert sum(part.bits for part in found.parts) == found.spec.bits


@pytest.mark.slow
@settings(deadline=None)
@given(
    name=st.sampled_from(["look-2", "look-2-compact"]),
    emphasis=st.sampled_from(EMPHASES),
    mirror=st.booleans(),
    seeds=st.tuples(st.integers(0, 30), st.integers(0, 30)),
)
def test_look_panels_follow_emphasis_and_mirror(
    wave: Wave, explained: Explainer, name: str, emphasis: str | float, mirror: bool,
    seeds: tuple[int, int],
) -> None:  # fmt: skip
    if name == "look-2-compact":
        emphasis = "balanced"
    a, b = map(wave, seeds)
    maker = hasher(name)
    measure = Metric.of(maker, emphasis=emphasis, mirror=mirror)
    found = explained(a, b, name, emphasis=emphasis, mirror=mirror)
    assert found.distance == _red(found) == measure.distance(maker.hash(a), maker.hash(b))
    assert _counted(found) == measure.spec.bits
    assert [part.name for part in found.parts] == ["shape", "colour"]
    assert all(part.distance <= part.bits for part in found.parts)
    assert mirror or not found.mirrored


def test_a_mirrored_photo_is_shown_mirrored(wave: Wave, explained: Explainer) -> None:
    # Without a flat ground a wave's box is the whole photo, so both views mirror exactly enough.
    a = wave(5)
    b = a.transposed(Image.Transpose.FLIP_LEFT_RIGHT)
    found = explained(a, b, "look-2")
    alone = explained(a, b, "look-2", mirror=False)
    assert found.mirrored
    assert not alone.mirrored
    assert found.distance < alone.distance / 4
    for panel, plain in zip(found.panels, alone.panels, strict=True):
        if isinstance(panel, GradientsPanel) and isinstance(plain, GradientsPanel):
            turned = plain.strengths_b[:, ::-1][..., -np.arange(8) % 8]
            assert np.array_equal(panel.strengths_b, turned)
        elif isinstance(panel, ValuesPanel) and isinstance(plain, ValuesPanel):
            assert np.array_equal(panel.bits_b, plain.bits_b[:, ::-1])
        elif isinstance(panel, ColoursPanel) and isinstance(plain, ColoursPanel):
            assert np.array_equal(panel.lab_b, plain.lab_b[:, ::-1])
    assert np.array_equal(found.thumbnail_b.pixels, alone.thumbnail_b.pixels[:, ::-1])
    assert found.thumbnail_b.frame == alone.thumbnail_b.frame
    assert "mirror image" in found.sentence.en


def test_all_emphases_show_all_of_the_code(wave: Wave, explained: Explainer) -> None:
    whole = explained(wave(1), wave(2), "look-2", emphasis="shape", mirror=False)
    other = explained(wave(1), wave(2), "look-2", emphasis="colour", mirror=False)
    for a, b in zip(whole.panels, other.panels, strict=True):
        assert a.name == b.name
        if isinstance(a, GradientsPanel) and isinstance(b, GradientsPanel):
            assert np.array_equal(a.strengths_a, b.strengths_a)
            assert a.strengths_a.max() == 3
            assert (b.differing <= a.differing).all()
        if isinstance(a, ColoursPanel) and isinstance(b, ColoursPanel):
            assert np.array_equal(a.lab_a, b.lab_a)
            assert (a.differing <= b.differing).all()


def test_panels_of_the_tutorials_hashes(wave: Wave, explained: Explainer) -> None:
    gray = explained(wave(1), wave(2), "ahash-gray-16")
    (panel,) = gray.panels
    assert isinstance(panel, ValuesPanel)
    assert (panel.name, panel.part, panel.place) == ("gray", "all", True)
    assert panel.reference_name == "mean"
    code = hasher("ahash-gray-16").hash(wave(1)).code
    assert np.packbits(panel.bits_a).tobytes() == code
    assert np.array_equal(panel.bits_a, panel.values_a > panel.reference_a)
    assert gray.areas is not None
    assert gray.areas.differing.sum() == gray.distance
    rgb = explained(wave(1), wave(2), "ahash-rgb-16")
    assert [panel.name for panel in rgb.panels] == ["red", "green", "blue"]
    assert [part.name for part in rgb.parts] == ["red", "green", "blue"]
    bits = np.stack([panel.bits_b for panel in rgb.panels if isinstance(panel, ValuesPanel)], -1)
    assert np.packbits(bits).tobytes() == hasher("ahash-rgb-16").hash(wave(2)).code


@pytest.mark.parametrize(
    ("name", "shape", "place"),
    [("pdq", (16, 16), False), ("phash-8", (8, 8), False), ("colorhash-3", (14, 3), False),
     ("whash-8", (8, 8), True), ("phash-16-fast", (16, 16), False)],
)  # fmt: skip
def test_hashes_without_values_show_their_bits(
    wave: Wave, explained: Explainer, name: str, shape: tuple[int, int], place: bool
) -> None:
    found = explained(wave(1), wave(2), name)
    (panel,) = found.panels
    assert isinstance(panel, ValuesPanel)
    assert (panel.name, panel.place, panel.bits_a.shape) == ("bits", place, shape)
    assert np.packbits(panel.bits_a).tobytes() == hasher(name).hash(wave(1)).code
    assert np.array_equal(panel.bits_a, panel.values_a > panel.reference_a)
    assert (found.areas is None) == (not place)
    assert ("not places" in found.sentence.en) == (not place)


def _unpacked(text: str, cells: int) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    return np.unpackbits(np.frombuffer(base64.b64decode(text), np.uint8))[:cells]


def _red_of(panel: dict[str, Any]) -> int:
    if panel["kind"] != "values":
        return sum(panel["differing"])
    cells = panel["rows"] * panel["columns"]
    differ = _unpacked(panel["bits_a"], cells) ^ _unpacked(panel["bits_b"], cells)
    if panel["compared"] is not None:
        differ &= _unpacked(panel["compared"], cells)
    return int(differ.sum())


@pytest.mark.parametrize("name", ["look-2", "look-2-compact", "ahash-rgb-8", "blockmean-7", "pdq"])
def test_json_says_the_same(name: str, wave: Wave, explained: Explainer) -> None:
    found = explained(wave(3), wave(8), name)
    document = json.loads(json.dumps(found.as_dict(), allow_nan=False))
    assert list(document) == [
        "schema", "a", "b", "hash", "bits", "distance", "rate", "fraction", "similarity", "same",
        "mirrored", "headline", "sentence", "places", "warnings", "parts", "areas", "panels",
        "pictures",
    ]  # fmt: skip
    assert document["distance"] == sum(map(_red_of, document["panels"])) == found.distance
    assert document["rate"] == found.distance / 256
    assert document["similarity"] == pytest.approx(1 - document["fraction"])
    for panel in document["panels"]:
        cells = panel["rows"] * panel["columns"]
        if panel["kind"] == "values":
            assert len(panel["values_a"]) == len(panel["values_b"]) == cells
            assert np.ndim(panel["reference_a"]) == 0
        elif panel["kind"] == "gradients":
            assert len(panel["strengths_a"]) == 8 * cells
            assert {*panel["strengths_b"]} <= {0, 1, 2, 3}
        else:
            assert len(panel["lab_a"]) == 3 * cells
            assert all(len(colour) == 7 and colour[0] == "#" for colour in panel["rgb_b"])
    for picture in document["pictures"].values():
        pixels = base64.b64decode(picture["pixels"])
        assert len(pixels) == 3 * picture["rows"] * picture["columns"]
        left, top, right, bottom = picture["frame"]
        assert left < right
        assert top < bottom


def test_neighbours_are_given_cell_by_cell(wave: Wave, explained: Explainer) -> None:
    panel = explained(wave(3), wave(8), "dhash-8").as_dict()["panels"][0]
    assert panel["reference_name"] == "left neighbour"
    assert len(panel["reference_a"]) == 64
    above = np.array(panel["values_a"]) > np.array(panel["reference_a"])
    assert np.array_equal(above, _unpacked(panel["bits_a"], 64))


def test_a_simple_photo_is_warned_of(wave: Wave, explained: Explainer) -> None:
    flat = sokkuri.load(np.full((80, 80, 3), 200, np.uint8))
    assert isinstance(flat, Picture)
    for name in ("look-2", "ahash-gray-64"):
        assert explained(wave(1), wave(2), name).warnings == ()
        (warning,) = explained(wave(1), flat, name).warnings
        assert warning.en.startswith("Photo B is too simple")
        assert warning.ja.startswith("写真 B ")
        assert len(explained(flat, flat, name).warnings) == 2


def test_two_recipes_are_not_explained(wave: Wave) -> None:
    gray, rgb = hasher("ahash-gray-8"), hasher("ahash-rgb-8")
    one, other = HashView.of(wave(1), gray), HashView.of(wave(1), rgb)
    with pytest.raises(HashMismatch):
        explain_views(one, other, Metric.of(gray))
    with pytest.raises(HashMismatch):
        explain_views(one, one, Metric.of(rgb))
