"""The page is of use while the folder is still being hashed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect
from tests.web.browser.conftest import Waves
from tests.web.browser.holding import Gate, hold_back
from tests.web.browser.served import Served, served_folder
from tests.web.browser.visiting import Visitor, role, tiles, wait_for_results

PHOTOS = 600
EARLY = 200


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    """Hold hashing back."""
    return hold_back(monkeypatch, EARLY)


@pytest.fixture
def growing(tmp_path: Path, waves: Waves, gate: Gate) -> Iterator[Served]:
    """Serve six hundred small photos, while they are being hashed."""
    folder = tmp_path / "growing"
    folder.mkdir()
    for seed in range(PHOTOS):
        Image.fromarray(waves(40, 30, seed)).save(folder / f"photo-{seed:03}.jpg", quality=90)
    try:
        with served_folder(folder, tmp_path, wait=False) as served:
            yield served
    finally:
        gate.open()


def test_progress_is_shown_a_search_works_and_the_count_grows(
    growing: Served, gate: Gate, visitor: Visitor
) -> None:
    page = visitor.open(growing)
    expect(role(page, "progress")).to_contain_text(f"Indexing {EARLY} of {PHOTOS}")
    expect(role(page, "progress").locator("progress")).to_have_js_property("value", EARLY)
    expect(role(page, "browse-count")).to_have_text(f"{EARLY} photos")
    role(page, "cell").locator("a").first.click()
    page.wait_for_url("**/search?**")
    wait_for_results(page)
    count = role(page, "count")
    expect(count).to_have_attribute("data-total", str(EARLY))
    expect(role(page, "progress")).to_contain_text(f"Indexing {EARLY} of {PHOTOS}")
    first = tiles(page)[0]
    assert first["distance"] == "0"
    gate.open(2 * EARLY)
    expect(count).to_have_attribute("data-total", str(2 * EARLY))
    gate.open()
    expect(count).to_have_attribute("data-total", str(PHOTOS))
    expect(count).to_have_text(f"24 nearest of {PHOTOS}")
    expect(role(page, "progress")).to_be_hidden()
    assert tiles(page)[0] == first
    page.goto(growing.url)
    expect(role(page, "browse-count")).to_have_text(f"{PHOTOS} photos")
    expect(role(page, "progress")).to_be_hidden()


def test_the_library_page_counts_along(growing: Served, gate: Gate, visitor: Visitor) -> None:
    page = visitor.open(growing, "/library")
    line = role(page, "progress-line")
    expect(line).to_contain_text(f"Indexing {EARLY} of {PHOTOS}")
    gate.open()
    expect(line).to_be_hidden()
    expect(role(page, "folder").locator("dd").first).to_have_text(str(PHOTOS))
