"""Chance, foretold from the distances of a folder's own pairs."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from sokkuri.chance import LEAST_PHOTOS, ChanceModel
from sokkuri.hashes import HashSpec
from sokkuri.metric import Metric

Codes = NDArray[np.uint8]

BITS = 256


def metric() -> Metric:
    return Metric(HashSpec("codes-256", BITS))


def unrelated(photos: int, seed: int, lean: float = 0.5) -> Codes:
    """Return codes of independent bits, of which each is set in the same share of photos."""
    random = np.random.default_rng(seed)
    return np.packbits(random.random((photos, BITS)) < lean, axis=1)


def share_within(distance: int, lean: float = 0.5) -> float:
    """Return how many of such pairs are within a distance: the sum of a binomial distribution."""
    unequal = 2 * lean * (1 - lean)
    parts = (
        math.comb(BITS, k) * unequal**k * (1 - unequal) ** (BITS - k) for k in range(distance + 1)
    )
    return math.fsum(parts)


@pytest.mark.parametrize("lean", [0.5, 0.2])
def test_independent_bits_come_as_near_as_reasoned(lean: float) -> None:
    model = ChanceModel.of(metric(), unrelated(1200, 1, lean))
    assert model is not None
    for share, times in ((1e-2, 1.2), (1e-3, 1.3), (1e-4, 1.5), (1e-6, 4)):
        distance = next(d for d in range(BITS) if share_within(d, lean) >= share)
        foretold = model.pairs_by_chance(distance, 1)
        assert 1 / times < foretold / share_within(distance, lean) < times


def test_the_order_of_photos_and_copies_of_them_change_nothing() -> None:
    codes = unrelated(400, 2, 0.3)
    plain = ChanceModel.of(metric(), codes)
    mixed = ChanceModel.of(metric(), np.concatenate([codes[::-1], codes[:150]]))
    assert plain is not None
    assert mixed is not None
    assert np.array_equal(plain.shares, mixed.shares)
    assert mixed.photos == plain.photos == 400


def test_near_copies_do_not_spoil_the_curve() -> None:
    codes = unrelated(600, 3, 0.3)
    flips = np.random.default_rng(4).random((600, BITS)) < 0.04
    copies = codes ^ np.packbits(flips, axis=1)
    plain = ChanceModel.of(metric(), codes)
    spoilt = ChanceModel.of(metric(), np.concatenate([codes, copies]))
    assert plain is not None
    assert spoilt is not None
    pairs = 600 * 599 // 2
    assert spoilt.measured[30] > 100 * plain.shares[30]
    assert abs(spoilt.reach(pairs, 1) - plain.reach(pairs, 1)) <= 4


def test_few_photos_tell_nothing() -> None:
    assert ChanceModel.of(metric(), unrelated(LEAST_PHOTOS - 1, 5)) is None
    assert ChanceModel.of(metric(), np.repeat(unrelated(50, 5), 50, axis=0)) is None
    assert ChanceModel.of(metric(), np.empty((0, BITS // 8), np.uint8)) is None
    assert ChanceModel.of(metric(), unrelated(LEAST_PHOTOS, 5)) is not None


def test_shares_grow_with_the_distance_and_end_at_all_pairs() -> None:
    model = ChanceModel.of(metric(), unrelated(300, 6, 0.1))
    assert model is not None
    assert (np.diff(model.shares) >= 0).all()
    assert model.shares[-1] == model.measured[-1] == 1
    assert model.pairs_by_chance(10_000, 7) == 7
    assert model.pairs_by_chance(-1, 7) == 0


def test_the_reach_is_the_last_distance_that_chance_leaves_alone() -> None:
    model = ChanceModel.of(metric(), unrelated(300, 7))
    assert model is not None
    reach = model.reach(10_000, 2.5)
    assert model.pairs_by_chance(reach, 10_000) <= 2.5 < model.pairs_by_chance(reach + 1, 10_000)
    assert model.reach(10_000, -1) == -1
