"""The worker pool against pebble: photos of which three hang and one kills its decoder.

Run ``python bench/contest_pool.py --photos DIR`` with pebble installed beside sokkuri
(``pip install pebble``).  Both have two processes and give a file two seconds; the best of some
runs counts, taken in turns.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import time
from collections.abc import Callable
from functools import partial
from itertools import islice
from pathlib import Path

from sokkuri import hash_files
from sokkuri.limits import DECODE_SECONDS
from sokkuri.pipeline.record import hash_source
from sokkuri.pipeline.spawn import FAULTS
from sokkuri.registry import hasher

HASH = "ahash-gray-8"
SECONDS = 2
WORKERS = 2


def hash_one(path: str, faults: dict[str, str]) -> bool:
    """Hash a file for pebble, or suffer what a fault says, as our own workers do."""
    fault = faults.get(os.path.basename(path))
    if fault == "hang":
        time.sleep(3600)
    if fault == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    return bool(hash_source([hasher(HASH)], path).hashes)


def by_pebble(paths: list[str], faults: dict[str, str], batch: int) -> int:
    """Return how many files were hashed, of batches of so many."""
    from pebble import ProcessPool

    hashed = 0
    with ProcessPool(max_workers=WORKERS) as pool:
        work = partial(hash_one, faults=faults)
        found = pool.map(work, paths, chunksize=batch, timeout=SECONDS).result()
        while True:
            try:
                hashed += next(found)
            except StopIteration:
                return hashed
            except Exception:  # noqa: S112 - of what a file died is not asked here
                continue


def by_own(paths: list[str], faults: dict[str, str]) -> int:
    """Return how many files were hashed."""
    os.environ[FAULTS] = json.dumps(faults)
    os.environ[DECODE_SECONDS.variable] = str(SECONDS)
    return sum(not each.rejected for each in hash_files(paths, hash=HASH, workers=WORKERS))


def main() -> None:
    """Print a line for each pool, without faults and with them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=Path, required=True)
    parser.add_argument("--count", type=int, default=1500)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    found = (str(path) for path in sorted(options.photos.rglob("*.jpg")))
    paths = list(islice(found, options.count))
    names = [os.path.basename(paths[len(paths) * k // 15]) for k in (1, 5, 7, 9)]
    pools: dict[str, Callable[[list[str], dict[str, str]], int]] = {
        "own": by_own,
        "pebble": partial(by_pebble, batch=1),
        "pebble, 32 at once": partial(by_pebble, batch=32),
    }
    by_own(paths, {})  # reads the files once, so that nobody waits for the disk
    for faults in ({}, dict(zip(names, ("hang", "hang", "kill", "hang"), strict=True))):
        seconds: dict[str, list[float]] = {name: [] for name in pools}
        hashed: dict[str, int] = {}
        for _ in range(options.runs):
            for name, run in pools.items():
                began = time.perf_counter()
                hashed[name] = run(paths, faults)
                seconds[name].append(time.perf_counter() - began)
        print(f"{len(paths):,} files, {len(faults)} of them bad")
        for name in pools:
            print(f"  {name:<20} {min(seconds[name]):6.2f} s  {hashed[name]:,} hashed")


if __name__ == "__main__":
    main()
