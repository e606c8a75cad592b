from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.kernels.twin import Twin

from sokkuri.kernels import hamming, mih
from sokkuri.kernels.mih import Probe

reference = Twin(mih, hamming)

pytestmark = pytest.mark.usefixtures("native")


def _flips(bits: int, radius: int) -> np.ndarray[tuple[int], np.dtype[np.uint32]]:
    numbers = np.arange(1 << bits, dtype=np.uint32)
    weights = np.bitwise_count(numbers)
    order = np.argsort(weights, kind="stable")
    return numbers[order][weights[order] <= radius]


@settings(max_examples=60)
@given(
    seed=st.integers(0, 10_000),
    rows=st.integers(0, 200),
    width=st.sampled_from((3, 8, 9, 24, 32)),
    limit=st.integers(0, 12),
    masked=st.booleans(),
)
def test_c_equals_numpy(seed: int, rows: int, width: int, limit: int, masked: bool) -> None:
    random = np.random.default_rng(seed)
    codes = random.integers(0, 256, (rows, width), np.uint8)
    codes[: rows // 2] = codes[0] if rows else 0
    codes ^= (random.random(codes.shape) < 0.05).astype(np.uint8)
    queries = np.concatenate([codes[:3], random.integers(0, 256, (2, width), np.uint8)])
    mask = random.random(rows) < 0.7 if masked else None
    edges = sorted({0, *random.integers(1, 8 * width, 3).tolist(), 8 * width})
    parts = [(a, min(b - a, 9)) for a, b in itertools.pairwise(edges)]
    probes = []
    for number, (first, bits) in enumerate(parts):
        made = [each.sort_rows(codes, first, bits) for each in (mih, reference)]
        assert np.array_equal(made[0].starts, made[1].starts)
        assert np.array_equal(made[0].ids, made[1].ids)
        radius = (number + seed) % 4 - 1
        flips = _flips(bits, radius) if radius >= 0 else np.empty(0, np.uint32)
        probes.append(Probe(made[0], radius, flips))
    found = []
    for each in (mih, reference):
        hits = each.within_tables(codes, queries, limit, probes, mask=mask)
        triples = zip(
            hits.queries.tolist(), hits.rows.tolist(), hits.distances.tolist(), strict=True
        )
        found.append(sorted(triples))
    assert found[0] == found[1]
    assert mih.candidates(codes, queries, probes) == reference.candidates(codes, queries, probes)


def test_many_hits_of_one_query_find_room() -> None:
    codes = np.zeros((20_000, 8), np.uint8)
    table = mih.sort_rows(codes, 0, 8)
    found = mih.within_tables(codes, codes[:3], 2, [Probe(table, 0, np.zeros(1, np.uint32))])
    assert len(found.rows) == 60_000
    assert np.array_equal(np.unique(found.rows[found.queries == 2]), np.arange(20_000))


def test_tables_that_do_not_fit_are_refused() -> None:
    from sokkuri.kernels import _native

    codes = np.zeros((4, 8), np.uint8)
    table = mih.sort_rows(codes, 0, 4)
    starts, ids = table.starts, table.ids
    flips = np.zeros(1, np.uint32)
    for wrong in (
        (0, 5, starts, ids, flips, 1, 0), (0, 4, starts, ids[:3], flips, 1, 0),
        (62, 4, starts, ids, flips, 1, 0), (0, 4, starts, ids, flips, 2, 0),
        (0, 4, starts, ids, np.array([16], np.uint32), 1, 0),
    ):  # fmt: skip
        with pytest.raises(ValueError, match="does not fit"):
            _native.mih_candidates(codes, codes, 8, (wrong,))
    with pytest.raises(ValueError, match="does not fit"):
        _native.mih_sort(codes, 8, 62, 4, starts, ids)
