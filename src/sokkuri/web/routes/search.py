"""Searches, what is taken away from them, and two photos beside each other."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from fastapi import Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from sokkuri.images import Rejected
from sokkuri.show.export import dump_json, json_document, separated
from sokkuri.web.answers import distances_answer, results_of, search_answer
from sokkuri.web.as_command import phrases_of
from sokkuri.web.models import (
    DistanceTable,
    PairComparison,
    PairExplanation,
    Phrases,
    SearchAnswer,
)
from sokkuri.web.pairs import comparison_answer, explanation_answer, explanation_figure
from sokkuri.web.problems import unreadable
from sokkuri.web.routes.parameters import (
    PROBLEMS,
    AskedFor,
    HowAsked,
    PairOf,
    Router,
    SiteOf,
    attachment,
    file_answers,
    json_answer,
)
from sokkuri.web.routes.photos import QUERY_BODY, form_query

router: Final = Router(tags=["search"], responses=PROBLEMS)
pairs: Final = Router(tags=["pairs"], responses=PROBLEMS)

_TABLE: Final = ("application/json", "text/csv")
_KINDS: Final = {"png": "image/png", "pdf": "application/pdf"}
_PICTURE: Final = file_answers("A picture.", *_KINDS.values())


@router.get("/search", response_model=SearchAnswer)
def _search(site: SiteOf, asked: AskedFor) -> Response:
    """Find the photos that look like one that is known by its id."""
    return json_answer(search_answer(site, asked))


@router.post("/search", response_model=SearchAnswer, openapi_extra=QUERY_BODY)
async def _search_by_form(request: Request, site: SiteOf, asked: HowAsked) -> Response:
    """Find the photos that look like a picture that is sent, or one that is known by its id."""
    image = await form_query(request, site, asked.hash)
    asked = asked.of(image)
    return json_answer(await run_in_threadpool(search_answer, site, asked))


@router.get("/distances", response_model=DistanceTable)
def _distances(site: SiteOf, asked: AskedFor) -> Response:
    """Return how far every photo is, for a page that filters by itself."""
    return json_answer(distances_answer(site, asked))


@router.get("/phrases", response_model=Phrases)
def _phrases(site: SiteOf, asked: AskedFor) -> Response:
    """Return the same search as a command line, and as Python."""
    return json_answer(phrases_of(site, asked))


@router.get("/export", response_class=Response, responses=file_answers("A file.", *_TABLE))
def _export(
    site: SiteOf,
    asked: AskedFor,
    format: Annotated[Literal["json", "csv"], Query()] = "json",
) -> Response:
    """Return all matches as the command line prints them, as a file."""
    results = results_of(site, asked)
    if format == "json":
        document = dump_json(json_document(results))
        return attachment(document.encode(), "application/json", "matches.json")
    text = separated([results], ",").encode("utf-8", "surrogateescape")
    return attachment(text, "text/csv; charset=utf-8", "matches.csv")


@router.get("/figure", response_class=Response, responses=file_answers("A file.", *_KINDS.values()))
def _figure(
    site: SiteOf,
    asked: AskedFor,
    format: Annotated[Literal["png", "pdf"], Query()] = "png",
) -> Response:
    """Draw the tutorial's figure: the query above its matches."""
    results = results_of(site, asked)
    data = site.pictures.figure(results, format).result()
    if isinstance(data, Rejected):
        raise unreadable(data)
    return attachment(data, _KINDS[format], f"matches.{format}")


@pairs.get("/explain", response_model=PairExplanation)
def _explain(site: SiteOf, pair: PairOf) -> Response:
    """Return the very bits of two photos that agree and differ."""
    return json_answer(explanation_answer(site, pair))


@pairs.get("/explain/figure", response_class=Response, responses=_PICTURE)
def _explain_figure(
    site: SiteOf, pair: PairOf, format: Annotated[Literal["png", "pdf"], Query()] = "png"
) -> Response:
    """Draw why two photos match."""
    data = explanation_figure(site, pair, format)
    return attachment(data, _KINDS[format], f"explanation.{format}")


@pairs.get("/compare", response_model=PairComparison)
def _compare(site: SiteOf, pair: PairOf) -> Response:
    """Return what is known of two photos, side by side."""
    return json_answer(comparison_answer(site, pair))
