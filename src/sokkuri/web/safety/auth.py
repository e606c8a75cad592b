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
from urllib.parse import parse_qs, quote

from sokkuri.web.problems import Problem, no_token
from sokkuri.web.safety.asgi import header_values, respond, send_problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from sokkuri.web.safety.asgi import App, Receive, Scope, Send
    from sokkuri.web.safety.settings import SafetySettings

_ODD: Final = ("..", "//", "\\", "\0")
# Unused links that are good at once; the oldest makes room.
_MOST_LINKS: Final = 64

_MOST_FORM_BYTES: Final = 4096

# One slash, then no second and no backslash, which browsers take for one; no control characters,
# which they leave out.
_LOCAL: Final = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f-\x9f]*")

_ONWARD: Final = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="refresh" content="0;url=/">
<title>sokkuri</title>
<p><a href="/">sokkuri</a></p>
</html>
"""


class Auth:
    """Refuse who shows neither token nor cookie; see to ``/enter``, where the cookie is got."""

    def __init__(self, app: App, settings: SafetySettings) -> None:
        self.links = OneTimeLinks(settings.ticket_seconds)
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check token or cookie."""
        if scope["path"] == "/enter":
            await self._enter(scope, receive, send)
        elif _is_open(scope["path"]) or self._is_allowed(scope):
            await self._app(scope, receive, send)
        else:
            await _refuse(scope, send)

    async def _enter(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer ``GET /enter?ticket=...&next=/path`` and the form's ``POST /enter``."""
        if scope["method"] == "POST":
            form = parse_qs((await _form_bytes(receive)).decode("utf-8", "replace"))
            token = form.get("token", [""])[-1].strip()
            good = hmac.compare_digest(token.encode(), self._settings.token.encode())
            onward = "/"
        elif scope["method"] == "GET":
            query = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
            onward = _local_path(query.get("next", ["/"]))
            # A link that is followed again leads on, if its browser is the one it let in.
            good = self.links.redeem(query.get("ticket", [""])[0]) or self._has_cookie(scope)
        else:
            raise Problem(
                405,
                "wrong-method",
                "No such method here",
                detail="This address answers GET and POST.",
                next="Open the link that sokkuri printed in the terminal.",
                headers={"Allow": "GET, POST"},
            )
        if good:
            await _let_in(scope, send, self._settings, onward)
        else:
            await _refuse(scope, send)

    def _is_allowed(self, scope: Scope) -> bool:
        shown = header_values(scope, b"authorization")
        if not shown:
            return self._has_cookie(scope)
        scheme, _, token = shown[0].partition(b" ")
        right = hmac.compare_digest(token.strip(), self._settings.token.encode("ascii"))
        return right and scheme.lower() == b"bearer" and len(shown) == 1

    def _has_cookie(self, scope: Scope) -> bool:
        name, right = self._settings.cookie_name.encode(), self._settings.cookie_value.encode()
        pairs = [
            pair.strip().partition(b"=")
            for header in header_values(scope, b"cookie")
            for pair in header.split(b";")
        ]
        return any(key == name and hmac.compare_digest(value, right) for key, _, value in pairs)


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
    if path == "/healthz":
        return True
    return path.startswith("/static/") and not any(odd in path for odd in _ODD)


async def _refuse(scope: Scope, send: Send) -> None:
    """Answer 401: to people as a page with a form, to programs as a problem."""
    if _wants_html(scope):
        await _html(send, 401, _page(), [(b"www-authenticate", b"Bearer")])
        return
    problem = no_token(
        401,
        "The request shows no token of this run, or a link that was used or is too old.",
        "Open the link that sokkuri printed in the terminal, or send the header "
        "Authorization: Bearer TOKEN.",
        {"WWW-Authenticate": "Bearer"},
    )
    await send_problem(send, problem)


@cache
def _page() -> str:
    return resources.files("sokkuri.web").joinpath("templates", "enter.html").read_text("utf-8")


async def _let_in(scope: Scope, send: Send, settings: SafetySettings, onward: str) -> None:
    cookie = f"{settings.cookie_name}={settings.cookie_value}; Path=/; HttpOnly; SameSite=Strict"
    headers = [(b"set-cookie", cookie.encode("ascii"))]
    location = quote(onward, safe="/%?&=#:;,+@!$()*~[]")
    if b"cross-site" in header_values(scope, b"sec-fetch-site"):
        # A strict cookie is not sent along a redirect that began on another site, such as a
        # terminal within a browser; a page of our own is a new beginning.
        target = location.replace("&", "&amp;")
        await _html(send, 200, _ONWARD.replace("url=/", f"url={target}"), headers)
        return
    await respond(send, 303, b"", [*headers, (b"location", location.encode("ascii"))])


def _local_path(given: list[str]) -> str:
    if len(given) != 1 or not _LOCAL.fullmatch(given[0]):
        raise Problem(
            400,
            "bad-next",
            "This link leads elsewhere",
            detail="next is not a path of this server that begins with a single slash.",
            next="Open the link that sokkuri printed in the terminal.",
        )
    return given[0]


async def _form_bytes(receive: Receive) -> bytes:
    body = b""
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return b""
        body += bytes(message.get("body", b""))
        if len(body) > _MOST_FORM_BYTES:
            return b""
        if not message.get("more_body"):
            return body


def _wants_html(scope: Scope) -> bool:
    """Tell whether text/html is named, as browsers do for a page, and JSON is not preferred."""
    weights = {"text/html": 0.0, "application/json": 0.0, "application/problem+json": 0.0}
    for header in header_values(scope, b"accept"):
        for part in header.decode("latin-1").lower().split(","):
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


async def _html(send: Send, status: int, page: str, headers: list[tuple[bytes, bytes]]) -> None:
    kind = (b"content-type", b"text/html; charset=utf-8")
    await respond(send, status, page.encode("utf-8"), [kind, *headers])
