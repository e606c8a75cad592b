"""Descriptions for the copy finder: of real photos, and beyond those of photos made from them.

A photo is made by a crop of 60 to 100 % of each side at any place, by a mirror for every second
one, and by a shift and a gain of each channel.  What is made is described as any photo is.
"""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image

from datasets import Codes
from sokkuri.hashers.copies import CopiesHash
from sokkuri.images import Picture, Rejected, load

_SIDE = 256
_LEAST_SHARE = 0.6
_GAIN, _SHIFT = 0.2, 20.0


def descriptions(paths: list[str], rows: int, room: int, cache: str | None) -> Codes:
    """Describe photos, and as many made from them as are missing: shape (rows, B), uint8.

    Parameters
    ----------
    paths : list of str
        Photos that can be read.
    rows, room : int
        Descriptions, and points of each.
    cache : str, optional
        A folder where they are kept for the next run.
    """
    kept = Path(cache) / f"copies-{room}-{rows}-{len(paths)}.npy" if cache else None
    if kept is not None and kept.exists():
        return np.asarray(np.load(kept, mmap_mode="r"))
    each = -(-rows // len(paths))
    if each > 1:
        print(f"making {each} photos of each of {len(paths):,} …", file=sys.stderr)
    with ProcessPoolExecutor() as pool:
        made = list(pool.map(partial(_described, each, room), enumerate(paths), chunksize=8))
    # The photos themselves first, then the first that was made of each, and so on.
    turns = (part[turn] for turn in range(each) for part in made if turn < len(part))
    codes = np.frombuffer(b"".join(turns), np.uint8).reshape(-1, CopiesHash(room).spec.code_bytes)
    if kept is not None:
        kept.parent.mkdir(parents=True, exist_ok=True)
        np.save(kept, codes[:rows])
    return codes[:rows]


def _described(count: int, room: int, numbered: tuple[int, str]) -> list[bytes]:
    seed, path = numbered
    maker, random = CopiesHash(room), np.random.default_rng(seed)
    picture = load(path)
    if isinstance(picture, Rejected):
        return []
    codes = [maker.hash(picture).code]
    photo = picture.rgb()
    codes += [maker.hash(Picture(made(photo, random))).code for _ in range(count - 1)]
    return codes


def made(photo: Image.Image, random: np.random.Generator) -> Image.Image:
    """Return a photo made from another one, 256 pixels on its longer side."""
    width, height = (side * random.uniform(_LEAST_SHARE, 1) for side in photo.size)
    left, top = random.uniform(0, photo.width - width), random.uniform(0, photo.height - height)
    scale = _SIDE / max(width, height)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    box = (left, top, left + width, top + height)
    small = photo.resize(size, Image.Resampling.BICUBIC, box=box)
    if random.random() < 0.5:
        small = small.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    values = np.asarray(small, np.float64) * random.uniform(1 - _GAIN, 1 + _GAIN, 3)
    values += random.uniform(-_SHIFT, _SHIFT, 3)
    return Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))
