"""How long the page in the browser lets one wait, asked by a real client and a real browser.

Run ``python bench/time_page.py``; with ``--photos DIR`` the browser looks at those.  A server is
started as users start it, with a library that is there already.  Requests are timed by the client,
each for another photo, so that no answer is at hand from the one before; searches by upload send
pictures that the server has not seen.  Frames are those of 240 steps of a scroll over all photos,
and of a drag of the threshold.  Times are milliseconds.
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
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2
import numpy as np
from PIL import Image

import served
from sokkuri.kernels import active_kernels

if TYPE_CHECKING:
    from playwright.sync_api import Page

LARGEST_MS = {"search by upload": 60.0, "search by id": 60.0, "first paint": 1000.0}
"""What issue and docs promise; the table says whether it holds."""


STEPS = 240
THUMB = 18
"""Of a slider, in pixels: the handle's middle never reaches the ends."""


def main() -> int:
    options = _options()
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["SOKKURI_LIBRARIES"] = os.path.join(scratch, "libraries")
        os.environ["XDG_CACHE_HOME"] = os.path.join(scratch, "cache")
        many = drawn(os.path.join(scratch, "many"), options.count)
        with served.server(many) as client:
            times = _requests(client, options)
        if not options.no_browser:
            with served.server(options.photos or many) as client:
                times |= _paints(client, options)
    rows = {name: _figures(values) for name, values in times.items()}
    report = {"bench": "page", "kernels": active_kernels(), "photos": options.count, "ms": rows}
    _print(rows)
    if options.json:
        Path(options.json).write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", help="folder for the browser; the drawn photos if not given")
    parser.add_argument("--count", type=int, default=5000, help="photos that are searched")
    parser.add_argument("--requests", type=int, default=100)
    parser.add_argument("--visits", type=int, default=5, help="of each page by the browser")
    parser.add_argument("--no-browser", action="store_true")
    parser.add_argument("--chromium", default=os.environ.get("SOKKURI_CHROMIUM", "chromium"))
    parser.add_argument("--json", help="write the figures to this file")
    return parser.parse_args()


def picture(seed: int, width: int = 96, height: int = 72) -> bytes:
    random = np.random.default_rng(seed)
    rows, columns = np.mgrid[0:height, 0:width] / width
    waves = [
        np.sin(a * rows + b * columns + c) * np.cos(d * rows - a * columns)
        for a, b, c, d in random.uniform(-9, 9, (3, 4))
    ]
    pixels = (np.stack(waves, axis=2) * 110 + 128).clip(0, 255).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=90)
    return file.getvalue()


def drawn(folder: str, count: int) -> str:
    os.makedirs(folder)
    for seed in range(count):
        Path(folder, f"{seed:06}.jpg").write_bytes(picture(seed))
    return folder


def _requests(client: httpx2.Client, options: argparse.Namespace) -> dict[str, list[float]]:
    listing = client.get("/api/v1/images", params={"limit": 1000}).json()
    ids = [image["id"] for image in listing["images"]][: options.requests + 1]
    uploads = [picture(10_000_000 + n, 1200, 900) for n in range(options.requests + 1)]

    def by_upload(turn: int) -> httpx2.Response:
        return client.post("/api/v1/search", files={"file": uploads[turn]})

    asked: dict[str, Callable[[int], httpx2.Response]] = {
        "search by upload": by_upload,
        "search by id": lambda turn: client.get("/api/v1/search", params={"img": ids[turn]}),
        "all distances": lambda turn: client.get("/api/v1/distances", params={"img": ids[-turn]}),
        "thumbnail": lambda turn: client.get(f"/api/v1/images/{ids[turn]}/picture"),
    }
    times: dict[str, list[float]] = {name: [] for name in asked}
    for turn in range(options.requests + 1):
        for name, ask in asked.items():
            start = time.perf_counter()
            answer = ask(turn)
            took = 1000 * (time.perf_counter() - start)
            assert answer.status_code == 200, answer.text
            if turn:  # the first of each warms up
                times[name].append(took)
    return times


def _paints(client: httpx2.Client, options: argparse.Namespace) -> dict[str, list[float]]:
    image = client.get("/api/v1/images").json()["images"][0]["id"]
    base = str(client.base_url).rstrip("/")
    pages = {
        "home": (f"{base}/", "main img[src*=picture]"),
        "results": (f"{base}/search?img={image}", "main img[src*=picture]"),
    }
    times: dict[str, list[float]] = {"first paint": []}
    with served.browser(options.chromium) as browser:
        for turn in range(options.visits + 1):
            for name, (url, tile) in pages.items():
                # A context of its own: nothing is in its cache.
                context = browser.new_context(extra_http_headers=dict(client.headers))
                page = context.new_page()
                start = time.perf_counter()
                page.goto(url, wait_until="commit")
                page.wait_for_function(
                    "tile => { const image = document.querySelector(tile);"
                    " return image && image.complete && image.naturalWidth > 0; }",
                    arg=tile,
                )
                shown = 1000 * (time.perf_counter() - start)
                paint = page.evaluate(
                    "performance.getEntriesByName('first-contentful-paint')[0].startTime"
                )
                if turn:
                    times["first paint"].append(paint)
                    times.setdefault(f"first photo, {name}", []).append(shown)
                context.close()
        page = browser.new_page(extra_http_headers=dict(client.headers))
        times |= _frames(page, pages["home"][0], pages["results"][0])
    return times


_FRAMES = """async ({steps, move}) => {
  const frame = () => new Promise(requestAnimationFrame);
  const end = document.documentElement.scrollHeight - innerHeight;
  const times = [];
  let last = await frame();
  for (let step = 1; step <= steps; step++) {
    if (move) scrollTo(0, end * step / steps);
    const now = await frame();
    times.push(now - last);
    last = now;
  }
  return times;
}"""


def _frames(page: Page, home: str, results: str) -> dict[str, list[float]]:
    """Return how long the frames are while photos are scrolled, and while a handle is dragged."""
    page.goto(home)
    page.locator("[data-role=cell] img").first.wait_for()
    scrolled = page.evaluate(_FRAMES, {"steps": STEPS, "move": True})
    page.goto(results)
    page.locator("[data-role=results][aria-busy=false] [data-role=tile]").first.wait_for()
    handle = page.locator("[data-role=threshold-max]")
    box = handle.bounding_box()
    assert box is not None
    low, high, value = (
        float(handle.evaluate(f"each => each.{x}")) for x in ("min", "max", "value")
    )
    left = box["x"] + THUMB / 2 + (box["width"] - THUMB) * (value - low) / (high - low)
    middle = box["y"] + box["height"] / 2
    page.mouse.move(left, middle)
    page.mouse.down()
    page.evaluate(f"window.frames = ({_FRAMES})({{steps: {STEPS}, move: false}})")
    for step in range(STEPS):
        page.mouse.move(left + step, middle)
    dragged = page.evaluate("window.frames")
    page.mouse.up()
    return {"frame of a scroll": scrolled, "frame of a drag": dragged}


def _figures(values: list[float]) -> dict[str, float]:
    ordered = sorted(values)
    return {
        "p50": statistics.median(ordered),
        "p95": ordered[int(0.95 * (len(ordered) - 1))],
        "max": ordered[-1],
    }


def _print(rows: dict[str, dict[str, float]]) -> None:
    print(f"{'':>22}  {'p50':>8}  {'p95':>8}  {'max':>8}  promised")
    for name, figures in rows.items():
        numbers = "  ".join(f"{value:8.1f}" for value in figures.values())
        promised = LARGEST_MS.get(name)
        holds = "" if promised is None else f"p50 under {promised:.0f}: "
        holds += "" if promised is None else "yes" if figures["p50"] < promised else "NO"
        print(f"{name:>22}  {numbers}  {holds}")


if __name__ == "__main__":
    sys.exit(main())
