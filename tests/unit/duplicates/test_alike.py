"""Groups that cannot chain: complete link, whatever the order of what comes in."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from sokkuri.duplicates.alike import alike_groups, grouped
from sokkuri.duplicates.group import Group, Grouping
from sokkuri.duplicates.near_pairs import NearPairs
from sokkuri.engine.distinct import DistinctCodes
from sokkuri.engine.table import PhotoTable
from sokkuri.hashes import HashSpec
from sokkuri.index.neighbour import Pairs
from sokkuri.index.table import Owners
from sokkuri.metric import Metric

Codes = NDArray[np.uint8]


def table_of(codes: Codes, qualities: list[int] | None = None) -> PhotoTable:
    spec = HashSpec(f"codes-{8 * codes.shape[1]}", 8 * codes.shape[1])
    paths = [f"{number:05}.png" for number in range(len(codes))]
    said = np.full(len(codes), 90) if qualities is None else np.array(qualities)
    return PhotoTable(spec, paths, codes, said.astype(np.int8))


def groups_of(table: PhotoTable, max_distance: int) -> Grouping:
    return alike_groups(DistinctCodes.of(table, Metric(table.spec)), max_distance)


def distance(a: bytes, b: bytes) -> int:
    return sum((x ^ y).bit_count() for x, y in zip(a, b, strict=True))


def slow_groups(codes: list[bytes], limit: int) -> set[tuple[int, ...]]:
    """Do complete link step by step, as a textbook has it, on the codes in their order."""
    photos: dict[bytes, list[int]] = {}
    for number, code in enumerate(codes):
        photos.setdefault(code, []).append(number)
    clusters = [[code] for code in sorted(photos)]
    while True:
        found = [
            (max(distance(a, b) for a in one for b in other), one[0], other[0], one, other)
            for one, other in itertools.combinations(sorted(clusters), 2)
        ]
        if not found or min(found)[0] > limit:
            break
        _, _, _, one, other = min(found)
        clusters = [each for each in clusters if each not in (one, other)]
        clusters.append(sorted(one + other))
    numbers = (sorted(itertools.chain(*(photos[code] for code in each))) for each in clusters)
    return {tuple(each) for each in numbers if len(each) > 1}


few_bits = st.lists(st.binary(min_size=2, max_size=2), min_size=1, max_size=14)
near_codes = st.lists(
    st.sampled_from([bytes([1 << bit, 0]) for bit in range(8)] + [b"\0\0", b"\1\1", b"\3\3"]),
    min_size=1, max_size=14,
)  # fmt: skip


@given(few_bits | near_codes, st.integers(0, 9))
def test_groups_are_those_of_the_textbook(codes: list[bytes], limit: int) -> None:
    found = groups_of(table_of(np.array([list(code) for code in codes], np.uint8)), limit)
    assert {group.members for group in found.groups} == slow_groups(codes, limit)


@given(near_codes | few_bits, st.integers(0, 9), st.randoms())
def test_the_order_of_photos_changes_no_group(codes: list[bytes], limit: int, draw: object) -> None:
    shuffled = list(range(len(codes)))
    draw.shuffle(shuffled)  # type: ignore[attr-defined]
    array = np.array([list(code) for code in codes], np.uint8)
    plain = {group.members for group in groups_of(table_of(array), limit).groups}
    mixed = groups_of(table_of(array[shuffled]), limit).groups
    assert {tuple(sorted(shuffled[n] for n in group.members)) for group in mixed} == plain


@given(few_bits, st.integers(0, 9))
def test_a_diameter_is_the_largest_distance_within(codes: list[bytes], limit: int) -> None:
    found = groups_of(table_of(np.array([list(code) for code in codes], np.uint8)), limit)
    for place, group in enumerate(found.groups):
        members = [codes[number] for number in group.members]
        assert group.diameter == max(distance(a, b) for a in members for b in members) <= limit
        near = {
            at
            for at, other in enumerate(found.groups)
            if at != place
            and any(distance(a, codes[n]) <= limit for a in members for n in other.members)
        }
        assert set(group.touches) == near


def test_a_chain_falls_into_pieces() -> None:
    chain = np.array([np.packbits(np.arange(64) < length) for length in range(61)])
    found = groups_of(table_of(chain), 8)
    assert all(group.diameter is not None and group.diameter <= 8 for group in found.groups)
    assert all(group.touches for group in found.groups)
    assert sorted(n for group in found.groups for n in group.members) == list(range(61))


def test_photos_of_low_quality_are_apart() -> None:
    codes = np.array([[1, 0], [1, 0], [1, 0], [1, 0]], np.uint8)
    found = groups_of(table_of(codes, [90, 34, -1, 0]), 3)
    assert found == Grouping((Group("alike", (0, 2), 0, ()),), 3, (1, 3))


def test_no_distance_makes_no_group() -> None:
    assert groups_of(table_of(np.zeros((3, 2), np.uint8)), -1).groups == ()
    assert groups_of(table_of(np.empty((0, 2), np.uint8)), 3).groups == ()


def test_photos_of_several_codes_are_as_near_as_the_nearest() -> None:
    codes = np.array([[0, 0], [255, 255], [15, 15], [254, 255], [0, 0], [255, 255]], np.uint8)
    owners = Owners.of(np.array([0, 0, 1, 2, 3, 3]))
    spec = HashSpec("codes-16", 16)
    table = PhotoTable(spec, list("abcd"), codes, np.full(4, 90, np.int8), owners=owners)
    found = alike_groups(DistinctCodes.of(table, Metric(spec)), 1)
    assert found.groups == (Group("alike", (0, 2, 3), 1, ()),)


def test_mirrored_pictures_are_alike_where_the_metric_says_so() -> None:
    spec = HashSpec("codes-8", 8)
    metric = Metric(spec, mirrored=np.arange(8)[::-1])
    table = table_of(np.array([[0b10110000], [0b00001101], [0b11111111]], np.uint8))
    found = alike_groups(DistinctCodes.of(table, metric), 0)
    assert [group.members for group in found.groups] == [(0, 1)]


def blocks_of(pairs: list[tuple[int, int, int]], sizes: list[int]) -> Iterator[Pairs]:
    start = 0
    for size in [*sizes, len(pairs)]:
        part = np.array(pairs[start : start + size], np.int64).reshape(-1, 3)
        yield Pairs(part[:, 0], part[:, 1], part[:, 2].astype(np.uint32))
        start += size


all_pairs = st.lists(st.integers(0, 5), min_size=45, max_size=45)


@given(all_pairs, st.integers(1, 50), st.integers(1, 9), st.randoms(), st.lists(st.integers(0, 9)))
def test_what_is_kept_does_not_depend_on_the_order(
    distances: list[int], room: int, most: int, draw: object, sizes: list[int]
) -> None:
    ends = itertools.combinations(range(10), 2)
    pairs = [(a, b, d) for (a, b), d in zip(ends, distances, strict=True)]
    mixed = list(pairs)
    draw.shuffle(mixed)  # type: ignore[attr-defined]
    one, other = (
        NearPairs.collected(blocks_of(each, cuts), most_pairs=room, most_neighbours=most)
        for each, cuts in ((pairs, []), (mixed, sizes))
    )
    assert np.array_equal(
        np.stack([one.first, one.second, one.distances]),
        np.stack([other.first, other.second, other.distances]),
    )
    assert len(one.first) <= room or most == 1 or len(one.first) <= 5
    kept = np.bincount(np.concatenate([one.first, one.second]), minlength=10)
    assert kept.max(initial=0) <= most


def test_all_pairs_stay_where_there_is_room() -> None:
    pairs = [(a, b, a + b) for a, b in itertools.combinations(range(9), 2)]
    kept = NearPairs.collected(blocks_of(pairs, [3, 4]))
    found = zip(kept.first, kept.second, kept.distances, strict=True)
    assert [tuple(map(int, each)) for each in found] == pairs


def test_equal_photos_are_one_point_however_many() -> None:
    numbers = np.zeros(50_000, np.int64)
    found = grouped(iter(()), numbers, 1, 4)
    assert [len(group) for group in found.groups] == [50_000]


@pytest.mark.parametrize("most", [4, 8])
def test_a_crowd_beyond_its_room_falls_into_groups_that_touch(
    most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sokkuri.duplicates.near_pairs.MOST_NEIGHBOURS", most)
    pairs = [(a, b, 1) for a, b in itertools.combinations(range(20), 2)]
    found = grouped(blocks_of(pairs, []), np.arange(20), 20, 1)
    assert sorted(n for group in found.groups for n in group.members) == list(range(20))
    assert all(group.touches for group in found.groups)
    assert max(map(len, found.groups)) <= most + 1
