from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sokkuri.hashers.frequency import _cosine_transform


@settings(max_examples=50, deadline=None)
@given(st.integers(2, 130), st.integers(0, 2**32), st.sampled_from([0, 1, 2, 255]))
def test_equals_scipy_to_the_last_bit(half: int, seed: int, most: int) -> None:
    fft = pytest.importorskip("scipy.fft")
    values = np.random.default_rng(seed).integers(0, most + 1, (3, 2 * half)).astype(np.float64)
    assert np.array_equal(_cosine_transform(values), fft.dct(values))


def test_is_the_sum_it_says_it_is() -> None:
    values = np.array([3.0, -1.0, 4.0, 1.0, -5.0, 9.0])
    expected = [
        2 * math.fsum(x * math.cos(math.pi * k * (2 * n + 1) / 12) for n, x in enumerate(values))
        for k in range(6)
    ]
    assert _cosine_transform(values) == pytest.approx(expected, abs=1e-13)


def test_a_transposed_array_gives_the_same() -> None:
    values = np.random.default_rng(1).random((8, 8))
    assert np.array_equal(_cosine_transform(values.T), _cosine_transform(values.T.copy()))
