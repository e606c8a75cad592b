"""What the page of bits draws is what the library counted."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.web.browser.served import Served
from tests.web.browser.visiting import Visitor, role

import sokkuri
from sokkuri.explanation import ValuesPanel

A, B = "photo-04.jpg", "photo-05.jpg"

_RED = """(canvas) => {
  const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let count = 0;
  for (let at = 0; at < data.length; at += 4) {
    if (data[at] === 0xe5 && data[at + 1] === 0x48 && data[at + 2] === 0x4d && data[at + 3] === 255)
      count += 1;
  }
  return count;
}"""

_LIGHTS = """() => [...document.querySelectorAll(".map-stage .light")].map((light) =>
  light.hidden ? "hidden" : [light.style.left, light.style.top, light.style.width].join(" "))"""


def _open(visitor: Visitor, served: Served, a: str, b: str, more: str = "") -> Page:
    ids = served.ids()
    page = visitor.open(served, f"/explain?a={ids[a]}&b={ids[b]}{more}")
    page.locator('[data-role="explain"][data-state="shown"]').wait_for()
    return page


def _explained(served: Served, a: str, b: str, **options: Any) -> Any:
    return sokkuri.explain(served.folder / a, served.folder / b, **options)


def _distance(page: Page) -> int:
    words = role(page, "distance").inner_text()
    return int(words.partition("/")[0].strip().replace(",", ""))


def test_red_cells_are_as_many_as_bits_differ(gallery: Served, visitor: Visitor) -> None:
    page = _open(visitor, gallery, A, B, "&hash=ahash-gray-64")
    address = page.url
    for name, panels in (("ahash-gray-64", 1), ("ahash-rgb-64", 3), ("dhash-8", 1)):
        page.goto(address.replace("ahash-gray-64", name))
        maps = role(page, "xor")
        expect(maps).to_have_count(panels)
        red = [maps.nth(at).evaluate(_RED) for at in range(panels)]
        explanation = _explained(gallery, A, B, hash=name)
        assert red == [int(panel.differing.sum()) for panel in explanation.panels]
        assert sum(red) == _distance(page) == explanation.distance > 0
        expect(role(page, "headline")).to_have_text(explanation.headline.en)
        expect(role(page, "rate")).to_have_count(0)
        (match,) = sokkuri.search(gallery.folder / A, [gallery.folder / B], hash=name).matches
        assert match.distance == explanation.distance


def test_the_counts_of_all_cells_of_look_add_up_to_the_distance(
    gallery: Served, visitor: Visitor
) -> None:
    page = _open(visitor, gallery, A, B)
    explanation = _explained(gallery, A, B)
    panels = role(page, "panel")
    expect(panels).to_have_count(len(explanation.panels))
    total = 0
    for at, panel in enumerate(explanation.panels):
        if isinstance(panel, ValuesPanel):
            counts = [role(panels.nth(at), "xor").evaluate(_RED)]
            assert counts == [int(panel.differing.sum())]
        else:
            words = role(panels.nth(at), "heat").locator("text").all_text_contents()
            counts = [int(text or 0) for text in words]
            assert counts == panel.differing.ravel().tolist(), panel.name
        total += sum(counts)
    assert total == _distance(page) == explanation.distance > 0
    parts = {part.name: part.distance for part in explanation.parts}
    for name, distance in parts.items():
        expect(role(page, f"part-{name}")).to_have_attribute("data-value", str(distance))
    assert sum(parts.values()) == total


def test_pointing_at_a_cell_says_both_values_and_lights_it_in_all_maps(
    gallery: Served, visitor: Visitor
) -> None:
    page = _open(visitor, gallery, A, B, "&hash=ahash-gray-64")
    (panel,) = _explained(gallery, A, B, hash="ahash-gray-64").panels
    for name in ("picture-a", "bits-a", "xor", "bits-b", "picture-b"):
        for cell in ((0, 0), (17, 41), (63, 63)):
            _point(page, role(page, name), *cell)
            _assert_lit(page, panel, *cell)
            lights = page.evaluate(_LIGHTS)
            assert len(lights) == 5
            assert len(set(lights)) == 1
            assert lights[0] != "hidden"


def test_arrow_keys_move_the_lit_cell(gallery: Served, visitor: Visitor) -> None:
    page = _open(visitor, gallery, A, B, "&hash=ahash-gray-64")
    (panel,) = _explained(gallery, A, B, hash="ahash-gray-64").panels
    page.keyboard.press("ArrowRight")  # from the page itself: the middle is lit first
    _assert_lit(page, panel, 32, 32)
    for key, row, column in [
        ("ArrowRight", 32, 33), ("ArrowDown", 33, 33), ("ArrowLeft", 33, 32),
        ("ArrowUp", 32, 32), ("Home", 32, 0), ("ArrowLeft", 32, 0), ("End", 32, 63),
    ]:  # fmt: skip
        page.keyboard.press(key)
        _assert_lit(page, panel, row, column)
    page.keyboard.press("n")
    expect(role(page, "readout")).to_contain_text("differs")
    expect(role(page, "readout-aloud")).to_contain_text(re.compile("Row .*differs"))


def test_a_flat_picture_is_warned_of(gallery: Served, visitor: Visitor) -> None:
    page = _open(visitor, gallery, A, "flat.png", "&hash=ahash-gray-64")
    explanation = _explained(gallery, A, "flat.png", hash="ahash-gray-64")
    assert len(explanation.warnings) == 1
    expect(role(page, "warning")).to_have_text([explanation.warnings[0].en])
    role(page, "search-a").wait_for()
    page = _open(visitor, gallery, A, B, "&hash=ahash-gray-64")
    expect(role(page, "warning")).to_have_count(0)


def test_another_hash_is_explained_in_place(gallery: Served, visitor: Visitor) -> None:
    page = _open(visitor, gallery, A, B)
    role(page, "hash").select_option("dhash-8")
    expect(page).to_have_url(re.compile("hash=dhash-8"))
    expect(role(page, "heat")).to_have_count(0)  # the maps of look are gone
    assert _distance(page) == _explained(gallery, A, B, hash="dhash-8").distance
    page.go_back()
    expect(role(page, "heat").first).to_be_visible()
    assert _distance(page) == _explained(gallery, A, B).distance


def test_the_picture_of_the_explanation_is_a_png(gallery: Served, visitor: Visitor) -> None:
    page = _open(visitor, gallery, A, B, "&hash=ahash-gray-64")
    with page.expect_download() as download:
        role(page, "figure").click()
    assert download.value.path().read_bytes().startswith(b"\x89PNG")


def _point(page: Page, drawing: Locator, row: int, column: int) -> None:
    drawing.scroll_into_view_if_needed()
    box = drawing.bounding_box()
    assert box is not None
    x = box["x"] + box["width"] * (column + 0.5) / 64
    page.mouse.move(x, box["y"] + box["height"] * (row + 0.5) / 64)


def _assert_lit(page: Page, panel: Any, row: int, column: int) -> None:
    """Assert that a cell is lit, with the values that the library returns for it."""
    where = role(page, "readout").locator(".where")
    expect(where).to_have_attribute("data-row", str(row))
    expect(where).to_have_attribute("data-column", str(column))
    expect(where).to_have_text(f"Row {row + 1}, column {column + 1}")
    for side in ("a", "b"):
        reading = role(page, f"reading-{side}")
        value = str(int(getattr(panel, f"values_{side}")[row, column]))
        bit = str(int(getattr(panel, f"bits_{side}")[row, column]))
        mean = float(getattr(panel, f"reference_{side}"))
        expect(reading).to_have_attribute("data-value", value)
        expect(reading).to_have_attribute("data-bit", bit)
        expect(reading.locator(".value")).to_have_text(value)
        assert float(reading.get_attribute("data-reference") or 0) == pytest.approx(mean, abs=0.01)


def test_a_headline_a_key_and_each_picture_once(gallery: Served, visitor: Visitor) -> None:
    page = _open(visitor, gallery, A, B)
    found = _explained(gallery, A, B)
    expect(page.locator("h1")).to_have_text(found.headline.en)
    expect(role(page, "places")).to_have_text(found.places.en)
    assert page.locator(".answer").inner_text().count(f"{found.distance:,}") == 1
    for name in ("picture-a", "picture-b"):
        expect(role(page, name)).to_have_count(1)
    for name in ("star", "colour", "set", "unset", "agree", "differ", "count"):
        expect(role(page, "key").locator(f'[data-key="{name}"]')).to_be_visible()
    page = _open(visitor, gallery, A, B, "&hash=ahash-gray-64&rate=1.5")
    expect(role(page, "rate")).to_have_text(re.compile(r"^\d+\.\d{3}$"))
    expect(role(page, "places")).not_to_contain_text("agree")
    expect(role(page, "key").locator('[data-key="star"]')).to_have_count(0)


@pytest.mark.parametrize("height", [900, 720])
def test_the_reading_of_a_cell_covers_no_control(
    gallery: Served, visitor: Visitor, height: int
) -> None:
    page = _open(visitor, gallery, A, B)
    page.set_viewport_size({"width": 1440, "height": height})
    bar = page.locator(".readout").bounding_box()
    assert bar is not None
    for name in ("hash", "mirror", "swap", "over", "over-which"):
        box = role(page, name).bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= bar["y"], name


def test_maps_are_folded_on_a_phone(gallery: Served, visitor: Visitor) -> None:
    ids = gallery.ids()
    page = visitor.open(
        gallery, f"/explain?a={ids[A]}&b={ids[B]}", viewport={"width": 390, "height": 844}
    )
    maps = role(page, "maps")
    expect(maps.first).to_be_visible()
    expect(maps.nth(1)).to_be_hidden()
    role(page, "panel").nth(1).locator("summary").click()
    expect(maps.nth(1)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollHeight") < 4000
