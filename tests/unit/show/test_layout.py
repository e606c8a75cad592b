"""Where things lie on the page."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sokkuri.show.layout import PAGE_WIDTH, TILE_LARGEST, Box, Layout, plan


@given(st.integers(0, 100), st.integers(1, 20), st.integers(1, 6))
def test_everything_lies_on_the_page_and_apart(count: int, columns: int, lines: int) -> None:
    layout = plan(count, columns, lines)
    boxes = [layout.query, *layout.tiles]
    assert len(layout.tiles) == count
    assert len(layout.lines) == lines
    for box in boxes:
        assert 0 < box.left < box.right < layout.width
        assert 0 < box.top < box.bottom < layout.height
        assert box.width == box.height
    assert layout.query.bottom < layout.lines[0]
    assert all(layout.lines[-1] < tile.top for tile in layout.tiles)
    assert not any(itertools.starmap(_overlap, itertools.combinations(boxes, 2)))


def _overlap(one: Box, other: Box) -> bool:
    apart_across = one.right <= other.left or other.right <= one.left
    return not apart_across and not (one.bottom <= other.top or other.bottom <= one.top)


def _rows(layout: Layout) -> int:
    return len({tile.top for tile in layout.tiles})


@pytest.mark.parametrize(("count", "rows"), [(0, 0), (1, 1), (8, 1), (9, 2), (20, 3), (64, 8)])
def test_only_the_rows_that_are_needed(count: int, rows: int) -> None:
    assert _rows(plan(count, 8, 3)) == rows


def test_height_follows_the_rows_and_width_stays() -> None:
    layouts = [plan(count, 8, 3) for count in (8, 16, 24)]
    heights = [layout.height for layout in layouts]
    assert heights[1] - heights[0] == pytest.approx(heights[2] - heights[1])
    assert {layout.width for layout in layouts} == {PAGE_WIDTH}


@pytest.mark.parametrize("count", [1, 2, 5, 7])
def test_a_single_short_row_is_centred_and_not_stretched(count: int) -> None:
    layout = plan(count, 8, 3)
    left = layout.tiles[0].left
    assert left == pytest.approx(layout.width - layout.tiles[-1].right)
    assert layout.tiles[0].width <= TILE_LARGEST


def test_many_columns_widen_the_page() -> None:
    assert plan(30, 14, 3).width > PAGE_WIDTH
    assert plan(30, 14, 3).tiles[0].width == pytest.approx(plan(64, 8, 3).tiles[0].width, rel=0.03)


@pytest.mark.parametrize(
    ("size", "width", "height"), [((40, 20), 2, 1), ((20, 40), 1, 2), ((3, 3), 2, 2)]
)
def test_fitted_keeps_the_proportions(size: tuple[int, int], width: float, height: float) -> None:
    box = Box(1, 1, 2, 2).fitted(size)
    assert (box.width, box.height) == (width, height)
    assert (box.middle, (box.top + box.bottom) / 2) == (2, 2)
