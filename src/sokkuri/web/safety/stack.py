"""All layers of safety round one app: every answer gets their headers, every error one shape."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from starlette.datastructures import Headers

from sokkuri.language import speak
from sokkuri.web.problems import PROBLEM_JSON, Problem, problem
from sokkuri.web.safety.auth import Auth
from sokkuri.web.safety.origins import check_host, check_origin
from sokkuri.web.words import language_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from sokkuri.web.safety.settings import SafetySettings

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "font-src 'none'; worker-src 'none'; object-src 'none'"
)

_SAFE_HEADERS: Final[tuple[tuple[bytes, bytes], ...]] = (
    (b"content-security-policy", CONTENT_SECURITY_POLICY.encode("ascii")),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
    (
        b"permissions-policy",
        b"camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
)

# An app may not weaken the first, and nobody need know the second.
_OURS: Final = frozenset({name for name, _ in _SAFE_HEADERS} | {b"server"})

_LENGTH: Final = re.compile(r"[0-9]{1,19}")

_log: Final = logging.getLogger("sokkuri.web")


class CutOff(Exception):
    """An answer under way cannot be finished; the connection has to end."""


class Guarded:
    """An app within its layers of safety, itself an app; it also knows the links that lead in.

    From the outside in: headers on every answer, errors in one shape, the names of the server,
    who sends the request, bounds of its body, the token.

    Parameters
    ----------
    app : ASGI application
    settings : SafetySettings
    """

    def __init__(self, app: ASGIApp, settings: SafetySettings) -> None:
        self.settings = settings
        self._app = app
        self._auth = Auth(app, settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the app does, to those who may ask it."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(scope, receive, send, self.settings)
        speak(language_of(scope))  # a request is a task, and ends with its context
        try:
            scope = check_host(scope, self.settings)
            check_origin(scope, self.settings)
            exchange.check_length()
            await self._auth(scope, exchange.receive, exchange.send)
        except Exception as error:
            await exchange.end(error)
        else:
            await exchange.end()

    def link(self, next: str = "/") -> str:
        """Return a new link that lets one browser in, once, and leads it to a local path."""
        onward = "" if next == "/" else f"&next={quote(next, safe='/')}"
        return f"{self.settings.url}/enter?ticket={self._auth.links.issue()}{onward}"


class _Exchange:
    """One request and its answer, both bounded; the answer may have begun, or be waited for.

    ``Content-Length`` is what the client says; what counts is what it sends.  Once a body is too
    large or too slow the app hears no more of it, and whatever it then answers gives way to the
    reason.
    """

    def __init__(
        self, scope: Scope, receive: Receive, send: Send, settings: SafetySettings
    ) -> None:
        self._scope = scope
        self._receive = receive
        self._send = send
        self._settings = settings
        self._headers = Headers(scope=scope)
        self._unread = "transfer-encoding" in self._headers or any(
            length.strip("0") for length in self._headers.getlist("content-length")
        )
        self._read = 0
        self._waited = 0.0
        self._excess: Problem | None = None
        self._begun = self._ended = self._replaced = False
        self._gone = False

    def check_length(self) -> None:
        """Refuse a body that is said to be too large, or whose end could be taken for another."""
        lengths = self._headers.getlist("content-length")
        if lengths and (len(lengths) > 1 or not _LENGTH.fullmatch(lengths[0])):
            raise problem("unclear-length", what="a Content-Length that is no single number")
        if lengths and "transfer-encoding" in self._headers:
            raise problem("unclear-length", what="both Content-Length and Transfer-Encoding")
        if lengths and int(lengths[0]) > self._settings.upload_bytes:
            raise self._too_large()

    async def receive(self) -> Message:
        if self._excess is not None:
            return {"type": "http.disconnect"}
        start = time.monotonic()
        try:
            async with asyncio.timeout(self._seconds_left() if self._unread else None):
                message = await self._receive()
        except TimeoutError:
            return self._stop(problem("too-slow"))
        self._waited += time.monotonic() - start
        if message["type"] != "http.request":
            self._gone = self._gone or not self._ended
            return message
        self._unread = message.get("more_body", False)
        self._read += len(message.get("body", b""))
        if self._read > self._settings.upload_bytes:
            return self._stop(self._too_large())
        if self._unread and self._seconds_left() <= 0:
            return self._stop(problem("too-slow"))
        return message

    async def send(self, message: Message) -> None:
        if self._replaced or self._excess is not None:
            return  # the reason is the answer
        self._begun = True
        if _is_bare_failure(message):
            self._replaced = self._ended = True
            await self._answer(problem("fault"))
            return
        self._ended = message["type"] == "http.response.body" and not message.get("more_body")
        await self._send_safe(message)

    async def end(self, error: Exception | None = None) -> None:
        """Answer an error of the app, or what was wrong with the body, if that still can be."""
        if self._excess is not None:
            error = self._excess  # frameworks make other errors of it
        if error is None:
            return
        known = error if isinstance(error, Problem) else None
        if known is None and not self._gone:
            _log.error("a request failed", exc_info=error)
        if self._begun and not self._ended:
            raise CutOff from error
        if not self._begun and not self._gone:
            await self._answer(known or problem("fault"))

    def _seconds_left(self) -> float:
        """Return how long the next bytes may take; only time spent waiting for them counts."""
        settings = self._settings
        slowest = max(settings.grace_seconds, self._read / settings.least_bytes_per_second)
        return min(settings.receive_seconds, slowest) - self._waited

    def _too_large(self) -> Problem:
        return problem("too-large", most=self._settings.upload_bytes)

    def _stop(self, excess: Problem) -> Message:
        if self._begun:
            return {"type": "http.disconnect"}
        self._excess = excess
        raise excess

    async def _answer(self, reason: Problem) -> None:
        await reason.response()(self._scope, self._receive, self._send_safe)

    async def _send_safe(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            # Files of the page are asked for again, but sent only if they have changed.
            cache = b"no-cache" if self._scope["path"].startswith("/static/") else b"no-store"
            headers = safe_headers(message.get("headers", ()), cache=cache, last=self._unread)
            message = {**message, "headers": headers}
        await self._send(message)


def safe_headers(
    given: Iterable[tuple[bytes, bytes]], *, cache: bytes = b"no-store", last: bool = True
) -> list[tuple[bytes, bytes]]:
    """Return the headers of an answer, with those that every answer has.

    Parameters
    ----------
    given : iterable of pair of bytes
    cache : bytes
        The value of ``Cache-Control``, where none is given.
    last : bool
        Part of the body is unread, and would be taken for the next request: so there is none.
    """
    kept = [(name, value) for name, value in given if name.lower() not in _OURS]
    if all(name.lower() != b"cache-control" for name, _ in kept):
        kept.append((b"cache-control", cache))
    if last:
        kept.append((b"connection", b"close"))
    return [*kept, *_SAFE_HEADERS]


def _is_bare_failure(message: Message) -> bool:
    """Tell whether a framework answers for an app that failed, in a shape of its own."""
    if message["type"] != "http.response.start" or message["status"] != 500:
        return False
    return (b"content-type", PROBLEM_JSON.encode("ascii")) not in message.get("headers", ())
