"""Explanations of real photos."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

import sokkuri


@pytest.mark.parametrize("name", ["look-2", "look-2-compact", "ahash-rgb-64", "dhash-16", "pdq"])
def test_red_cells_are_the_distance(clothing: Path, name: str) -> None:
    photos = sorted(clothing.rglob("*.jpg"))[::97]
    assert len(photos) > 10
    for a, b in itertools.pairwise(photos):
        found = sokkuri.explain(a, b, hash=name)
        assert found.distance == sokkuri.compare(a, b, hash=name).distance
        assert found.distance == sum(int(panel.differing.sum()) for panel in found.panels)
