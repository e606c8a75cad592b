"""Many mixed requests while the folder changes: does the server stay as it is?

Run ``python bench/soak_page.py``; with ``--photos DIR`` it serves a copy of those.  Clients ask for
everything there is, uploads that are no pictures among it, while photos come and go and the folder
is refreshed.  The table has the answers by status, how long they took, and what the server's
process held after each quarter; once its caches are full, nothing of it should grow.
"""

from __future__ import annotations

import argparse
import collections
import itertools
import json
import os
import random
import shutil
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import httpx2

import served
from time_page import drawn, picture

PARTS = 4


def main() -> int:
    options = _options()
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["SOKKURI_LIBRARIES"] = os.path.join(scratch, "libraries")
        os.environ["XDG_CACHE_HOME"] = os.path.join(scratch, "cache")
        folder = os.path.join(scratch, "photos")
        if options.photos:
            shutil.copytree(options.photos, folder)
        else:
            drawn(folder, 1000)
        pids: list[int] = []
        with served.server(folder, pids) as client:
            answers: collections.Counter[str] = collections.Counter()
            seconds: list[float] = []
            held = []
            for _ in range(PARTS):
                more, took = _ask(client, folder, options.requests // PARTS, options)
                answers += more
                seconds += took
                time.sleep(1)
                held.append(_held(pids[0]))
    report = _report(answers, seconds, held)
    for name, value in report.items():
        print(f"{name:>24}  {value}")
    if options.json:
        Path(options.json).write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return 1 if any(int(status) >= 500 and status != "503" for status in answers) else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", help="a folder of photos; drawn ones if not given")
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--json", help="write the figures to this file")
    return parser.parse_args()


def _ask(
    client: httpx2.Client, folder: str, count: int, options: argparse.Namespace
) -> tuple[collections.Counter[str], list[float]]:
    numbers = itertools.count()
    answers: collections.Counter[str] = collections.Counter()
    seconds: list[float] = []
    lock = threading.Lock()
    ids = [image["id"] for image in client.get("/api/v1/images?limit=1000").json()["images"]]

    def run(seed: int) -> None:
        chance = random.Random(seed)  # noqa: S311 - no secrets
        with httpx2.Client(base_url=client.base_url, headers=client.headers, timeout=120) as mine:
            while (number := next(numbers)) < count:
                start = time.perf_counter()
                answer = _one(mine, ids, number, chance)
                took = time.perf_counter() - start
                with lock:
                    answers[str(answer.status_code)] += 1
                    seconds.append(took)

    threads = [threading.Thread(target=run, args=(seed,)) for seed in range(options.clients)]
    stop = threading.Event()
    restless = threading.Thread(target=_change, args=(client, folder, stop))
    for thread in (*threads, restless):
        thread.start()
    for thread in threads:
        thread.join()
    stop.set()
    restless.join()
    return answers, seconds


def _one(client: httpx2.Client, ids: list[str], number: int, chance: random.Random) -> Any:
    a, b = chance.choice(ids), chance.choice(ids)
    asked: list[tuple[str, dict[str, Any]]] = [
        ("explain", {"a": a, "b": b}),
        ("compare", {"a": a, "b": b}),
        ("distances", {"img": a}),
        ("search", {"img": a, "emphasis": chance.random()}),
        ("search", {"img": b, "hash": "ahash-gray-64", "rate": 2}),
        ("search", {"img": "nonsense"}),
        ("library", {}),
        ("images", {"sort": "newest", "offset": number % 500}),
        *[(f"images/{a}/picture", {"side": (160, 320, 640)[number % 3]})] * 9,
    ]
    kind = number % (len(asked) + 3)
    if kind < len(asked):
        return client.get(f"/api/v1/{asked[kind][0]}", params=asked[kind][1])
    if kind == len(asked):
        return client.post("/api/v1/search", files={"file": picture(number % 97, 400, 300)})
    if kind == len(asked) + 1:
        return client.post("/api/v1/uploads", files={"file": chance.randbytes(5000)})
    return client.get("/search", params={"img": a})


def _change(client: httpx2.Client, folder: str, stop: threading.Event) -> None:
    """Add photos and take them away, and have the folder looked through."""
    key = client.get("/api/v1/library").json()["folders"][0]["key"]
    for number in itertools.count():
        path = Path(folder, f"new-{number % 10}.jpg")
        if path.exists():
            path.unlink()
        else:
            path.write_bytes(picture(1_000_000 + number))
        client.post(f"/api/v1/library/{key}/refresh")
        if stop.wait(1.0):
            return


def _held(pid: int) -> dict[str, int]:
    """Return what a process holds, where the system tells."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
        fields = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
        return {
            "MB": int(fields["VmRSS"].split()[0]) // 1024,
            "threads": int(fields["Threads"]),
            "files": len(os.listdir(f"/proc/{pid}/fd")),
        }
    except OSError:
        return {}


def _report(
    answers: collections.Counter[str], seconds: list[float], held: list[dict[str, int]]
) -> dict[str, Any]:
    ordered = sorted(seconds)
    return {
        "bench": "soak",
        "requests": len(seconds),
        "answers by status": dict(sorted(answers.items())),
        "ms, p50": round(1000 * ordered[len(ordered) // 2], 1),
        "ms, p99": round(1000 * ordered[int(len(ordered) * 0.99)], 1),
        **{f"held after part {part}": each for part, each in enumerate(held, start=1)},
    }


if __name__ == "__main__":
    sys.exit(main())
