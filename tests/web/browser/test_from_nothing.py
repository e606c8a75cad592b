"""Pages that were opened before there was anything to show fill up by themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, Route, expect
from tests.web.browser.conftest import Waves
from tests.web.browser.holding import BATCH, Gate, hold_back
from tests.web.browser.served import Served, served_folder
from tests.web.browser.visiting import Visitor, role, tiles, wait_for_results, wait_until

PHOTOS = 3 * BATCH
INNER = "内側"
MANY = 3000

_FULLER = """(height) => {
  const grid = document.querySelector("[data-role=grid]");
  return grid.clientHeight > height && grid.querySelector(".cell.loaded");
}"""


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    """Hold hashing back before the first photo is kept."""
    return hold_back(monkeypatch, 0)


@pytest.fixture
def first_time(tmp_path: Path, waves: Waves, gate: Gate) -> Iterator[Served]:
    """Serve photos of which none is indexed yet; every third lies in a folder of its own."""
    folder = tmp_path / "写真"
    (folder / INNER).mkdir(parents=True)
    for seed in range(PHOTOS):
        place = folder / INNER if seed % 3 == 0 else folder
        Image.fromarray(waves(40, 30, seed)).save(place / f"photo-{seed:03}.png")
    try:
        with served_folder(folder, tmp_path, wait=False) as served:
            yield served
    finally:
        gate.open()


@pytest.fixture
def served_with(tmp_path: Path) -> Iterator[Callable[..., Served]]:
    """Return a function that serves a folder, once it is looked through, with these files."""
    folder = tmp_path / "empty"
    folder.mkdir()
    servers = []

    def serve(**files: str) -> Served:
        for name, text in files.items():
            (folder / f"{name}.jpg").write_text(text)
        servers.append(served_folder(folder, tmp_path))
        return servers[-1].__enter__()

    yield serve
    for server in servers:
        server.__exit__(None, None, None)


def _is_empty(page: Page, *words: str) -> None:
    expect(role(page, "browse-count")).to_have_text("0 photos")
    for said in words:
        expect(role(page, "empty")).to_contain_text(said)
    expect(role(page, "cell")).to_have_count(0)


def _shows(page: Page, count: int) -> None:
    expect(role(page, "browse-count")).to_have_text(f"{count} photos" if count != 1 else "1 photo")
    expect(role(page, "empty")).to_be_hidden()
    expect(role(page, "cell").first).to_be_visible()
    page.locator(".cell.loaded").first.wait_for()


def _come_back(page: Page) -> None:
    """Do as a browser does when somebody comes back to a tab."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange', {bubbles: true}))")


def test_the_first_page_fills_up(first_time: Served, gate: Gate, visitor: Visitor) -> None:
    page = visitor.open(first_time)
    _is_empty(page, "no photos here yet", "as soon as they are indexed")
    expect(role(page, "progress")).to_contain_text(f"Indexing 1 of {PHOTOS}")
    gate.open(BATCH)
    _shows(page, BATCH)
    gate.open(2 * BATCH)
    _shows(page, 2 * BATCH)
    gate.open()
    _shows(page, PHOTOS)
    expect(role(page, "progress")).to_be_hidden()


def test_three_thousand_photos_come_in_beneath_the_eye(
    tmp_path: Path, waves: Waves, gate: Gate, visitor: Visitor
) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    file = tmp_path / "one.jpg"
    Image.fromarray(waves(8, 8, 1)).save(file)
    for seed in range(MANY):
        # Behind the picture a number: other bytes, so that no file is a copy of another.
        (folder / f"{seed:04}.jpg").write_bytes(file.read_bytes() + seed.to_bytes(2, "big"))
    with served_folder(folder, tmp_path, wait=False) as served:
        page = visitor.open(served)
        _is_empty(page, "as soon as they are indexed")
        seen = 0
        for room in (BATCH, MANY // 3, 2 * MANY // 3, MANY):
            gate.open(room if room < MANY else 10**9)
            wait_until(page, _FULLER, seen)
            seen = page.evaluate("document.querySelector('[data-role=grid]').clientHeight")
        expect(role(page, "browse-count")).to_have_text(f"{MANY:,} photos")
        expect(role(page, "progress")).to_be_hidden()
        page.keyboard.press("End")
        page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
        expect(page.locator(f'.cell a[title="{MANY - 1:04}.jpg"]')).to_be_visible()


@pytest.mark.parametrize(
    ("query", "count"),
    [(f"?folder={INNER}", PHOTOS // 3), ("?sort=newest", PHOTOS), ("?lang=ja", PHOTOS)],
)
def test_so_do_its_other_addresses(
    first_time: Served, gate: Gate, visitor: Visitor, query: str, count: int
) -> None:
    page = visitor.open(first_time)
    _is_empty(page)
    page.goto(f"{first_time.url}/{query}")
    expect(role(page, "empty")).to_be_visible()
    gate.open()
    expect(role(page, "cell").first).to_be_visible()
    expect(role(page, "browse-count")).to_contain_text(str(count))
    expect(role(page, "empty")).to_be_hidden()


def test_a_folder_that_is_typed_too_early_fills_up(
    first_time: Served, gate: Gate, visitor: Visitor
) -> None:
    page = visitor.open(first_time)
    _is_empty(page)
    role(page, "browse-folder").fill(INNER)
    role(page, "browse-folder").press("Enter")
    _is_empty(page, "No photo lies in this folder")
    gate.open()
    _shows(page, PHOTOS // 3)


@pytest.mark.parametrize("late", ["**/api/v1/library", "**/api/v1/images?*"])
def test_indexing_may_end_between_two_questions_of_a_page(
    first_time: Served, gate: Gate, visitor: Visitor, late: str
) -> None:
    context = visitor.context(first_time)

    def hold(route: Route) -> None:
        """Let the other question be answered before the indexing, and this one after it."""
        if gate.room == 0:
            other.wait_for_event("response", lambda answer: "/api/v1/" in answer.url)
            gate.open()
            first_time.ready.site.shelves[0].wait()
        route.continue_()

    other = context.new_page()
    other.route(late, hold)
    other.goto(first_time.ready.guarded.link("/"))
    _shows(other, PHOTOS)


def test_a_search_from_outside_finds_what_comes_in(
    first_time: Served, gate: Gate, visitor: Visitor
) -> None:
    page = visitor.open(first_time)
    _is_empty(page)
    with page.expect_file_chooser() as chooser:
        role(page, "choose").click()
    chooser.value.set_files(first_time.folder / "photo-001.png")
    page.wait_for_url("**/search?**")
    expect(role(page, "banner")).to_be_visible()
    expect(role(page, "query-name")).to_have_text("photo-001.png")
    wait_until(page, "() => document.querySelector('[data-role=query-image]').naturalWidth > 0")
    gate.open(BATCH)
    count = role(page, "count")
    expect(count).to_have_attribute("data-total", str(BATCH))
    gate.open()
    expect(count).to_have_attribute("data-total", str(PHOTOS))
    wait_for_results(page)
    expect(role(page, "banner")).to_have_count(0)
    expect(role(page, "empty")).to_be_hidden()
    first = tiles(page)[0]
    assert (first["path"], first["distance"]) == ("photo-001.png", "0")
    here = role(page, "hash").locator("optgroup").first
    expect(here).to_have_attribute("label", "In the library")
    expect(here.locator("option")).to_have_text(["look-2"])


def test_the_library_page_counts_from_nothing(
    first_time: Served, gate: Gate, visitor: Visitor
) -> None:
    page = visitor.open(first_time, "/library")
    photos = role(page, "folder").locator("dd").first
    expect(photos).to_have_text("0")
    gate.open(BATCH)
    expect(photos).to_have_text(str(BATCH))
    gate.open()
    expect(role(page, "progress-line")).to_be_hidden()
    expect(photos).to_have_text(str(PHOTOS))
    expect(role(page, "folder").locator("tbody").first).to_contain_text(f"look-2{PHOTOS}")


def test_photos_that_are_compared_get_neighbours(
    first_time: Served, gate: Gate, visitor: Visitor
) -> None:
    a, b = (
        first_time.ready.query(first_time.folder / name).rpartition("=")[2]
        for name in ("photo-001.png", "photo-002.png")
    )
    page = visitor.open(first_time, f"/compare?a={a}&b={b}")
    page.locator("[data-role=compare][data-state=shown]").wait_for()
    expect(role(page, "strip")).to_be_hidden()
    gate.open()
    expect(role(page, "strip").locator("a").first).to_be_visible()


@pytest.mark.parametrize("place", ["search?img={a}", "explain?a={a}&b={b}", "compare?a={a}&b={b}"])
def test_a_link_to_photos_that_are_not_indexed_yet_works_later(
    first_time: Served, gate: Gate, visitor: Visitor, place: str
) -> None:
    key = first_time.ready.site.shelves[0].key
    page = visitor.open(first_time, "/" + place.format(a=f"{key}.1", b=f"{key}.2"))
    expect(role(page, "banner")).to_be_visible()
    gate.open()
    expect(page.locator(".tile, [data-state=shown]").first).to_be_visible()


def test_an_empty_folder_says_so_and_shows_what_comes_later(
    served_with: Callable[..., Served], visitor: Visitor, waves: Waves
) -> None:
    served = served_with()
    page = visitor.open(served)
    _is_empty(page, f"No photo was found in {served.folder}", "sokkuri ui PHOTOS")
    Image.fromarray(waves(40, 30, 1)).save(served.folder / "new.png")
    role(page, "empty-refresh").click()
    _shows(page, 1)


def test_a_folder_of_broken_files_says_how_many(
    served_with: Callable[..., Served], visitor: Visitor
) -> None:
    served = served_with(one="no photo", two="no photo")
    page = visitor.open(served)
    _is_empty(page, "No photo was found", "2 files could not be read")
    page.goto(f"{served.url}/library")
    expect(role(page, "rejected")).to_contain_text("2 files could not be read")
    page.goto(f"{served.url}/?lang=ja")
    expect(role(page, "empty")).to_contain_text("2 件のファイルを読めませんでした")


def test_photos_that_are_gone_go_from_the_page(
    served_with: Callable[..., Served], visitor: Visitor, waves: Waves
) -> None:
    served = served_with()
    for seed in range(3):
        Image.fromarray(waves(40, 30, seed)).save(served.folder / f"{seed}.png")
    shelf = served.ready.site.shelves[0]
    shelf.refresh()
    shelf.wait()
    page = visitor.open(served)
    _shows(page, 3)
    for seed in range(2):
        (served.folder / f"{seed}.png").unlink()
    shelf.refresh()
    shelf.wait()
    _come_back(page)
    _shows(page, 1)
