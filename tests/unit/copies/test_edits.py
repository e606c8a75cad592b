from __future__ import annotations

import math

import numpy as np
import pytest

from sokkuri.copies.alignment import Alignment, Frame
from sokkuri.copies.details import Block
from sokkuri.copies.edits import Edits, edits_of
from sokkuri.language import speaking

NOISE = np.random.default_rng(1).integers(0, 256, (48, 64), dtype=np.uint8)


def blocks(rows: int, columns: int, agreement: float = 0.9) -> list[Block]:
    return [
        Block(Frame(x / columns, y / rows, (x + 1) / columns, (y + 1) / rows), agreement)
        for y in range(rows)
        for x in range(columns)
    ]


AGREE = blocks(11, 15)


def alignment(linear: list[list[float]], size: tuple[float, float] = (256, 192)) -> Alignment:
    return Alignment(np.array(linear, np.float64), (256, 192), size)


def told(found: Alignment, shown: list[Block] = AGREE) -> Edits:
    return edits_of(found, tuple(shown), NOISE, NOISE)


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
    found = edits_of(alignment([[0.75, 0, 32], [0, 0.75, 24]]), tuple(AGREE), NOISE, framed)
    assert found.bordered == "photo"
    assert found.fills == found.cropped_to == 1.0
    assert found.text == "with a border"
    found = edits_of(alignment([[4 / 3, 0, -42.7], [0, 4 / 3, -32]]), tuple(AGREE), framed, NOISE)
    assert found.bordered == "query"
    assert found.fills == found.cropped_to == 1.0
    assert found.text == "without the query's border"


def test_a_border_around_a_part() -> None:
    # The query is a quarter of the photo with a border of a fifth of its own width.
    framed = np.full((60, 80), 255, np.uint8)
    framed[10:50, 13:67] = np.repeat(np.repeat(NOISE[12:36, 16:48], 2, 0), 2, 1)[:40, :54]
    way = alignment([[0.74, 0, 34], [0, 0.75, 24]])
    found = edits_of(way, tuple(AGREE), framed, NOISE)
    assert found.bordered == "query"
    assert found.fills == pytest.approx(0.25, abs=0.03)
    assert found.cropped_to == 1.0


def test_a_common_background_is_no_border() -> None:
    white = np.full((48, 64), 250, np.uint8)
    white[12:36, 16:48] = NOISE[12:36, 16:48]
    crop = white[6:42, 8:56]
    found = edits_of(alignment([[0.75, 0, 32], [0, 0.75, 24]]), tuple(AGREE), crop, white)
    assert found.bordered is None
    assert found.fills == pytest.approx(0.5625, abs=0.02)


def test_the_ground_around_a_thing_that_is_cut_into_is_no_border() -> None:
    # The ground touches a round thing in four places, a border touches a photo all along.
    y, x = np.mgrid[:48, :64]
    thing = np.where(np.hypot(x - 31.5, y - 23.5) < 22, NOISE, 250).astype(np.uint8)
    way = alignment([[0.5, 0, 64], [0, 0.5, 48]])
    found = edits_of(way, tuple(AGREE), thing[12:36, 16:48], thing)
    assert found.bordered is None
    assert found.fills == pytest.approx(0.25, abs=0.02)
    assert edits_of(way.back, tuple(AGREE), thing, thing[12:36, 16:48]).bordered is None
    framed = np.full((48, 64), 250, np.uint8)
    framed[4:44, 12:52] = NOISE[4:44, 12:52]
    assert edits_of(way, tuple(AGREE), framed[12:36, 16:48], framed).bordered == "photo"


def test_covered_counts_what_disagrees_of_what_shows_something() -> None:
    shown = blocks(1, 5, 0.1) + blocks(4, 5)[5:16]
    found = told(alignment([[1, 0, 0], [0, 1, 0]]), shown)
    assert found.covered == round(5 / 16, 3)
    assert "31% covered or changed" in found.text


def test_a_reader_of_japanese_is_told_in_japanese() -> None:
    found = Edits(True, 5.0, 0.8, 0.5, 0.5, None, 0.2)
    english = found.words
    with speaking("ja"):
        japanese = found.words
    assert len(english) == len(japanese) == 6
    assert not set(english) & set(japanese)
