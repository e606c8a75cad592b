"""Ten thousand photos scroll as well as ten."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from tests.web.browser.conftest import Waves
from tests.web.browser.served import Served, served_folder
from tests.web.browser.visiting import Visitor, role, wait_until

PHOTOS = 10_000
PICTURES = 20
STEPS = 60
MOST_TILES = 400
"""Of a window of 1280 by 900, with what is kept ready above and below."""
MOST_NODES = 3 * MOST_TILES
"""That come into the page in one step of a scroll; a tile has several."""

# How long a step takes, a busy machine decides; how much is done in it, the page.
_SCROLL = """async ({steps, share}) => {
  const end = document.documentElement.scrollHeight - innerHeight;
  let added = 0;
  const observer = new MutationObserver((changes) => {
    for (const change of changes) added += change.addedNodes.length;
  });
  observer.observe(document.body, {subtree: true, childList: true});
  let most = 0, busiest = 0;
  for (let step = 1; step <= steps; step++) {
    added = 0;
    scrollTo(0, share * end * step / steps);
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    most = Math.max(most, document.querySelectorAll("[data-role=cell]").length);
    busiest = Math.max(busiest, added);
  }
  observer.disconnect();
  return [most, busiest];
}"""

_IN_WINDOW = """() => [...document.querySelectorAll("[data-role=cell]")]
  .filter((cell) => {
    const box = cell.getBoundingClientRect();
    return box.top >= 0 && box.bottom <= innerHeight;
  })
  .map((cell) => ({place: Number(cell.dataset.place), title: cell.querySelector("a").title,
                   id: cell.dataset.id, source: cell.querySelector("img").getAttribute("src"),
                   loaded: cell.classList.contains("loaded")}))"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, waves: Waves) -> Iterator[Served]:
    """Serve ten thousand names of twenty pictures."""
    home = tmp_path_factory.mktemp("long")
    folder = home / "long"
    folder.mkdir()
    for seed in range(PICTURES):
        Image.fromarray(waves(40, 30, seed)).save(home / f"{seed}.jpg", quality=90)
    for number in range(PHOTOS):
        os.link(home / f"{number % PICTURES}.jpg", folder / _name(number))
    with served_folder(folder, home) as served:
        yield served


def _name(number: int) -> str:
    return f"photo-{number:05}.jpg"


@pytest.fixture
def page(library: Served, visitor: Visitor) -> Page:
    """Return the page with all photos."""
    page = visitor.open(library)
    expect(role(page, "browse-count")).to_have_text("10,000 photos")
    return page


def _seen(page: Page) -> list[dict[str, Any]]:
    """Return the photos in the window, once all of them have come."""
    wait_until(
        page,
        f"() => {{ const seen = ({_IN_WINDOW})(); "
        "return seen.length > 20 && seen.every((cell) => cell.loaded); }",
    )
    seen: list[dict[str, Any]] = page.evaluate(_IN_WINDOW)
    return seen


@pytest.mark.parametrize("share", [0.37, 1])
def test_scrolling_does_little_at_a_time_and_shows_the_right_photos(
    library: Served, page: Page, share: float
) -> None:
    _seen(page)
    most, busiest = page.evaluate(_SCROLL, {"steps": STEPS, "share": share})
    assert 20 < most < MOST_TILES
    assert 0 < busiest < MOST_NODES
    seen = _seen(page)
    listed = library.json("/index.json", offset=seen[0]["place"], limit=len(seen))["images"]
    for cell, photo in zip(seen, listed, strict=True):
        assert cell["title"] == photo["name"] == _name(cell["place"])
        assert cell["id"] == photo["id"]
        assert f"/images/{photo['id']}/picture" in cell["source"]
    places = [cell["place"] for cell in seen]
    assert places == sorted(places)
    assert places[0] == pytest.approx(share * PHOTOS, abs=200)
    assert share < 1 or places[-1] == PHOTOS - 1


def test_keys_reach_the_end_and_the_beginning(page: Page) -> None:
    role(page, "cell").locator("a").first.focus()
    page.keyboard.press("End")
    focused = page.locator("[data-role=cell] a:focus")
    expect(focused).to_have_attribute("title", _name(PHOTOS - 1))
    expect(focused).to_be_in_viewport()
    assert role(page, "cell").count() < MOST_TILES
    page.keyboard.press("Home")
    expect(focused).to_have_attribute("title", _name(0))
    expect(focused).to_be_in_viewport()


def test_a_photo_far_down_opens(page: Page) -> None:
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight / 2)")
    cell = _seen(page)[10]
    page.locator(f'[data-role="cell"] a[title="{cell["title"]}"]').click()
    page.wait_for_url("**/search?**")
    expect(role(page, "query-name")).to_have_text(cell["title"])
    expect(role(page, "count")).to_have_text("24 nearest of 10,000")
