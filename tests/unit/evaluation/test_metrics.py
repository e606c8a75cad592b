from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sokkuri.evaluation import false_positives, precision_at, threshold_at_rate
from sokkuri.evaluation.retrieval import (
    _Group,
    _rank_by_chance,
    _rank_by_hash,
    nearest_rows,
)
from sokkuri.hashes import HashSpec
from sokkuri.lab import colours_agree
from sokkuri.metric import Metric

FEW = st.lists(st.integers(0, 12), min_size=1, max_size=30)
RATES = st.sampled_from([0.0, 1e-5, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0])


def test_nearest_orders_by_distance_then_row_and_leaves_the_query_out() -> None:
    metric = Metric(HashSpec("by hand", 8))
    codes = _codes(0b000, 0b011, 0b001, 0b110, 0b100)
    expected = [[2, 4, 1, 3], [2, 0, 3, 4], [0, 1, 4, 3], [4, 0, 1, 2], [0, 3, 2, 1]]
    assert nearest_rows(metric, codes, 3).tolist() == [row[:3] for row in expected]
    assert nearest_rows(metric, codes, 9).tolist() == expected
    # So many are equal that the last are not among their own nearest.
    equal = nearest_rows(metric, _codes(*[5] * 200), 10)
    assert equal[199].tolist() == equal[10].tolist() == list(range(10))
    assert equal[0].tolist() == list(range(1, 11))


@given(st.lists(st.integers(0, 15), min_size=2, max_size=40), st.integers(1, 15), st.booleans())
def test_nearest_equals_sorting(values: list[int], k: int, mirrored: bool) -> None:
    swapped = np.array([0, 1, 2, 3, 7, 6, 5, 4]) if mirrored else None
    metric, codes = Metric(HashSpec("any", 8), mirrored=swapped), _codes(*values)
    found = nearest_rows(metric, codes, k)
    for row, line in enumerate(metric.distances(codes, codes).tolist()):
        others = sorted((d, other) for other, d in enumerate(line) if other != row)
        assert found[row].tolist() == [other for _, other in others[:k]]


def test_precision_is_the_mean_share_among_the_first() -> None:
    hits = np.array([[True, False, True, False], [False, False, True, True]])
    assert precision_at(1, hits) == 0.5
    assert precision_at(2, hits) == 0.25
    assert precision_at(3, hits) == 0.5
    assert precision_at(10, hits) == 0.5  # only four were ranked


def _codes(*values: int) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    return np.array(values, np.uint8)[:, None]


def test_a_ranking_worked_out_by_hand() -> None:
    # Distances: a-b 1, a-c 2, a-d 8, b-c 1, b-d 7, c-d 6.
    codes = _codes(0b00000000, 0b00000001, 0b00000011, 0b11111111)
    colours = np.array([[50.0, 0, 0], [50, 20, 0], [50, 20.001, 0], [90, 0, 0]])
    group = _Group(["x", "y", "x", "x"], colours)
    ranking = _rank_by_hash(Metric(HashSpec("by hand", 8)), codes, group, workers=1)
    # First: a-b no, b-a no (a tie with c, and a comes first), c-b no, d-c yes.
    assert ranking.overall.precision[0] == 1 / 4
    # All three others: a 2/3, b 0/3, c 2/3, d 2/3.
    assert ranking.overall.precision[1] == ranking.overall.precision[2] == 6 / 12
    # Colours agree: a with b at exactly 20, b with c; a and c lie just beyond.
    assert ranking.overall.colour == 4 / 12
    assert ranking.overall.both == 0
    x, y = ranking.classes
    assert (x.name, x.photos, x.precision) == ("x", 3, (1 / 3, 6 / 9, 6 / 9))
    assert (x.colour, x.both) == (2 / 9, 0)
    # A class of one photo has nothing to find.
    assert (y.name, y.photos, y.precision, y.colour) == ("y", 1, (0, 0, 0), 2 / 3)


def test_chance_by_hand_and_against_every_order() -> None:
    colours = np.array([[50.0, 0, 0], [50, 5, 0], [50, 50, 0], [50, 52, 0]])
    classes = ["x", "x", "x", "y"]
    chance = _rank_by_chance(_Group(classes, colours))
    # Every x has two x among three others, y has none: 3 * 2/3 / 4.
    assert chance.overall.precision == (0.5, 0.5, 0.5)
    assert chance.classes[0].precision == (2 / 3,) * 3
    assert not any(chance.classes[1].precision)
    agree = colours_agree(colours[:, None], colours)
    sums = [Fraction(0)] * 3
    orders = list(itertools.permutations(range(4)))
    for order in orders:
        for query in range(4):
            first = next(row for row in order if row != query)
            same = classes[first] == classes[query]
            sums[0] += same
            sums[1] += bool(agree[query, first])
            sums[2] += same and bool(agree[query, first])
    overall = chance.overall
    for value, total in zip(
        (overall.precision[0], overall.colour, overall.both), sums, strict=True
    ):
        assert value == pytest.approx(float(total / 4 / len(orders)), abs=1e-12)


@pytest.mark.parametrize("photos", [2, 11, 700])
def test_blocks_do_not_show(photos: int) -> None:
    random = np.random.default_rng(photos)
    codes = random.integers(0, 4, (photos, 2), np.uint8)
    bits = np.unpackbits(codes, axis=1).astype(np.int64)
    found = nearest_rows(Metric(HashSpec("any", 16)), codes, 10, workers=3)
    for row in range(0, photos, 37):
        distances = np.abs(bits - bits[row]).sum(axis=1)
        others = sorted((int(d), other) for other, d in enumerate(distances) if other != row)
        assert found[row].tolist() == [other for _, other in others[:10]]


def _brute_threshold(unrelated: list[int], rate: float) -> int:
    allowed = [
        t
        for t in range(-1, max(unrelated) + 1)
        if Fraction(sum(d <= t for d in unrelated), len(unrelated)) <= Fraction(str(rate))
    ]
    return max(allowed)


@given(FEW, st.integers(0, 12), RATES)
def test_the_threshold_equals_brute_force(unrelated: list[int], beyond: int, rate: float) -> None:
    longest = max(unrelated) + beyond
    threshold = threshold_at_rate(np.bincount(unrelated, minlength=longest + 1), rate)
    # Beyond the largest unrelated distance every threshold lets all of them pass.
    expected = _brute_threshold(unrelated, rate)
    assert threshold == (longest if expected == max(unrelated) else expected)


@given(FEW, RATES)
def test_the_threshold_is_the_largest_that_holds(unrelated: list[int], rate: float) -> None:
    counts = np.bincount(unrelated, minlength=13)
    threshold = threshold_at_rate(counts, rate)
    allowed = Fraction(str(rate)) * len(unrelated)
    assert false_positives(counts, threshold) <= allowed
    if threshold < 12:
        assert false_positives(counts, threshold + 1) > allowed


def test_one_in_a_hundred_thousand_is_counted_exactly() -> None:
    # 1e-5 * 300,000 is a little more than 3 in binary, and 0.07 * 100 a little more than 7.
    assert threshold_at_rate([3, 1, 299_996], 1e-5) == 0
    assert threshold_at_rate([4, 0, 299_996], 1e-5) == -1
    assert threshold_at_rate([7, 1, 92], 0.07) == 0
    # 0.29 * 100 is a little less than 29.
    assert threshold_at_rate([29, 1, 70], 0.29) == 0
    # Too few pairs to let one pass: just below the nearest.
    assert threshold_at_rate([0, 0, 0, 1, 99_998], 1e-5) == 2
    assert threshold_at_rate([0, 0, 0, 1, 99_999], 1e-5) == 3


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(ValueError, match="unrelated"):
        threshold_at_rate([0, 0, 0], 1e-5)
    with pytest.raises(ValueError, match="rate"):
        threshold_at_rate([1], 1.5)
