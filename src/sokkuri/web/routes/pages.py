"""The pages, each with a twin in JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response

from sokkuri.web.answers import listing_answer, search_answer
from sokkuri.web.pairs import comparison_answer, explanation_answer
from sokkuri.web.problems import wrong
from sokkuri.web.render import LANGUAGE_COOKIE, LANGUAGES, page_html
from sokkuri.web.routes.folders import library_answer
from sokkuri.web.routes.parameters import (
    HowAsked,
    ListedAs,
    PairOf,
    SiteOf,
    json_answer,
)

router: Final = APIRouter(include_in_schema=False)
twins: Final = APIRouter(include_in_schema=False)

_PAGES: Final = ("home", "search", "explain", "compare", "library", "docs")
"""Each is at the address of its name, but for the first."""

_YEAR: Final = 365 * 24 * 3600


def _page(name: str) -> Callable[..., Response]:
    """Return what answers with a page; its modules fetch what it shows."""

    def page(request: Request, lang: Annotated[str, Query(max_length=16)] = "") -> Response:
        answer = HTMLResponse(page_html(request, name))
        if lang in LANGUAGES:  # whoever chose a language meets it again on the next page
            answer.set_cookie(LANGUAGE_COOKIE, lang, max_age=_YEAR, samesite="strict")
        return answer

    return page


for _name in _PAGES:
    router.add_api_route("/" if _name == "home" else f"/{_name}", _page(_name), name=_name)


@twins.get("/index.json")
def _home_json(site: SiteOf, listed: Annotated[ListedAs, Depends()]) -> Response:
    """Return what the home page lists."""
    ranking = site.listing(listed.filters, listed.sort)
    return json_answer(listing_answer(ranking, listed.offset, listed.limit))


@twins.get("/search.json")
def _search_json(
    site: SiteOf,
    asked: HowAsked,
    img: Annotated[list[str] | None, Query()] = None,
) -> Response:
    """Return what a search page shows; of several tabs, a list."""
    if not img:
        raise wrong("`img` is missing: the id of the photo to look for")
    found = [search_answer(site, asked.of(image)) for image in dict.fromkeys(img)]
    return json_answer(found[0] if len(found) == 1 else found)


@twins.get("/explain.json")
def _explain_json(site: SiteOf, pair: PairOf) -> Response:
    """Return what an explain page shows."""
    return json_answer(explanation_answer(site, pair))


@twins.get("/compare.json")
def _compare_json(site: SiteOf, pair: PairOf) -> Response:
    """Return what a compare page shows."""
    return json_answer(comparison_answer(site, pair))


@twins.get("/library.json")
def _library_json(site: SiteOf) -> Response:
    """Return what the library page shows."""
    return json_answer(library_answer(site))
