"""Names of files are whatever they are: text on the page, and the same name when downloaded."""

from __future__ import annotations

import os
import re
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from tests.web.browser.conftest import Waves
from tests.web.browser.served import Served, served_folder
from tests.web.browser.visiting import Visitor, role, tiles, wait_for_results

from sokkuri.show.captions import display_name

KANA = unicodedata.normalize("NFD", "ガギグ パピプ.jpg")
NAMES = (
    "青い服 #1%.jpg",
    KANA,
    "👗👩\u200d👩\u200d👧.jpg",
    "<script>alert(1)</script>.jpg".replace("/", "∕"),
    "<img src=x onerror=alert(1)>.jpg",
    """it's "quoted" & ; \\ sharp.jpg""",
    "line\nbreak.jpg",
    "a" * 120 + " end.jpg",
    "..hidden%2e%2e%2f?x=1&y=2#z.jpg",
)
ODD_BYTES = b"latin-\xe9-\xff.jpg"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other systems forbid such names")


@pytest.fixture(scope="module")
def odd_names(tmp_path_factory: pytest.TempPathFactory, waves: Waves) -> Iterator[Served]:
    """Serve photos with odd names, in a folder with one."""
    home = tmp_path_factory.mktemp("odd")
    folder = home / '<b>フォルダー & "x"'
    folder.mkdir()
    for seed, name in enumerate((*NAMES, os.fsdecode(ODD_BYTES))):
        with open(folder / name, "wb") as file:
            Image.fromarray(waves(80, 60, seed)).save(file, "JPEG", quality=92)
    with served_folder(folder, home) as served:
        yield served


def _composed(name: str) -> str:
    return unicodedata.normalize("NFC", name)


def _shown(name: str) -> str:
    return _composed(display_name(name))


def _titles(page: Page) -> list[str]:
    links = role(page, "cell").locator("a")
    expect(links).to_have_count(len(NAMES) + 1)
    titles: list[str] = links.evaluate_all("links => links.map(link => link.title)")
    return [_composed(title) for title in titles]


def _search_from(page: Page, name: str) -> None:
    place = _titles(page).index(_shown(name))
    role(page, "cell").locator("a").nth(place).click()
    page.wait_for_url("**/search?**")
    wait_for_results(page)


def test_every_name_is_shown_as_text(odd_names: Served, visitor: Visitor) -> None:
    page = visitor.open(odd_names)
    assert set(_titles(page)) == {_shown(name) for name in (*NAMES, os.fsdecode(ODD_BYTES))}
    # Nothing of a name became an element: what there is, is what the page makes.
    assert page.locator("main script, main b, main img[src=x]").count() == 0


def test_photos_with_odd_names_open_and_download(odd_names: Served, visitor: Visitor) -> None:
    page = visitor.open(odd_names)
    for name in (*NAMES, os.fsdecode(ODD_BYTES)):
        _search_from(page, name)
        _assert_downloads(odd_names, page, name)
        page.go_back()
        page.wait_for_url(odd_names.url + "/")


def _assert_downloads(odd_names: Served, page: Page, name: str) -> None:
    """Assert that the first tile is a photo, and that it comes under its name."""
    first = role(page, "tile").first
    assert _composed(tiles(page)[0]["path"]) == _shown(name)
    assert _composed(role(page, "query-name").get_attribute("title") or "") == _shown(name)
    first.hover()
    with page.expect_download() as download:
        role(first, "download").click()
    with open(odd_names.folder / name, "rb") as file:
        assert Path(download.value.path()).read_bytes() == file.read()
    said = odd_names.client.get(download.value.url).headers["content-disposition"]
    whole = unquote(said.partition("filename*=UTF-8''")[2])
    assert whole == name.encode("utf-8", "replace").decode()
    assert _bare(download.value.suggested_filename) == _bare(whole)


def _bare(name: str) -> str:
    """Leave out what browsers replace in a name before they write a file, or leave out."""
    return re.sub(r'[_\-.<>:"/\\|?*%~\x00-\x1f\u200d]', "", _composed(name)).strip()


def test_odd_names_stand_in_explain_and_compare(odd_names: Served, visitor: Visitor) -> None:
    ids = odd_names.ids()
    pair = [_shown(name) for name in NAMES[3:5]]
    a, b = (ids[name] for name in pair)
    page = visitor.open(odd_names, f"/explain?a={a}&b={b}")
    expect(page.locator("figure.photo .cut")).to_have_text(pair)
    page.goto(f"{odd_names.url}/compare?a={a}&b={b}")
    expect(role(page, "name-a")).to_contain_text(pair[0])
    expect(role(page, "name-b")).to_contain_text(pair[1])
    page.goto(f"{odd_names.url}/library")
    expect(role(page, "folder")).to_contain_text('<b>フォルダー & "x"')
