"""The look hash on real photos and digits: at least what its page promises."""

from __future__ import annotations

from pathlib import Path

import pytest

from sokkuri.evaluation import evaluate


@pytest.fixture
def digits(clothing: Path) -> Path:
    """Return the folder of the digits, which lies beside that of the clothes."""
    folder = clothing.parent / "digits"
    if not folder.is_dir():
        pytest.skip("there are no digits beside the photos")
    return folder


def test_clothes_by_kind_and_colour(clothing: Path) -> None:
    names = ["look-2", "look-2@shape", "look-2-compact", "ahash-rgb-64"]
    rankings = evaluate(clothing, names, edits=False).rankings
    balanced, shape, compact, average = (ranking.overall for ranking in rankings[:4])
    assert balanced.precision[0] >= 0.70
    assert balanced.precision[2] >= 0.63
    assert balanced.colour >= 0.72
    assert balanced.both >= 0.45
    assert shape.precision[2] >= 0.68
    assert compact.precision[2] >= 0.62
    assert compact.both >= 0.37
    assert balanced.both > 2 * average.both
    # No kind of garment pays for the others.
    for ours, theirs in zip(rankings[0].classes, rankings[3].classes, strict=True):
        assert ours.precision[2] > theirs.precision[2], ours.name


def test_digits_by_shape(digits: Path) -> None:
    names = ["look-2@shape", "ahash-gray-64"]
    shape, gray = evaluate(digits, names, edits=False, mirror=False).rankings[:2]
    assert shape.overall.precision[0] >= 0.93
    assert gray.overall.precision[0] == pytest.approx(0.897, abs=0.01)
