"""All near pairs of long codes by the parts in which they are equal."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from sokkuri.engine.distinct import DistinctCodes
from sokkuri.engine.table import PhotoTable
from sokkuri.hashes import HashSpec
from sokkuri.index import equal_parts, neighbour
from sokkuri.index.equal_parts import rows_by_equal_parts
from sokkuri.index.table import Owners
from sokkuri.kernels.bitops import choose_bits
from sokkuri.kernels.hamming import hamming_distances
from sokkuri.metric import Metric

Codes = NDArray[np.uint8]


@pytest.fixture(autouse=True)
def _few_codes_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(equal_parts, "_LEAST_CODES", 2)


def near_codes(rows: int, bits: int, seed: int) -> Codes:
    random = np.random.default_rng(seed)
    codes = random.integers(0, 2, (rows // 3, bits)).repeat(3, axis=0)
    flips = random.random(codes.shape) < random.random((len(codes), 1)) * 12 / bits
    return np.packbits(codes ^ flips, axis=1)


def slow_pairs(
    codes: Codes, mirror: NDArray[np.int64] | None, limit: int
) -> dict[tuple[int, int], int]:
    distances = hamming_distances(codes, codes)
    if mirror is not None:
        distances = np.minimum(distances, hamming_distances(choose_bits(codes, mirror), codes))
    first, second = np.nonzero(np.triu(distances <= limit, 1))
    return {
        (a, b): int(distances[a, b]) for a, b in zip(first.tolist(), second.tolist(), strict=True)
    }


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize(("bits", "limit"), [(512, 0), (512, 7), (999, 12)])
def test_all_pairs_are_found(bits: int, limit: int, mirrored: bool) -> None:
    mirror = np.arange(bits)[::-1].copy() if mirrored else None
    codes = near_codes(240, bits, bits + limit)
    if mirror is not None:
        codes[::2] = choose_bits(codes[::2], mirror)

    def measure(first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.uint32]:
        table = slow_pairs(codes, mirror, 10_000)
        ends = zip(first.tolist(), second.tolist(), strict=True)
        return np.array([table[pair] for pair in ends], np.uint32)

    found = rows_by_equal_parts(codes, bits, mirror, measure, limit)
    assert found is not None
    pairs = {(a, b): d for a, b, d in zip(*(column.tolist() for column in found), strict=True)}
    assert pairs == slow_pairs(codes, mirror, limit)
    assert len(found[0]) == len(pairs) > 0 or limit == 0


def test_short_parts_and_crowds_are_for_others(monkeypatch: pytest.MonkeyPatch) -> None:
    codes = near_codes(240, 512, 1)

    def measure(first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.uint32]:
        raise AssertionError

    assert rows_by_equal_parts(codes, 512, None, measure, 100) is None
    monkeypatch.setattr(equal_parts, "_MOST_AT_ONCE", 3)
    assert rows_by_equal_parts(codes, 512, None, measure, 4) is None


@pytest.mark.parametrize("several", [False, True])
def test_both_ways_to_all_pairs_agree(several: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    codes = near_codes(300, 512, 5)
    owners = Owners.of(np.sort(np.arange(300) % 200)) if several else None
    photos = 200 if several else 300
    spec = HashSpec("codes-512", 512)
    paths = [f"{number:03}" for number in range(photos)]
    said = np.full(photos, 90, np.int8)
    table = PhotoTable(spec, paths, codes, said, owners=owners)
    distinct = DistinctCodes.of(table, Metric(spec, mirrored=np.arange(512)[::-1].copy()))

    def found() -> set[tuple[int, int, int]]:
        columns = [
            (pairs.first, pairs.second, pairs.distances) for pairs in distinct.pairs(10, workers=1)
        ]
        whole = [np.concatenate(each).tolist() for each in zip(*columns, strict=True)]
        pairs = list(zip(*whole, strict=True))
        assert len(pairs) == len({pair[:2] for pair in pairs})
        return set(pairs)

    quick = found()
    assert len(quick) > 50
    monkeypatch.setattr(equal_parts, "_LEAST_CODES", 10_000)
    assert found() == quick
    monkeypatch.setattr(neighbour, "_HITS", 8)  # now it asks about a few at a time
    assert found() == quick
