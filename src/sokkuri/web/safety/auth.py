"""Only who holds the token of this run gets in: programs by a header, browsers by a cookie.

The door is ``/enter``: a one-time link or the token typed in becomes a cookie; others are told
the way.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import threading
import time
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from starlette.datastructures import Headers, QueryParams
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from sokkuri.language import language
from sokkuri.web.problems import problem
from sokkuri.web.words import language_headers, page_word

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp, Receive, Scope, Send

    from sokkuri.web.safety.settings import SafetySettings

# Unused links that are good at once; the oldest makes room.
_MOST_LINKS: Final = 64
_MOST_FORM_BYTES: Final = 4096

# One slash, then no second and no backslash, which browsers take for one; no control characters,
# which they leave out.
_LOCAL: Final = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f-\x9f]*")

_HEADER: Final = "<code>Authorization: Bearer TOKEN</code>"

_ONWARD: Final = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="refresh" content="0;url={target}">
<title>sokkuri</title>
<p><a href="/">sokkuri</a></p>
</html>
"""


class Auth:
    """Refuse who shows neither token nor cookie; see to ``/enter``, where the cookie is got."""

    def __init__(self, app: ASGIApp, settings: SafetySettings) -> None:
        self.links = OneTimeLinks(settings.ticket_seconds)
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check token or cookie."""
        if scope["path"] == "/enter":
            answer: ASGIApp = await self._enter(Request(scope, receive))
        elif _is_open(scope["path"]) or self._is_allowed(Headers(scope=scope)):
            answer = self._app
        else:
            answer = _refusal(Headers(scope=scope), "door.closed")
        await answer(scope, receive, send)

    async def _enter(self, request: Request) -> Response:
        """Answer ``GET /enter?ticket=...&next=/path`` and the form's ``POST /enter``."""
        why = "door.wrong"
        if request.method == "POST":
            token = QueryParams(await _form_bytes(request)).get("token", "").strip()
            good = hmac.compare_digest(token.encode(), self._settings.token.encode())
            onward = "/"
        elif request.method == "GET":
            onward, *more = request.query_params.getlist("next") or ["/"]
            if more or not _LOCAL.fullmatch(onward):
                raise problem("bad-next")
            ticket = request.query_params.get("ticket", "")
            # A link that is followed again leads on, if its browser is the one it let in.
            good = self.links.redeem(ticket) or self._has_cookie(request.headers)
            why = "door.used" if ticket else "door.closed"
        else:
            raise problem("wrong-link-method")
        return self._let_in(request, onward) if good else _refusal(request.headers, why)

    def _let_in(self, request: Request, onward: str) -> Response:
        location = quote(onward, safe="/%?&=#:;,+@!$()*~[]")
        if "cross-site" in request.headers.getlist("sec-fetch-site"):
            # A strict cookie is not sent along a redirect that began on another site, such as a
            # terminal within a browser; a page of our own is a new beginning.
            page = _ONWARD.format(target=location.replace("&", "&amp;"))
            answer: Response = HTMLResponse(page)
        else:
            answer = Response(status_code=303, headers={"location": location})
        name, value = self._settings.cookie_name, self._settings.cookie_value
        answer.headers["set-cookie"] = f"{name}={value}; Path=/; HttpOnly; SameSite=Strict"
        return answer

    def _is_allowed(self, headers: Headers) -> bool:
        shown = headers.getlist("authorization")
        if not shown:
            return self._has_cookie(headers)
        scheme, _, token = shown[0].partition(" ")
        right = hmac.compare_digest(token.encode().strip(), self._settings.token.encode())
        return right and scheme.lower() == "bearer" and len(shown) == 1

    def _has_cookie(self, headers: Headers) -> bool:
        name, right = self._settings.cookie_name, self._settings.cookie_value.encode()
        pairs = [
            pair.strip().partition("=")
            for header in headers.getlist("cookie")
            for pair in header.split(";")
        ]
        return any(
            key == name and hmac.compare_digest(value.encode(), right) for key, _, value in pairs
        )


class OneTimeLinks:
    """Tickets that let one browser in, once, within some seconds."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._ends: dict[bytes, float] = {}

    def issue(self) -> str:
        """Return a new ticket, 128 random bits."""
        ticket = secrets.token_urlsafe(16)
        with self._lock:
            while len(self._ends) >= _MOST_LINKS:
                del self._ends[next(iter(self._ends))]
            self._ends[_digest(ticket)] = self._clock() + self._seconds
        return ticket

    def redeem(self, ticket: str) -> bool:
        """Use a ticket up, and tell whether it was good."""
        with self._lock:
            end = self._ends.pop(_digest(ticket), None)
        return end is not None and self._clock() < end


def _digest(ticket: str) -> bytes:
    """Return what is looked up instead, so that the time it takes says nothing of the ticket."""
    return hashlib.sha256(ticket.encode("utf-8", "surrogatepass")).digest()


def _is_open(path: str) -> bool:
    """Tell whether a path is for everybody: the page's own files, and the sign of life."""
    is_odd = any(odd in path for odd in ("..", "//", "\\", "\0"))
    return path == "/healthz" or (path.startswith("/static/") and not is_odd)


def _refusal(headers: Headers, why: str) -> Response:
    """Return a 401: for people a page with a form, for programs a problem.

    Parameters
    ----------
    headers : Headers
    why : str
        Key of the words.
    """
    if not wants_html(headers):
        return problem("no-token").response()
    lang = language()
    page = _page().format(
        lang=lang,
        why=page_word(lang, why),
        again=page_word(lang, "door.again", command="<code>sokkuri ui</code>"),
        token=page_word(lang, "door.token"),
        open=page_word(lang, "door.open"),
        programs=page_word(lang, "door.programs", header=_HEADER),
    )
    return HTMLResponse(page, 401, {"WWW-Authenticate": "Bearer", **language_headers()})


@cache
def _page() -> str:
    return resources.files("sokkuri.web").joinpath("templates", "enter.html").read_text("utf-8")


async def _form_bytes(request: Request) -> bytes:
    """Return the body of a form, or nothing if it is longer than ours can be."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > _MOST_FORM_BYTES:
            return b""
    return body


def wants_html(headers: Headers) -> bool:
    """Tell whether a page is asked for: text/html is named, and JSON is not preferred."""
    weights = {"text/html": 0.0, "application/json": 0.0, "application/problem+json": 0.0}
    for part in ",".join(headers.getlist("accept")).lower().split(","):
        kind, *parameters = (piece.strip() for piece in part.split(";"))
        if kind in weights:
            weights[kind] = _weight(parameters)
    html = weights.pop("text/html")
    return html > 0 and html >= max(weights.values())


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return float(parameter[2:])
            except ValueError:
                return 0.0
    return 1.0
