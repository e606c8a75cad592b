"""The first search of a folder as a whole command, the second one, and a query in the process.

Run ``python bench/time_library.py --photos DIR``; without ``--photos`` it draws its own.  Whole
commands are timed from start to end, in turn: with no library, with a library that the first search
makes, and with the one that it left.  The photos are in the system's cache.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import sokkuri
from sokkuri.kernels import active_kernels

_NO_BYTECODE = "PYTHONDONTWRITEBYTECODE"


def main() -> int:
    options = _options()
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.photos or _drawn(scratch)
        query = str(next(path for path in sorted(Path(folder).rglob("*")) if path.suffix == ".jpg"))
        os.environ["SOKKURI_LIBRARIES"] = os.path.join(scratch, "libraries")
        seconds: dict[str, list[float]] = {"without": [], "first": [], "second": []}
        for turn in range(options.rounds + 1):
            timed = {
                "without": _command([query, folder, "--no-library"], options.hash),
                "first": _command([query, folder], options.hash),
                "second": _command([query, folder], options.hash),
            }
            sokkuri.Library.open(folder).remove()
            if turn:  # the first turn warms the cache
                for name, value in timed.items():
                    seconds[name].append(value)
        best = {name: min(values) for name, values in seconds.items()}
        told = _inside(folder, query, options)
    report: dict[str, Any] = {
        "bench": "library", "kernels": active_kernels(), "hash": options.hash, **told,
        "seconds of the second": best["second"],
        "first / second": best["first"] / best["second"],
        "without / second": best["without"] / best["second"],
        "first / without": best["first"] / best["without"],
    }  # fmt: skip
    for name, value in report.items():
        print(f"{name:>24}  {value:.3g}" if isinstance(value, float) else f"{name:>24}  {value}")
    if options.json:
        Path(options.json).write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", help="folder of photos; drawn ones if not given")
    parser.add_argument("--hash", default="look-2")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", help="write the figures to this file")
    return parser.parse_args()


def _drawn(scratch: str) -> str:
    from sokkuri.demo import write_demo_folder

    return str(write_demo_folder(os.path.join(scratch, "demo")).photos_dir)


def _command(words: list[str], name: str) -> float:
    command = [sys.executable, "-m", "sokkuri", "search", *words, "--hash", name, "-q", "-l"]
    # Compiled modules are kept, as they are wherever nobody forbids it.
    environ = {name: value for name, value in os.environ.items() if name != _NO_BYTECODE}
    started = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=environ)
    return time.perf_counter() - started


def _inside(folder: str, query: str, options: argparse.Namespace) -> dict[str, Any]:
    """Measure in this process: a refresh of what did not change, and a query that is hashed."""
    library = sokkuri.Library.open(folder)
    made = library.refresh(hash=options.hash)
    again = library.refresh(hash=options.hash)
    code = sokkuri.hash_image(query, hash=options.hash)
    library.search(code, hash=options.hash)
    times = []
    for _ in range(50):
        started = time.perf_counter()
        library.search(code, hash=options.hash)
        times.append(time.perf_counter() - started)
    library.remove()
    return {
        "files": made.seen, "decoded at first": made.decodes, "decoded again": again.decodes,
        "milliseconds of a query": 1000 * min(times),
    }  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
