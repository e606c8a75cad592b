"""Codes to search: random ones, and real ones of photos cropped, mirrored and recoloured."""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sokkuri.images import Picture, Rejected, load
from sokkuri.registry import hasher

Codes = NDArray[np.uint8]

HASHES = ("ahash-rgb-64", "ahash-gray-64", "look-2", "phash-8", "phash-16")
"""What the photos are hashed with."""

_SIDE = 128
_LEAST_SHARE = 0.6
_GAIN, _SHIFT = 0.2, 20.0


def random_codes(rows: int, bits: int, seed: int = 0) -> Codes:
    """Return codes of independent bits, the hardest there are for anything but a scan."""
    return np.random.default_rng(seed).integers(0, 256, (rows, bits // 8), np.uint8)


def queries_near(codes: Codes, count: int, share: float, seed: int = 1) -> Codes:
    """Return queries: codes with a share of their bits flipped."""
    random = np.random.default_rng(seed)
    flips = random.random((count, 8 * codes.shape[1])) < share
    return codes[random.integers(0, len(codes), count)] ^ np.packbits(flips, axis=1)


def clouds(real: Codes, rows: int, seed: int = 2) -> Codes:
    """Return codes as a shop has them: things, a few photos of each, and many of some.

    A thing is a real code with a quarter of its bits flipped, so that there are more things than
    photos at hand, with bits as uneven as real ones.  Of each thing there are four photos on
    average, in numbers of a long tail, which differ in up to a tenth of their bits; a tenth of them
    are equal.
    """
    random = np.random.default_rng(seed)
    things = _flipped(real[random.integers(0, len(real), rows // 4 + 1)], 0.25, random)
    weights = random.pareto(2.5, len(things)) + 0.3
    chosen = things[random.choice(len(things), rows, p=weights / weights.sum())]
    share = random.random(rows) * 0.1 * (random.random(rows) > 0.1)
    return _flipped(chosen, share, random)


def _flipped(
    codes: Codes, share: float | NDArray[np.float64], random: np.random.Generator
) -> Codes:
    for bit in range(8 * codes.shape[1]):
        flipped = random.random(len(codes)) < share
        codes[flipped, bit // 8] ^= np.uint8(128 >> bit % 8)
    return codes


def photo_codes(
    folder: str | None, rows: int, queries: int, cache: str | None
) -> dict[str, tuple[Codes, Codes]]:
    """Hash variants of photos; ``queries`` further variants of some of them are not among the rows.

    Parameters
    ----------
    folder : str, optional
        Photos; drawn ones if None.
    rows, queries : int
        How many codes at least, and how many queries.
    cache : str, optional
        A folder where the codes are kept for the next run.

    Returns
    -------
    dict of str to (codes, queries)
        By the name of the hash.
    """
    told = f"{_told(folder)}-{rows}-{queries}"
    kept = Path(cache) / f"codes-{told}.npz" if cache else None
    if kept is not None and kept.exists():
        with np.load(kept, allow_pickle=False) as data:
            return {name: (data[name], data[f"{name} asked"]) for name in HASHES}
    with tempfile.TemporaryDirectory() as scratch:
        paths = _photos(folder, scratch)
        each = -(-(rows + queries) // len(paths))
        print(f"making {each} variants of {len(paths):,} photos …", file=sys.stderr)
        with ProcessPoolExecutor() as pool:
            parts = list(pool.map(partial(_variants, each), enumerate(paths), chunksize=4))
    found = {}
    for number, name in enumerate(HASHES):
        width = hasher(name).spec.code_bytes
        codes = np.frombuffer(b"".join(part[number] for part in parts), np.uint8)
        codes = np.random.default_rng(3).permutation(codes.reshape(-1, width))
        found[name] = (codes[queries:], codes[:queries])
    if kept is not None:
        kept.parent.mkdir(parents=True, exist_ok=True)
        arrays: dict[str, Any] = {name: codes for name, (codes, _) in found.items()}
        arrays |= {f"{name} asked": asked for name, (_, asked) in found.items()}
        np.savez(kept, **arrays)
    return found


def _told(folder: str | None) -> str:
    """Return a word for the photos and the hashes, so that nothing stale is taken for them."""
    digest = hashlib.blake2b(repr(HASHES).encode(), digest_size=4)
    for path in sorted(Path(folder).rglob("*")) if folder else []:
        digest.update(f"{path.relative_to(folder or '')} {path.stat().st_size}\n".encode())
    return f"{'photos' if folder else 'drawn'}-{digest.hexdigest()}"


def _photos(folder: str | None, scratch: str) -> list[str]:
    if folder is None:
        from sokkuri.demo import write_demo_folder

        folder = write_demo_folder(os.path.join(scratch, "demo")).photos_dir
    paths = sorted(str(path) for path in Path(folder).rglob("*") if path.is_file())
    return [path for path in paths if not isinstance(load(path, least_side=_SIDE), Rejected)]


def _variants(count: int, numbered: tuple[int, str]) -> list[bytes]:
    """Return the codes of some variants of a photo, for each hash in a row."""
    seed, path = numbered
    random = np.random.default_rng(seed)
    picture = load(path, least_side=2 * _SIDE)
    photo = picture.rgb() if isinstance(picture, Picture) else Image.new("RGB", (_SIDE, _SIDE))
    makers = [hasher(name) for name in HASHES]
    codes: list[list[bytes]] = [[] for _ in makers]
    for _ in range(count):
        variant = Picture(_variant(photo, random))
        for maker, made in zip(makers, codes, strict=True):
            made.append(maker.hash(variant).code)
    return [b"".join(made) for made in codes]


def _variant(photo: Image.Image, random: np.random.Generator) -> Image.Image:
    width, height = (side * random.uniform(_LEAST_SHARE, 1) for side in photo.size)
    left, top = random.uniform(0, photo.width - width), random.uniform(0, photo.height - height)
    box = (left, top, left + width, top + height)
    small = photo.resize((_SIDE, _SIDE), Image.Resampling.BILINEAR, box=box)
    if random.random() < 0.5:
        small = small.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    values = np.asarray(small, np.float64) * random.uniform(1 - _GAIN, 1 + _GAIN, 3)
    values += random.uniform(-_SHIFT, _SHIFT, 3)
    return Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))
