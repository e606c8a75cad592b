"""Pairs that may be copies, and groups of copies round the best of them."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageOps
from tests.unit.copies.scenes import ROOM, finder_of, scene

from sokkuri.copies.candidates import PointTable
from sokkuri.copies.finder import CopyFinder
from sokkuri.copies.groups import CopyGroup, copy_groups
from sokkuri.copies.pairs import copy_pairs
from sokkuri.hashers.copies import CopiesHash

SPEC = CopiesHash(ROOM).spec


def _edited(image: Image.Image) -> list[Image.Image]:
    width, height = image.size
    covered = image.copy()
    ImageDraw.Draw(covered).rectangle((0, height - 50, width, height), fill=(200, 30, 30))
    return [
        image,
        image.resize((width // 2, height // 2), Image.Resampling.BICUBIC),
        ImageOps.mirror(image).crop((20, 20, width - 20, height - 15)),
        image.rotate(4, Image.Resampling.BICUBIC),
        ImageOps.expand(image, 40, (255, 255, 255)),
        covered,
    ]


IMAGES = [edited for seed in (1, 2, 3) for edited in _edited(scene(seed))] + [
    scene(seed) for seed in range(4, 9)
]
FINDER = finder_of(*IMAGES, Image.new("RGB", (300, 200), (90, 120, 200)))
COPIES = len(_edited(scene(1)))


def _groups(finder: CopyFinder, order: list[int]) -> list[CopyGroup]:
    return copy_groups(finder, SPEC, copy_pairs(finder.points), order)


def _rows(group: CopyGroup) -> set[int]:
    return {group.best, *(claim.row for claim in group.copies)}


def test_copies_are_pairs_and_strangers_are_none() -> None:
    found = copy_pairs(FINDER.points)
    pairs = list(zip(found.first.tolist(), found.second.tolist(), strict=True))
    assert pairs == sorted(pairs)
    for first in range(0, 3 * COPIES, COPIES):
        assert {*combinations(range(first, first + COPIES), 2)} <= {*pairs}
    strangers = {(a, b) for a, b in pairs if a // COPIES != b // COPIES or a >= 3 * COPIES}
    assert len(strangers) <= 2
    mirrored = {pair for pair, way in zip(pairs, found.mirrored, strict=True) if way}
    assert (0, 2) in mirrored
    assert (0, 1) not in mirrored


def test_groups_hold_the_copies_of_their_best() -> None:
    groups = _groups(FINDER, list(range(len(IMAGES) + 1)))
    assert [group.best for group in groups] == [0, COPIES, 2 * COPIES]
    for group in groups:
        assert _rows(group) == set(range(group.best, group.best + COPIES))
        mirrored = {claim.row for claim in group.copies if claim.mirrored}
        assert mirrored == {group.best + 2}
        assert not group.same_scene


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("workers", [1, 2])
def test_the_order_of_photos_and_threads_change_nothing(seed: int, workers: int) -> None:
    order = np.random.default_rng(seed).permutation(len(FINDER.points.stored))
    plain = copy_pairs(FINDER.points)
    codes = FINDER.points.stored[order]
    found = copy_pairs(PointTable(codes, ROOM, workers=workers))
    ends = np.sort(np.stack([order[found.first], order[found.second]]), axis=0)
    triples = set(zip(*ends.tolist(), found.mirrored.tolist(), strict=True))
    assert triples == set(
        zip(plain.first.tolist(), plain.second.tolist(), plain.mirrored.tolist(), strict=True)
    )
    places = np.argsort(order)
    groups = _groups(CopyFinder.of(codes, ROOM, workers), places.tolist())
    assert [{int(order[row]) for row in _rows(group)} for group in groups] == [
        _rows(group) for group in _groups(FINDER, list(range(len(order))))
    ]


def test_who_is_a_member_is_verified_against_the_best() -> None:
    # Two parts of one photo that do not overlap are copies of it, not of each other.
    image = scene(11, 640, 400)
    left, right = image.crop((0, 0, 310, 400)), image.crop((330, 0, 640, 400))
    finder = finder_of(left, image, right)
    (whole,) = _groups(finder, [1, 0, 2])
    assert _rows(whole) == {0, 1, 2}
    (part,) = _groups(finder, [0, 1, 2])
    assert _rows(part) == {0, 1}


def test_few_photos_and_none() -> None:
    empty = PointTable(FINDER.points.stored[:0], ROOM)
    assert len(copy_pairs(empty).first) == 0
    assert _groups(CopyFinder.of(FINDER.points.stored[:1], ROOM), [0]) == []


def test_progress_is_told() -> None:
    told: list[tuple[int, int]] = []
    copy_pairs(FINDER.points, progress=lambda *done: told.append(done))
    assert told == [(number, 12) for number in range(1, 13)]
