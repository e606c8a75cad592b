from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from sokkuri.copies.edits import Alignment, Edits, edits_of
from sokkuri.language import speaking

NOISE = np.random.default_rng(1).integers(0, 256, (48, 64), dtype=np.uint8)
AGREE = np.full((11, 15), 900, np.int16)


def alignment(linear: list[list[float]], size: tuple[float, float] = (256, 192)) -> Alignment:
    return Alignment(np.array(linear, np.float64), (256, 192), size)


def told(found: Alignment, blocks: NDArray[np.int16] = AGREE) -> Edits:
    return edits_of(found, blocks, NOISE, NOISE)


def test_the_whole_picture() -> None:
    found = told(alignment([[1, 0, 0], [0, 1, 0]]))
    assert found == Edits(False, 0.0, 1.0, 1.0, 1.0, None, 0.0)
    assert found.words == ()
    assert found.text == "the whole picture"


@pytest.mark.parametrize("degrees", [-170, -90, -30, 5, 45, 90])
@pytest.mark.parametrize("mirrored", [False, True])
def test_turned_and_mirrored(degrees: int, mirrored: bool) -> None:
    # On a screen, where rows go down, a counter-clockwise turn is negative.
    c, s = math.cos(math.radians(-degrees)), math.sin(math.radians(-degrees))
    turn = np.array([[c, -s], [s, c]])
    flip = np.diag([-1.0, 1.0]) if mirrored else np.eye(2)
    linear = turn @ flip
    middle = np.array([128.0, 96.0])
    shift = middle - linear @ middle
    found = told(Alignment(np.column_stack([linear, shift]), (256, 192), (256, 192)))
    assert found.mirrored is mirrored
    assert found.turned == pytest.approx(degrees, abs=0.06)
    assert found.squeezed == pytest.approx(1)
    way = "counter-clockwise" if degrees > 0 else "clockwise"
    assert f"turned {abs(degrees)}° {way}" in found.text
    assert ("mirrored" in found.text) is mirrored


def test_cropped_and_the_other_way_round() -> None:
    crop = alignment([[2, 0, -128], [0, 2, -96]])
    found = told(crop)
    assert found.cropped_to == pytest.approx(0.25, abs=0.02)
    assert found.fills == 1.0
    assert found.text == f"cropped to {found.cropped_to:.0%}"
    back = told(crop.back)
    assert back.cropped_to == 1.0
    assert back.fills == pytest.approx(0.25, abs=0.02)
    assert back.text == f"the query is {back.fills:.0%} of it"
    assert crop.outline.query == ((-0.5, -0.5), (1.5, -0.5), (1.5, 1.5), (-0.5, 1.5))
    assert crop.outline.photo == ((0.25, 0.25), (0.75, 0.25), (0.75, 0.75), (0.25, 0.75))


def test_squeezed() -> None:
    found = told(alignment([[0.75, 0, 0], [0, 1, 0]], (192, 192)))
    assert found.squeezed == 0.75
    assert "squeezed to 0.75 of its width" in found.text


def test_a_border_is_told_from_more_of_the_picture() -> None:
    framed = NOISE.copy()
    framed[:6] = framed[-6:] = 255
    framed[:, :8] = framed[:, -8:] = 255
    found = edits_of(alignment([[0.75, 0, 32], [0, 0.75, 24]]), AGREE, NOISE, framed)
    assert found.bordered == "photo"
    assert found.text.startswith("bordered: the picture fills 5")
    found = edits_of(alignment([[4 / 3, 0, -42.7], [0, 4 / 3, -32]]), AGREE, framed, NOISE)
    assert found.bordered == "query"
    assert "without the query's border" in found.text


def test_covered_counts_what_disagrees_of_what_shows_something() -> None:
    blocks = np.full((4, 5), 800, np.int16)
    blocks[0] = 100
    blocks[3, :4] = -32768
    found = told(alignment([[1, 0, 0], [0, 1, 0]]), blocks)
    assert found.covered == round(5 / 16, 3)
    assert "31% covered or changed" in found.text


def test_a_reader_of_japanese_is_told_in_japanese() -> None:
    found = Edits(True, 5.0, 0.8, 0.5, 0.5, None, 0.2)
    english = found.words
    with speaking("ja"):
        japanese = found.words
    assert len(english) == len(japanese) == 6
    assert not set(english) & set(japanese)
