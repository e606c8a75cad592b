"""A copied address is the whole page: for whoever is let in, and for nobody else."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect
from tests.web.browser.served import Served
from tests.web.browser.visiting import Visitor, role, tiles, wait_for_results


def _made_by_hand(gallery: Served, visitor: Visitor) -> Page:
    """Return a page that somebody brought into a state of their own."""
    page = visitor.open(gallery, f"/search?img={gallery.id('photo-04.jpg')}")
    wait_for_results(page)
    role(page, "emphasis-shape").check()
    expect(page).to_have_url(re.compile("emphasis=shape"))
    wait_for_results(page)
    role(page, "bits-max").fill(role(page, "bits-max").input_value())
    role(page, "bits-max").press("Enter")
    role(page, "sort").select_option("biggest")
    expect(page).to_have_url(re.compile("sort=biggest"))
    return page


def test_a_copied_address_opens_the_same_page(gallery: Served, visitor: Visitor) -> None:
    page = _made_by_hand(gallery, visitor)
    path = page.url.removeprefix(gallery.url)
    shown, count = tiles(page), role(page, "count").inner_text()
    assert len(shown) > 4
    other = visitor.open(gallery, path)
    wait_for_results(other)
    assert other.url == page.url
    assert tiles(other) == shown
    expect(role(other, "count")).to_have_text(count)
    for name in ("sort", "hash", "bits-max", "rate"):
        assert role(other, name).input_value() == role(page, name).input_value()
    expect(role(other, "emphasis-shape")).to_be_checked()
    twin = gallery.json(path.replace("/search?", "/search.json?"))
    assert [match["id"] for match in twin["matches"]] == [tile["id"] for tile in shown]
    assert count == f"{twin['total']} of {twin['searched']}"


def test_without_the_token_no_photo_is_shown(gallery: Served, visitor: Visitor) -> None:
    page = visitor.context(gallery).new_page()
    visitor.watch.expect("answered 401")
    ids = gallery.ids()
    a, b = ids["photo-04.jpg"], ids["photo-05.jpg"]
    for path in (f"/search?img={a}", "/", f"/explain?a={a}&b={b}", "/library", "/docs"):
        answer = page.goto(gallery.url + path)
        assert answer is not None
        assert answer.status == 401
        assert page.locator("img").count() == 0
        expect(page.locator("h1")).to_contain_text("needs the token")
        assert "photo-" not in page.content()
    assert visitor.watch.asked(words="/api/") == []


def test_a_photo_is_not_sent_without_the_token(gallery: Served, visitor: Visitor) -> None:
    page = visitor.context(gallery).new_page()
    visitor.watch.expect("answered 401")
    for part in ("picture?side=320", "file"):
        url = f"{gallery.url}/api/v1/images/{gallery.id('photo-04.jpg')}/{part}"
        answer = page.goto(url)
        assert answer is not None
        assert answer.status == 401
        assert "image" not in (answer.header_value("content-type") or "")


def test_a_link_lets_one_browser_in_once(gallery: Served, visitor: Visitor) -> None:
    link = gallery.ready.guarded.link("/library")
    first = visitor.context(gallery).new_page()
    first.goto(link)
    expect(first).to_have_url(f"{gallery.url}/library")
    second = visitor.context(gallery).new_page()
    visitor.watch.expect("answered 401")
    answer = second.goto(link)
    assert answer is not None
    assert answer.status == 401
    expect(second.locator("h1")).to_contain_text("This link was used already")
    expect(role(second, "enter")).to_contain_text("Run sokkuri ui again")
    second.locator("input").fill("no-such-token")
    second.locator("button").click()
    expect(second.locator("h1")).to_contain_text("That is not the token")
    second.locator("input").fill(gallery.ready.settings.token)
    second.locator("button").click()
    role(second, "cell").first.wait_for()


def test_a_used_link_speaks_the_language_of_the_browser(gallery: Served, visitor: Visitor) -> None:
    page = visitor.context(gallery, locale="ja-JP").new_page()
    visitor.watch.expect("answered 401")
    page.goto(f"{gallery.url}/enter?ticket=used")
    expect(page.locator("html")).to_have_attribute("lang", "ja")
    expect(page.locator("h1")).to_have_text("このリンクは使用済みか、期限切れです")
    expect(role(page, "enter")).to_contain_text("sokkuri ui をもう一度実行すると")
    page.locator("input").fill("no-such-token")
    page.locator("button").click()
    expect(page.locator("h1")).to_have_text("トークンが違います")


def test_an_address_that_leads_nowhere_leads_back(gallery: Served, visitor: Visitor) -> None:
    page = visitor.open(gallery, "/library")
    visitor.watch.expect("answered 404")
    for path in ("/serch?img=1", "/api/v1/images/000000.1", "/static/nothing.js"):
        answer = page.goto(gallery.url + path)
        assert answer is not None
        assert answer.status == 404
        expect(role(page, "error")).to_be_visible()
    page.goto(gallery.url + "/serch?lang=ja")
    expect(role(page, "error")).to_contain_text("ページが見つかりません")
    expect(role(page, "error")).to_contain_text("/serch")
    role(page, "error-home").click()
    role(page, "cell").first.wait_for()


def test_an_uploaded_query_lives_on_in_its_link(gallery: Served, visitor: Visitor) -> None:
    path = gallery.ready.query(gallery.folder / "photo-07.jpg")
    page = visitor.open(gallery, path)
    wait_for_results(page)
    expect(role(page, "query-name")).to_have_text("photo-07.jpg")
    expect(role(page, "tile").first).to_have_attribute("title", "photo-07.jpg")
