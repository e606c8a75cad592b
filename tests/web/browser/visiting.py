"""A person at a browser: contexts that are let in, and what their pages show."""

from __future__ import annotations

from typing import Any, TypedDict

from playwright.sync_api import Browser, BrowserContext, Locator, Page
from tests.web.browser.chromium import PATIENCE
from tests.web.browser.served import Served
from tests.web.browser.watching import Watch


class Look(TypedDict):
    """How a window is, where nothing else is said."""

    viewport: dict[str, int]
    locale: str


class Visitor:
    """Opens pages, each in a context of its own, and watches all of them."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._watches: list[Watch] = []
        self._contexts: list[BrowserContext] = []

    def context(self, served: Served, **options: Any) -> BrowserContext:
        """Return a new context, which nobody has let in yet."""
        look: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}, "locale": "en-US"}
        context = self._browser.new_context(**{**look, **options})
        context.set_default_timeout(PATIENCE)
        self._contexts.append(context)
        self._watches.append(Watch(context, served.host))
        return context

    def open(self, served: Served, path: str = "/", **options: Any) -> Page:
        """Open a page in a new context, which a new link lets in."""
        page = self.context(served, **options).new_page()
        page.goto(served.ready.guarded.link(path))
        return page

    @property
    def watch(self) -> Watch:
        """What the newest context does."""
        return self._watches[-1]

    def troubles(self) -> list[str]:
        """Return what any page complained of, or asked for elsewhere."""
        return [trouble for watch in self._watches for trouble in watch.troubles()]

    def leave(self) -> None:
        """Close all windows."""
        for context in self._contexts:
            context.close()


def role(page: Page | Locator, name: str) -> Locator:
    """Return what carries this `data-role`."""
    return page.locator(f'[data-role="{name}"]')


def wait_for_results(page: Page) -> None:
    """Wait until the page of results shows an answer."""
    page.locator('[data-role="results"][aria-busy="false"]').wait_for()


def tiles(page: Page) -> list[dict[str, str]]:
    """Return what the tiles say of themselves: id, path, distance, same."""
    found: list[dict[str, str]] = role(page, "tile").evaluate_all(
        "tiles => tiles.map(tile => ({...tile.dataset, path: tile.title}))"
    )
    return found


def wait_until(page: Page, condition: str, argument: Any = None) -> None:
    """Wait until a function of JavaScript says true."""
    page.wait_for_function(condition, arg=argument, timeout=PATIENCE)
