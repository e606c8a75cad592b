"""Where no compiler was there, every hash has the same bits and the same quality."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from sokkuri import Picture, hasher
from sokkuri.hashers import frequency, look, pdq, quality, spatial, values
from sokkuri.registry import families

Maker = Callable[[str, int, int, int], Picture]

KINDS = ["noise", "flat", "mirrored", "two tones", "ramp", "luma"]
SIZES = [(1, 1), (7, 90), (64, 64), (200, 267), (267, 200), (401, 533)]


@pytest.fixture
def no_kernels(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    def switch() -> None:
        for module in (frequency, pdq, quality, values, spatial, look):
            monkeypatch.setattr(module, "NATIVE", False)
        monkeypatch.setattr(values, "_kernel_agrees", lambda: False)

    return switch


@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", KINDS)
def test_bits_and_quality_are_the_same(
    picture: Maker, no_kernels: Callable[[], None], kind: str, size: tuple[int, int]
) -> None:
    makers = [hasher(family.example) for family in families()]
    original = picture(kind, *size, 5)
    with_kernels = [maker.hash(original) for maker in makers]
    as_array = Picture(_array(original))
    assert [maker.hash(as_array) for maker in makers] == with_kernels
    no_kernels()
    for maker, expected in zip(makers, with_kernels, strict=True):
        alone = maker.hash(picture(kind, *size, 5))
        assert (alone, alone.quality) == (expected, expected.quality)


def _array(picture: Picture) -> np.ndarray:
    if picture.gray:
        return np.asarray(picture.image)
    return np.dstack([picture.pixels(), np.full(picture.size[::-1], 9, np.uint8)])
