"""Whole command against whole script: the tutorial's job on the same photos, in turn.

Run ``python bench/time_tutorial.py --photos DIR``; without ``--photos`` it draws its own.  Prints
the ratio of every pair of runs, because bare times say more about the machine than about the
programs; the judge compares every distance before any time counts.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main() -> int:
    options = _options()
    with tempfile.TemporaryDirectory() as scratch:
        photos = options.photos or _drawn(scratch)
        query = options.query or _first_photo(photos)
        every_rate = "1e9"
        kind = f"ahash-{options.mode}-{options.size}"
        script = [
            sys.executable, str(HERE / "tutorial_script.py"), query, photos, str(options.size),
            options.mode, every_rate,
        ]  # fmt: skip
        ours = [
            sys.executable, "-m", "sokkuri", "search", query, photos, "--hash", kind,
            "--rate", every_rate, "--arrays", "-q", "-E", "LICENSE",
        ]  # fmt: skip
        pairs = []
        for _ in range(options.runs):
            theirs_seconds, theirs_answer = _timed(script)
            ours_seconds, ours_answer = _timed(ours)
            _judge(theirs_answer, ours_answer)
            pairs.append((theirs_seconds, ours_seconds))
    ratios = [theirs / mine for theirs, mine in pairs]
    report = {
        "bench": "tutorial",
        "hash": kind,
        "photos": len(ours_answer),
        "runs": options.runs,
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "ratios": [round(ratio, 3) for ratio in ratios],
        "median_ratio": round(statistics.median(ratios), 3),
    }
    print(f"{kind}, {report['photos']} photos, script time / sokkuri time, every distance equal")
    print("  " + "  ".join(f"{ratio:.2f}" for ratio in ratios), end="")
    print(f"   median {report['median_ratio']:.2f}")
    if options.json:
        Path(options.json).write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", help="folder of photos; drawn ones if not given")
    parser.add_argument("--query", help="photo to look for; the first one if not given")
    parser.add_argument("--mode", choices=["gray", "rgb"], default="rgb")
    parser.add_argument("--size", type=int, default=64)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", help="write the figures to this file")
    return parser.parse_args()


def _drawn(scratch: str) -> str:
    from sokkuri.demo import write_demo_folder

    folder = write_demo_folder(os.path.join(scratch, "demo"))
    for broken in folder.broken:
        os.unlink(broken)  # the script would die of it
    return folder.photos_dir


def _first_photo(folder: str) -> str:
    return next(
        os.path.join(root, name)
        for root, _, names in os.walk(folder)
        for name in sorted(names)
        if name.endswith((".jpg", ".jpeg", ".png"))
    )


def _timed(command: list[str]) -> tuple[float, list[list[float | str]]]:
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, check=True)
    return time.perf_counter() - start, json.loads(done.stdout)


def _judge(theirs: list[list[float | str]], ours: list[list[float | str]]) -> None:
    """Stop unless both found the same photos at the same rates."""
    if sorted(map(tuple, theirs)) != sorted(map(tuple, ours)):
        raise SystemExit("the answers differ: no time counts")


if __name__ == "__main__":
    sys.exit(main())
