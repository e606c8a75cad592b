"""Two photos in one frame, and one look at both whatever the mode."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from tests.web.browser.served import Served
from tests.web.browser.visiting import Visitor, role, wait_for_results, wait_until

MODES = ("side", "blink", "split", "overlay", "difference")

PAIRS = [
    ("photo-04.jpg", "photo-05.jpg"),
    ("pair 400.png", "pair 401.png"),
    ("turned.jpg", "upright.jpg"),
]

_COLOURS = """(image) => {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  const at = (y) => [...context.getImageData(canvas.width / 2, y, 1, 1).data.slice(0, 3)];
  return [at(0.1 * canvas.height), at(0.9 * canvas.height)];
}"""

_LOADED = """() => ["image-a", "image-b"].every((role) => {
  const image = document.querySelector(`[data-role="${role}"]`);
  return image && image.complete && image.naturalWidth > 0;
})"""

_BRIGHTEST = """(canvas) => {
  const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let most = 0;
  for (let at = 0; at < data.length; at += 4)
    most = Math.max(most, data[at], data[at + 1], data[at + 2] - 4);
  return most;
}"""


def _open(visitor: Visitor, served: Served, a: str, b: str, more: str = "") -> Page:
    ids = served.ids()
    path = f"/compare?a={ids[a]}&b={ids[b]}{more}"
    page = visitor.open(served, path, reduced_motion="reduce")
    page.locator('[data-role="compare"][data-state="shown"]').wait_for()
    wait_until(page, _LOADED)
    return page


def _view(page: Page) -> tuple[str | None, ...]:
    stage = role(page, "stage")
    return tuple(stage.get_attribute(f"data-{name}") for name in ("zoom", "x", "y"))


def _box(page: Page, side: str) -> list[float]:
    box = role(page, f"image-{side}").bounding_box()
    assert box is not None
    return [box["x"], box["y"], box["width"], box["height"]]


@pytest.mark.parametrize("pair", PAIRS)
def test_all_modes_keep_zoom_and_position(
    gallery: Served, visitor: Visitor, pair: tuple[str, str]
) -> None:
    page = _open(visitor, gallery, *pair)
    start = _view(page)
    box = role(page, "stage").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 5, box["y"] + box["height"] / 3)
    page.mouse.wheel(0, -400)
    expect(role(page, "stage")).not_to_have_attribute("data-zoom", start[0] or "")
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 5 + 30, box["y"] + box["height"] / 3 - 20)
    page.mouse.up()
    view = _view(page)
    assert all(start[at] != view[at] for at in range(3))
    for mode in (*MODES, "side"):
        role(page, f"mode-{mode}").check()
        expect(role(page, "stage")).to_have_attribute("data-mode", mode)
        assert _view(page) == view, mode
        a, b = _box(page, "a"), _box(page, "b")
        if mode != "side":
            assert a == pytest.approx(b, abs=0.01), mode
        assert a[2:] == pytest.approx(b[2:], abs=0.01), mode
    expect(page).to_have_url(re.compile(r"view="))
    page.reload()
    wait_until(page, _LOADED)
    assert _view(page) == view


def test_keys_choose_the_mode_zoom_and_move(gallery: Served, visitor: Visitor) -> None:
    page = _open(visitor, gallery, *PAIRS[0])
    stage = role(page, "stage")
    for at, mode in enumerate(MODES):
        page.keyboard.press(str(at + 1))
        expect(stage).to_have_attribute("data-mode", mode)
        expect(role(page, f"mode-{mode}")).to_be_checked()
    page.keyboard.press("z")
    expect(stage).to_have_attribute("data-zoom", "1.0000")
    page.keyboard.press("+")
    expect(stage).to_have_attribute("data-zoom", "1.2500")
    before = _view(page)
    page.keyboard.press("ArrowRight")
    assert float(_view(page)[1] or 0) > float(before[1] or 0)
    assert _view(page)[2] == before[2]
    page.keyboard.press("ArrowDown")
    assert float(_view(page)[2] or 0) > float(before[2] or 0)
    page.keyboard.press("0")
    expect(stage).to_have_attribute("data-fit", "true")


def test_the_space_bar_shows_the_other_photo_in_the_same_place(
    gallery: Served, visitor: Visitor
) -> None:
    page = _open(visitor, gallery, *PAIRS[1])
    stage = role(page, "stage")
    page.keyboard.press("Space")
    expect(stage).to_have_attribute("data-mode", "blink")
    expect(stage).to_have_attribute("data-shown", "b")
    assert stage.get_attribute("data-blinking") == "false"  # reduced motion: by hand only
    assert _box(page, "a") == pytest.approx(_box(page, "b"), abs=0.01)
    page.keyboard.press("Space")
    expect(stage).to_have_attribute("data-shown", "a")


def test_a_tap_shows_the_other_photo_and_ends_the_blinking(
    gallery: Served, visitor: Visitor
) -> None:
    ids = gallery.ids()
    path = f"/compare?a={ids[PAIRS[0][0]]}&b={ids[PAIRS[0][1]]}&mode=blink"
    phone = {"width": 390, "height": 844}
    page = visitor.open(gallery, path, viewport=phone, has_touch=True, is_mobile=True)
    stage = role(page, "stage")
    expect(stage).to_have_attribute("data-blinking", "true")
    wait_until(page, _LOADED)
    before = _view(page)
    stage.tap()
    expect(stage).to_have_attribute("data-blinking", "false")
    expect(role(page, "blink-auto")).not_to_be_checked()
    shown = stage.get_attribute("data-shown")
    stage.tap()
    expect(stage).not_to_have_attribute("data-shown", shown or "")
    assert _view(page) == before


@pytest.mark.parametrize("place", ["explain", "compare"])
def test_the_way_back_to_the_results_comes_first(
    gallery: Served, visitor: Visitor, place: str
) -> None:
    ids = gallery.ids()
    pair = f"a={ids[PAIRS[0][0]]}&b={ids[PAIRS[0][1]]}"
    page = visitor.open(gallery, f"/{place}?{pair}&max_distance=300")
    first = page.locator("main a, main button, main select, main input").first
    expect(first).to_have_attribute("data-role", "back")
    first.click()
    wait_for_results(page)
    assert page.url.endswith(f"/search?img={ids[PAIRS[0][0]]}&max_distance=300")


def test_photos_blink_by_themselves_where_motion_is_welcome(
    gallery: Served, visitor: Visitor
) -> None:
    ids = gallery.ids()
    path = f"/compare?a={ids[PAIRS[0][0]]}&b={ids[PAIRS[0][1]]}&mode=blink"
    page = visitor.open(gallery, path, reduced_motion="no-preference")
    stage = role(page, "stage")
    expect(stage).to_have_attribute("data-blinking", "true")
    expect(stage).to_have_attribute("data-shown", "b")
    expect(stage).to_have_attribute("data-shown", "a")


@pytest.mark.parametrize("side", ["a", "b"])
def test_a_photo_that_the_camera_turned_stands_upright(
    gallery: Served, visitor: Visitor, side: str
) -> None:
    pair = PAIRS[2] if side == "a" else PAIRS[2][::-1]
    page = _open(visitor, gallery, *pair)
    image = role(page, f"image-{side}")
    assert image.get_attribute("alt") == "turned.jpg"
    assert image.evaluate("image => [image.naturalWidth, image.naturalHeight]") == [300, 400]
    top, bottom = image.evaluate(_COLOURS)
    assert top == pytest.approx([200, 30, 30], abs=12)
    assert bottom == pytest.approx([30, 30, 200], abs=12)
    box = _box(page, side)
    assert box[2] / box[3] == pytest.approx(3 / 4, rel=0.01)


@pytest.mark.parametrize(
    ("pair", "most"),
    [(("photo-02.jpg", "same pixels.png"), 0), (("photo-04.jpg", "photo-05.jpg"), None)],
)
def test_equal_photos_differ_nowhere(
    gallery: Served, visitor: Visitor, pair: tuple[str, str], most: int | None
) -> None:
    page = _open(visitor, gallery, *pair, "&mode=difference")
    role(page, "false").check()
    brightest = role(page, "false-colour").evaluate(_BRIGHTEST)
    if most is None:
        assert brightest > 200
    else:
        assert brightest <= most


def test_fields_that_differ_are_told(gallery: Served, visitor: Visitor) -> None:
    page = _open(visitor, gallery, *PAIRS[1])
    expect(page.locator('[data-field="width"] td')).to_have_text(["400", "401+1"])
    expect(page.locator('[data-field="height"]')).to_have_count(0)
    role(page, "all-fields").check()
    expect(page.locator('[data-field="height"] td')).to_have_text(["300", "300"])
    expect(page.locator('[data-field="height"]')).to_have_attribute("data-differs", "false")


_CLIPPED = """([a, b]) => {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [a.naturalWidth, a.naturalHeight];
  const context = canvas.getContext("2d");
  context.drawImage(a, 0, 0);
  context.globalCompositeOperation = "difference";
  context.drawImage(b, 0, 0, canvas.width, canvas.height);
  const {data} = context.getImageData(0, 0, canvas.width, canvas.height);
  const gain = Number(document.querySelector("[data-role=gain]").value);
  let clipped = 0;
  for (let at = 0; at < data.length; at += 4)
    clipped += Math.max(data[at], data[at + 1], data[at + 2]) * gain > 255;
  return clipped / (data.length / 4);
}"""


def test_the_gain_fits_the_pair_and_is_told(gallery: Served, visitor: Visitor) -> None:
    page = _open(visitor, gallery, *PAIRS[0], "&mode=difference")
    gain, said = role(page, "gain"), role(page, "gain-value")
    far = float(gain.input_value())
    images = page.locator('[data-role="image-a"], [data-role="image-b"]')
    assert page.evaluate(_CLIPPED, images.element_handles()) < 0.05
    expect(said).to_have_text(f"× {far:g}")
    gain.fill("3.5")
    expect(said).to_have_text("× 3.5")
    assert gain.get_attribute("aria-valuetext") == "× 3.5"
    page.keyboard.press("s")  # a gain that was chosen stays
    expect(role(page, "name-a")).to_contain_text("photo-05")
    expect(said).to_have_text("× 3.5")
    role(page, "mode-overlay").check()
    expect(role(page, "opacity-value")).to_have_text("50%")
    near = _open(visitor, gallery, *PAIRS[1], "&mode=difference")
    expect(role(near, "gain-value")).not_to_have_text(f"× {far:g}")
    assert float(role(near, "gain").input_value()) > far


def test_more_is_marked_where_it_is(gallery: Served, visitor: Visitor) -> None:
    page = _open(visitor, gallery, "flat.png", "pair 400.png")
    cells = page.locator('[data-field="width"] td')
    expect(cells.nth(0).locator(".delta")).to_have_count(0)
    expect(cells.nth(1).locator(".delta")).to_have_text("+310")
    expect(page.locator('[data-field="bytes"] td').nth(1).locator(".delta")).to_contain_text("+")
