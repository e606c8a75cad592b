from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sokkuri._typing import Codes
from sokkuri.kernels.hamming import RawHits
from sokkuri.protocols import Searcher
from sokkuri.searchers import mih
from sokkuri.searchers.flat import FlatSearcher
from sokkuri.searchers.mih import MihSearcher, parts_of
from sokkuri.testing import SearcherSuite, clustered_codes


class TestMih(SearcherSuite):
    def make(self, codes: Codes) -> Searcher:
        if codes.shape[1] > 61:
            pytest.skip("too long for tables")
        return MihSearcher.build(codes)


@pytest.fixture
def no_scans(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every search go through the tables, however many look-ups that takes."""
    monkeypatch.setattr(mih, "flat_cost", lambda *_: float("inf"))


class TestTablesAlone(TestMih):
    """The contract again, without a scan where that would be cheaper."""

    rows = 200

    @pytest.fixture(params=[2, 3, 8])
    def codes(self, request: pytest.FixtureRequest, no_scans: None) -> Codes:
        return clustered_codes(self.rows, request.param, request.param)


@given(
    seed=st.integers(0, 1000),
    width=st.sampled_from((3, 8, 9, 32)),
    k=st.none() | st.integers(1, 5),
    max_distance=st.none() | st.integers(0, 9),
)
def test_it_equals_the_scan(seed: int, width: int, k: int | None, max_distance: int | None) -> None:
    codes = clustered_codes(2000, width, seed, spread=0.02)
    ours = MihSearcher.build(codes).search(codes[:20], k=k, max_distance=max_distance)
    scan = FlatSearcher(codes).search(codes[:20], k=k, max_distance=max_distance)
    for name in ("offsets", "rows", "distances", "totals"):
        assert np.array_equal(getattr(ours, name), getattr(scan, name))


def test_only_those_that_find_too_few_in_tables_are_scanned_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    random = np.random.default_rng(5)
    lonely = random.integers(0, 256, (400, 8), np.uint8)
    crowd = np.repeat(lonely[:1], 30, axis=0)
    crowd[:, 7] ^= np.arange(30, dtype=np.uint8)
    codes = np.concatenate([lonely, crowd])
    queries = np.concatenate([crowd[:5], lonely[200:203], crowd[20:22]])
    searcher = MihSearcher.build(codes)
    searcher._met.update({radius: 0.0 if radius < 9 else float("inf") for radius in range(65)})
    scanned: list[int] = []
    find = FlatSearcher._nearest

    def note(self: FlatSearcher, rows: Codes, *options: Any) -> RawHits:
        scanned.append(len(rows))
        return find(self, rows, *options)

    expected = FlatSearcher(codes).search(queries, k=4)
    monkeypatch.setattr(FlatSearcher, "_nearest", note)
    ours = searcher.search(queries, k=4)
    assert scanned == [3]
    for name in ("offsets", "rows", "distances", "totals"):
        assert np.array_equal(getattr(ours, name), getattr(expected, name))


@pytest.mark.parametrize(("bits", "rows"), [(64, 10_000_000), (64, 500_000), (256, 10**6), (1, 0)])
def test_parts_cover_every_bit_once(bits: int, rows: int) -> None:
    parts = parts_of(bits, rows)
    assert [bit for first, count in parts for bit in range(first, first + count)] == [*range(bits)]


def test_ten_million_codes_of_64_bits_have_three_tables() -> None:
    assert parts_of(64, 10_000_000) == [(0, 21), (21, 21), (42, 22)]


@given(radius=st.integers(0, 30), rows=st.integers(0, 300), width=st.sampled_from((8, 32)))
def test_radii_and_their_number_exceed_the_radius(radius: int, rows: int, width: int) -> None:
    searcher = MihSearcher.build(clustered_codes(rows, width))
    assert sum(each + 1 for each in searcher._radii(radius)) == radius + 1


def test_codes_too_long_for_tables_are_refused() -> None:
    with pytest.raises(ValueError, match="too long"):
        MihSearcher.build(clustered_codes(10, 1536))
