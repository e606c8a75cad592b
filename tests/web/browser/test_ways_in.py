"""Whatever way a photo comes in, the page, the command and the function find the same."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from tests.web.browser.served import Served, below
from tests.web.browser.visiting import Visitor, role, tiles, wait_for_results

import sokkuri

PHOTO = "photo-04.jpg"
SHAPE = re.compile(r"/search\?img=(u[0-9a-f]{32}|[0-9a-f]{6}\.\d+)")

_DROP = """(files) => {
  const transfer = new DataTransfer();
  for (const [name, base64] of files) {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    transfer.items.add(new File([bytes], name, {type: "image/jpeg"}));
  }
  for (const kind of ["dragenter", "dragover", "drop"]) {
    const event = new DragEvent(kind, {dataTransfer: transfer, bubbles: true, cancelable: true});
    document.querySelector("main").dispatchEvent(event);
  }
}"""

_COPY = """async (base64) => {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const bitmap = new Blob([bytes], {type: "image/png"});
  await navigator.clipboard.write([new ClipboardItem({"image/png": bitmap})]);
}"""


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _drop(page: Page, *files: Path) -> None:
    page.evaluate(_DROP, [[file.name, _text(file.read_bytes())] for file in files])


def _dropped(page: Page, photo: Path) -> None:
    _drop(page, photo)


def _chosen(page: Page, photo: Path) -> None:
    with page.expect_file_chooser() as chooser:
        role(page, "choose").click()
    chooser.value.set_files(photo)


def _pasted(page: Page, photo: Path) -> None:
    bitmap = photo.parent.parent / "bitmap.png"
    with Image.open(photo) as image:
        image.save(bitmap)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate(_COPY, _text(bitmap.read_bytes()))
    page.keyboard.press("Control+v")


def _clicked(page: Page, photo: Path) -> None:
    role(page, "cell").locator(f'a[title="{photo.name}"]').click()


@pytest.fixture(scope="module")
def told(gallery: Served, sokkuri: Callable[..., Any]) -> list[tuple[str, int]]:
    """Return what the command says is near: paths and distances, nearest first."""
    photo = gallery.folder / PHOTO
    run = sokkuri("search", photo, gallery.folder, "--json", "-q")
    assert run.returncode == 0, run.stderr
    matches = json.loads(run.stdout)["matches"]
    return [(below(gallery.folder, match["path"]), match["distance"]) for match in matches]


@pytest.mark.parametrize("come_in", [_dropped, _chosen, _pasted, _clicked])
def test_all_ways_in_lead_to_the_results_of_the_command(
    gallery: Served,
    visitor: Visitor,
    told: list[tuple[str, int]],
    come_in: Callable[[Page, Path], None],
) -> None:
    page = visitor.open(gallery)
    role(page, "cell").first.wait_for()
    come_in(page, gallery.folder / PHOTO)
    page.wait_for_url("**/search?**")
    wait_for_results(page)
    assert SHAPE.fullmatch(page.url.removeprefix(gallery.url)), page.url
    shown = [(tile["path"], int(tile["distance"])) for tile in tiles(page)]
    assert shown[0] == (PHOTO, 0)
    assert shown[:20] == told
    assert len(shown) == 24  # the row is filled
    assert role(page, "count").inner_text() == f"24 nearest of {len(gallery.ids())}"


def test_the_function_finds_what_the_command_finds(
    gallery: Served, told: list[tuple[str, int]]
) -> None:
    results = sokkuri.search(gallery.folder / PHOTO, gallery.folder)
    assert [(below(gallery.folder, each.path), each.distance) for each in results.matches] == told


def test_several_files_become_tabs(gallery: Served, visitor: Visitor) -> None:
    page = visitor.open(gallery)
    role(page, "cell").first.wait_for()
    names = ["photo-05.jpg", "photo-07.jpg", "photo-08.jpg"]
    _drop(page, *(gallery.folder / name for name in names))
    page.wait_for_url("**/search?**")
    wait_for_results(page)
    assert len(parse_qs(urlsplit(page.url).query)["img"]) == 3
    tabs = role(page, "tab")
    expect(tabs).to_have_text(names)
    for at, name in enumerate(names):
        tabs.nth(at).click()
        expect(role(page, "query-name")).to_have_text(name)
        expect(role(page, "tile").first).to_have_attribute("title", name)


def test_a_file_that_is_no_picture_is_refused_in_words(
    gallery: Served, visitor: Visitor, tmp_path: Path
) -> None:
    page = visitor.open(gallery)
    visitor.watch.expect("answered 4")  # the upload, refused
    role(page, "cell").first.wait_for()
    (tmp_path / "notes.jpg").write_text("these are words, not a picture")
    _drop(page, tmp_path / "notes.jpg")
    expect(role(page, "banner")).to_contain_text("notes.jpg")
    assert urlsplit(page.url).path == "/"
