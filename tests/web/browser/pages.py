"""All pages there are, and how to tell that one is complete."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Page
from tests.web.browser.served import Served
from tests.web.browser.visiting import wait_until


@dataclass(frozen=True)
class Place:
    """A page with everything it can show.

    Parameters
    ----------
    path : str
        With `{a}` and `{b}` for the ids of two photos.
    ready : str
        What is there once the page is complete: a selector.
    """

    path: str
    ready: str


PLACES = {
    "home": Place("/", ".cell.loaded"),
    "search": Place("/search?img={a}&img={b}", "[data-role=results][aria-busy=false] .tile.loaded"),
    "nothing found": Place("/search?img={a}&min_distance=1&max_distance=2", "[data-role=empty]"),
    "no query": Place("/search", "[data-role=no-query]"),
    "explain look": Place("/explain?a={a}&b={b}", "[data-role=explain][data-state=shown]"),
    "explain ahash": Place(
        "/explain?a={a}&b={b}&hash=ahash-rgb-64", "[data-role=explain][data-state=shown]"
    ),
    "copies": Place(
        "/search?img={a}&copies=1", "[data-role=results][data-way=copies][aria-busy=false]"
    ),
    "copy": Place("/copy?a={a}&b={b}&copies=1", "[data-role=copy][data-state=shown]"),
    "compare": Place("/compare?a={a}&b={b}", "[data-role=compare][data-state=shown]"),
    "library": Place("/library", "[data-role=folder]"),
    "docs": Place("/docs", "[data-role=docs]"),
}

A, B = "photo-02.jpg", "photo-05.jpg"  # the first has copies, so that its results have badges


def go_to(page: Page, served: Served, name: str) -> None:
    """Open a page as whoever is let in, and wait until it is complete."""
    place = PLACES[name]
    ids = served.ids()
    page.goto(served.url + place.path.format(a=ids[A], b=ids[B]))
    page.locator(place.ready).first.wait_for()
    wait_until(page, "() => document.fonts.status === 'loaded'")
