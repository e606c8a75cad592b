"""The Lanczos kernel against Pillow's resize, in turn, on pictures of given sizes.

Run ``python bench/time_resize.py --sizes 400x533 1200x900 --to 64``.  Prints the ratio Pillow /
kernel for gray and colour; results are compared bit for bit before any time counts.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from sokkuri import Picture
from sokkuri.hashers.values import resize_colour, resize_luma
from sokkuri.kernels import active_kernels


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", nargs="+", default=["400x533", "1200x900", "2000x2000"])
    parser.add_argument("--to", type=int, default=64, help="side of the result")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--json", help="write the figures to this file")
    options = parser.parse_args()
    random = np.random.default_rng(0)
    rows = []
    for size in options.sizes:
        width, height = map(int, size.split("x"))
        picture = Image.fromarray(random.integers(0, 256, (height, width, 3), np.uint8))
        for image in (picture.convert("L"), picture):
            ratio = _ratio(image, options.to, options.runs)
            rows.append({"size": size, "mode": image.mode, "to": options.to, "ratio": ratio})
            print(f"{size:>10} {image.mode:<3} to {options.to}: pillow / kernel {ratio:.2f}")
    if options.json:
        report = {"bench": "resize", "kernels": active_kernels(), "rows": rows}
        Path(options.json).write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return 0


def _ratio(image: Image.Image, side: int, runs: int) -> float:
    def pillow() -> object:
        return np.asarray(image.resize((side, side), Image.Resampling.LANCZOS))

    def kernel() -> object:
        if image.mode == "L":
            return resize_luma(Picture(image), side, side)
        return resize_colour(Picture(image), side, side)[..., :3]

    if not np.array_equal(np.asarray(pillow()), np.asarray(kernel())):
        raise SystemExit("the results differ: no time counts")
    return round(statistics.median(_seconds(pillow) / _seconds(kernel) for _ in range(runs)), 3)


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    for _ in range(10):
        work()
    return time.perf_counter() - start


if __name__ == "__main__":
    sys.exit(main())
