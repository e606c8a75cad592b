"""The first page says where photos lie, and what a hand at a mouse or on glass can do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect
from tests.web.browser.conftest import Waves
from tests.web.browser.served import Served, served_folder
from tests.web.browser.visiting import Visitor, role

PHONE = {"width": 390, "height": 844}
LONG = "00143901-a14c-4600-960f-7747b4a3a8cd.jpg"


@pytest.fixture
def wardrobe(tmp_path: Path, waves: Waves) -> Iterator[Served]:
    """Serve three photos: in no folder, in one within another, and under a machine's name."""
    folder = tmp_path / "photos"
    for seed, path in enumerate(("free.jpg", "summer/hats/straw.jpg", f"longsleeves/{LONG}")):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(waves(40, 30, seed)).save(folder / path)
    with served_folder(folder, tmp_path) as served:
        yield served


def test_a_caption_names_the_folder_and_the_photo(wardrobe: Served, visitor: Visitor) -> None:
    page = visitor.open(wardrobe)
    captions = page.locator(".cell-caption")
    expect(captions).to_have_text(["long…ves/0014….jpg", "free.jpg", "hats/straw.jpg"])
    machine = role(page, "cell").first.locator("a")
    expect(machine).to_have_attribute("title", f"longsleeves/{LONG}")
    expect(machine).to_have_accessible_name(f"Search from {LONG}")
    role(page, "browse-folder").fill("longsleeves")
    role(page, "browse-folder").press("Enter")
    expect(captions).to_have_text(["00143901-…a8cd.jpg"])  # all lie in the folder that is chosen
    page.goto(f"{wardrobe.url}/?folder=summer")
    expect(captions).to_have_text(["hats/straw.jpg"])
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(wardrobe.url)
    expect(captions).to_have_text(["longsleeves", "free.jpg", "hats/straw.jpg"])


@pytest.mark.parametrize("touch", [False, True])
def test_hints_speak_of_what_is_at_hand(wardrobe: Served, visitor: Visitor, touch: bool) -> None:
    page = visitor.open(wardrobe, viewport=PHONE, has_touch=touch, is_mobile=touch)
    for place, words in (
        ("/", "Ctrl+V"),
        ("/search", "drop one"),
        ("/explain?{pair}", "arrow keys"),
        ("/compare?{pair}&mode=blink", "press"),
    ):
        a, b, _ = wardrobe.ids().values()
        page.goto(wardrobe.url + place.format(pair=f"a={a}&b={b}"))
        keys, finger = (
            page.locator(f".with-{hand}:has-text('{said}')")
            for hand, said in (("mouse", words), ("touch", ""))
        )
        expect(finger if touch else keys).to_be_visible()
        expect(keys if touch else finger).to_be_hidden()
