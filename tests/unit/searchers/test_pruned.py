from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sokkuri._typing import Codes
from sokkuri.protocols import Searcher
from sokkuri.searchers.flat import FlatSearcher
from sokkuri.searchers.pruned import PrunedSearcher
from sokkuri.testing import SearcherSuite, clustered_codes


def _pruned(codes: Codes, coarse: int = 128, fine: int = 16) -> PrunedSearcher:
    bits = np.arange(8 * codes.shape[1])
    return PrunedSearcher.build(codes, [bits // coarse, bits // fine])


class TestPruned(SearcherSuite):
    def make(self, codes: Codes) -> Searcher:
        return _pruned(codes)


@given(
    seed=st.integers(0, 1000),
    width=st.sampled_from((8, 61, 512)),
    coarse=st.sampled_from((40, 128, 4096)),
    spread=st.sampled_from((0.0, 0.05, 0.5)),
    k=st.none() | st.integers(1, 60),
    max_distance=st.none() | st.integers(0, 300),
)
def test_it_equals_the_scan(
    seed: int, width: int, coarse: int, spread: float, k: int | None, max_distance: int | None
) -> None:
    codes = clustered_codes(300, width, seed, spread=spread)
    mask = np.random.default_rng(seed).random(300) < 0.8
    for kept in (None, mask):
        asked: dict[str, Any] = {"k": k, "max_distance": max_distance, "mask": kept}
        ours = _pruned(codes, coarse).search(codes[:4], **asked)
        scan = FlatSearcher(codes).search(codes[:4], **asked)
        assert np.array_equal(ours.offsets, scan.offsets)
        assert np.array_equal(ours.rows, scan.rows)
        assert np.array_equal(ours.distances, scan.distances)
        assert np.array_equal(ours.totals, scan.totals)


def test_a_pyramid_has_a_level() -> None:
    with pytest.raises(ValueError, match="one level"):
        PrunedSearcher.build(clustered_codes(3, 8), [])
