"""The join of points: C equals NumPy, and both equal what all pairs of points say."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from sokkuri.kernels import join
from sokkuri.kernels.join import (
    LEAST_VOTES,
    MOST_PARTNERS,
    MOST_ROWS,
    Join,
    JoinSide,
    grown,
    part_mask,
)
from sokkuri.kernels.mih import sort_rows

pytestmark = pytest.mark.usefixtures("native")

PARTS = ((0, 5), (5, 6), (11, 4))
BIG = 1 << 20


def _points(seed: int, rows: int, centres: int) -> tuple[NDArray[np.uint8], NDArray[np.uint16]]:
    random = np.random.default_rng(seed)
    keys = random.integers(0, 256, (max(1, centres), 8), np.uint8)
    keys = keys[random.integers(0, len(keys), rows)]
    flips = np.packbits(random.random((rows, 64)) < 0.03, axis=1)
    marks = random.integers(0, 22, rows) + 256 * random.integers(0, 14, rows)
    return keys ^ flips, marks.astype(np.uint16)


def _joins(seed: int, rows: int, mirrored: bool, limit: int, cells: int) -> list[Join]:
    plain, other = _points(seed, rows, rows // 12), _points(seed, rows, rows // 12)
    if mirrored:
        other = np.roll(other[0], 3, axis=0), other[1][::-1].copy()
    owners = np.random.default_rng(seed + 1).integers(0, max(1, rows // 9), rows).astype(np.uint32)
    owners.sort()
    votes = np.zeros(cells, np.uint8)
    made = []
    for number, (first, bits) in enumerate(PARTS):
        sides = [JoinSide(*each, sort_rows(each[0], first, bits)) for each in (plain, other)]
        earlier = np.array([part_mask(*part) for part in PARTS[:number]], np.uint64)
        made.append(Join(sides[0], sides[mirrored], owners, earlier, limit, votes))
    return made


def _found(joins: list[Join]) -> set[tuple[int, int]]:
    for each, (_, bits) in zip(joins, PARTS, strict=True):
        each.count(0, 3)
        each.count(3, 1 << bits)
    pairs = []
    for each, (_, bits) in zip(joins, PARTS, strict=True):
        pairs += [each.gather(0, 7), each.gather(7, 1 << bits)]
    return {(pair >> 32, pair & 0xFFFFFFFF) for part in pairs for pair in part.tolist()}


def _truth(joins: list[Join]) -> set[tuple[int, int]]:
    """Count the votes of all pairs of points, without tables and without cells."""
    one = joins[0]
    bits = [np.unpackbits(side.keys, axis=1) for side in (one.plain, one.other)]
    votes: Counter[tuple[int, int, int, int]] = Counter()
    for b, q in enumerate(one.owners.tolist()):
        for number in range(len(PARTS)):
            left = MOST_PARTNERS
            for a, p in enumerate(one.owners.tolist()):
                differing = bits[0][a] != bits[1][b]
                same = [not differing[begin : begin + size].any() for begin, size in PARTS]
                if p >= q or not left or not same[number] or differing.sum() > one.limit:
                    continue
                left -= 1
                if any(same[:number]):
                    continue
                own, others = int(one.plain.marks[a]), int(one.other.marks[b])
                turn = ((others % 256 - own % 256 + 8) % 256) // 16
                votes[p, q, turn, (others // 256 - own // 256 + 6) // 12] += 1
    return {(p, q) for (p, q, _, _), count in votes.items() if count >= LEAST_VOTES}


@settings(max_examples=50)
@given(
    seed=st.integers(0, 10_000),
    rows=st.integers(0, 90),
    mirrored=st.booleans(),
    limit=st.integers(0, 9),
    cells=st.sampled_from((1, 64, BIG)),
)
def test_c_equals_numpy(seed: int, rows: int, mirrored: bool, limit: int, cells: int) -> None:
    native = _joins(seed, rows, mirrored, limit, cells)
    numpy = _joins(seed, rows, mirrored, limit, cells)
    found = _found(native)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(join, "NATIVE", False)
        assert _found(numpy) == found
    assert np.array_equal(np.minimum(native[0].cells, 128), np.minimum(numpy[0].cells, 128))


@pytest.mark.parametrize("mirrored", [False, True])
def test_pairs_are_those_with_enough_votes(mirrored: bool) -> None:
    met = 0
    for seed in range(8):
        joins = _joins(seed, 120, mirrored, 6, BIG)
        truth = _truth(joins)
        assert _found(joins) == truth  # so many cells are shared by no two here
        met += len(truth)
    assert met > 60


def test_many_pairs_make_the_set_grow() -> None:
    photos = 2000
    centres = np.random.default_rng(1).integers(0, 256, (3, 8), np.uint8)
    keys, owners = np.tile(centres, (photos, 1)), np.repeat(np.arange(photos, dtype=np.uint32), 3)
    side = JoinSide(keys, np.zeros(len(keys), np.uint16), sort_rows(keys, 0, 8))
    votes = np.zeros(BIG, np.uint8)
    one = Join(side, side, owners, np.empty(0, np.uint64), 0, votes)
    one.count(0, 256)
    found = one.gather(0, 256).tolist()
    low = range(MOST_PARTNERS)
    assert found == sorted((a << 32) + b for a in low for b in range(a + 1, photos))


def test_a_crowded_bucket_is_compared_in_part() -> None:
    rows = MOST_ROWS + 40
    keys = np.zeros((rows, 8), np.uint8)
    keys[:MOST_ROWS] = [0, 255, 255, 255, 255, 255, 255, 255]  # of this bucket, and not alike
    others = np.full((rows, 8), 255, np.uint8)  # of another bucket, but for the last three
    others[-3:] = 0
    owners = np.minimum(np.arange(rows), rows - 3).astype(np.uint32)
    found = []
    for native in (True, False):
        for crowd in (MOST_ROWS, MOST_ROWS - 30):
            mine = np.roll(keys, crowd - MOST_ROWS, axis=0)
            sides = [
                JoinSide(each, np.zeros(rows, np.uint16), sort_rows(each, 0, 8))
                for each in (mine, others)
            ]
            votes = np.zeros(BIG, np.uint8)
            one = Join(sides[0], sides[1], owners, np.empty(0, np.uint64), 4, votes)
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(join, "NATIVE", native)
                one.count(0, 256)
                found.append(one.gather(0, 256).tolist())
    assert found[:2] == found[2:]
    assert not found[0]
    assert len(found[1]) == MOST_PARTNERS


def test_a_set_that_was_made_anew_holds_what_it_held() -> None:
    pairs = np.arange(1, 900, dtype=np.uint64) << np.uint64(32)
    places = grown(pairs, 2048)
    assert np.array_equal(np.sort(places[places > 0]), pairs)


def test_what_does_not_fit_is_refused() -> None:
    (good, *_) = _joins(3, 40, False, 4, 64)
    for wrong in (
        {"owners": good.owners[:-1]}, {"cells": np.zeros(63, np.uint8)}, {"limit": 65},
    ):  # fmt: skip
        fields = {name: getattr(good, name) for name in Join.__slots__} | wrong
        with pytest.raises(ValueError, match="do not fit"):
            Join(**fields).count(0, 4)
    with pytest.raises(ValueError, match="do not fit"):
        good.count(0, 1000)
