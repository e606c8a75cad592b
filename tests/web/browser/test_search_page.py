"""What else the page of results promises: words, keys, names for ears, ways back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from tests.web.browser.served import Served, shown_path
from tests.web.browser.visiting import Visitor, role, tiles, wait_for_results, wait_until


@pytest.fixture
def page(gallery: Served, visitor: Visitor) -> Page:
    page = visitor.open(gallery, f"/search?img={gallery.id('photo-02.jpg')}")
    wait_for_results(page)
    return page


def test_the_language_switch_turns_the_page_and_is_remembered(gallery: Served, page: Page) -> None:
    address = page.url
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(role(page, "count")).to_have_text(re.compile("24 nearest of"))
    role(page, "lang-ja").click()
    expect(page.locator("html")).to_have_attribute("lang", "ja")
    wait_for_results(page)
    assert page.url == address
    expect(role(page, "count")).to_have_text(re.compile("件中、近い 24 件"))
    expect(role(page, "sort").locator("option").first).to_have_text("近い順")
    page.goto(gallery.url)
    expect(page.locator("html")).to_have_attribute("lang", "ja")
    role(page, "lang-en").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_the_theme_switch_turns_the_colours_and_is_remembered(gallery: Served, page: Page) -> None:
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    light = page.evaluate(ground)
    role(page, "theme").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    dark = page.evaluate(ground)
    assert sum(map(int, re.findall(r"\d+", dark)[:3])) < 120
    assert sum(map(int, re.findall(r"\d+", light)[:3])) > 600
    page.reload()
    assert page.evaluate(ground) == dark
    page.keyboard.press("t")
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    assert page.evaluate(ground) == light


def test_the_theme_follows_the_system_where_nobody_chose(gallery: Served, visitor: Visitor) -> None:
    page = visitor.open(gallery, "/library", color_scheme="dark")
    ground = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert sum(map(int, re.findall(r"\d+", ground)[:3])) < 120


def test_the_sheet_of_keys_opens_and_closes(page: Page) -> None:
    sheet = role(page, "keys-sheet")
    expect(sheet).to_be_hidden()
    page.keyboard.press("?")
    expect(sheet).to_be_visible()
    expect(sheet).to_contain_text("Threshold one bit down, up")
    page.keyboard.press("1")  # a key of the page beneath does nothing while the sheet is open
    expect(role(page, "preset-same")).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    role(page, "help").click()
    expect(sheet).to_be_visible()


def test_keys_typed_into_a_field_are_text(page: Page) -> None:
    page.locator('[data-role="filters"] summary').click()
    role(page, "filter-folder").focus()
    page.keyboard.type("1?htx")
    expect(role(page, "filter-folder")).to_have_value("1?htx")
    expect(role(page, "keys-sheet")).to_be_hidden()
    assert "/search?" in page.url


def test_tab_goes_through_the_page_from_the_top_to_the_tiles(page: Page) -> None:
    order = []
    for _ in range(60):
        page.keyboard.press("Tab")
        name = page.evaluate(
            "() => { const it = document.activeElement; return it.dataset.role"
            " || it.closest('[data-role]')?.dataset.role || it.className; }"
        )
        order.append(name)
        if name == "tile":
            break
    wanted = [
        "nav-home", "nav-library", "lang-en", "theme", "help", "hash", "mirror",
        "emphasis-balanced", "emphasis-fine", "preset-same", "threshold-min", "threshold-max",
        "bits-min", "bits-max", "sort", "filters", "details", "figure-png", "export-json",
        "copy-command", "tile",
    ]  # fmt: skip
    assert order[0] == "skip"
    assert [name for name in order if name in wanted] == wanted
    # One stop for all tiles: arrows move among them.
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.closest('.tile').title") == "same hash.png"


def test_handles_and_count_say_what_they_mean(page: Page) -> None:
    upper, lower = role(page, "threshold-max"), role(page, "threshold-min")
    expect(upper).to_have_attribute("aria-label", "At most")
    expect(lower).to_have_attribute("aria-label", "At least")
    upper.focus()
    page.keyboard.press("Home")
    expect(upper).to_have_attribute("aria-valuetext", "distance 0 or less, 4 matches")
    expect(lower).to_have_attribute("aria-valuetext", "distance 0 or more, 4 matches")
    count = role(page, "count")
    expect(count).to_have_attribute("aria-live", "polite")
    expect(count).to_have_attribute("role", "status")
    expect(count).to_have_text(re.compile(r"^4 of \d+$"))
    expect(count).to_have_attribute("aria-busy", "false")  # it rests, and may be read out
    image = role(page, "tile").first.locator("img")
    expect(image).to_have_attribute("alt", re.compile("distance 0, 100% alike"))


def test_the_page_reads_well_without_eyes(page: Page) -> None:
    expect(role(page, "query")).to_match_aria_snapshot("""
      - region "Query":
        - img "photo-02.jpg"
        - heading "photo-02.jpg" [level=1]
        - button "Add photos"
        - group "How to compare":
          - combobox "Hash"
          - checkbox "Mirrored too" [checked]
          - group "Emphasis":
            - radio "Shape"
            - radio "Balanced" [checked]
            - radio "Colour"
            - slider "Share of colour"
        - group "Threshold":
          - status: /24 nearest of \\d+/
          - group "Presets":
            - button "24 nearest" [pressed]
            - button /Same picture \\d+/
            - button /Near copies \\d+/
            - button /Alike \\d+/
          - img /Distances of \\d+ photos/
          - slider "At least"
          - slider "At most"
    """)


def test_nothing_found_offers_the_nearest(gallery: Served, visitor: Visitor) -> None:
    image = gallery.id("photo-04.jpg")
    answer = gallery.json("/search.json", img=image, k=2)
    nearest = answer["matches"][1]  # the photo itself is left out by the lower bound
    page = visitor.open(gallery, f"/search?img={image}&min_distance=1&max_distance=2")
    wait_for_results(page)
    empty = role(page, "empty")
    expect(empty).to_be_visible()
    expect(empty).to_contain_text(nearest["name"])
    expect(empty).to_contain_text(f"at distance {nearest['distance']}")
    expect(role(page, "tile")).to_have_count(0)
    role(page, "offer-nearest").click()
    expect(empty).to_be_hidden()
    expect(page).to_have_url(re.compile(rf"max_distance={nearest['distance']}\b"))
    assert tiles(page)[0]["path"] == shown_path(nearest)


def test_back_returns_to_the_query_before(page: Page) -> None:
    address, shown = page.url, tiles(page)
    tile = role(page, "tile").nth(6)
    path = tile.get_attribute("title") or ""
    tile.locator("a").first.click()
    expect(role(page, "query-name")).to_have_attribute("title", path)
    expect(role(page, "tile").first).to_have_attribute("title", path)
    page.go_back()
    expect(role(page, "query-name")).to_have_text("photo-02.jpg")
    expect(role(page, "tile").first).to_have_attribute("title", "photo-02.jpg")
    assert page.url == address
    assert tiles(page) == shown
    page.go_forward()
    expect(role(page, "query-name")).to_have_attribute("title", path)


def test_presets_set_the_threshold_that_they_are_pressed_for(gallery: Served, page: Page) -> None:
    counts = []
    for name, key in [("same", "1"), ("near", "2"), ("alike", "3")]:
        button = role(page, f"preset-{name}")
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")
        most = int(role(page, "bits-max").input_value())
        expect(page).to_have_url(re.compile(rf"max_distance={most}\b"))
        image = gallery.id("photo-02.jpg")
        total = gallery.json("/search.json", img=image, max_distance=most)["total"]
        expect(role(page, "count")).to_have_attribute("data-count", str(total))
        expect(role(button, "preset-count")).to_have_text(str(total))
        counts.append((most, total))
        role(page, "preset-nearest").click()
        expect(page).not_to_have_url(re.compile("max_distance"))
        page.keyboard.press(key)
        expect(button).to_have_attribute("aria-pressed", "true")
    assert [most for most, _ in counts] == sorted({most for most, _ in counts})
    assert [total for _, total in counts] == sorted(total for _, total in counts)
    assert counts[-1][1] >= 24  # who asks for what is alike gets no less than without a threshold


def test_rows_are_filled_and_more_of_them_are_shown_on_demand(gallery: Served, page: Page) -> None:
    tile, more = role(page, "tile"), role(page, "more")
    expect(tile).to_have_count(24)  # three rows of eight
    expect(more).to_have_text("Show 24 more")
    more.click()
    expect(page).to_have_url(re.compile(r"\bk=48\b"))
    expect(tile).to_have_count(48)
    page.reload()
    expect(tile).to_have_count(48)
    expect(role(page, "preset-nearest")).to_have_attribute("aria-pressed", "false")
    more.click()
    more.click()
    expect(tile).to_have_count(len(gallery.ids()))  # more than a page, and all of them here
    expect(more).to_be_hidden()
    expect(role(page, "pager")).to_be_hidden()
    role(page, "preset-nearest").click()
    expect(tile).to_have_count(24)
    page.set_viewport_size({"width": 390, "height": 844})
    expect(tile).to_have_count(21)  # seven rows of three
    expect(role(page, "count")).to_have_text(re.compile("21 nearest of"))


def test_more_than_a_threshold_lets_in_moves_it(gallery: Served, page: Page) -> None:
    role(page, "bits-max").fill("0")
    role(page, "bits-max").press("Enter")
    expect(role(page, "tile")).to_have_count(4)
    image = gallery.id("photo-02.jpg")
    farthest = gallery.json("/search.json", img=image, k=24)["matches"][-1]["distance"]
    expect(role(page, "more")).to_have_text(f"Show 20 more, up to distance {farthest}")
    role(page, "more").click()
    expect(page).to_have_url(re.compile(rf"max_distance={farthest}\b"))
    expect(role(page, "tile")).to_have_count(24)
    expect(role(page, "bits-max")).to_have_value(str(farthest))


def test_distance_and_percent_come_first_and_rate_where_it_was_asked_for(
    gallery: Served, page: Page
) -> None:
    role(page, "bits-max").fill("300")
    bits = gallery.json("/search.json", img=gallery.id("photo-02.jpg"))["bits"]
    share = f"{100 * (1 - 300 / bits):.1f}%"
    expect(role(page, "bits-alike")).to_have_text(f"{share} alike or more")
    expect(role(page, "rate")).to_be_hidden()
    page.goto(f"{gallery.url}/search?img={gallery.id('photo-02.jpg')}&rate=1.5")
    expect(role(page, "rate")).to_have_value("1.5")


def test_path_pixels_and_size_are_shown_on_demand(gallery: Served, page: Page) -> None:
    facts = role(page, "tile-facts")
    expect(facts.first).to_be_hidden()
    role(page, "details").click()
    expect(role(page, "details")).to_have_attribute("aria-pressed", "true")
    page.reload()  # the browser remembers it
    wait_for_results(page)
    answer = gallery.json("/search.json", img=gallery.id("photo-02.jpg"))
    for at, match in enumerate(answer["matches"][:4]):
        expect(facts.nth(at)).to_be_visible()
        expect(facts.nth(at)).to_contain_text(shown_path(match))
        expect(facts.nth(at)).to_contain_text(f"{match['width']} × {match['height']} · ")
    page.keyboard.press("i")
    expect(facts.first).to_be_hidden()


def test_each_order_is_the_order_of_the_server(gallery: Served, page: Page) -> None:
    role(page, "bits-max").fill("1900")  # all there are, in two pages
    role(page, "bits-max").press("Enter")
    for sort in ("farthest", "biggest", "smallest", "name", "newest", "oldest", "nearest"):
        role(page, "sort").select_option(sort)
        _assert_order(gallery, page, sort)


def _assert_order(gallery: Served, page: Page, sort: str) -> None:
    image = gallery.id("photo-02.jpg")
    answer = gallery.json("/search.json", img=image, max_distance=10000, sort=sort)
    assert answer["total"] > 64
    ids = [match["id"] for match in answer["matches"]]
    wait_until(
        page,
        "ids => [...document.querySelectorAll('.tile')].map(tile => tile.dataset.id).join()"
        " === ids.join()",
        ids,
    )
    role(page, "page-next").click()
    rest = gallery.json("/search.json", img=image, max_distance=10000, sort=sort, offset=64)
    expect(role(page, "tile")).to_have_count(answer["total"] - 64)
    assert [tile["id"] for tile in tiles(page)] == [match["id"] for match in rest["matches"]]


def test_the_filter_leaves_other_folders_out(gallery: Served, page: Page) -> None:
    page.locator('[data-role="filters"] summary').click()
    role(page, "filter-folder").fill("内側")
    role(page, "filter-folder").press("Enter")
    expect(role(page, "filter-label")).to_have_text("Filter (1)")
    inside = [path for path in gallery.ids() if path.startswith("内側/")]
    expect(role(page, "count")).to_have_attribute("data-total", str(len(inside)))
    wait_for_results(page)
    assert {tile["path"].partition("/")[0] for tile in tiles(page)} == {"内側"}
    expect(page).to_have_url(re.compile("folder="))
    role(page, "filter-min-bytes").fill("999")
    role(page, "filter-min-bytes").press("Enter")
    expect(role(page, "empty")).to_contain_text("No photo passes the filter.")
    role(page, "filter-clear").click()
    expect(role(page, "count")).to_have_attribute("data-total", str(len(gallery.ids())))


def test_the_search_is_copied_in_words(gallery: Served, page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    for which, words in (("command", "sokkuri search "), ("python", "sokkuri.search(")):
        button = role(page, f"copy-{which}")
        button.click()
        expect(button).to_contain_text("Copied")
        copied = page.evaluate("navigator.clipboard.readText()")
        assert words in copied
        assert "photo-02.jpg" in copied


def test_what_is_shown_can_be_saved(page: Page) -> None:
    for link, start in (
        ("figure-png", b"\x89PNG"), ("figure-pdf", b"%PDF"), ("export-json", b"{"),
        ("export-csv", b""),
    ):  # fmt: skip
        with page.expect_download() as download:
            role(page, link).click()
        data = download.value.path().read_bytes()
        assert data.startswith(start)
        assert link.startswith("figure") or b"same hash.png" in data


def test_a_hash_that_is_chosen_is_made_and_searched(gallery: Served, page: Page) -> None:
    role(page, "hash").select_option("dhash-8")
    wait_until(page, "() => location.search.includes('hash=dhash-8')")
    wait_for_results(page)
    gallery.ready.site.shelves[0].wait()
    page.reload()  # some of the photos may have come in after the first answer
    wait_for_results(page)
    expect(role(page, "count")).to_have_text(re.compile("24 nearest of"))
    shown = [tile["id"] for tile in tiles(page)]
    answer = gallery.client.get(
        "/api/v1/search", params={"img": gallery.id("photo-02.jpg"), "hash": "dhash-8", "k": 24}
    ).json()
    assert shown == [match["id"] for match in answer["matches"]]
    assert "dhash-8" in gallery.ready.site.shelves[0].hashes
