"""The cost of every hash of the family from one decode, and of all of them together.

Run ``python bench/time_family.py --photos DIR``; without ``--photos`` it draws its own.  Photos are
decoded in full, then at reduced scale.  Of each time the shortest of several runs counts, summed
over the photos, and everything is told as a share of *decode and cheapest hash*: the goal is that
all hashes of a photo together cost less than three times as much.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from sokkuri.images import Picture, Rejected, load
from sokkuri.kernels import active_kernels
from sokkuri.protocols import Hasher
from sokkuri.registry import families, hasher

WORKING_SIDE = 64


def main() -> int:
    options = _options()
    hashers = {f.example: hasher(f.example) for f in families() if f.home}
    with tempfile.TemporaryDirectory() as scratch:
        files = [Path(path).read_bytes() for path in _photos(options.photos, scratch)]
    files = [data for data in files if isinstance(load(data), Picture)][: options.limit]
    modes = {
        "full": _measured(files, None, hashers, options.runs),
        "fast": _measured(files, 2 * WORKING_SIDE, hashers, options.runs),
    }
    _print(modes, len(files))
    if options.json:
        report = {"bench": "family", "kernels": active_kernels(), "photos": len(files), **modes}
        Path(options.json).write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", help="folder of photos; drawn ones if not given")
    parser.add_argument("--limit", type=int, default=60, help="use at most so many photos")
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--json", help="write the figures to this file")
    return parser.parse_args()


def _photos(folder: str | None, scratch: str) -> list[str]:
    if folder is None:
        from sokkuri.demo import write_demo_folder

        folder = write_demo_folder(os.path.join(scratch, "demo")).photos_dir
    return sorted(str(path) for path in Path(folder).rglob("*.jpg"))


def _measured(
    files: Sequence[bytes], least_side: int | None, hashers: dict[str, Hasher], runs: int
) -> dict[str, object]:
    """Return the seconds of the base, and every cost as a share of it."""
    decode, everything = 0.0, 0.0
    costs = dict.fromkeys(hashers, 0.0)
    for data in files:
        picture = load(data, least_side=least_side)
        if isinstance(picture, Rejected):
            raise SystemExit(picture.reason)
        decode += _shortest(partial(load, data, least_side=least_side), runs)
        for name, maker in hashers.items():
            costs[name] += _shortest(_hashing(picture, [maker]), runs)
        everything += _shortest(_hashing(picture, list(hashers.values())), runs)
    base = decode + min(costs.values())
    return {
        "base_seconds": base,
        "decode": decode / base,
        "hashes": {name: cost / base for name, cost in costs.items()},
        "all_hashes": everything / base,
        "decode_and_all": (decode + everything) / base,
    }


def _hashing(picture: Picture, makers: Sequence[Hasher]) -> Callable[[], object]:
    def work() -> list[object]:
        fresh = dataclasses.replace(picture)  # without what was derived in the last run
        return [maker.hash(fresh) for maker in makers]

    return work


def _shortest(work: Callable[[], object], runs: int) -> float:
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def _print(modes: dict[str, dict[str, object]], photos: int) -> None:
    print(f"{photos} photos, kernels {active_kernels()}; shares of decode and cheapest hash")
    print(f"{'':<24}" + "".join(f"{mode:>8}" for mode in modes))
    tables = [_rows(mode) for mode in modes.values()]
    for name in tables[0]:
        print(f"{name:<24}" + "".join(f"{table[name]:8.3f}" for table in tables))


def _rows(mode: dict[str, object]) -> dict[str, float]:
    hashes = mode["hashes"]
    if not isinstance(hashes, dict):
        raise TypeError
    rows = {"decode": mode["decode"], **hashes}
    rows |= {"all hashes": mode["all_hashes"], "decode and all hashes": mode["decode_and_all"]}
    return {name: float(str(value)) for name, value in rows.items()}


if __name__ == "__main__":
    sys.exit(main())
