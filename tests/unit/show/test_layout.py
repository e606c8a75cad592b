"""Where things lie on the page."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sokkuri.matches import Match
from sokkuri.show.canvas import Box
from sokkuri.show.figure import _PAGE_WIDTH, _TILE_LARGEST, _match_tiles, _page_width, draw_figure

if TYPE_CHECKING:
    from collections.abc import Callable

    from sokkuri.matches import Outcome


@given(st.integers(0, 100), st.integers(1, 20), st.floats(0, 5))
def test_tiles_lie_on_the_page_and_apart(count: int, columns: int, top: float) -> None:
    tiles = _match_tiles(count, columns, top)
    assert len(tiles) == count
    for box in tiles:
        assert 0 < box.left < box.right < _page_width(columns)
        assert top <= box.top
        assert box.width == box.height
    assert not any(itertools.starmap(_overlap, itertools.combinations(tiles, 2)))


def _overlap(one: Box, other: Box) -> bool:
    apart_across = one.right <= other.left or other.right <= one.left
    return not apart_across and not (one.bottom <= other.top or other.bottom <= one.top)


@pytest.mark.parametrize(("count", "columns"), [(0, 8), (1, 1), (3, 20), (9, 8)])
def test_query_heading_and_tiles_follow_each_other(
    outcome: Callable[..., Outcome], count: int, columns: int
) -> None:
    pytest.importorskip("matplotlib")
    figure: Any = draw_figure(outcome(*[Match("gone.jpg", 4)] * count), columns=columns)
    width, height = figure.get_size_inches()
    boxes = {each.get_gid(): each for each in figure.axes[0].patches}
    query = boxes.pop("tile-query")
    tops = [each.get_y() for gid, each in boxes.items() if gid.startswith("tile-")]
    lines = [each.get_position()[1] for each in figure.axes[0].texts
             if str(each.get_gid()).startswith(("name", "heading")) and
             not str(each.get_gid()).startswith("name-")]  # fmt: skip
    assert query.get_y() > 0
    assert query.get_y() + query.get_height() < min(lines)
    assert query.get_x() + query.get_width() / 2 == pytest.approx(width / 2)
    assert len(tops) == count
    assert all(max(lines) < top < height for top in tops)


def _rows(tiles: list[Box]) -> int:
    return len({tile.top for tile in tiles})


@pytest.mark.parametrize(("count", "rows"), [(0, 0), (1, 1), (8, 1), (9, 2), (20, 3), (64, 8)])
def test_only_the_rows_that_are_needed(count: int, rows: int) -> None:
    assert _rows(_match_tiles(count, 8, 3)) == rows


def test_rows_are_equally_high_and_the_width_stays() -> None:
    bottoms = [_match_tiles(count, 8, 3)[-1].bottom for count in (8, 16, 24)]
    assert bottoms[1] - bottoms[0] == pytest.approx(bottoms[2] - bottoms[1])
    assert _page_width(8) == _page_width(1) == _PAGE_WIDTH


@pytest.mark.parametrize("count", [1, 2, 5, 7])
def test_a_single_short_row_is_centred_and_not_stretched(count: int) -> None:
    tiles = _match_tiles(count, 8, 3)
    assert tiles[0].left == pytest.approx(_page_width(8) - tiles[-1].right)
    assert tiles[0].width <= _TILE_LARGEST


def test_many_columns_widen_the_page() -> None:
    assert _page_width(14) > _PAGE_WIDTH
    side = _match_tiles(64, 8, 3)[0].width
    assert _match_tiles(30, 14, 3)[0].width == pytest.approx(side, rel=0.03)


@pytest.mark.parametrize(
    ("size", "width", "height"), [((40, 20), 2, 1), ((20, 40), 1, 2), ((3, 3), 2, 2)]
)
def test_fitted_keeps_the_proportions(size: tuple[int, int], width: float, height: float) -> None:
    box = Box(1, 1, 2, 2).fitted(size)
    assert (box.width, box.height) == (width, height)
    assert (box.middle, (box.top + box.bottom) / 2) == (2, 2)
