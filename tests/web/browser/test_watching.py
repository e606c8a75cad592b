"""The watch over all pages hears what it is there for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser
from tests.web.browser.served import Served
from tests.web.browser.visiting import Visitor, wait_until


@pytest.fixture
def stranger(browser: Browser) -> Iterator[Visitor]:
    """Return a visitor whose troubles fail no test."""
    visitor = Visitor(browser)
    yield visitor
    visitor.leave()


@pytest.mark.parametrize(
    ("act", "event", "words"),
    [
        ("console.error('a complaint')", "console", "a complaint"),
        ("setTimeout(() => { throw new Error('not caught'); })", "weberror", "not caught"),
        ("Promise.reject(new Error('no one cares'))", "weberror", "no one cares"),
        ("fetch('/api/v1/images/000000.1')", "response", "answered 404"),
    ],
)
def test_what_a_page_complains_of_is_heard(
    gallery: Served, stranger: Visitor, act: str, event: Any, words: str
) -> None:
    page = stranger.open(gallery, "/library")
    assert stranger.troubles() == []

    def is_it(told: Any) -> bool:
        return bool(event != "response" or told.status == 404)

    with page.context.expect_event(event, predicate=is_it):
        page.evaluate(f"() => {{ {act}; }}")
    (trouble,) = stranger.troubles()
    assert words in trouble
    stranger.watch.expect(words)
    assert stranger.troubles() == []


def test_what_the_browser_alone_complains_of_is_heard(gallery: Served, stranger: Visitor) -> None:
    page = stranger.open(gallery, "/library")
    with page.context.expect_console_message(lambda message: message.type == "error"):
        page.evaluate(
            """() => {
              const sheet = document.createElement("link");
              sheet.rel = "stylesheet";
              sheet.href = "/healthz";
              document.head.append(sheet);
            }"""
        )
    (trouble,) = stranger.troubles()
    assert trouble.startswith("the browser remarks at ")


def test_a_request_that_fails_is_heard(gallery: Served, stranger: Visitor) -> None:
    page = stranger.open(gallery, "/library")
    page.route("**/healthz", lambda route: route.abort())
    with page.context.expect_console_message(lambda message: message.type == "error"):
        page.evaluate("fetch('/healthz').catch(() => {})")
    (trouble,) = stranger.troubles()
    assert "/healthz" in trouble


def test_every_window_is_watched() -> None:
    opened = {
        path.name
        for path in Path(__file__).parent.rglob("*.py")
        if re.search(r"new_context|[Bb]rowser\.new_page", path.read_text(encoding="utf-8"))
    }
    assert opened == {"visiting.py", Path(__file__).name}


def test_a_violation_is_told_by_its_event(gallery: Served, stranger: Visitor) -> None:
    page = stranger.open(gallery, "/library")
    page.evaluate("document.body.setAttribute('style', 'color: red')")
    wait_until(page, "() => window.violations.length > 0")
    (trouble,) = stranger.troubles()
    assert trouble.startswith("violation of style-src")
    stranger.watch.expect("^violation of style-src")
    assert stranger.troubles() == []


def test_a_request_to_another_host_is_noticed(gallery: Served, stranger: Visitor) -> None:
    page = stranger.open(gallery, "/library")
    page.goto(gallery.url.replace("127.0.0.1", "localhost") + "/healthz")
    assert [words for words in stranger.troubles() if "elsewhere" in words]
    wait_until(page, "() => location.hostname === 'localhost'")
