"""Pictures on which hashes go wrong: those where many values are equal but for rounding."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from sokkuri import Picture

Maker = Callable[[str, int, int, int], Picture]


def _picture(kind: str, width: int, height: int, seed: int) -> Picture:
    random = np.random.default_rng(seed)
    pixels = random.integers(0, 256, (height, width, 3), np.uint8)
    if kind == "flat":
        pixels[:] = pixels[0, 0]
    elif kind == "rows":
        pixels[:] = pixels[:, :1]
    elif kind == "columns":
        pixels[:] = pixels[:1]
    elif kind == "mirrored":
        pixels = np.maximum(pixels, pixels[::-1, ::-1])
        pixels = np.maximum(pixels, pixels[:, ::-1])
    elif kind == "two tones":
        pixels = np.where(pixels > 127, np.uint8(255), np.uint8(0))
    elif kind == "dark":
        pixels //= 64
    elif kind == "ramp":
        pixels[:] = np.linspace(0, 255, width, dtype=np.uint8)[None, :, None]
    image = Image.fromarray(pixels)
    return Picture(image.convert("L") if kind == "luma" else image)


@pytest.fixture(scope="session")
def picture() -> Maker:
    """Return the maker of pictures: ``picture(kind, width, height, seed)``."""
    return _picture
