from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

import sokkuri


@pytest.fixture
def solids(photos: Path) -> Path:
    """Return the photos with six solid colours among them."""
    for name in ("red", "lime", "blue", "white", "black", "gray"):
        Image.new("RGB", (60, 60), name).save(photos / f"{name}.png")
    return photos


def test_solid_colours_are_flagged_and_can_be_left_out(solids: Path) -> None:
    found = sokkuri.search(solids / "red.png", solids, hash="ahash-gray-8", max_distance=0)
    assert len(found.matches) == 6
    assert all(match.too_simple for match in found.matches)
    assert found.quality is not None
    assert found.quality < 35
    left = sokkuri.search(
        solids / "red.png", solids, hash="ahash-gray-8", max_distance=0, min_quality=35
    )
    assert len(left.matches) == 0
    assert left.excluded >= 6
    assert left.searched + left.excluded == 18


def test_ordinary_photos_are_not_flagged(solids: Path) -> None:
    found = sokkuri.search(solids / "photo-2.jpg", solids, max_distance=0)
    assert [match.too_simple for match in found.matches] == [False] * 3
    assert all("low_quality" not in each for each in json.loads(found.to_json())["matches"])
    simple = sokkuri.search(solids / "red.png", solids, k=1)
    assert '"low_quality"' in simple.to_json()
