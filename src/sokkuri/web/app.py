"""The whole server as one application: addresses, errors of one shape, and the rooms of safety."""

from __future__ import annotations

import os
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, Response
from starlette.exceptions import HTTPException
from starlette.routing import Match, Route
from starlette.staticfiles import StaticFiles

from sokkuri import __version__
from sokkuri.errors import MissingExtra, SokkuriError
from sokkuri.pipeline.desk import Busy
from sokkuri.web.description import describe_truly
from sokkuri.web.models import Health
from sokkuri.web.refusals import busy, faulty, missing_part, no_page, too_large, wrong
from sokkuri.web.render import page_html
from sokkuri.web.routes import folders, pages, pairs, photos, searching
from sokkuri.web.safety.problems import PROBLEM_JSON, Problem, problem_json
from sokkuri.web.sameness import Sameness
from sokkuri.web.uploads import UploadTooLarge

if TYPE_CHECKING:
    from sokkuri.web.site import Site

__all__ = ["API", "make_app"]

API: Final = "/api/v1"
_STATIC: Final = os.path.join(os.path.dirname(__file__), "static")
_PARTS: Final = (searching, photos, folders, pairs)
_BESIDE: Final = frozenset({"/", "/search", "/explain", "/compare", "/library", "/docs"})


def make_app(site: Site, *, with_pages: bool = True) -> FastAPI:
    """Return the application; put it behind :func:`sokkuri.web.safety.guard` to serve it.

    Parameters
    ----------
    site : Site
    with_pages : bool
        Whether there are pages, or only the API and its description.
    """
    app = FastAPI(
        title="sokkuri",
        version=__version__,
        description="Similar-image search without deep learning: exact, explained, reproducible.",
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
    )
    app.state.site = site
    app.state.sameness = Sameness(site.pictures)
    app.add_api_route("/healthz", _health, response_model=Health, tags=["server"])
    for part in _PARTS:
        app.include_router(part.router, prefix=API)
    if with_pages:
        app.include_router(pages.router)
        app.include_router(pages.twins)
        app.mount("/static", StaticFiles(directory=_STATIC), name="static")
    _answer_errors(app)
    describe_truly(app)
    return app


def _health() -> dict[str, str]:
    """Say that the server answers; nothing of the photos is told."""
    return {"status": "ok", "version": __version__}


def _answer_errors(app: FastAPI) -> None:
    # SokkuriError stands for all of ours.
    for kind in (SokkuriError, HTTPException, RequestValidationError):
        app.add_exception_handler(kind, _answer)


async def _answer(request: Request, error: Exception) -> Response:
    problem = _problem(request, error)
    headers = dict(problem.headers)
    if request.url.path in _BESIDE and "text/html" in request.headers.get("accept", ""):
        html = page_html(request, "error", problem=problem.fields())
        return HTMLResponse(html, problem.status, headers)
    return Response(problem_json(problem), problem.status, headers, PROBLEM_JSON)


def _problem(request: Request, error: Exception) -> Problem:
    if isinstance(error, Problem):
        return error
    if isinstance(error, Busy):
        return busy(error.retry_after)
    if isinstance(error, UploadTooLarge):
        return too_large(str(error))
    if isinstance(error, MissingExtra):
        return missing_part(str(error))
    if isinstance(error, RequestValidationError):
        return wrong("; ".join(_words(each) for each in error.errors()))
    if isinstance(error, HTTPException):
        headers = dict(error.headers or {})
        if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            # The framework names the methods of the first route of that path alone.
            headers["Allow"] = ", ".join(_methods(request)) or headers.get("allow", "GET")
            headers.pop("allow", None)
        return no_page(error.status_code, str(error.detail), headers)
    return faulty(str(error))


def _methods(request: Request) -> list[str]:
    """Return the methods that a path of the API takes."""
    found: set[str] = set()
    if not request.url.path.startswith(API + "/"):
        return []
    scope = {"type": "http", "method": request.method, "path": request.url.path, "root_path": API}
    for part in _PARTS:
        for route in part.router.routes:
            if isinstance(route, Route) and route.matches(scope)[0] is not Match.NONE:
                found |= route.methods or set()
    return sorted(found)


def _words(error: Any) -> str:
    """Return what is wrong with one parameter."""
    place = ".".join(str(part) for part in error["loc"] if part not in ("query", "path", "body"))
    return f"`{place}`: {error['msg']}"
