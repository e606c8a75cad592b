"""The page of the library: where the folder lies, when it was looked through, what was not read."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from PIL import Image
from playwright.sync_api import expect
from tests.web.browser.conftest import Waves
from tests.web.browser.served import Served, served_folder
from tests.web.browser.visiting import Visitor, role

PHOTOS = 5


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory, waves: Waves) -> Iterator[Served]:
    """Serve a few photos, and beside them files that cannot be read, for two reasons."""
    home = tmp_path_factory.mktemp("broken")
    folder = home / "photos"
    (folder / "old").mkdir(parents=True)
    for seed in range(PHOTOS):
        Image.fromarray(waves(40, 30, seed)).save(folder / f"{seed}.png")
    for name in ("b.jpg", "old/a.jpg"):
        (folder / name).write_bytes(b"")
    for name in ("c.jpg", "old/d.jpg", "e.jpg"):
        (folder / name).write_text("no photo")
    with served_folder(folder, home) as served:
        yield served


def test_where_when_and_how_much(broken: Served, visitor: Visitor) -> None:
    page = visitor.open(broken, "/library")
    expect(role(page, "path")).to_have_text(str(broken.folder))
    expect(role(page, "looked")).to_have_text(re.compile(r"^Looked through .*\d"))
    size = sum(file.stat().st_size for file in broken.folder.glob("*.png"))
    status = broken.json("/library.json")["folders"][0]
    assert (status["path"], status["photo_bytes"]) == (str(broken.folder), size)
    assert status["looked"].endswith("Z")
    expect(role(page, "folder").locator("dd").nth(1)).to_have_text(f"{round(size / 1000)} kB")


def test_a_japanese_page_tells_every_reason_in_japanese(broken: Served, visitor: Visitor) -> None:
    page = visitor.open(broken, "/library?lang=ja")
    role(page, "rejected").locator("summary").click()
    rows, kinds = role(page, "rejected-row"), role(page, "rejected-kinds").locator("button")
    expect(rows).to_have_count(5)
    expect(kinds).to_have_text(["すべて5", "画像でない3", "空2"])
    role(page, "rejected-by-reason").click()
    expect(rows.locator("td:last-child")).to_have_text([
        *["画像でない：中身は「テキスト」です"] * 3, *["空：ファイルの中身がありません"] * 2,
    ])  # fmt: skip
    # A picture that cannot be read, given to the page.
    page = visitor.open(broken, "/?lang=ja")
    visitor.watch.expect("answered 415")
    with page.expect_file_chooser() as chooser:
        role(page, "choose").click()
    chooser.value.set_files(broken.folder / "c.jpg")
    banner = role(page, "banner")
    expect(banner).to_contain_text("画像でない：中身は「テキスト」です。")
    expect(banner).to_contain_text("のいずれかの画像を選んでください。")
    assert not re.search("[a-z]{4}", banner.inner_text())


def test_reasons_are_grouped_counted_and_sorted(broken: Served, visitor: Visitor) -> None:
    page = visitor.open(broken, "/library")
    role(page, "rejected").locator("summary").click()
    rows, kinds = role(page, "rejected-row"), role(page, "rejected-kinds").locator("button")
    expect(rows).to_have_count(5)
    expect(kinds).to_have_text(["All5", "No picture3", "Empty2"])
    kinds.nth(2).click()
    expect(kinds.nth(2)).to_have_attribute("aria-pressed", "true")
    expect(kinds.nth(2)).to_be_focused()
    expect(rows).to_have_count(2)
    kinds.first.click()
    expect(rows).to_have_count(5)
    names = rows.locator("td:first-child")
    role(page, "rejected-by-name").click()
    expect(names).to_have_text(["a.jpg", "b.jpg", "c.jpg", "d.jpg", "e.jpg"])
    role(page, "rejected-by-name").click()
    expect(names).to_have_text(["e.jpg", "d.jpg", "c.jpg", "b.jpg", "a.jpg"])
    expect(page.locator("th[aria-sort]")).to_have_attribute("aria-sort", "descending")
    role(page, "rejected-by-folder").click()
    expect(rows.locator("td:nth-child(2)")).to_have_text(["", "", "", "old", "old"])
