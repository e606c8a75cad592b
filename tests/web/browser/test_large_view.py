"""One photo as large as the window: opened, walked through, and left again."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Page, expect
from tests.web.browser.served import Served
from tests.web.browser.visiting import Visitor, role, tiles, wait_for_results, wait_until

PAGE = 64

_SHOWN = """() => {
  const image = document.querySelector("[data-role=large-photo]");
  return image.complete && image.naturalWidth > 0;
}"""
_FOCUSED = "id => document.activeElement.closest('.tile, .cell')?.dataset.id === id"


def _results(visitor: Visitor, gallery: Served, name: str = "photo-04.jpg") -> Page:
    page = visitor.open(gallery, f"/search?img={gallery.id(name)}")
    wait_for_results(page)
    return page


def test_the_keyboard_opens_walks_and_leaves(gallery: Served, visitor: Visitor) -> None:
    page = _results(visitor, gallery)
    shown, large = tiles(page), role(page, "large")
    role(page, "tile").first.locator("a").first.focus()
    for opening, closing in (("Enter", "Escape"), ("Space", "Space")):
        page.keyboard.press(opening)
        expect(large).to_be_visible()
        wait_until(page, _SHOWN)
        expect(role(page, "large-name")).to_have_text("photo-04.jpg")
        expect(role(page, "large-place")).to_contain_text(
            re.compile(r"Distance 0, 100% .* 1 of 2[0-9]")
        )
        expect(role(page, "large-search")).to_be_focused()
        expect(role(page, "large-before")).to_be_disabled()
        page.keyboard.press("ArrowLeft")  # there is none before the first
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowDown")
        expect(role(page, "large-place")).to_contain_text("3 of 2")
        expect(role(page, "large-facts")).to_contain_text(shown[2]["path"].rpartition("/")[2])
        page.keyboard.press("ArrowUp")
        page.keyboard.press(closing)
        expect(large).to_be_hidden()
        wait_until(page, _FOCUSED, shown[1]["id"])
        page.keyboard.press("Home")
    page.keyboard.press("Space")
    page.keyboard.press("End")
    expect(role(page, "large-place")).to_contain_text(f"{len(shown)} of {len(shown)}")
    page.keyboard.press("Home")
    role(page, "large-after").click()
    expect(role(page, "large-place")).to_contain_text("2 of 2")
    page.keyboard.press("x")
    page.locator('[data-role="explain"][data-state="shown"]').wait_for()
    expect(page).to_have_url(re.compile(f"b={shown[1]['id']}"))


def test_arrows_go_on_past_the_nearest(gallery: Served, visitor: Visitor) -> None:
    page = _results(visitor, gallery)
    first, photos = len(tiles(page)), len(gallery.ids())
    place = role(page, "large-place")
    role(page, "tile").first.locator("a").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("End")
    expect(place).to_contain_text(f"{first} of {first}")
    page.keyboard.press("ArrowRight")
    expect(place).to_contain_text(f"{first + 1} of ")
    wait_until(page, _SHOWN)
    more = tiles(page)
    assert len(more) > first
    expect(role(page, "large-facts")).to_contain_text(more[first]["path"].rpartition("/")[2])
    for _ in range(photos // first):
        page.keyboard.press("End")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowLeft")
    page.keyboard.press("End")
    expect(place).to_contain_text(f"{photos} of {photos}")
    expect(role(page, "large-after")).to_be_disabled()
    page.keyboard.press("ArrowRight")
    expect(place).to_contain_text(f"{photos} of {photos}")
    page.keyboard.press("Escape")
    last = tiles(page)[-1]
    ranking = gallery.json("/api/v1/search", **_query(page, k=photos, limit=1000))["matches"]
    assert last["id"] == ranking[-1]["id"]
    wait_until(page, _FOCUSED, last["id"])


def test_arrows_turn_the_pages_of_a_threshold_and_stop_at_it(
    gallery: Served, visitor: Visitor
) -> None:
    page = _results(visitor, gallery)
    ranking = gallery.json("/api/v1/search", **_query(page, k=1000, limit=1000))["matches"]
    bound = ranking[79]["distance"]
    inside = sum(match["distance"] <= bound for match in ranking)
    assert PAGE < inside < len(ranking)
    page.goto(f"{page.url}&max_distance={bound}")
    wait_for_results(page)
    place = role(page, "large-place")
    role(page, "tile").last.locator("a").first.focus()
    page.keyboard.press("Space")
    expect(place).to_contain_text(f"{PAGE} of {inside}")
    page.keyboard.press("ArrowRight")
    expect(place).to_contain_text(f"{PAGE + 1} of {inside}")
    expect(page).to_have_url(re.compile(f"offset={PAGE}"))
    page.keyboard.press("End")
    expect(place).to_contain_text(f"{inside} of {inside}")
    expect(role(page, "large-after")).to_be_disabled()
    page.keyboard.press("Home")
    expect(place).to_contain_text(f"1 of {inside}")
    page.keyboard.press("Escape")
    wait_until(page, _FOCUSED, ranking[0]["id"])


def _query(page: Page, **more: object) -> dict[str, object]:
    return {**dict(parse_qsl(urlsplit(page.url).query)), **more}


def test_it_says_what_is_known_and_what_can_be_done(gallery: Served, visitor: Visitor) -> None:
    page = visitor.open(gallery, permissions=["clipboard-read", "clipboard-write"])
    cell = page.locator(".cell.loaded", has_text="photo-00.jpg")
    cell.hover()
    role(cell, "larger").click()
    facts = role(page, "large-facts")
    path = gallery.folder / "内側" / "photo-00.jpg"
    for words in ("内側", "80 × 60", "JPEG", str(path)):
        expect(facts).to_contain_text(words)
    for words in ("Search with this", "Copy path", "Download"):
        expect(role(page, "large")).to_contain_text(words)
    expect(role(page, "large-explain")).to_have_count(0)  # against what?
    expect(role(page, "large-reveal")).to_have_count(0)  # there is no desktop
    role(page, "large-copy").click()
    expect(role(page, "large-copy")).to_contain_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == str(path)
    with page.expect_download() as saved:
        role(page, "large-download").click()
    assert saved.value.path().read_bytes() == path.read_bytes()
    page.keyboard.press("ArrowRight")
    expect(role(page, "large-place")).to_have_text(re.compile(r"^5 of \d+$"))
    role(page, "large-close").click()
    place = int(cell.get_attribute("data-place") or "")
    after = page.locator(f'.cell[data-place="{place + 1}"]').get_attribute("data-id")
    wait_until(page, _FOCUSED, after)
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")  # once more searches
    wait_for_results(page)


def test_the_file_manager_opens_where_the_server_may(
    gallery: Served, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(gallery.ready.site, "reveal", opened.append)
    page = _results(visitor, gallery)
    role(page, "tile").first.locator("a").first.focus()
    page.keyboard.press("Space")
    with page.expect_response(re.compile("/reveal")):
        role(page, "large-reveal").click()
    assert opened == [str(gallery.folder / "photo-04.jpg")]
    monkeypatch.setattr(gallery.ready.site, "reveal", None)
    visitor.watch.expect("answered 403")
    role(page, "large-reveal").click()
    expect(role(page, "large-trouble")).to_contain_text("Copy the path")


def test_a_finger_opens_and_walks(gallery: Served, visitor: Visitor) -> None:
    page = visitor.open(
        gallery,
        f"/search?img={gallery.id('photo-04.jpg')}",
        viewport={"width": 390, "height": 844},
        has_touch=True,
        is_mobile=True,
    )
    wait_for_results(page)
    role(page, "tile").nth(1).locator('[data-role="larger"]').tap()
    expect(role(page, "large-place")).to_contain_text("2 of 2")
    swipe = """(photo) => {
      const at = (x) => [new Touch({identifier: 1, target: photo, clientX: x, clientY: 200})];
      const send = (kind, x) => photo.dispatchEvent(new TouchEvent(kind,
        {touches: kind === "touchend" ? [] : at(x), changedTouches: at(x), bubbles: true}));
      send("touchstart", 300);
      send("touchend", 120);
    }"""
    role(page, "large-photo").evaluate(swipe)
    expect(role(page, "large-place")).to_contain_text("3 of 2")
    wide = "document.documentElement.scrollWidth <= innerWidth"
    assert page.evaluate(wide)
    role(page, "large-close").tap()
    expect(role(page, "large")).to_be_hidden()


def test_actions_of_a_tile_are_words_and_seen_without_hover(
    gallery: Served, visitor: Visitor
) -> None:
    page = _results(visitor, gallery)
    page.mouse.move(1, 1)
    first, third = role(page, "tile").nth(0), role(page, "tile").nth(2)
    expect(role(first, "explain")).to_be_visible()
    expect(role(first, "explain")).to_have_text("Why?")
    expect(role(first, "compare")).to_have_text("Compare")
    expect(role(third, "explain")).to_be_hidden()
    third.locator("a").first.focus()
    expect(role(third, "explain")).to_be_visible()
    expect(role(third, "compare")).to_be_visible()
