"""Photos a second: sokkuri's hashes against imagehash's usual loop and the bare JPEG decoder.

Run ``python bench/time_hashing.py --photos DIR``; without ``--photos`` it draws its own.  With
``--megapixels 12`` the photos are first enlarged to that size with grain, as JPEGs of a few
megabytes.  All contenders read the same files in turn, after one round to warm the cache, and only
ratios are printed.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import imagehash
import numpy as np
from PIL import Image

from sokkuri.pipeline import hash_paths
from sokkuri.registry import hasher
from sokkuri.settings import cpu_count


def main() -> int:
    options = _options()
    with tempfile.TemporaryDirectory() as scratch:
        paths = photos_of(options.photos, scratch)[: options.limit]
        if options.megapixels:
            paths = enlarged(paths, options.megapixels, scratch)
        contenders: dict[str, Callable[[], object]] = {
            "imagehash.average_hash(64), one loop": lambda: [_imagehash(path) for path in paths],
            f"bare 1/8 decode, {cpu_count()} threads": lambda: _bare(paths),
        }
        for name in options.hash:
            contenders[name] = _hashing([name], paths)
        if len(options.hash) > 1:
            contenders[f"all {len(options.hash)} from one decode"] = _hashing(options.hash, paths)
        rounds = [
            {name: _seconds(work) for name, work in contenders.items()}
            for _ in range(options.runs + 1)
        ][1:]
    report = _report(rounds, len(paths))
    if options.json:
        Path(options.json).write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", help="folder of photos; drawn ones if not given")
    parser.add_argument("--hash", nargs="+", default=["ahash-rgb-64-fast", "ahash-rgb-64"])
    parser.add_argument("--limit", type=int, default=2000, help="use at most so many photos")
    parser.add_argument("--megapixels", type=float, default=0)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", help="write the figures to this file")
    return parser.parse_args()


def photos_of(folder: str | None, scratch: str) -> list[str]:
    if folder is None:
        from sokkuri.demo import write_demo_folder

        folder = write_demo_folder(os.path.join(scratch, "demo")).photos_dir
    return sorted(str(path) for path in Path(folder).rglob("*.jpg") if path.name != "broken.jpg")


def enlarged(paths: list[str], megapixels: float, scratch: str) -> list[str]:
    random = np.random.default_rng(0)
    made = []
    for number, path in enumerate(paths):
        with Image.open(path) as image:
            factor = (megapixels * 1e6 / (image.width * image.height)) ** 0.5
            size = (round(image.width * factor), round(image.height * factor))
            large = np.asarray(image.convert("RGB").resize(size, Image.Resampling.BICUBIC))
        grain = random.normal(0, 4, large.shape[:2]).astype(np.int16)[..., np.newaxis]
        noisy = (large + grain).clip(0, 255).astype(np.uint8)
        made.append(os.path.join(scratch, f"large-{number:04}.jpg"))
        Image.fromarray(noisy).save(made[-1], quality=80)
    return made


def _imagehash(path: str) -> object:
    with Image.open(path) as image:
        return imagehash.average_hash(image, hash_size=64)


def _bare(paths: list[str]) -> None:
    def decode(path: str) -> None:
        data = Path(path).read_bytes()
        with Image.open(io.BytesIO(data), formats=["JPEG"]) as image:
            image.draft(None, (image.width // 8, image.height // 8))
            image.load()

    with ThreadPoolExecutor(cpu_count()) as pool:
        list(pool.map(decode, paths))


def _hashing(names: list[str], paths: list[str]) -> Callable[[], object]:
    makers = [hasher(name) for name in names]
    return lambda: [hashed.hashes for hashed in hash_paths(makers, paths)]


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _report(rounds: list[dict[str, float]], photos: int) -> dict[str, object]:
    base, bare = list(rounds[0])[:2]
    rows = []
    print(f"{photos} photos; how many times the photos a second of the first two")
    for name in rounds[0]:
        against_loop = statistics.median(turn[base] / turn[name] for turn in rounds)
        against_bare = statistics.median(turn[bare] / turn[name] for turn in rounds)
        rows.append({"name": name, "times_imagehash": against_loop, "times_bare": against_bare})
        print(f"  {name:<40} {against_loop:6.2f} x imagehash   {against_bare:5.2f} x bare decode")
    return {"bench": "hashing", "photos": photos, "runs": len(rounds), "rows": rows}


if __name__ == "__main__":
    sys.exit(main())
