from __future__ import annotations

from typing import Any, Literal

import imagehash
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from sokkuri import HashSpec, Picture
from sokkuri.hashers.spatial import AverageHash


def _picture(width: int, height: int, seed: int) -> Picture:
    random = np.random.default_rng(seed)
    return Picture(Image.fromarray(random.integers(0, 256, (height, width, 3), np.uint8)))


@settings(max_examples=40, deadline=None)
@given(
    st.integers(1, 90), st.integers(1, 90), st.integers(0), st.sampled_from([2, 3, 8, 16, 33, 64])
)
def test_gray_equals_imagehash(width: int, height: int, seed: int, size: int) -> None:
    picture = _picture(width, height, seed)
    theirs = imagehash.average_hash(picture.image, size).hash.flatten()
    code = AverageHash(size).hash(picture).code
    ours = np.unpackbits(np.frombuffer(code, np.uint8), count=size * size).astype(bool)
    assert np.array_equal(ours, theirs)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 90), st.integers(1, 90), st.integers(0), st.sampled_from([2, 5, 16, 64]))
def test_both_equal_the_tutorial(
    tutorial: Any, tmp_path_factory: pytest.TempPathFactory, width: int, height: int, seed: int,
    size: int,
) -> None:  # fmt: skip
    picture = _picture(width, height, seed)
    path = tmp_path_factory.mktemp("tutorial") / "x.png"
    picture.image.save(path)
    modes: tuple[Literal["gray", "rgb"], ...] = ("gray", "rgb")
    for mode in modes:
        expected = np.packbits(tutorial.average_hash(str(path), size, mode).reshape(-1))
        assert AverageHash(size, mode).hash(picture).code == expected.tobytes()


def test_bits_run_row_by_row_channel_last() -> None:
    pixels = np.zeros((2, 2, 3), np.uint8)
    pixels[0, 1, 2] = 255  # row 0, column 1, blue: bit 5
    value = AverageHash(2, "rgb").hash(Picture(Image.fromarray(pixels)))
    assert value.spec == HashSpec("ahash-rgb-2", 12)
    assert value.hex == "0400"


def test_a_flat_picture_has_no_bit_above_the_mean() -> None:
    flat = Picture(Image.new("RGB", (50, 40), (7, 7, 7)))
    assert set(AverageHash(8).hash(flat).code) == {0}


@pytest.mark.parametrize("size", [-1, 0, 1, 257])
def test_size_has_bounds(size: int) -> None:
    with pytest.raises(ValueError, match="must be 2 to 256"):
        AverageHash(size)


def test_each_channel_has_a_mean_of_its_own() -> None:
    pixels = np.zeros((2, 2, 3), np.uint8)
    pixels[..., 0] = 200  # a cast of red, which the one mean sees everywhere
    pixels[0, 0] = (255, 9, 0)
    pixels[1, 1, 2] = 7
    picture = Picture(Image.fromarray(pixels))
    assert AverageHash(2, "rgbmean").spec == HashSpec("ahash-rgbmean-2", 12)
    # Red and green are strong at the first pixel, blue at the last: 110 000 000 001.
    assert AverageHash(2, "rgbmean").hash(picture).hex == "c010"
    # One mean is 76: 100 100 100 100.
    assert AverageHash(2, "rgb").hash(picture).hex == "9240"


def test_each_channel_is_a_gray_hash_of_its_own() -> None:
    picture = _picture(50, 40, 8)
    code = AverageHash(8, "rgbmean").hash(picture).code
    ours = np.unpackbits(np.frombuffer(code, np.uint8)).reshape(8, 8, 3)
    for channel, image in enumerate(picture.image.split()):
        assert np.array_equal(ours[..., channel], imagehash.average_hash(image, 8).hash)


@pytest.mark.parametrize("size", [-1, 1, 257])
def test_size_of_the_other_has_bounds(size: int) -> None:
    with pytest.raises(ValueError, match="must be 2 to 256"):
        AverageHash(size, "rgbmean")
