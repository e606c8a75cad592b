"""The red frame means one thing: the same photo."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from tests.web.browser.served import Served, shown_path
from tests.web.browser.visiting import Visitor, role, tiles, wait_for_results

TRIO = {
    "photo-02.jpg": "bytes",
    "内側/same bytes.jpg": "bytes",
    "same pixels.png": "pixels",
    "same hash.png": "",
}
BADGES = {"bytes": "same file", "link": "link", "pixels": "same pixels"}

_MARKS = """(tiles) => {
  const probe = document.createElement("i");
  probe.style.color = "var(--red)";
  document.body.append(probe);
  const red = getComputedStyle(probe).color;
  probe.remove();
  const framed = (node) => {
    const {boxShadow, outlineStyle, outlineColor, borderTopStyle, borderTopColor} =
      getComputedStyle(node);
    return boxShadow.includes(red) || (outlineStyle !== "none" && outlineColor === red)
      || (borderTopStyle !== "none" && borderTopColor === red);
  };
  return tiles.map((tile) => {
    const badge = tile.querySelector("[data-role=badge]");
    const shown = badge.checkVisibility() ? badge.textContent || "nothing" : "";
    return [tile.title, [tile, ...tile.querySelectorAll("*")].some(framed), shown];
  });
}"""


@pytest.fixture
def page(gallery: Served, visitor: Visitor) -> Page:
    page = visitor.open(gallery, f"/search?img={gallery.id('photo-02.jpg')}&k=84")
    wait_for_results(page)
    return page


def test_red_frames_and_badges_stand_on_exactly_the_identical_photos(
    gallery: Served, page: Page
) -> None:
    shown = tiles(page)
    assert len(shown) == 64
    assert {tile["path"]: tile["same"] for tile in shown[:4]} == TRIO
    assert [tile["distance"] for tile in shown[:4]] == ["0"] * 4
    marks = role(page, "tile").evaluate_all(_MARKS)
    assert {path for path, framed, _ in marks if framed} == {p for p, same in TRIO.items() if same}
    badges = {path: badge for path, _, badge in marks if badge and "says little" not in badge}
    assert badges == {path: BADGES[same] for path, same in TRIO.items() if same}


def test_the_library_itself_calls_the_same_photos_identical(gallery: Served) -> None:
    answer = gallery.json("/search.json", img=gallery.id("photo-02.jpg"), k=84)
    same = {shown_path(each): each["same"] or "" for each in answer["matches"]}
    assert {path: word for path, word in same.items() if word} == {
        path: word for path, word in TRIO.items() if word
    }


def test_a_photo_that_says_little_has_another_badge(gallery: Served, visitor: Visitor) -> None:
    page = visitor.open(gallery, f"/search?img={gallery.id('flat.png')}&k=1")
    wait_for_results(page)
    expect(role(page, "query-low")).to_contain_text("says little")
    expect(role(page, "tile")).to_have_attribute("data-same", "bytes")
    expect(role(page, "badge")).to_have_text("same file")
