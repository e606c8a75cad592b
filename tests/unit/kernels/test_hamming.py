from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from tests.unit.kernels.twin import Twin

from sokkuri.kernels import hamming
from sokkuri.kernels.hamming import Metric, RawHits

reference = Twin(hamming)

# The loops stay the same for all examples of a test.
ONCE = [HealthCheck.function_scoped_fixture]

pytestmark = pytest.mark.usefixtures("native")

# Around words, vectors and the widths of hashes; 1,536 is the tutorial's colour hash.  The longest
# is given up before its end when it is far.
WIDTHS = (
    1, 7, 8, 9, 16, 24, 31, 32, 33, 48, 61, 63, 64, 65, 96, 127, 190, 221, 255, 440, 512, 1024,
    1536, 1537, 2699,
)  # fmt: skip
ROWS = (0, 1, 3, 4, 5, 15, 16, 17, 31, 32, 33, 70)

Triples = list[tuple[int, int, int]]


def _triples(found: RawHits) -> Triples:
    arrays = (found.queries, found.distances, found.rows)
    return sorted(zip(*(a.tolist() for a in arrays), strict=True))


def _codes(seed: int, rows: int, width: int, kind: str) -> NDArray[np.uint8]:
    random = np.random.default_rng(seed)
    if kind == "equal":
        return np.repeat(random.integers(0, 256, (1, width), np.uint8), rows, axis=0)
    codes = random.integers(0, 256, (rows, width), np.uint8)
    if kind == "near" and rows:
        # Most bits are those of the first row, so that distances are small and often the same.
        rare = random.random((rows, width)) < 0.1
        codes = np.where(rare, codes, codes[0])
    return codes


def _queries(codes: NDArray[np.uint8], count: int, seed: int) -> NDArray[np.uint8]:
    random = np.random.default_rng(seed + 1)
    queries = random.integers(0, 256, (count, codes.shape[1]), np.uint8)
    if len(codes):
        queries[: count // 2 + 1] = codes[random.integers(0, len(codes), count // 2 + 1)]
        queries[0] ^= np.less(random.random(codes.shape[1]), 0.05).astype(np.uint8)
    return queries


@pytest.mark.slow
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("metric", ["bits", "sums"])
def test_c_equals_numpy_at_every_width(loops: str, width: int, metric: Metric) -> None:
    for rows in ROWS:
        for kind in ("random", "near", "equal"):
            codes = _codes(rows + width, rows, width, kind)
            queries = _queries(codes, 3, width)
            everything = reference.all_distances(codes, queries[0], metric=metric)
            got = hamming.all_distances(codes, queries[0], metric=metric)
            assert got.tolist() == everything.tolist()
            limits = sorted({0, 1, *everything.tolist()[:2], int(everything.sum()) // max(1, rows)})
            for limit in (*limits, 8 * width, 0xFFFFFFFF):
                found = hamming.within(codes, queries, limit, metric=metric)
                assert _triples(found) == _triples(
                    reference.within(codes, queries, limit, metric=metric)
                )


@pytest.mark.parametrize("width", [8, 32, 61])
def test_a_hit_is_found_wherever_it_is(loops: str, width: int) -> None:
    rows = 3 * 64 + 13
    query = _codes(width, 1, width, "random")
    for place in range(rows):
        codes = np.repeat(~query, rows, axis=0)
        other = (7 * place + 3) % rows
        codes[[place, other]] = query
        codes[place, -1] ^= 1
        expected = {(0, 1, place), (0, int(other == place), other)}
        assert _triples(hamming.within(codes, query, 1)) == sorted(expected)


@settings(max_examples=60, suppress_health_check=ONCE)
@given(
    seed=st.integers(0, 10_000),
    rows=st.integers(0, 120),
    width=st.sampled_from((1, 8, 24, 32, 61, 64, 100)),
    k=st.integers(1, 130),
    cut=st.tuples(st.integers(0, 120), st.integers(0, 120)),
    kind=st.sampled_from(("random", "near", "equal")),
    masked=st.booleans(),
)
def test_the_nearest_are_the_nearest(
    loops: str,
    seed: int,
    rows: int,
    width: int,
    k: int,
    cut: tuple[int, int],
    kind: str,
    masked: bool,
) -> None:
    codes = _codes(seed, rows, width, kind)
    queries = _queries(codes, 4, seed)
    first, last = sorted(min(each, rows) for each in cut)
    mask = np.random.default_rng(seed).random(rows) < 0.6 if masked else None
    for scan in ("nearest", "within"):
        number = k if scan == "nearest" else 2 * width
        ours = getattr(hamming, scan)(codes, queries, number, first=first, last=last, mask=mask)
        twin = getattr(reference, scan)(codes, queries, number, first=first, last=last, mask=mask)
        assert _triples(ours) == _triples(twin)


def test_hits_beyond_the_first_room_are_all_there(loops: str) -> None:
    codes = _codes(5, 9_000, 8, "near")
    queries = _queries(codes, 5, 5)
    ours, twin = (each.within(codes, queries, 40) for each in (hamming, reference))
    assert len(ours.rows) > 20_000
    assert _triples(ours) == _triples(twin)


@settings(max_examples=40, suppress_health_check=ONCE)
@given(
    seed=st.integers(0, 10_000),
    width=st.sampled_from((8, 32, 61, 192, 440, 1536)),
    k=st.integers(1, 20),
    metric=st.sampled_from(("bits", "sums")),
    masked=st.booleans(),
)
def test_listed_rows_are_refined_alike(
    loops: str, seed: int, width: int, k: int, metric: Metric, masked: bool
) -> None:
    codes = _codes(seed, 80, width, "near")
    query = _queries(codes, 1, seed)[0]
    random = np.random.default_rng(seed)
    mask = random.random(80) < 0.6 if masked else None
    listed = np.flatnonzero(random.random(80) < 0.5).astype(np.uint32)
    limit = int(np.median(reference.all_distances(codes, query, metric=metric)))
    ours = hamming.refine(codes, query, listed, limit, mask=mask, metric=metric)
    twin = reference.refine(codes, query, listed, limit, mask=mask, metric=metric)
    assert [each.tolist() for each in ours] == [each.tolist() for each in twin]
    halves = np.array_split(listed, 2)
    results = []
    for each in (hamming, reference):
        best = (np.empty(0, np.uint32), np.empty(0, np.int64))
        for half in halves:
            best = each.refine_nearest(codes, query, half, k, best, mask=mask)
        results.append(sorted(zip(best[0].tolist(), best[1].tolist(), strict=True)))
    assert results[0] == results[1]


def test_what_does_not_fit_is_refused() -> None:
    from sokkuri.kernels import _native

    codes, query = np.zeros((4, 8), np.uint8), np.zeros(8, np.uint8)
    out = np.zeros(4, np.uint32)
    for width, first, last, metric in ((0, 0, 4, 0), (5, 0, 4, 0), (8, 2, 1, 0), (8, 0, 5, 0),
                                       (8, -1, 4, 0), (8, 0, 4, 2)):  # fmt: skip
        with pytest.raises(ValueError, match="do not fit"):
            _native.hamming_all(codes, query, width, first, last, metric, out)
    with pytest.raises(ValueError, match="listed rows"):
        _native.hamming_refine(codes, query, None, 8, 0, 9, np.array([4], np.uint32), out[:1])


@pytest.mark.slow
@pytest.mark.parametrize("width", [8, 16, 24, 32])
@pytest.mark.parametrize("rows", [64, 129, 1100])
def test_batches_that_are_sliced(loops: str, width: int, rows: int) -> None:
    for kind in ("near", "equal"):
        codes = _codes(rows + width, rows, width, kind)
        mask = np.random.default_rng(rows).random(rows) < 0.7
        distances = reference.all_distances(codes, codes[rows // 2])
        for count in (8, 65):
            queries = _queries(codes, count, width)
            for limit in {0, int(np.median(distances)), 8 * width - 1, 8 * width}:
                ours = hamming.within(codes, queries, limit, first=1, mask=mask)
                twin = reference.within(codes, queries, limit, first=1, mask=mask)
                assert _triples(ours) == _triples(twin)
            for k in (1, 7):
                ours = hamming.nearest(codes, queries, k, last=rows - 1)
                twin = reference.nearest(codes, queries, k, last=rows - 1)
                assert _triples(ours) == _triples(twin)
