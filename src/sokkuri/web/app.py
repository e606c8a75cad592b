"""The whole server as one application: its addresses, and errors of one shape."""

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
from sokkuri.language import sentence
from sokkuri.pipeline.pool import Busy
from sokkuri.web.models import Health
from sokkuri.web.problems import Problem, problem, wrong
from sokkuri.web.routes import copies, folders, pages, pairs, photos, search
from sokkuri.web.routes.responses import twins
from sokkuri.web.safety import wants_html

if TYPE_CHECKING:
    from sokkuri.web.site import Site

API: Final = "/api/v1"
_STATIC: Final = os.path.join(os.path.dirname(__file__), "static")
_ROUTERS: Final = (search.router, copies.router, photos.router, folders.router, pairs.router)


class _App(FastAPI):
    def openapi(self) -> dict[str, Any]:
        """Describe the API, with 400 where FastAPI says 422: our errors have one shape."""
        if self.openapi_schema is None:
            document = super().openapi()
            for operations in document["paths"].values():
                for operation in operations.values():
                    operation["responses"].pop("422", None)
            for name in ("HTTPValidationError", "ValidationError"):
                document.get("components", {}).get("schemas", {}).pop(name, None)
        return super().openapi()


def make_app(site: Site, *, with_pages: bool = True) -> FastAPI:
    """Return the application; put it behind :class:`sokkuri.web.safety.Guarded` to serve it.

    Parameters
    ----------
    site : Site
    with_pages : bool
        Serve the pages too, not only the API and its description.
    """
    app = _App(
        title="sokkuri",
        version=__version__,
        description="Similar-image search without deep learning: exact, explained, reproducible.",
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
    )
    app.state.site = site
    app.add_api_route("/healthz", _health, response_model=Health, tags=["server"])
    for router in _ROUTERS:
        app.include_router(router, prefix=API)
    if with_pages:
        app.include_router(pages.router)
        app.include_router(twins)
        app.mount("/static", StaticFiles(directory=_STATIC), name="static")
    # SokkuriError stands for all of ours.
    for kind in (SokkuriError, HTTPException, RequestValidationError):
        app.add_exception_handler(kind, _answer if with_pages else _answer_program)
    return app


def _health() -> Health:
    """Say that the server answers; nothing of the photos is told."""
    return {"status": "ok", "version": __version__}


async def _answer(request: Request, error: Exception) -> Response:
    if not wants_html(request.headers):
        return await _answer_program(request, error)
    answer = _problem_of(request, error)
    lost = isinstance(error, HTTPException) and answer.status == HTTPStatus.NOT_FOUND
    html = pages.page_html(request, "error", problem=answer.said(), lost=lost)
    return HTMLResponse(html, answer.status, answer.headers)


async def _answer_program(request: Request, error: Exception) -> Response:
    return _problem_of(request, error).response()


def _problem_of(request: Request, error: Exception) -> Problem:
    if isinstance(error, Problem):
        return error
    if isinstance(error, Busy):
        return problem("too-many-pictures", seconds=error.retry_after)
    if isinstance(error, MissingExtra):
        # How it is installed here is nobody's business out there.
        return problem("missing-part", feature=error.feature, part=error.extra)
    if isinstance(error, RequestValidationError):
        return wrong("; ".join(_words(each) for each in error.errors()))
    if isinstance(error, HTTPException):
        return _no_page(request, error)
    return problem("library-unusable", detail=error)


_NO_PAGE: Final = {
    404: ("not-found", sentence("There is no such page"), sentence("begin at the home page: /")),
    405: ("wrong-method", sentence("This address takes another method"), "see the page /docs"),
}
_NOT_UNDERSTOOD: Final = (
    "bad-request",
    sentence("The request cannot be understood"),
    sentence("see the page /docs"),
)


def _no_page(request: Request, error: HTTPException) -> Problem:
    """Return the problem of an address, a method or a body."""
    kind, title, advice = _NO_PAGE.get(error.status_code, _NOT_UNDERSTOOD)
    headers = dict(error.headers or {})
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        # The framework names the methods of the first route of that path alone.
        headers["Allow"] = ", ".join(_methods(request)) or headers.get("allow", "GET")
        headers.pop("allow", None)
    detail = str(error.detail)
    return Problem(error.status_code, kind, title, detail=detail, next=advice, headers=headers)


def _methods(request: Request) -> list[str]:
    """Return the methods that a path of the API takes."""
    path = request.url.path
    if not path.startswith(API + "/"):
        return []
    scope = {"type": "http", "method": request.method, "path": path, "root_path": API}
    routes = (route for router in _ROUTERS for route in router.routes if isinstance(route, Route))
    found = [route.methods or () for route in routes if route.matches(scope)[0] is not Match.NONE]
    return sorted(set().union(*found))


def _words(error: Any) -> str:
    """Return what is wrong with one parameter."""
    place = ".".join(str(part) for part in error["loc"] if part not in ("query", "path", "body"))
    return f"`{place}`: {error['msg']}"
