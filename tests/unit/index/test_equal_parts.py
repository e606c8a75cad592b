"""All near pairs of long codes by the parts in which they are equal."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from sokkuri.index import equal_parts
from sokkuri.index.equal_parts import rows_by_equal_parts
from sokkuri.kernels.bitops import choose_bits
from sokkuri.kernels.hamming import hamming_distances

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
