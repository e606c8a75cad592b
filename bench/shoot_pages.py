"""Take the pictures of the page in README and docs: ``python bench/shoot_pages.py``.

The page shows the demo's photos, served as users serve them and looked at by a real browser.
Writes ``docs/images/page-*.png``.  With ``--all DIR`` every page is shot in both themes, both
languages and two widths instead, for judging them by eye.
"""

from __future__ import annotations

import argparse
import io
import itertools
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2
from PIL import Image

import served
from sokkuri.demo import write_demo_folder

if TYPE_CHECKING:
    from playwright.sync_api import Browser

IMAGES = Path(__file__).resolve().parents[1] / "docs/images"
WIDE, NARROW = (1440, 900), (390, 844)
COLOURS = 256
PATIENCE_MS = 30_000
LEAST_FRACTION = 0.05


def main() -> int:
    options = _options()
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["SOKKURI_LIBRARIES"] = os.path.join(scratch, "libraries")
        os.environ["XDG_CACHE_HOME"] = os.path.join(scratch, "cache")
        folder = write_demo_folder(os.path.join(scratch, "demo"))
        photos = os.path.join(scratch, "photos")
        shutil.move(folder.photos_dir, photos)
        with served.server(photos) as client, served.browser(options.chromium) as browser:
            pages = _addresses(client)
            if options.all:
                _shoot_all(browser, client, pages, Path(options.all))
            else:
                _shoot_docs(browser, client, pages)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", metavar="DIR", help="shoot every page in every way into DIR")
    parser.add_argument("--chromium", default=os.environ.get("SOKKURI_CHROMIUM", "chromium"))
    return parser.parse_args()


def _addresses(client: httpx2.Client) -> dict[str, str]:
    """Return the pages worth showing: a photo with edited copies, and a neighbour of it."""
    images = client.get("/api/v1/images", params={"limit": 1000}).json()["images"]
    query, matches = max(
        ((image["id"], _matches(client, image["id"])) for image in images),
        key=lambda pair: sum(match["same"] is not None for match in pair[1]),
    )
    # Not a copy of it: something is to be seen.
    other = next(match["id"] for match in matches if match["fraction"] > LEAST_FRACTION)
    pair = f"a={query}&b={other}"
    return {
        "home": "/",
        "search": f"/search?img={query}",
        "explain": f"/explain?{pair}",
        "explain-rgb": f"/explain?{pair}&hash=ahash-rgb-64",
        "compare": f"/compare?{pair}",
        "library": "/library",
        "docs": "/docs",
    }


def _matches(client: httpx2.Client, image: str) -> list[dict[str, Any]]:
    answer = client.get("/api/v1/search", params={"img": image, "k": 32}).json()
    found: list[dict[str, Any]] = answer["matches"]
    return found


def _shoot_docs(browser: Browser, client: httpx2.Client, pages: dict[str, str]) -> None:
    for name, theme in (("search", "light"), ("explain", "light"), ("compare", "dark")):
        data = _shot(browser, client, pages[name], theme, WIDE, "en", split=name == "compare")
        _save(data, IMAGES / f"page-{name}.png")


def _shoot_all(browser: Browser, client: httpx2.Client, pages: dict[str, str], into: Path) -> None:
    into.mkdir(parents=True, exist_ok=True)
    ways = itertools.product(pages.items(), ("light", "dark"), (WIDE, NARROW), ("en", "ja"))
    for (name, path), theme, size, lang in ways:
        data = _shot(browser, client, path, theme, size, lang)
        (into / f"{name}-{size[0]}-{theme}-{lang}.png").write_bytes(data)


def _shot(
    browser: Browser,
    client: httpx2.Client,
    path: str,
    theme: Any,
    size: tuple[int, int],
    lang: str,
    *,
    split: bool = False,
) -> bytes:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme=theme,
        locale=lang,
        extra_http_headers={"Authorization": client.headers["authorization"]},
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(str(client.base_url).rstrip("/") + path)
    served.settle(page)
    if split:
        page.keyboard.press("3")
        served.settle(page)
    data = page.screenshot()
    context.close()
    return data


def _save(data: bytes, path: Path) -> None:
    with Image.open(io.BytesIO(data)) as image:
        small = image.convert("RGB").quantize(COLOURS, dither=Image.Dither.FLOYDSTEINBERG)
        small.save(path, optimize=True)
    print(f"{path.name}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    sys.exit(main())
