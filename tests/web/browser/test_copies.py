"""A copy that is dropped on the page is found, drawn where it lies, and compared aligned."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator

import pytest
from PIL import Image, ImageOps
from playwright.sync_api import Page, expect
from tests.unit.copies.scenes import scene
from tests.web.browser.served import Served, served_folder
from tests.web.browser.visiting import Visitor, role, tiles, wait_for_results, wait_until

PHOTO = "scene-2.png"
SIZE = (480, 360)
CUT = (48, 36, 456, 342)
BORDER = 24

_DROP = """(base64) => {
  const transfer = new DataTransfer();
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  transfer.items.add(new File([bytes], "copy.png", {type: "image/png"}));
  for (const kind of ["dragenter", "dragover", "drop"]) {
    const event = new DragEvent(kind, {dataTransfer: transfer, bubbles: true, cancelable: true});
    document.querySelector("main").dispatchEvent(event);
  }
}"""

_CORNERS = """(line) => {
  const {width, height} = line.closest("svg");
  const [w, h] = [width.baseVal.value, height.baseVal.value];
  return [...line.points].map(({x, y}) => [x / w, y / h]);
}"""

_LOADED = """() => ["image-a", "image-b"].every((role) => {
  const image = document.querySelector(`[data-role="${role}"]`);
  return image && image.complete && image.naturalWidth > 0;
})"""

# Where a photo's own places, as fractions, stand on the screen.
_ON_SCREEN = """(image, places) => {
  const pane = image.parentElement.getBoundingClientRect();
  const matrix = new DOMMatrix(getComputedStyle(image).transform);
  return places.map(([x, y]) => {
    const point = new DOMPoint(x * image.offsetWidth, y * image.offsetHeight);
    const {x: left, y: top} = matrix.transformPoint(point);
    return [pane.left + left, pane.top + top];
  });
}"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve six pictures and one that says nothing; the page has them described."""
    home = tmp_path_factory.mktemp("shop")
    folder = home / "写真"
    folder.mkdir()
    for seed in range(6):
        scene(seed, *SIZE).save(folder / f"scene-{seed}.png")
    Image.new("RGB", (90, 60), (200, 30, 30)).save(folder / "flat.png")
    with served_folder(folder, home) as served:
        yield served


def _copy() -> bytes:
    """Cut a picture, mirror it, and give it a border."""
    data = io.BytesIO()
    cut = ImageOps.mirror(scene(2, *SIZE).crop(CUT))
    ImageOps.expand(cut, BORDER, "white").save(data, "PNG")
    return data.getvalue()


def _truth() -> list[list[float]]:
    """Return the corners of the copy in the photo that it was made of."""
    left, top, right, bottom = CUT
    # Mirrored: its left edge lies on the photo's right.
    x = [(right + BORDER) / SIZE[0], (left - BORDER) / SIZE[0]]
    y = [(top - BORDER) / SIZE[1], (bottom + BORDER) / SIZE[1]]
    return [[x[0], y[0]], [x[1], y[0]], [x[1], y[1]], [x[0], y[1]]]


def _search(visitor: Visitor, shop: Served) -> Page:
    """Drop the copy, and ask for copies."""
    page = visitor.open(shop, "/", reduced_motion="reduce")
    page.locator(".cell.loaded").first.wait_for()
    page.evaluate(_DROP, base64.b64encode(_copy()).decode("ascii"))
    wait_for_results(page)
    role(page, "way-copies").click()
    page.locator(".tile.copy.loaded").first.wait_for()
    return page


def test_a_dropped_copy_is_found_first_with_its_outline(shop: Served, visitor: Visitor) -> None:
    page = _search(visitor, shop)
    expect(role(page, "way-copies")).to_have_attribute("aria-pressed", "true")
    found = tiles(page)
    assert [each["path"] for each in found] == [PHOTO]
    assert found[0]["sure"] == "true"
    expect(role(page, "tile-edits")).to_contain_text("mirrored")
    expect(role(page, "copies-count")).to_have_text("1 copy among 7 photos")
    corners = role(page, "outline").first.evaluate(_CORNERS)
    for corner, truth in zip(corners, _truth(), strict=True):
        assert corner == pytest.approx(truth, abs=0.02)


def test_copies_are_compared_aligned(shop: Served, visitor: Visitor) -> None:
    page = _search(visitor, shop)
    page.locator('.tile [data-role="compare"]').first.click()
    stage = role(page, "stage")
    expect(stage).to_have_attribute("data-aligned", "true")
    wait_until(page, _LOADED)
    # The middle of what was cut out: its place in the photo is known.
    left, top, right, bottom = CUT
    inner = [[0.3, 0.4], [0.5, 0.5], [0.7, 0.6]]
    width, height = right - left + 2 * BORDER, bottom - top + 2 * BORDER
    in_photo = [
        [(right + BORDER - x * width) / SIZE[0], (top - BORDER + y * height) / SIZE[1]]
        for x, y in inner
    ]
    for number, mode in enumerate(("side", "blink", "split", "overlay", "difference"), start=1):
        page.keyboard.press(str(number))
        expect(stage).to_have_attribute("data-mode", mode)
        if mode == "side":
            continue
        a = role(page, "image-a").evaluate(_ON_SCREEN, inner)
        b = role(page, "image-b").evaluate(_ON_SCREEN, in_photo)
        assert a == [pytest.approx(place, abs=5) for place in b], mode
    assert _difference(page, inner) < 12


def _difference(page: Page, places: list[list[float]]) -> float:
    """Return the mean of what the page shows between the outermost of some places of A."""
    role(page, "gain").fill("1")
    (x, y), _, (right, bottom) = role(page, "image-a").evaluate(_ON_SCREEN, places)
    shown = page.screenshot(clip={"x": x, "y": y, "width": right - x, "height": bottom - y})
    with Image.open(io.BytesIO(shown)) as shot:
        values = shot.convert("L").tobytes()
    return sum(values) / len(values)


def test_a_reload_and_back_show_the_same(shop: Served, visitor: Visitor) -> None:
    page = _search(visitor, shop)
    assert "copies=1" in page.url
    page.reload()
    page.locator(".tile.copy.loaded").wait_for()
    page.go_back()
    expect(role(page, "way-similar")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".tile.copy")).to_have_count(0)
    page.keyboard.press("s")
    page.locator(".tile.copy.loaded").wait_for()


def test_why_shows_both_outlines_and_the_evidence(shop: Served, visitor: Visitor) -> None:
    page = _search(visitor, shop)
    page.locator('.tile [data-role="explain"]').first.click()
    page.locator('[data-role="copy"][data-state="shown"]').wait_for()
    expect(role(page, "copy-text")).to_contain_text("mirrored")
    expect(role(page, "outline")).to_have_count(2)
    corners = role(page, "outline").nth(1).evaluate(_CORNERS)
    for corner, truth in zip(corners, _truth(), strict=True):
        assert corner == pytest.approx(truth, abs=0.02)
    role(page, "layer-lines").check()
    lines = page.locator(".copy-line")
    assert lines.count() >= 20
    expect(lines.first).to_be_visible()


def test_nothing_found_is_told(shop: Served, visitor: Visitor) -> None:
    ids = shop.ids()
    page = visitor.open(shop, f"/search?img={ids['scene-4.png']}&copies=1")
    page.locator(".tile.copy.loaded").wait_for()
    expect(role(page, "badge")).to_have_text("same file")
    page.goto(f"{shop.url}/search?img={ids['scene-4.png']}&copies=1&max_bytes=10")
    expect(role(page, "empty-why")).to_have_text("No photo passes the filter.")
    page.goto(f"{shop.url}/search?img={ids['flat.png']}&copies=1")
    page.locator('[data-role="results"][aria-busy="false"]').wait_for()
    expect(role(page, "badge")).to_have_text("same file")
    expect(role(page, "query-low")).to_contain_text("says too little to tell its copies")
    page.locator('.tile [data-role="explain"]').first.click()
    page.locator('[data-role="copy"][data-state="shown"]').wait_for()
    expect(role(page, "copy-text")).to_have_text("same file")
    expect(role(page, "copy-drawing")).to_be_visible()
