"""Every hash that other packages have, on real photos and on the odd files, bit for bit."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import imagehash
import numpy as np
import pytest
from PIL import Image

import sokkuri
from sokkuri import Picture, Rejected
from sokkuri.settings import LOW_QUALITY

Oracle = Callable[[Image.Image], object]


def _named(make: Callable[[Image.Image, int], object], size: int, image: Image.Image) -> object:
    return make(image, size)


PROFILES: dict[str, Oracle] = {
    f"{prefix}-{size}": partial(_named, make, size)
    for prefix, make, sizes in [
        ("ahash-gray", imagehash.average_hash, (8, 16)),
        ("dhash", imagehash.dhash, (8, 16)),
        ("dhash-vertical", imagehash.dhash_vertical, (8, 16)),
        ("phash", imagehash.phash, (8, 16)),
        ("phash-simple", imagehash.phash_simple, (8, 16)),
        ("whash", imagehash.whash, (8,)),
        ("colorhash", imagehash.colorhash, (3,)),
    ]
    for size in sizes
}


def _differing(picture: Picture, image: Image.Image) -> list[str]:
    """Return the hashes of ours that are not theirs; both look at the same decoded pixels."""
    gray = image.convert("L")  # which is how all of theirs begin that know no colour
    return [
        name
        for name, oracle in PROFILES.items()
        if sokkuri.hasher(name).hash(picture).imagehash_hex()
        != str(oracle(image if name.startswith("colorhash") else gray))
    ]


def _compared(paths: Iterable[Path], compare: Callable[[Path], list[str] | None]) -> int:
    """Compare on two threads; return how many pictures both could read."""
    paths = list(paths)
    with ThreadPoolExecutor() as pool:
        found = list(pool.map(compare, paths))
    wrong = {path.name: names for path, names in zip(paths, found, strict=True) if names}
    assert not wrong
    return sum(names is not None for names in found)


def _by_our_decoder(path: Path) -> list[str] | None:
    picture = sokkuri.load(path)
    return None if isinstance(picture, Rejected) else _differing(picture, picture.image)


def _by_their_decoder(path: Path) -> list[str] | None:
    picture = sokkuri.load(path)
    if isinstance(picture, Rejected) or not picture.upright or picture.mode != "RGB":
        return None
    with Image.open(path) as image:
        return _differing(picture, image)


@pytest.mark.timeout(900)
def test_imagehash_on_every_photo(clothing: Path) -> None:
    assert _compared(sorted(clothing.rglob("*.jpg")), _by_their_decoder) > 1700


@pytest.mark.timeout(900)
def test_imagehash_on_the_odd_files(odd: Path) -> None:
    files = sorted(path for path in odd.rglob("*") if path.is_file())
    assert _compared(files, _by_our_decoder) > 150


@pytest.mark.timeout(300)
def test_pdq_on_photos_and_odd_files(clothing: Path, odd: Path) -> None:
    pdqhash = pytest.importorskip("pdqhash")
    hasher = sokkuri.hasher("pdq")

    def compare(path: Path) -> list[str] | None:
        picture = sokkuri.load(path)
        if isinstance(picture, Rejected):
            return None
        bits, quality = pdqhash.compute(np.ascontiguousarray(picture.pixels()))
        ours = hasher.hash(picture)
        same = ours.code == np.packbits(bits.astype(bool)).tobytes() and ours.quality == quality
        return [] if same else ["pdq"]

    assert _compared(sorted(clothing.rglob("*.jpg"))[::9], compare) == 200
    files = sorted(path for path in odd.rglob("*") if path.is_file())
    assert _compared(files, compare) > 150


def test_photos_are_of_high_quality(clothing: Path) -> None:
    paths = sorted(clothing.rglob("*.jpg"))[::5]
    for name in ("ahash-rgb-64", "phash-8"):
        hashed = sokkuri.hash_files(paths, hash=name)
        qualities = [item.hash.quality for item in hashed if item.hash is not None]
        known = [quality for quality in qualities if quality is not None]
        assert len(known) == len(paths)
        assert np.median(known) >= 80
        assert np.mean([quality < LOW_QUALITY for quality in known]) < 0.01
