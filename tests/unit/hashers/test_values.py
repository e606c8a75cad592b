from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from sokkuri import Picture
from sokkuri.hashers import values
from sokkuri.kernels import NATIVE


def _resized(image: Image.Image, width: int, height: int) -> NDArray[np.uint8]:
    picture = Picture(image)
    if picture.gray:
        return values.resize_luma(picture, width, height)
    return values.resize_colour(picture, width, height)[..., :3]


@pytest.fixture
def image() -> Image.Image:
    random = np.random.default_rng(2)
    return Image.fromarray(random.integers(0, 256, (77, 50, 3), np.uint8))


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_equals_pillow(image: Image.Image, mode: str) -> None:
    picture = image.convert(mode)
    theirs = np.asarray(picture.resize((16, 12), Image.Resampling.LANCZOS))
    assert np.array_equal(_resized(picture, 16, 12), theirs)


def test_a_picture_in_several_pieces_of_memory() -> None:
    large = Image.new("RGB", (2600, 1900), "teal")
    large.paste("orange", (0, 0, 900, 700))
    theirs = np.asarray(large.resize((16, 16), Image.Resampling.LANCZOS))
    assert np.array_equal(_resized(large, 16, 16), theirs)


@pytest.mark.skipif(not NATIVE, reason="there is no kernel that could disagree")
def test_a_kernel_that_disagrees_with_pillow_steps_aside(
    image: Image.Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(*_: object) -> np.ndarray:
        return np.zeros((16, 12, 4), np.uint8)

    monkeypatch.setattr(values, "FAST_LANCZOS", True)
    monkeypatch.setattr(values, "lanczos_native", wrong)
    values._kernel_agrees.cache_clear()
    theirs = np.asarray(image.resize((12, 16), Image.Resampling.LANCZOS))
    assert np.array_equal(_resized(image, 12, 16), theirs)
    values._kernel_agrees.cache_clear()
