"""The tutorial's numbers on real photos: every distance, at every size, gray and colour."""

from __future__ import annotations

import os
import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import imagehash
import numpy as np
import pytest
from PIL import Image

import sokkuri
from sokkuri.matches import max_distance_of_rate

QUERIES = 20


@pytest.mark.timeout(900)
@pytest.mark.parametrize("mode", ["gray", "rgb"])
@pytest.mark.parametrize("size", [8, 16, 64])
def test_every_distance_equals_the_script(
    clothing: Path, tutorial: Any, mode: str, size: int
) -> None:
    paths = sorted(tutorial.photo_paths(str(clothing)), key=os.fsencode)
    queries = random.Random(size).sample(paths, QUERIES)
    with ThreadPoolExecutor() as pool:
        bits = list(pool.map(lambda path: tutorial.average_hash(path, size, mode), paths))
    table = np.array(bits, np.uint8).reshape(len(paths), -1)
    found = sokkuri.search_many(queries, clothing, hash=f"ahash-{mode}-{size}", k=len(paths))
    for query, results in zip(queries, found, strict=True):
        distances = (table != table[paths.index(query)]).sum(axis=1)
        expected = sorted((int(d), os.fsencode(p)) for d, p in zip(distances, paths, strict=True))
        ours = [(match.distance, os.fsencode(match.path)) for match in results.matches]
        assert ours == expected
        below = {path for distance, path in expected if distance / 256 < 2.0}
        limit = max_distance_of_rate(2.0)
        assert {path for distance, path in ours if distance <= limit} == below


@pytest.mark.parametrize("size", [8, 16, 64])
def test_gray_equals_imagehash_on_every_upright_photo(clothing: Path, size: int) -> None:
    paths = sorted(clothing.rglob("*.jpg"))
    checked = 0

    def differs(path: Path) -> bool | None:
        picture = sokkuri.load(path)
        assert isinstance(picture, sokkuri.Picture)
        if not picture.upright or picture.mode not in ("RGB", "L"):
            return None
        with Image.open(path) as image:
            theirs = np.packbits(imagehash.average_hash(image, size).hash).tobytes()
        return sokkuri.hasher(f"ahash-gray-{size}").hash(picture).code != theirs

    with ThreadPoolExecutor() as pool:
        for path, different in zip(paths, pool.map(differs, paths), strict=True):
            assert not different, path
            checked += different is not None
    assert checked > 1000
