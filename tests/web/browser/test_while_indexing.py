"""The page is of use while the folder is still being hashed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect
from tests.web.browser.conftest import Waves
from tests.web.browser.served import Served, served_folder
from tests.web.browser.visiting import Visitor, role, tiles, wait_for_results

from sokkuri.library import batches
from sokkuri.web.shelf import Shelf

PHOTOS = 600
EARLY = 200
BATCH = 50


class Gate:
    """Holds the hashing back after so many photos."""

    def __init__(self) -> None:
        self.room = EARLY
        self._changed = threading.Condition()

    def open(self, room: int) -> None:
        """Let so many photos through, counted from the first."""
        with self._changed:
            self.room = room
            self._changed.notify_all()

    def wait(self, done: int) -> None:
        """Wait until there is room for another photo."""
        with self._changed:
            self._changed.wait_for(lambda: done < self.room, timeout=60)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    """Hold hashing back, and keep what is hashed in small batches."""
    gate = Gate()
    progress = Shelf._progress

    def held(shelf: Shelf, done: int, total: int | None) -> None:
        progress(shelf, done, total)
        if total is not None:
            gate.wait(done)

    monkeypatch.setattr(Shelf, "_progress", held)
    monkeypatch.setattr(batches, "_FILES", BATCH)
    monkeypatch.setattr(batches, "_SECONDS", 3600.0)  # by count alone, however slow the machine
    return gate


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
        gate.open(10**9)


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
    gate.open(10**9)
    expect(count).to_have_attribute("data-total", str(PHOTOS))
    expect(count).to_have_text(f"20 nearest of {PHOTOS}")
    expect(role(page, "progress")).to_be_hidden()
    assert tiles(page)[0] == first
    page.goto(growing.url)
    expect(role(page, "browse-count")).to_have_text(f"{PHOTOS} photos")
    expect(role(page, "progress")).to_be_hidden()


def test_the_library_page_counts_along(growing: Served, gate: Gate, visitor: Visitor) -> None:
    page = visitor.open(growing, "/library")
    line = role(page, "progress-line")
    expect(line).to_contain_text(f"Indexing {EARLY} of {PHOTOS}")
    gate.open(10**9)
    expect(line).to_be_hidden()
    expect(role(page, "folder").locator("dd").first).to_have_text(str(PHOTOS))
