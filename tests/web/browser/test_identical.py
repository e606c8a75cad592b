"""The red frame means one thing: the same photo."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from tests.web.browser.conftest import Waves
from tests.web.browser.served import Served, served_folder, shown_path
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
    assert len(shown) == 84
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


@pytest.fixture(scope="module")
def linked(tmp_path_factory: pytest.TempPathFactory, waves: Waves) -> Iterator[Served]:
    home = tmp_path_factory.mktemp("linked")
    folder = home / "photos"
    folder.mkdir()
    for seed in range(3):
        Image.fromarray(waves(80, 60, seed)).save(folder / f"{seed}.png")
    os.link(folder / "1.png", folder / "別名.png")
    with served_folder(folder, home) as served:
        yield served


@pytest.mark.skipif(os.name != "posix", reason="links as POSIX has them")
def test_a_link_is_called_one_and_can_be_left_out(linked: Served, visitor: Visitor) -> None:
    page = visitor.open(linked, f"/search?img={linked.id('1.png')}")
    wait_for_results(page)
    assert {tile["path"]: tile["same"] for tile in tiles(page)[:2]} == {
        "1.png": "bytes", "別名.png": "link",
    }  # fmt: skip
    marks = role(page, "tile").evaluate_all(_MARKS)
    assert {path: badge for path, framed, badge in marks if framed} == {
        "1.png": BADGES["bytes"], "別名.png": BADGES["link"],
    }  # fmt: skip
    page.locator('[data-role="filters"] summary').click()
    role(page, "filter-links").check()
    expect(page).to_have_url(re.compile("links=0"))
    expect(role(page, "count")).to_have_attribute("data-total", "3")
    expect(role(page, "count")).to_contain_text("links left out: 1")
    expect(role(page, "filter-label")).to_have_text("Filter (1)")
    wait_for_results(page)
    assert sorted(tile["path"] for tile in tiles(page)) == ["0.png", "1.png", "2.png"]
    page.reload()
    wait_for_results(page)
    expect(role(page, "count")).to_have_attribute("data-total", "3")
    page.locator('[data-role="filters"] summary').click()
    role(page, "filter-clear").click()
    expect(role(page, "count")).to_have_attribute("data-total", "4")
    expect(role(page, "count")).not_to_contain_text("left out")
