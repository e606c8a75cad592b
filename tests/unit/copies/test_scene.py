from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from sokkuri.copies.scene import (
    DISAGREEMENT,
    LEAST_SHARE,
    MOST_SAME,
    NEGATIVE,
    SAME_PIXELS,
    is_same_scene,
    worst_region,
)
from sokkuri.kernels.overlay.reference import NOTHING

Blocks = NDArray[np.int16]

# Few of many points match, as those of a floor do.
FEW = (20, 100)


@pytest.fixture
def floor() -> Blocks:
    """Return the blocks of two photos of one floor, with nothing on it."""
    return np.full((15, 11), 700, np.int16)


def test_another_thing_in_the_middle_is_the_same_scene(floor: Blocks) -> None:
    floor[4:11, 3:9] = 100
    region = worst_region(floor)
    expected = np.zeros((15, 11), np.bool_)
    expected[4:11, 3:9] = True
    assert np.array_equal(region.cells, expected)
    assert (region.share, region.inside, region.around) == (1000 * 42 // 165, 100, 700)
    assert is_same_scene(floor, *FEW)


def test_a_small_hole_is_none(floor: Blocks) -> None:
    floor[4:8, 3:9] = -500
    assert worst_region(floor).share < LEAST_SHARE
    assert not is_same_scene(floor, *FEW)


@pytest.mark.parametrize("edge", [np.s_[-3:, :], np.s_[:3, :], np.s_[:, :2], np.s_[:, -2:]])
def test_a_banner_along_an_edge_is_none(floor: Blocks, edge: tuple[slice, slice]) -> None:
    floor[edge] = -200
    assert (floor < DISAGREEMENT).mean() > LEAST_SHARE / 1000 - 0.02
    assert not is_same_scene(floor, *FEW)


def test_something_put_on_a_copy_is_none(floor: Blocks) -> None:
    floor[4:11, 3:9] = 100
    assert is_same_scene(floor, 39, 100)
    assert not is_same_scene(floor, 40, 100)
    floor[floor == 700] = 849
    assert is_same_scene(floor, *FEW)
    floor[floor == 849] = 850
    assert not is_same_scene(floor, *FEW)


def test_where_the_same_pixels_are_left_it_is_a_copy_with_something_on_it(floor: Blocks) -> None:
    floor[4:11, 3:9] = 100
    floor[12:, 1:10] = SAME_PIXELS
    assert (floor == SAME_PIXELS).sum() == 27 < MOST_SAME * floor.size / 1000 < 29
    assert is_same_scene(floor, *FEW)
    floor[1, :2] = SAME_PIXELS - 1
    assert is_same_scene(floor, *FEW)
    floor[1, :2] = SAME_PIXELS
    assert not is_same_scene(floor, *FEW)
    # Blocks that show nothing are none of all.
    floor[1, :2] = 700
    assert is_same_scene(floor, *FEW)
    floor[0] = NOTHING
    assert not is_same_scene(floor, *FEW)


def test_what_is_the_negative_of_itself_is_no_other_thing(floor: Blocks) -> None:
    floor[4:11, 3:9] = NEGATIVE
    assert is_same_scene(floor, *FEW)
    floor[4:11, 3:9] = NEGATIVE - 1
    assert not is_same_scene(floor, *FEW)


def test_regions_that_touch_by_a_corner_are_two(floor: Blocks) -> None:
    floor[2:5, 2:5] = 200
    floor[5:8, 5:8] = 100
    region = worst_region(floor)
    assert region.cells.sum() == 9
    assert region.cells[5:8, 5:8].all()
    assert region.around == (9 * 200 + (165 - 18) * 700) // (165 - 9)


def test_the_worst_lacks_most_and_need_not_be_the_largest(floor: Blocks) -> None:
    floor[2:4, 2:8] = 290
    floor[8:10, 4:6] = -900
    assert worst_region(floor).inside == -900


def test_blocks_that_show_nothing_divide_regions_and_do_not_count(floor: Blocks) -> None:
    floor[4:11, 3:9] = 0
    floor[7] = NOTHING
    region = worst_region(floor)
    assert region.cells.sum() == 18
    assert region.cells[4:7, 3:9].all()
    assert region.share == 1000 * 18 // 154


def test_without_disagreement_there_is_no_region(floor: Blocks) -> None:
    floor[5, 5] = DISAGREEMENT
    region = worst_region(floor)
    assert not region.cells.any()
    assert (region.share, region.inside, region.around) == (0, 0, (164 * 700 + 300) // 165)


@pytest.mark.parametrize("shape", [(1, 1), (1, 15), (15, 2), (3, 3)])
@pytest.mark.parametrize("value", [NOTHING, -1000, 1000])
def test_the_smallest_grids(shape: tuple[int, int], value: int) -> None:
    region = worst_region(np.full(shape, value, np.int16))
    assert region.cells.shape == shape
    assert region.cells.sum() == (shape == (3, 3) and value == -1000)
    assert not is_same_scene(np.full(shape, value, np.int16), *FEW)


@given(
    arrays(
        np.int16,
        st.tuples(st.integers(1, 15), st.integers(1, 15)),
        elements=st.one_of(st.just(NOTHING), st.integers(-1000, 1000)),
    )
)
def test_a_region_is_connected_and_no_other_lacks_more(blocks: Blocks) -> None:
    before = blocks.copy()
    region = worst_region(blocks)
    assert np.array_equal(blocks, before)
    bad = (blocks != NOTHING) & (blocks < DISAGREEMENT)
    bad[[0, -1]] = False
    bad[:, [0, -1]] = False
    assert not (region.cells & ~bad).any()
    assert region.cells.any() == bad.any()
    # Grown from any of its blocks, it is found again, and nothing beside it is left out.
    grown = np.zeros_like(bad)
    if bad.any():
        grown[tuple(np.argwhere(region.cells)[-1])] = True
    for _ in range(blocks.size):
        wide = np.pad(grown, 1)
        grown = bad & (grown | wide[2:, 1:-1] | wide[:-2, 1:-1] | wide[1:-1, 2:] | wide[1:-1, :-2])
    assert np.array_equal(grown, region.cells)
    lack = DISAGREEMENT - blocks.astype(int)
    # Mirrored, another region may be the first of equals, but none lacks more.
    again = worst_region(blocks[::-1, ::-1]).cells[::-1, ::-1]
    assert lack[again].sum() == lack[region.cells].sum()
