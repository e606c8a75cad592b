from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sokkuri.matches import max_distance_of_rate, rate_of


@given(st.floats(min_value=0, max_value=1e6), st.integers(0, 200_000))
def test_rate_and_bits_say_the_same(rate: float, distance: int) -> None:
    strictly_below = Fraction(distance, 256) < Fraction(rate)
    assert (distance <= max_distance_of_rate(rate)) == strictly_below
    assert (rate_of(distance) < rate) == strictly_below


def test_known_thresholds() -> None:
    assert max_distance_of_rate(0.25) == 63
    assert max_distance_of_rate(2.0) == 511
    assert max_distance_of_rate(0) == -1


@pytest.mark.parametrize("rate", [-0.1, math.nan, math.inf])
def test_impossible_rates(rate: float) -> None:
    with pytest.raises(ValueError, match="a rate is a number of 0 or more"):
        max_distance_of_rate(rate)
