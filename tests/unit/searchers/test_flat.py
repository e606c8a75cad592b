from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sokkuri.protocols import Searcher
from sokkuri.searchers.flat import FlatSearcher


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


def test_k_must_be_positive() -> None:
    with pytest.raises(ValueError, match="`k` must be 1 or more"):
        FlatSearcher(np.zeros((1, 1), np.uint8)).search(np.zeros((1, 1), np.uint8), k=0)


def test_it_keeps_the_contract() -> None:
    assert isinstance(FlatSearcher(np.zeros((0, 8), np.uint8)), Searcher)
