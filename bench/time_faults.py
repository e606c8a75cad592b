"""What bad files cost the good ones: runs with files that kill or hang their decoder, and without.

Run ``python bench/time_faults.py --photos DIR --faults kill segfault hang``; without ``--photos``
it draws its own.  The photos are linked up to ``--files`` names, of which ``--bad`` are at fault,
evenly spread; ``--megapixels 12`` enlarges them first.  The time that counts is until the last good
file is hashed.  Printed is the share of the throughput that is lost, from runs in turn.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from sokkuri.pipeline import hash_paths
from sokkuri.pipeline.spawn import FAULTS
from sokkuri.registry import hasher
from time_hashing import enlarged, photos_of


def main() -> int:
    options = _options()
    with tempfile.TemporaryDirectory() as scratch:
        sources = photos_of(options.photos, scratch)[: options.files]
        if options.megapixels:
            sources = enlarged(sources[: options.distinct], options.megapixels, scratch)
        paths = _linked(sources, options.files, scratch)
        step = options.files // options.bad
        bad = {os.path.basename(path) for path in paths[step // 2 :: step][: options.bad]}
        rows = [_measured(fault, bad, paths, options) for fault in options.faults]
    if options.json:
        report = {"bench": "faults", "files": options.files, "bad": options.bad, "rows": rows}
        Path(options.json).write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", help="folder of photos; drawn ones if not given")
    parser.add_argument("--hash", default="ahash-rgb-64-fast")
    parser.add_argument("--faults", nargs="+", default=["kill", "segfault"])
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--bad", type=int, default=20)
    parser.add_argument("--megapixels", type=float, default=0)
    parser.add_argument("--distinct", type=int, default=20, help="photos to enlarge")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", help="write the figures to this file")
    return parser.parse_args()


def _linked(sources: list[str], files: int, scratch: str) -> list[str]:
    folder = os.path.join(scratch, "linked")
    os.mkdir(folder)
    paths = []
    for number in range(files):
        paths.append(os.path.join(folder, f"photo-{number:06}.jpg"))
        os.symlink(os.path.abspath(sources[number % len(sources)]), paths[-1])
    return paths


def _measured(
    fault: str, bad: set[str], paths: list[str], options: argparse.Namespace
) -> dict[str, object]:
    losses = []
    for _ in range(options.runs + 1):
        whole = _seconds_of_good({}, bad, paths, options.hash)
        hurt = _seconds_of_good(dict.fromkeys(bad, fault), bad, paths, options.hash)
        losses.append(1 - whole / hurt)
    loss = statistics.median(losses[1:])
    print(f"{fault:>9}: {len(bad)} in {len(paths)} files cost {loss:6.1%} of the throughput")
    return {"fault": fault, "loss": loss}


def _seconds_of_good(faults: dict[str, str], bad: set[str], paths: list[str], name: str) -> float:
    os.environ[FAULTS] = json.dumps(faults)
    start = time.perf_counter()
    last = start
    for hashed in hash_paths([hasher(name)], paths):
        at_fault = os.path.basename(hashed.path) in faults
        if at_fault != (hashed.rejected is not None):
            raise SystemExit(f"{hashed.path}: the wrong files were rejected, no time counts")
        if os.path.basename(hashed.path) not in bad:
            last = time.perf_counter()
    return last - start


if __name__ == "__main__":
    sys.exit(main())
