"""The tutorial's job as its reader would type it in, with today's Pillow names.

Reads every photo again for every query, one after another.  The benches and the tests measure
sokkuri against it.  Run alone: ``python tutorial_script.py QUERY DIR SIZE gray|rgb RATE``.
"""

from __future__ import annotations

import json
import os
import re
import sys
import warnings

import numpy as np
from numpy.typing import NDArray
from PIL import Image

PHOTO_NAME = re.compile(r"\.(jpg|jpeg|png)$")


def average_hash(path: str, size: int, mode: str) -> NDArray[np.int64]:
    """Return the bits of a photo: 1 where a value is above the mean of all values."""
    image = Image.open(path).convert("RGB" if mode == "rgb" else "L")
    image = image.resize((size, size), Image.Resampling.LANCZOS)
    pixels = np.array(image)
    bits: NDArray[np.int64] = 1 * (pixels > pixels.mean())
    return bits


def distance(a: NDArray[np.int64], b: NDArray[np.int64]) -> int:
    """Count the differing bits."""
    return int((a.reshape(1, -1) != b.reshape(1, -1)).sum())


def photo_paths(folder: str) -> list[str]:
    """Return all photos under a folder, by their names."""
    return [
        os.path.join(root, name)
        for root, _, names in os.walk(folder)
        for name in names
        if PHOTO_NAME.search(name)
    ]


def find(query: str, folder: str, size: int, mode: str, rate: float) -> list[list[float | str]]:
    """Return ``[[rate, path], ...]`` below ``rate``, nearest first."""
    wanted = average_hash(query, size, mode)
    found: list[tuple[float, str]] = []
    for path in photo_paths(folder):
        measured = distance(wanted, average_hash(path, size, mode)) / 256
        if measured < rate:
            found.append((measured, path))
    return [[measured, path] for measured, path in sorted(found)]


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    query, folder, size, mode, rate = sys.argv[1:6]
    print(json.dumps(find(query, folder, int(size), mode, float(rate))))
