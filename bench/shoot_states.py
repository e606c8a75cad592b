"""Shoot every state of every page, to be judged by eye: ``python bench/shoot_states.py PHOTOS``.

Each is shot in both themes, in both languages, in a wide window and on a phone.  ``--only`` names
words that the picture's name must have, as in ``--only large --only 390 --only ja``.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import json
import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2
from playwright.sync_api import Error

import served
import sokkuri

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

WIDE, NARROW = (1440, 900), (390, 844)
NEAREST = 60
COPIES_HASH = "copies-150"


def _nothing(page: Page) -> None:
    """Leave the page as it opens."""


@dataclass(frozen=True)
class State:
    """A page, and what is done on it before it is shot.

    Parameters
    ----------
    path : str
        With `{a}` and `{b}` for a photo and one that is like it, `{copy}` and `{scene}` for a copy
        of it and for one of the same scene, and `{little}` for the photo that says least.
    act : callable
        Brings the page into the state.
    before : callable
        Changes what the page will be answered.
    let_in : bool
        Whether the browser shows the token.
    whole : bool
        Whether more is shot than the window shows.
    """

    path: str
    act: Callable[[Page], None] = _nothing
    before: Callable[[Page], None] = _nothing
    let_in: bool = True
    whole: bool = False


def main() -> int:
    options = _options()
    into = Path(options.into)
    into.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        os.environ.setdefault("SOKKURI_LIBRARIES", os.path.join(scratch, "libraries"))
        sokkuri.Library.open(options.photos).refresh(hash=COPIES_HASH)
        with served.server(options.photos) as client, served.browser(options.chromium) as browser:
            pair = _pair(client, options.query)
            ways = itertools.product(STATES, (WIDE, NARROW), ("light", "dark"), ("en", "ja"))
            for name, size, theme, lang in ways:
                title = f"{name}-{size[0]}-{theme}-{lang}"
                if all(word in title.split("-") for word in options.only):
                    shot = _shot(browser, client, STATES[name], pair, size, theme, lang)
                    (into / f"{title}.png").write_bytes(shot)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photos", help="the folder that is shown")
    parser.add_argument("--into", default="shots", help="where the pictures go")
    parser.add_argument("--only", action="append", default=[], help="a word of the picture's name")
    parser.add_argument("--query", default="", help="name of the photo that is searched from")
    parser.add_argument("--chromium", default=os.environ.get("SOKKURI_CHROMIUM", "chromium"))
    return parser.parse_args()


def _pair(client: httpx2.Client, name: str) -> dict[str, str]:
    """Return a photo, the nearest that is not a copy of it, and others; itself where there is none.

    The photo is the first whose name has the word, else the first of all.
    """
    images = client.get("/api/v1/images", params={"limit": 1000}).json()["images"]
    query = next((each["id"] for each in images if name in each["name"]), images[0]["id"])
    found = client.get("/api/v1/search", params={"img": query, "k": NEAREST}).json()["matches"]
    others = [match["id"] for match in found if match["same"] is None and match["distance"]]
    copies = client.get("/api/v1/copies", params={"img": query}).json()
    edited = [copy["id"] for copy in copies["copies"] if copy["same"] is None]
    scenes = [copy["id"] for copy in copies["same_scene"]]
    little = min(images, key=lambda each: each["quality"])["id"]
    return {
        "a": query,
        "b": next(iter(others), query),
        "copy": next(iter(edited), query),
        "scene": next(iter(scenes), query),
        "little": little,
    }


def _shot(
    browser: Browser,
    client: httpx2.Client,
    state: State,
    pair: dict[str, str],
    size: tuple[int, int],
    theme: Any,
    lang: str,
) -> bytes:
    headers = {"Authorization": client.headers["authorization"]} if state.let_in else {}
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme=theme,
        locale=lang,
        has_touch=size == NARROW,
        is_mobile=size == NARROW,
        extra_http_headers=headers,
        reduced_motion="reduce",
    )
    try:
        page = context.new_page()
        state.before(page)
        page.goto(str(client.base_url).rstrip("/") + state.path.format(**pair))
        served.settle(page)
        state.act(page)
        served.settle(page)
        return page.screenshot(full_page=state.whole)
    finally:
        context.close()


def _role(page: Page, name: str) -> Any:
    return page.locator(f'[data-role="{name}"]')


def _press(*keys: str) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        for key in keys:
            page.keyboard.press(key)
            served.settle(page)

    return act


def _click(role: str, place: int = 0) -> Callable[[Page], None]:
    return lambda page: _role(page, role).nth(place).click()


def _show_scenes(page: Page) -> None:
    page.evaluate("document.querySelector('[data-role=scenes]').scrollIntoView()")


def _open_reasons(page: Page) -> None:
    for reasons in page.locator(".rejected summary:visible").all():
        reasons.click()


def _open_filters(page: Page) -> None:
    _role(page, "filters").locator("summary").click()


def _open_large(page: Page) -> None:
    page.evaluate("document.querySelectorAll('.tile .corner')[2].click()")
    _role(page, "large-facts").locator("dd").first.wait_for()


def _scroll_down(page: Page) -> None:
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")


def _light_a_cell(page: Page) -> None:
    figure = page.locator(".map-stage").first
    figure.scroll_into_view_if_needed()
    figure.hover(position={"x": 40, "y": 40})


def _lose_server(page: Page) -> None:
    page.route("**/api/**", lambda route: route.abort())
    _role(page, "tile").nth(1).locator("a").first.click()
    page.locator(".banner").wait_for()


def _answer(**changes: Any) -> Callable[[Page], None]:
    """Return a function that lets the library say something else of its first folder."""

    def change(route: Route) -> None:
        # A page that is shut has no more use for the answer.
        with contextlib.suppress(Error):
            answer = json.loads(route.fetch().text())
            answer["folders"][0].update(changes)
            route.fulfill(json=answer)

    def route(page: Page) -> None:
        page.route("**/api/v1/library", change)

    return route


def _empty(page: Page) -> None:
    nothing = {"total": 0, "images": []}
    page.route("**/api/v1/images?*", lambda route: route.fulfill(json=nothing))
    _answer(photos=0)(page)


_SEARCH = "/search?img={a}"
_COPIES = "/search?img={a}&copies=1"
_PAIR = "?a={a}&b={b}"
_INDEXING = {"stage": "hashing", "done": 894, "total": 1800}

STATES = {
    "home": State("/"),
    "indexing": State("/", before=_answer(indexing=_INDEXING)),
    "empty": State("/", before=_empty),
    "chooser": State("/", _click("browse-folder")),
    "sheet": State("/", _press("?")),
    "search": State(_SEARCH),
    "details": State(_SEARCH, _press("i")),
    "settings": State(
        _SEARCH,
        lambda page: page.evaluate("document.querySelector('[data-role=query-more]').click()"),
    ),
    "bottom": State(_SEARCH, _scroll_down),
    "filters": State(_SEARCH, _open_filters),
    "rated": State(_SEARCH + "&hash=ahash-rgb-64&rate=4"),
    "tabs": State(_SEARCH + "&img={b}"),
    "nomatch": State(_SEARCH + "&min_distance=1&max_distance=2"),
    "noquery": State("/search"),
    "gone": State(_SEARCH, _lose_server),
    "large": State(_SEARCH, _open_large),
    "explain": State("/explain" + _PAIR),
    "explainlong": State("/explain" + _PAIR, whole=True),
    "explaincell": State("/explain" + _PAIR, _light_a_cell),
    "ahash": State("/explain" + _PAIR + "&hash=ahash-rgb-64", whole=True),
    "copies": State(_COPIES),
    "copiesbottom": State(_COPIES, _scroll_down),
    "scenes": State(_COPIES + "&scenes=1", _show_scenes),
    "nocopies": State(_COPIES + "&max_bytes=10"),
    "little": State("/search?img={little}&copies=1"),
    "copy": State("/copy?a={a}&b={copy}&copies=1"),
    "copylines": State("/copy?a={a}&b={copy}&copies=1", _click("layer-lines")),
    "scene": State("/copy?a={a}&b={scene}&copies=1"),
    "aligned": State("/compare?a={a}&b={copy}&copies=1&mode=overlay"),
    "side": State("/compare" + _PAIR),
    "blink": State("/compare" + _PAIR, _press("2")),
    "split": State("/compare" + _PAIR, _press("3")),
    "overlay": State("/compare" + _PAIR, _press("4")),
    "difference": State("/compare" + _PAIR, _press("5")),
    "library": State("/library", whole=True),
    "reasons": State("/library", _open_reasons, whole=True),
    "lost": State("/nowhere"),
    "used": State("/enter?ticket=used", let_in=False),
    "docs": State("/docs"),
}


if __name__ == "__main__":
    sys.exit(main())
