from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from statistics import median

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from sokkuri import HashSpec, Picture
from sokkuri.hashers.spatial import BlockMeanHash, _block_sums

Maker = Callable[[str, int, int, int], Picture]


def _means(values: list[list[int]], size: int) -> list[Fraction]:
    """Return the area means by the definition: each pixel by the area it shares with a block."""
    height, width = len(values), len(values[0])

    def shared(block: int, pixel: int, length: int) -> Fraction:
        low = max(Fraction(block * length, size), Fraction(pixel))
        high = min(Fraction((block + 1) * length, size), Fraction(pixel + 1))
        return max(high - low, Fraction(0))

    area = Fraction(height * width, size * size)
    return [
        sum(
            (
                values[y][x] * shared(row, y, height) * shared(column, x, width)
                for y in range(height)
                for x in range(width)
            ),
            Fraction(0),
        )
        / area
        for row in range(size)
        for column in range(size)
    ]


@settings(max_examples=30, deadline=None)
@given(
    st.sampled_from(["luma", "flat", "rows", "two tones"]), st.integers(1, 9), st.integers(1, 9),
    st.integers(0, 2**32), st.integers(2, 6),
)  # fmt: skip
def test_equals_the_definition(
    picture: Maker, kind: str, width: int, height: int, seed: int, size: int
) -> None:
    image = picture(kind, width, height, seed)
    values = np.asarray(image.luma())
    means = _means(values.tolist(), size)
    assert (_block_sums(values, size).ravel() == [m * values.size for m in means]).all()
    middle = median(means)
    bits = np.packbits([mean >= middle for mean in means]).tobytes()
    assert BlockMeanHash(size).hash(image).code == bits


def test_a_flat_picture_has_every_bit() -> None:
    flat = Picture(Image.new("L", (31, 17), 9))
    assert BlockMeanHash(3).hash(flat).hex == "ff80"
    assert BlockMeanHash(3).spec == HashSpec("blockmean-3", 9)


@pytest.mark.slow
def test_a_large_sum_does_not_overflow() -> None:
    white = np.full((1, 60_000), 255, np.uint8)
    assert (_block_sums(white, 256) == 255 * 60_000).all()


@pytest.mark.parametrize("size", [1, 257])
def test_size_has_bounds(size: int) -> None:
    with pytest.raises(ValueError, match="must be 2 to 256"):
        BlockMeanHash(size)
