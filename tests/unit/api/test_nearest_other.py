"""Where a threshold lets in nothing but the query itself, the nearest other photo is told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

import sokkuri

Waves = Callable[[int, int, int], NDArray[np.uint8]]

CASES: list[dict[str, Any]] = [
    {},
    {"searcher": "flat"},
    {"searcher": "pruned"},
    {"exclude_query": True},
    {"exclude_query": True, "links": False},
    {"min_quality": 1, "sort": "newest"},
    {"k": 5},
    {"library": None},
]


@pytest.mark.parametrize("case", CASES, ids=str)
@pytest.mark.parametrize("name", ["look-2", "ahash-gray-64"])
def test_the_nearest_other_is_the_first_beyond_the_threshold(
    photos: Path, name: str, case: dict[str, Any]
) -> None:
    query = photos / "photo-2.jpg"
    everything = sokkuri.search(query, photos, hash=name, **{**case, "k": 99, "sort": "nearest"})
    itself = [match for match in everything if match.same]
    other = everything[len(itself)]
    assert len(itself) == (2 if "exclude_query" in case else 3)
    for limit in (0, 1, other.distance - 1):
        found = sokkuri.search(query, photos, hash=name, max_distance=limit, **case)
        assert set(found) == set(itself)
        assert found.nearest_other == other
    for limit in (other.distance, 9999):
        found = sokkuri.search(query, photos, hash=name, max_distance=limit, **case)
        assert found.nearest_other is None


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"k": 1},
        {"k": 3},
        {"k": 1, "max_distance": 0},
        {"min_distance": 1, "max_distance": 1},
        {"folder": "内側", "max_distance": 0},
        {"rate": 0},
    ],
    ids=str,
)
def test_it_is_told_nowhere_else(photos: Path, options: dict[str, Any]) -> None:
    found = sokkuri.search(photos / "photo-2.jpg", photos, **options)
    assert found.nearest_other is None
    assert found.nearest is not None


def test_a_photo_with_an_equal_hash_is_another(photos: Path, waves: Waves) -> None:
    Image.fromarray(waves(160, 120, 2)).save(photos / "larger 2.png")
    query = photos / "photo-2.jpg"
    found = sokkuri.search(query, photos, hash="ahash-gray-2", max_distance=0)
    assert None in [match.same for match in found]
    assert found.nearest_other is None


def test_no_other_photo_is_there(tmp_path: Path, waves: Waves) -> None:
    Image.fromarray(waves(60, 40, 1)).save(tmp_path / "alone.png")
    found = sokkuri.search(tmp_path / "alone.png", tmp_path, max_distance=0)
    assert len(found) == 1
    assert found.nearest_other is None


def test_nothing_above_a_lower_bound_names_what_is_above_it(photos: Path) -> None:
    query = photos / "photo-2.jpg"
    first = next(match for match in sokkuri.search(query, photos) if match.distance)
    found = sokkuri.search(query, photos, min_distance=1, max_distance=first.distance - 1)
    assert not found.matches
    assert found.nearest == first
