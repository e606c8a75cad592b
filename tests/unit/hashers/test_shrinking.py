from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from sokkuri.hashers import shrinking
from sokkuri.kernels import NATIVE


@pytest.fixture
def image() -> Image.Image:
    random = np.random.default_rng(2)
    return Image.fromarray(random.integers(0, 256, (77, 50, 3), np.uint8))


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_equals_pillow(image: Image.Image, mode: str) -> None:
    picture = image.convert(mode)
    theirs = np.asarray(picture.resize((16, 12), Image.Resampling.LANCZOS))
    assert np.array_equal(shrinking.shrunk(picture, 16, 12), theirs)


def test_a_picture_in_several_pieces_of_memory() -> None:
    large = Image.new("RGB", (2600, 1900), "teal")
    large.paste("orange", (0, 0, 900, 700))
    theirs = np.asarray(large.resize((16, 16), Image.Resampling.LANCZOS))
    assert np.array_equal(shrinking.shrunk(large, 16, 16), theirs)


@pytest.mark.skipif(not NATIVE, reason="there is no kernel that could disagree")
def test_a_kernel_that_disagrees_with_pillow_steps_aside(
    image: Image.Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(*_: object) -> np.ndarray:
        return np.zeros((16, 12, 4), np.uint8)

    monkeypatch.setattr(shrinking, "FAST_LANCZOS", True)
    monkeypatch.setattr(shrinking, "lanczos_native", wrong)
    shrinking._kernel_agrees.cache_clear()
    theirs = np.asarray(image.resize((12, 16), Image.Resampling.LANCZOS))
    assert np.array_equal(shrinking.shrunk(image, 12, 16), theirs)
    shrinking._kernel_agrees.cache_clear()
