"""Write ``hashes.json``, the codes that every later version must give again.

Run it only when a recipe has got a new version on purpose:  ``python tests/golden/make.py``.
The pictures are made by integer arithmetic, so that they are the same for ever.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sokkuri import Picture, hasher

FILE: Final = Path(__file__).with_name("hashes.json")

NAMES: Final = (
    "ahash-gray-8", "ahash-gray-16", "ahash-rgb-4", "ahash-rgb-8", "ahash-rgbmean-4",
    "ahash-rgbmean-8", "dhash-8", "dhash-16", "dhash-vertical-8", "dhash-vertical-16", "phash-8",
    "phash-16", "phash-simple-8", "phash-simple-16", "whash-8", "whash-16", "colorhash-3",
    "colorhash-6", "blockmean-8", "blockmean-16", "pdq", "look-2", "look-2-compact",
    "copies-150",
)  # fmt: skip

_WIDTH: Final = 160
_HEIGHT: Final = 120


def noise(count: int, seed: int) -> list[int]:
    """Return bytes of a linear congruential generator, the constants of Numerical Recipes."""
    values = []
    for _ in range(count):
        seed = (1664525 * seed + 1013904223) % 2**32
        values.append(seed >> 24)
    return values


def pictures() -> dict[str, Picture]:
    """Return the pictures by name."""
    y, x = np.mgrid[0:_HEIGHT, 0:_WIDTH]
    board = ((x // 20 + y // 20) % 2) * 255
    disc = ((x - 70) ** 2 + (y - 50) ** 2 < 1600) * 200 + 20
    blobs = (x * x // 97 + y * y // 61 + x * y // 83) % 256
    cells = np.array(noise(15 * 20 * 3, 1)).reshape(15, 20, 3)
    return {
        "ramp across": _picture(x * 255 // (_WIDTH - 1)),
        "ramp of colour": _picture(x * 255 // (_WIDTH - 1), y * 2, 255 - x),
        "flat": _picture(x * 0 + 97),
        "two tones": _picture(disc),
        "checker": _picture(board),
        "blobs": _picture(blobs, (blobs * 3 + y) % 256, (x + y) * 255 // 278),
        "cells": Picture(Image.fromarray(np.kron(cells, np.ones((8, 8, 1), int)).astype(np.uint8))),
        "noise": Picture(
            Image.fromarray(np.array(noise(90 * 70, 2), np.uint8).reshape(90, 70))
        ),
    }  # fmt: skip


def hashes() -> dict[str, dict[str, str]]:
    """Return the code of every picture by every hash; of PDQ with quality, or a digest of it."""
    return {
        title: {name: _text(name, picture) for name in NAMES}
        for title, picture in pictures().items()
    }


def _text(name: str, picture: Picture) -> str:
    value = hasher(name).hash(picture)
    if value.spec.verified:  # thousands of bytes
        return hashlib.sha256(value.code).hexdigest()
    return f"{value.hex} {value.quality}" if name == "pdq" else value.hex


def _picture(*channels: NDArray[np.int64]) -> Picture:
    red, green, blue = channels if len(channels) == 3 else channels * 3
    return Picture(Image.fromarray(np.stack([red, green, blue], axis=2).astype(np.uint8)))


if __name__ == "__main__":
    FILE.write_text(json.dumps(hashes(), indent=1) + "\n", encoding="ascii")
