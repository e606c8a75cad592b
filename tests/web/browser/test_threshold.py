"""Dragging the threshold asks nobody, and what is shown is what the server would answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, Route, expect
from tests.web.browser.served import Served
from tests.web.browser.visiting import Visitor, role, tiles, wait_for_results, wait_until

INSET = 9
"""Half a handle: its middle stands so far within the track at both ends."""
STEPS = 12

_ALL_LOADED = """() => [...document.querySelectorAll(".tile")].every((tile) =>
  tile.classList.contains("loaded") || tile.getBoundingClientRect().top > innerHeight)"""


@pytest.fixture
def page(gallery: Served, visitor: Visitor) -> Page:
    """Return the results of a photo, with all photos of the page in place."""
    page = visitor.open(gallery, f"/search?img={gallery.id('photo-02.jpg')}")
    wait_for_results(page)
    wait_until(page, "() => document.querySelectorAll('.tile.loaded').length === 24")
    return page


def _place(handle: Locator, value: float) -> tuple[float, float]:
    """Return where the middle of a handle stands at a value."""
    box = handle.bounding_box()
    assert box is not None
    share = value / int(handle.get_attribute("max") or 0)
    return box["x"] + INSET + (box["width"] - 2 * INSET) * share, box["y"] + box["height"] / 2


@contextmanager
def _held(page: Page, handle: Locator) -> Iterator[None]:
    page.mouse.move(*_place(handle, int(handle.input_value())))
    page.mouse.down()
    yield
    page.mouse.up()


def _drag(page: Page, handle: Locator, value: int) -> None:
    """Bring a handle that is held to a value, bit by bit."""
    start = int(handle.input_value())
    for step in range(1, STEPS + 1):
        page.mouse.move(*_place(handle, start + (value - start) * step / STEPS))


def _answer(served: Served, page: Page, least: int, most: int) -> Any:
    image = parse_qs(urlsplit(page.url).query)["img"][0]
    return served.json("/search.json", img=image, min_distance=least, max_distance=most)


def _assert_agree(served: Served, page: Page, answer: Any) -> None:
    """Assert that count, its words and tiles are those of the server's answer."""
    total = answer["total"]
    count = role(page, "count")
    expect(count).to_have_attribute("data-count", str(total))
    expect(count).to_have_text(f"{total} of {answer['searched']}")
    expect(role(page, "tile")).to_have_count(min(total, 64))
    ids = [match["id"] for match in answer["matches"]]
    assert [tile["id"] for tile in tiles(page)] == ids


def test_dragging_asks_nobody_and_shows_what_the_server_would_answer(
    gallery: Served, visitor: Visitor, page: Page
) -> None:
    upper = role(page, "threshold-max")
    farthest = int(upper.get_attribute("max") or 0)
    start = len(visitor.watch.requests)
    totals = []
    for value in (0, 3 * farthest // 4, farthest):
        before = page.url
        with _held(page, upper):
            mark = len(visitor.watch.requests)
            _drag(page, upper, value)
            most = int(upper.input_value())
            answer = _answer(gallery, page, 0, most)
            _assert_agree(gallery, page, answer)
            assert visitor.watch.asked(mark) == []
            assert page.url == before
        expect(page).to_have_url(re.compile(rf"max_distance={most}\b"))
        _assert_agree(gallery, page, gallery.json(_twin(page)))
        wait_until(page, _ALL_LOADED)  # so that no photo comes late, while the next drag runs
        assert abs(most - value) <= farthest // 100  # a pixel of the mouse is a few bits
        totals.append(answer["total"])
    all_photos = len(gallery.ids())
    assert totals[0] == 4  # photo-02, and what equals it
    assert 4 < totals[1] < all_photos
    assert totals[2] == all_photos
    assert visitor.watch.asked(start, "/api/v1/distances") == []


def test_the_lower_handle_leaves_out_what_is_nearer(
    gallery: Served, visitor: Visitor, page: Page
) -> None:
    lower, upper = role(page, "threshold-min"), role(page, "threshold-max")
    with _held(page, lower):
        before = len(visitor.watch.requests)
        _drag(page, lower, int(upper.input_value()) // 2)
        answer = _answer(gallery, page, int(lower.input_value()), int(upper.input_value()))
        _assert_agree(gallery, page, answer)
        assert visitor.watch.asked(before) == []
    assert 0 < answer["total"] <= 20
    assert answer["matches"][0]["distance"] >= int(lower.input_value()) > 0
    expect(page).to_have_url(re.compile(rf"min_distance={lower.input_value()}\b"))


def test_arrow_keys_move_by_one_bit_and_ask_only_for_photos(
    gallery: Served, visitor: Visitor, page: Page
) -> None:
    upper = role(page, "threshold-max")
    start = int(upper.input_value())
    upper.focus()
    before = len(visitor.watch.requests)
    for moved in range(1, 4):
        page.keyboard.press("ArrowLeft")
        expect(upper).to_have_value(str(start - moved))
        _assert_agree(gallery, page, _answer(gallery, page, 0, start - moved))
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile(rf"max_distance={start - 2}\b"))
    _assert_agree(gallery, page, gallery.json(_twin(page)))
    strays = [url for url in visitor.watch.asked(before) if "/picture?" not in url]
    assert strays == []


def test_a_handle_stops_at_the_other(page: Page) -> None:
    lower, upper = role(page, "threshold-min"), role(page, "threshold-max")
    most = int(upper.input_value())
    with _held(page, lower):
        _drag(page, lower, int(upper.get_attribute("max") or 0))
        assert int(lower.input_value()) == int(upper.input_value()) == most


def test_bits_and_rate_say_the_same_threshold(gallery: Served, page: Page) -> None:
    page.goto(f"{page.url}&rate=2")  # who asks for no rate is shown none
    wait_for_results(page)
    role(page, "rate").fill("1.5")
    role(page, "rate").press("Enter")
    expect(page).to_have_url(re.compile(r"rate=1\.5\b"))
    expect(role(page, "bits-max")).to_have_value("383")  # the last distance below 1.5 * 256
    _assert_agree(gallery, page, gallery.json(_twin(page)))
    role(page, "bits-max").fill("300")
    role(page, "bits-max").press("Enter")
    expect(page).to_have_url(re.compile(r"max_distance=300\b"))
    expect(role(page, "rate")).to_have_value("1.1758")  # 301 / 256
    _assert_agree(gallery, page, _answer(gallery, page, 0, 300))


def _twin(page: Page) -> str:
    parts = urlsplit(page.url)
    return f"{parts.path}.json?{parts.query}"


def test_the_count_says_what_chance_makes_of_a_usual_photo(page: Page) -> None:
    def tell(route: Route) -> None:
        answer = route.fetch()
        told = answer.json()
        told["by_chance"] = [0.3 * distance for distance in range(len(told["histogram"]))]
        route.fulfill(response=answer, json=told)

    page.route("**/api/v1/distances?*", tell)
    page.reload()
    wait_for_results(page)
    expect(role(page, "count")).not_to_contain_text("by chance")  # where nothing bounds
    role(page, "bits-max").fill("20")
    expect(role(page, "count")).to_contain_text("usually about 6 by chance")
    role(page, "bits-min").fill("11")
    expect(role(page, "count")).to_contain_text("usually about 3 by chance")
    role(page, "bits-max").fill("11")
    expect(role(page, "count")).not_to_contain_text("by chance")
