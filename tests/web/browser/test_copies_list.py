"""The list of copies: more of them, what is told apart from them, and what is saved of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from tests.unit.copies.scenes import same_place, scene
from tests.web.browser.served import Served, served_folder
from tests.web.browser.visiting import Visitor, role, wait_for_results, wait_until

COPIES = 30
"""More than the 24 that fill the rows of eight of a window of 1,280 pixels."""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve a picture in thirty sizes, and three photos of one place; the page describes them."""
    home = tmp_path_factory.mktemp("shop")
    folder = home / "写真"
    folder.mkdir()
    for number in range(COPIES):
        size = (240 + 4 * number, 180 + 3 * number)
        scene(1).resize(size).save(folder / f"copy-{number:02}.png")
    for seed in (21, 22, 23):
        same_place(seed).save(folder / f"place-{seed}.png")
    with served_folder(folder, home) as served:
        yield served


def _open(visitor: Visitor, shop: Served, name: str, more: str = "", **options: object) -> Page:
    options.setdefault("reduced_motion", "reduce")
    page = visitor.open(shop, f"/search?img={shop.ids()[name]}&copies=1{more}", **options)
    page.locator('[data-role="tiles"] .tile.copy.loaded').first.wait_for()
    wait_for_results(page)
    return page


def _shown(page: Page, place: str = "tiles") -> list[str]:
    names: list[str] = (
        role(page, place).locator(".tile").evaluate_all("tiles => tiles.map(tile => tile.title)")
    )
    return names


def test_more_copies_come_in_whole_rows(shop: Served, visitor: Visitor) -> None:
    page = _open(visitor, shop, "copy-00.png")
    expect(role(page, "copies-count")).to_have_text(f"{COPIES} copies among 33 photos")
    assert len(_shown(page)) == 24
    first = _shown(page)
    more = role(page, "more")
    expect(more).to_have_text("Show 6 more")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    more.click()
    expect(more).to_be_hidden()
    assert _shown(page)[:24] == first
    assert len(_shown(page)) == COPIES
    assert not any("/copies" in url for url in asked)
    # The address holds it, and so does the way back.
    page.reload()
    page.locator(".tile.copy.loaded").first.wait_for()
    assert len(_shown(page)) == COPIES


def test_pages_of_copies_follow_each_other(shop: Served, visitor: Visitor) -> None:
    page = _open(visitor, shop, "copy-00.png", "&k=8")
    expect(role(page, "more")).to_have_text("Show 22 more")
    beyond = _open(visitor, shop, "copy-00.png", "&k=2000&offset=1024")
    assert len(_shown(beyond)) == COPIES


def test_the_large_view_goes_on_to_more_copies(shop: Served, visitor: Visitor) -> None:
    page = _open(visitor, shop, "copy-00.png")
    role(page, "tiles").locator(".tile-open").first.focus()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    expect(role(page, "large-place")).to_contain_text("24 of 24")
    page.keyboard.press("ArrowRight")
    expect(role(page, "large-place")).to_contain_text("25 of 30")
    page.keyboard.press("Escape")
    assert len(_shown(page)) == COPIES


def test_the_same_scene_has_a_place_of_its_own(shop: Served, visitor: Visitor) -> None:
    page = _open(visitor, shop, "place-21.png")
    assert _shown(page) == ["place-21.png"]
    scenes = role(page, "scenes")
    expect(scenes.locator("summary")).to_contain_text("Same scene, not a copy 2")
    expect(role(page, "scene-tiles")).to_be_hidden()
    assert _shown(page, "scene-tiles") == []
    role(page, "copies-scenes").click()
    role(page, "scene-tiles").locator(".tile.loaded").nth(1).wait_for()
    assert sorted(_shown(page, "scene-tiles")) == ["place-22.png", "place-23.png"]
    assert _shown(page) == ["place-21.png"]
    expect(role(page, "scene-tiles")).to_contain_text("no copy")
    # Who comes back finds it as it was.
    page.reload()
    role(page, "scene-tiles").locator(".tile.loaded").nth(1).wait_for()
    role(page, "scene-tiles").locator(".tile-open").first.click()
    page.locator('[data-role="tiles"] .tile.copy.loaded').first.wait_for()
    expect(role(page, "scene-tiles")).to_be_hidden()


def test_the_same_scene_by_keyboard_alone(shop: Served, visitor: Visitor) -> None:
    page = _open(visitor, shop, "place-21.png")
    # The pointer lies over a tile, and the key is not meant for that.
    role(page, "tiles").locator(".tile").first.hover()
    role(page, "scenes").locator("summary").focus()
    page.keyboard.press("Space")
    role(page, "scene-tiles").locator(".tile.loaded").nth(1).wait_for()
    names = _shown(page, "scene-tiles")
    page.keyboard.press("Tab")
    expect(role(page, "scene-tiles").locator(".tile-open").first).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    expect(role(page, "large-name")).to_have_text(names[1])
    expect(role(page, "large-place")).to_contain_text("no copy")
    expect(role(page, "large-place")).to_contain_text("2 of 2")
    page.keyboard.press("ArrowLeft")
    expect(role(page, "large-name")).to_have_text(names[0])
    page.keyboard.press("Escape")
    expect(role(page, "scene-tiles").locator(".tile-open").first).to_be_focused()
    page.keyboard.press("x")
    page.locator('[data-role="copy"][data-state="shown"]').wait_for()
    expect(role(page, "copy-text")).to_contain_text("no copy")
    page.go_back()
    role(page, "scene-tiles").locator(".tile.loaded").nth(1).wait_for()


def test_why_shows_the_region_that_disagrees(shop: Served, visitor: Visitor) -> None:
    ids = shop.ids()
    page = visitor.open(shop, f"/copy?a={ids['place-21.png']}&b={ids['place-22.png']}&copies=1")
    page.locator('[data-role="copy"][data-state="shown"]').wait_for()
    for photo in range(2):
        blocks = page.locator(".blocks").nth(photo).locator(".differs")
        boxes = blocks.evaluate_all(
            """rects => rects.map(rect => {
              const outer = rect.closest("svg").getBoundingClientRect();
              const box = rect.getBoundingClientRect();
              const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
              return [(x - outer.left) / outer.width, (y - outer.top) / outer.height];
            })"""
        )
        assert len(boxes) > 20
        # What was put on lies there: 90 to 390 of 480 pixels, and 70 to 290 of 360.
        inside = [0.17 < x < 0.83 and 0.17 < y < 0.83 for x, y in boxes]
        assert sum(inside) > 0.9 * len(boxes)


def test_copies_are_saved_and_told_elsewhere(shop: Served, visitor: Visitor) -> None:
    page = _open(visitor, shop, "copy-00.png", "&sure=1")
    for name in ("figure-png", "figure-pdf", "export-json", "export-csv", "copy-python"):
        expect(role(page, name)).to_be_visible()
    with page.expect_download() as download:
        role(page, "export-json").click()
    assert download.value.suggested_filename == "copies.json"
    saved = json.loads(download.value.path().read_text(encoding="utf-8"))
    assert len(saved["copies"]) == COPIES
    with page.expect_download() as download:
        role(page, "figure-png").click()
    assert download.value.path().read_bytes().startswith(b"\x89PNG")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    role(page, "copy-command").click()
    wait_until(page, "() => document.querySelector('[data-role=copy-command]').textContent !== ''")
    command = page.evaluate("navigator.clipboard.readText()")
    assert command.startswith("sokkuri copies ")
    assert command.endswith(" --sure")
    role(page, "way-similar").click()
    wait_for_results(page)
    expect(role(page, "export-json")).to_have_attribute("href", re.compile(r"^/api/v1/export\?"))
