"""What the headers forbid no page does, and what the page of the API lists is what there is."""

from __future__ import annotations

from tests.web.browser.pages import PLACES, go_to
from tests.web.browser.served import Served
from tests.web.browser.visiting import Visitor, role, wait_until

_INLINE = """() => [...document.querySelectorAll("*")].flatMap((node) =>
  [...node.attributes].filter(({name}) => name.startsWith("on")).map(({name}) =>
    `${node.tagName} ${name}`))
  .concat([...document.querySelectorAll("script:not([src]):not([type='application/json']), style")]
    .map((node) => node.outerHTML.slice(0, 60)))"""

_FORBIDDEN = """() => {
  const script = document.createElement("script");
  script.textContent = "window.ran = true";
  document.body.append(script);
  document.body.setAttribute("onclick", "window.ran = true");
  document.body.click();
  document.body.setAttribute("style", "color: red");
  fetch("http://192.0.2.1/").catch(() => {});
}"""

_ALL_SEEN = """(directives) => directives.every((directive) =>
  window.violations.some((seen) => seen.startsWith(directive)))"""


def test_no_page_does_what_its_policy_forbids(gallery: Served, visitor: Visitor) -> None:
    page = visitor.open(gallery, "/library")
    found = {}
    for name in PLACES:
        go_to(page, gallery, name)
        page.keyboard.press("?")
        role(page, "keys-sheet").wait_for()
        found[name] = page.evaluate(_INLINE)
    assert {name: what for name, what in found.items() if what} == {}
    assert visitor.watch.violations == []


def test_what_is_forbidden_would_be_noticed(gallery: Served, visitor: Visitor) -> None:
    page = visitor.open(gallery, "/library")
    page.evaluate(_FORBIDDEN)
    directives = ["script-src", "style-src", "connect-src"]
    wait_until(page, _ALL_SEEN, directives)
    for directive in directives:
        assert any(f"violation of {directive}" in trouble for trouble in visitor.troubles())
    assert page.evaluate("window.ran") is None
    visitor.watch.expect("^violation of (script|style|connect)-src")


def test_the_page_of_the_api_lists_every_operation(gallery: Served, visitor: Visitor) -> None:
    described = gallery.json("/openapi.json")
    operations = {
        f"{method.upper()} {path}"
        for path, methods in described["paths"].items()
        for method in methods
    }
    assert len(operations) >= 15
    page = visitor.open(gallery, "/docs")
    role(page, "operation").first.wait_for()
    shown = role(page, "operation").locator("h3").all_inner_texts()
    listed = [" ".join(words.split()) for words in shown]
    assert set(listed) == operations
    assert len(listed) == len(operations)
    schemas = role(page, "schema").locator("h3").all_inner_texts()
    assert {words.strip() for words in schemas} == set(described["components"]["schemas"])
