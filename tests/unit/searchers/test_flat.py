from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sokkuri._typing import Codes
from sokkuri.protocols import Searcher
from sokkuri.searchers.flat import FlatSearcher
from sokkuri.testing import SearcherSuite


class TestFlat(SearcherSuite):
    def make(self, codes: Codes) -> Searcher:
        return FlatSearcher(codes)


@given(
    rows=st.integers(0, 30),
    seed=st.integers(0),
    max_distance=st.none() | st.integers(-1, 9),
    k=st.none() | st.integers(1, 40),
)
def test_equals_sorting_everything(
    rows: int, seed: int, max_distance: int | None, k: int | None
) -> None:
    # One byte a code, so that ties are everywhere.
    random = np.random.default_rng(seed)
    codes = random.integers(0, 256, (rows, 1), np.uint8)
    queries = random.integers(0, 256, (3, 1), np.uint8)
    hits = FlatSearcher(codes).search(queries, max_distance=max_distance, k=k)
    for number, query in enumerate(queries):
        every = sorted(
            (int(np.bitwise_count(code[0] ^ query[0])), row) for row, code in enumerate(codes)
        )
        within = [pair for pair in every if max_distance is None or pair[0] <= max_distance]
        assert hits.of(number) == [(row, distance) for distance, row in within[:k]]
        assert hits.totals[number] == len(within)


def test_threads_change_nothing() -> None:
    random = np.random.default_rng(7)
    codes = random.integers(0, 4, (400_000, 16), np.uint8)
    queries = codes[[5, 399_999]]
    every: list[dict[str, Any]] = [{"k": 50}, {"max_distance": 8}]
    for asked in every:
        one, three = (FlatSearcher(codes, workers).search(queries, **asked) for workers in (1, 3))
        assert np.array_equal(one.rows, three.rows)
        assert np.array_equal(one.distances, three.distances)
        assert np.array_equal(one.totals, three.totals)


def test_it_keeps_the_contract() -> None:
    assert isinstance(FlatSearcher(np.zeros((0, 8), np.uint8)), Searcher)
