"""Where bits differ, in one word that is true."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from sokkuri import Picture
from sokkuri.explanation import Explanation, ValuesPanel
from sokkuri.explanation.sentence import _BANDS, _NINTHS, _region_words, _spot_of, areas_of
from sokkuri.explanation.values import WHOLE, Areas

Explainer = Callable[..., Explanation]
Wave = Callable[[int], Picture]


def _areas(rows: list[list[int]], each: int = 100) -> Areas:
    return Areas(np.array(rows), np.full((3, 3), each))


def _panel(bits: NDArray[np.bool_], *, place: bool = True) -> ValuesPanel:
    nought = np.zeros((), np.uint8)
    other = np.zeros_like(bits)
    differing, counted = bits.astype(np.int64), np.ones(bits.shape, np.int64)
    return ValuesPanel(
        "gray", "all", place, WHOLE, differing, counted, bits, other, nought, nought, "mean",
        bits, other,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "how", "words"),
    [
        ([[0, 0, 0], [0, 0, 0], [0, 0, 9]], "all", "at the lower right"),
        ([[6, 1, 0], [2, 0, 0], [0, 0, 2]], "most", "at the upper left"),
        ([[5, 1, 0], [2, 0, 0], [0, 0, 2]], "most", "along the left"),
        ([[4, 4, 4], [1, 1, 1], [2, 2, 2]], "most", "along the top"),
        ([[0, 4, 1], [0, 4, 1], [1, 4, 1]], "most", "down the middle"),
        ([[3, 3, 3], [0, 0, 0], [0, 0, 0]], "all", "along the top"),
        ([[9, 0, 9], [0, 2, 0], [9, 0, 8]], "spread", "at the upper left"),
    ],
)
def test_spots(rows: list[list[int]], how: str, words: str) -> None:
    spot = _spot_of(_areas(rows))
    assert spot is not None
    assert spot.region is not None
    assert (spot.how, spot.region.en) == (how, words)


def test_exactly_half_is_not_most() -> None:
    spot = _spot_of(_areas([[5, 0, 0], [0, 2, 0], [0, 0, 3]]))
    assert spot is not None
    assert spot.how == "spread"


def test_even_means_within_half_and_one_and_a_half() -> None:
    even = _spot_of(_areas([[10, 10, 10], [10, 15, 10], [10, 10, 5]]))
    assert even is not None
    assert (even.how, even.region) == ("evenly", None)
    for extreme in ([[10, 10, 10], [10, 17, 10], [10, 10, 10]], [[10, 4, 10], [10] * 3, [10] * 3]):
        spot = _spot_of(_areas(extreme))
        assert spot is not None
        assert spot.how == "spread"
    # Shares count, not numbers: an area with few compared bits has few that differ.
    uneven = Areas(np.array([[5, 5, 5], [5, 1, 5], [5, 5, 5]]), np.full((3, 3), 50))
    uneven.counted[1, 1] = 10
    spot = _spot_of(uneven)
    assert spot is not None
    assert spot.how == "evenly"


def test_no_difference_has_no_place() -> None:
    assert _spot_of(_areas([[0] * 3] * 3)) is None


@pytest.mark.parametrize("side", [2, 3, 7, 8, 15, 64])
def test_each_cell_lies_in_the_area_of_its_middle(side: int) -> None:
    for row, column in ((0, 0), (side - 1, 0), (side // 2, side - 1)):
        bits = np.zeros((side, side), np.bool_)
        bits[row, column] = True
        areas = areas_of([_panel(bits)])
        assert areas is not None
        middle = [int(3 * (at + 0.5) / side) for at in (row, column)]
        assert areas.differing[middle[0], middle[1]] == areas.differing.sum() == 1
        assert areas.counted.sum() == side * side


def test_windows_and_places_lie_where_the_view_has_them(wave: Wave, explained: Explainer) -> None:
    panels = {panel.name: panel for panel in explained(wave(1), wave(2), "look-2").panels}
    # The first window is a tent around the second of 15 cells, the next one two cells on.
    middles = panels["outline"].within[0] + (29 / 30 - 1 / 30) * (np.arange(7) + 0.5) / 7
    assert middles == pytest.approx((np.arange(7) * 2 + 1.5) / 15)
    assert panels["places"].within == pytest.approx((9 / 60, 9 / 60, 51 / 60, 51 / 60))
    assert [*panels["centre"].within] == [0.25, 0.25, 0.75, 0.75]
    assert [*panels["body"].within] == [0, 0, 1, 1]
    areas = areas_of([panels["structure"]])
    assert areas is not None
    assert areas.counted.tolist() == [[32, 48, 32], [48, 72, 48], [32, 48, 32]]


def test_cells_without_a_place_do_not_count() -> None:
    bits = np.ones((3, 3), np.bool_)
    assert areas_of([_panel(bits, place=False)]) is None
    areas = areas_of([_panel(bits, place=False), _panel(bits)])
    assert areas is not None
    assert areas.differing.sum() == 9


def test_regions_have_a_name_in_both_languages() -> None:
    assert len({*_NINTHS, *_BANDS}) == 15
    names = [_region_words(number) for number in range(15)]
    assert len({name.en for name in names}) == len({name.ja for name in names}) == 15
    assert {area for (area,) in _NINTHS} == {
        (row, column) for row in range(3) for column in range(3)
    }
