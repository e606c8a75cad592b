"""A folder is chosen from those there are, with their photos counted, on both pages."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from tests.web.browser.served import Served
from tests.web.browser.visiting import Visitor, role, wait_for_results

INNER = "内側"


@pytest.fixture
def page(gallery: Served, visitor: Visitor) -> Page:
    page = visitor.open(gallery)
    role(page, "cell").first.wait_for()
    return page


def _inside(gallery: Served) -> int:
    return sum(path.startswith(f"{INNER}/") for path in gallery.ids())


def test_the_folders_are_listed_with_their_photos(gallery: Served, page: Page) -> None:
    field, options = role(page, "browse-folder"), role(page, "folder-list").locator("li")
    expect(field).to_have_attribute("aria-expanded", "false")
    field.click()
    expect(field).to_have_attribute("aria-expanded", "true")
    expect(options).to_have_text(
        [f"All folders{len(gallery.ids())} photos", f"{INNER}{_inside(gallery)} photos"]
    )
    options.nth(1).click()
    expect(role(page, "browse-count")).to_have_text(f"{_inside(gallery)} photos")
    expect(page).to_have_url(re.compile("folder="))
    expect(role(page, "folder-list")).to_be_hidden()
    field.click()
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    options.first.click()
    expect(role(page, "browse-count")).to_have_text(f"{len(gallery.ids())} photos")


def test_what_is_typed_filters_the_folders_and_then_the_photos(gallery: Served, page: Page) -> None:
    field, options = role(page, "browse-folder"), role(page, "folder-list").locator("li")
    field.press_sequentially("側")
    expect(options).to_have_text([f"{INNER}{_inside(gallery)} photos"])
    expect(role(page, "browse-count")).to_have_text(f"{len(gallery.ids())} photos")
    field.fill(INNER)  # a folder: nobody has to press Enter
    expect(role(page, "browse-count")).to_have_text(f"{_inside(gallery)} photos")
    field.fill("nowhere")
    expect(options).to_have_text(["No folder has this in its name."])
    expect(role(page, "browse-count")).to_have_text(f"{_inside(gallery)} photos")
    page.keyboard.press("Escape")
    expect(field).to_have_value(INNER)
    field.fill("")
    expect(role(page, "browse-count")).to_have_text(f"{len(gallery.ids())} photos")


def test_keys_choose_among_the_folders(gallery: Served, page: Page) -> None:
    field = role(page, "browse-folder")
    field.focus()
    page.keyboard.press("ArrowDown")
    expect(role(page, "folder-list").locator("li")).to_have_count(2)
    page.keyboard.press("ArrowUp")
    lit = role(page, "folder-list").locator("li.at")
    expect(lit).to_contain_text(INNER)
    expect(field).to_have_attribute("aria-activedescendant", lit.get_attribute("id") or "")
    page.keyboard.press("Enter")
    expect(field).to_have_value(INNER)
    expect(role(page, "browse-count")).to_have_text(f"{_inside(gallery)} photos")
    field.fill("側")
    page.keyboard.press("Enter")  # the first that fits
    expect(field).to_have_value(INNER)


def test_results_have_the_same_chooser(gallery: Served, visitor: Visitor) -> None:
    page = visitor.open(gallery, f"/search?img={gallery.id('photo-02.jpg')}")
    wait_for_results(page)
    page.locator('[data-role="filters"] summary').click()
    role(page, "filter-folder").click()
    role(page, "folder-list").locator("li").nth(1).click()
    expect(role(page, "count")).to_have_attribute("data-total", str(_inside(gallery)))
    expect(role(page, "filter-folder")).to_have_value(INNER)
    expect(role(page, "filter-label")).to_have_text("Filter (1)")
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.keyboard.press("Escape")
    expect(role(page, "filters")).not_to_have_attribute("open", "")
