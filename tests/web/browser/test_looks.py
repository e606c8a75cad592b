"""Narrow windows, both languages, both themes: nothing is cut off, everything can be read."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page
from tests.web.browser.pages import PLACES, go_to
from tests.web.browser.served import Served
from tests.web.browser.visiting import Visitor

ENOUGH = 4.5
"""The contrast that WCAG 2 asks of text."""

LEAST = 24
"""The side that WCAG 2.2 asks of what can be pressed, in CSS pixels."""

_TOO_WIDE = """() => {
  const root = document.documentElement;
  const hides = [root, document.body].filter((node) =>
    ["hidden", "clip"].includes(getComputedStyle(node).overflowX)).map((node) => node.tagName);
  const wide = [...document.querySelectorAll("body *")].filter((node) =>
    node.getBoundingClientRect().right > root.clientWidth + 1).slice(0, 5)
    .map((node) => `${node.tagName}.${node.className}`);
  return root.scrollWidth > root.clientWidth || hides.length
    ? [root.scrollWidth, root.clientWidth, hides, wide] : null;
}"""

# What can be pressed, is seen, and is no word within a sentence; a label is pressed for its box.
_SMALL = """(least) => {
  const found = new Set();
  const PRESSED = "a[href], button, select, summary, input, [role=slider], [role=button]";
  for (const node of document.querySelectorAll(PRESSED)) {
    const target = node.closest("label") ?? node;
    const seen = {checkOpacity: false, checkVisibilityCSS: true};
    if (!target.checkVisibility(seen) || node.closest(".unseen, .skip")) continue;
    if (getComputedStyle(target).display === "inline") continue;
    const {width, height} = target.getBoundingClientRect();
    const name = `${node.tagName}.${node.className} ${node.dataset.role ?? ""}`;
    if (width < least || height < least) found.add(`${name}: ${width} x ${height}`);
  }
  return [...found];
}"""

# Actions of which a part lies outside of the tile, the dialog or the window that they belong to.
_CUT = """() => {
  const scrolls = (node) => node !== document.documentElement
    && (["auto", "scroll"].includes(getComputedStyle(node).overflowX)
      || scrolls(node.parentElement));
  return [...document.querySelectorAll(".button, .choice > *, select")].filter((node) => {
    const seen = {checkVisibilityCSS: true};
    if (!node.checkVisibility(seen) || scrolls(node.parentElement)) return false;
    const own = node.getBoundingClientRect();
    const around = node.closest(".tile, .cell") ?? document.documentElement;
    const {left, right} = around.getBoundingClientRect();
    return own.left < left - 1 || own.right > right + 1
      || node.scrollWidth > node.clientWidth + 1;
  }).map((node) => `${node.className} ${node.textContent}`);
}"""

# Every visible element with words of its own, the colour of them, and what lies behind.
_WORDS = """() => {
  const parse = (text) => {
    const numbers = text.match(/-?[\\d.]+(e-?\\d+)?/g).map(Number);
    const scale = text.startsWith("color(") ? 255 : 1;
    const [red, green, blue, alpha = 1] = numbers;
    return [red * scale, green * scale, blue * scale, alpha];
  };
  const over = (top, ground) =>
    [0, 1, 2].map((at) => top[at] * top[3] + ground[at] * (1 - top[3])).concat(1);
  const behind = (node) => {
    if (!node) return [255, 255, 255, 1];
    const own = parse(getComputedStyle(node).backgroundColor);
    return own[3] === 1 ? own : over(own, behind(node.parentElement));
  };
  const light = (colour) => {
    const [red, green, blue] = colour.map((value) => value / 255).map((value) =>
      value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (one, other) => {
    const [high, low] = [light(one), light(other)].sort((x, y) => y - x);
    return (high + 0.05) / (low + 0.05);
  };
  const words = (node) => [...node.childNodes].filter((child) => child.nodeType === 3)
    .map((child) => child.textContent.trim()).join(" ").trim();
  const clearness = (node) =>
    node ? Number(getComputedStyle(node).opacity) * clearness(node.parentElement) : 1;
  const SKIPPED = "svg, script, datalist, .unseen, .skip, dialog, [disabled]";
  const found = [];
  for (const node of document.querySelectorAll("body *")) {
    const text = words(node) || (node.matches("input, select") ? node.value : "");
    const seen = {checkOpacity: true, checkVisibilityCSS: true};
    if (!text || node.closest(SKIPPED)) continue;
    if (node.matches("input[type=range], input[type=checkbox], input[type=radio], option"))
      continue;
    if (!node.checkVisibility(seen)) continue;
    const ground = behind(node);
    const colour = parse(getComputedStyle(node).color);
    colour[3] *= clearness(node);
    const ink = over(colour, ground);
    found.push({what: `${node.tagName}.${node.className}: ${text.slice(0, 30)}`,
                contrast: contrast(ink, ground)});
  }
  return found;
}"""


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_no_page_scrolls_sideways_on_a_phone(gallery: Served, visitor: Visitor, lang: str) -> None:
    page = visitor.open(
        gallery, f"/?lang={lang}", viewport={"width": 390, "height": 844}, has_touch=True
    )
    wide: dict[str, Any] = {}
    for name in PLACES:
        go_to(page, gallery, name)
        assert page.locator("html").get_attribute("lang") == lang
        wide[name] = page.evaluate(_TOO_WIDE)
    assert {name: found for name, found in wide.items() if found} == {}


@pytest.mark.parametrize("touch", [False, True])
@pytest.mark.parametrize("width", [390, 1280])
def test_what_can_be_pressed_is_large_enough_and_whole(
    gallery: Served, visitor: Visitor, width: int, touch: bool
) -> None:
    page = visitor.open(gallery, viewport={"width": width, "height": 844}, has_touch=touch)
    wrong: dict[str, Any] = {}
    for name in PLACES:
        go_to(page, gallery, name)
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        wrong[name] = page.evaluate(_SMALL, LEAST) + page.evaluate(_CUT)
    assert {name: found for name, found in wrong.items() if found} == {}


def test_what_is_small_or_cut_would_be_found(gallery: Served, visitor: Visitor) -> None:
    page = visitor.open(gallery, "/library")
    page.locator("[data-role=theme]").evaluate("node => (node.style.height = '20px')")
    assert len(page.evaluate(_SMALL, LEAST)) == 1
    assert page.evaluate(_CUT) == []
    page.locator("[data-role=theme]").evaluate("node => (node.style.translate = '100px')")
    assert len(page.evaluate(_CUT)) >= 1


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_all_words_stand_out_from_what_is_behind_them(
    gallery: Served, visitor: Visitor, theme: str
) -> None:
    page = visitor.open(gallery, color_scheme=theme, reduced_motion="reduce")
    faint: dict[str, list[str]] = {}
    for name in PLACES:
        go_to(page, gallery, name)
        words = page.evaluate(_WORDS)
        assert len(words) >= 8, name
        faint[name] = _faint(words)
    assert {name: found for name, found in faint.items() if found} == {}


def _faint(words: list[dict[str, Any]]) -> list[str]:
    return sorted(
        {f"{each['what']} ({each['contrast']:.2f})" for each in words if each["contrast"] < ENOUGH}
    )


def test_faint_words_would_be_found(gallery: Served, visitor: Visitor) -> None:
    page = visitor.open(gallery, "/library")
    page.locator("h1").evaluate("node => (node.style.color = 'rgb(150 150 150)')")
    assert any("H1" in each for each in _faint(page.evaluate(_WORDS)))


def test_wide_pages_would_be_found(gallery: Served, visitor: Visitor) -> None:
    page = visitor.open(gallery, "/library", viewport={"width": 390, "height": 844})
    assert page.evaluate(_TOO_WIDE) is None
    _widen(page)
    assert page.evaluate(_TOO_WIDE) is not None


def _widen(page: Page) -> None:
    page.locator("h1").evaluate("node => (node.style.minWidth = '500px')")
