from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sokkuri.kernels.hamming import hamming_distances


@given(
    st.integers(0, 5), st.integers(0, 9), st.sampled_from([1, 7, 8, 9, 31, 32, 33]), st.integers(0)
)
def test_equals_counting_bit_by_bit(queries: int, rows: int, width: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    a = random.integers(0, 256, (queries, width), np.uint8)
    b = random.integers(0, 256, (rows, width), np.uint8)
    expected = [
        [(int.from_bytes(x.tobytes()) ^ int.from_bytes(y.tobytes())).bit_count() for y in b]
        for x in a
    ]
    assert hamming_distances(a, b).tolist() == expected


def test_many_rows_are_taken_in_blocks() -> None:
    codes = np.random.default_rng(1).integers(0, 256, (5000, 1536), np.uint8)
    distances = hamming_distances(codes[:1], codes)
    assert distances.shape == (1, 5000)
    assert distances[0, 0] == 0
    expected = np.unpackbits(codes[0] ^ codes[4999]).sum()
    assert distances[0, 4999] == expected


def test_the_widest_code_does_not_overflow() -> None:
    width = 3 * 256 * 256 // 8
    ones, zeros = np.full((1, width), 255, np.uint8), np.zeros((1, width), np.uint8)
    assert hamming_distances(ones, zeros).tolist() == [[196_608]]


def test_widths_and_types_are_checked() -> None:
    codes = np.zeros((2, 8), np.uint8)
    with pytest.raises(ValueError, match="8 bytes a code and `codes` 9"):
        hamming_distances(codes, np.zeros((2, 9), np.uint8))
    with pytest.raises(ValueError, match="uint8"):
        hamming_distances(codes, np.zeros((2, 8), np.int64))
    with pytest.raises(ValueError, match="rows, bytes"):
        hamming_distances(codes[0], codes)
