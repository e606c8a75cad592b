"""All layers of safety round one app: every answer gets their headers, every error one shape."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from sokkuri.web.problems import PROBLEM_JSON, Problem, bad_request
from sokkuri.web.safety.asgi import ClientGone, header_values, send_problem
from sokkuri.web.safety.auth import Auth
from sokkuri.web.safety.origins import check_host, check_origin

if TYPE_CHECKING:
    from sokkuri.web.safety.asgi import App, Message, Receive, Scope, Send
    from sokkuri.web.safety.settings import SafetySettings

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "font-src 'none'; worker-src 'none'; object-src 'none'"
)

SAFE_HEADERS: Final[tuple[tuple[bytes, bytes], ...]] = (
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
_OURS: Final = frozenset({name for name, _ in SAFE_HEADERS} | {b"server"})

_LENGTH: Final = re.compile(rb"[0-9]{1,19}")
# The connection itself watches its reader; this is for servers that do not.
_SEND_SLACK: Final = 2.0

_log: Final = logging.getLogger("sokkuri.web")


class CutOff(Exception):
    """An answer under way cannot be finished; the connection has to end."""


class Guarded:
    """An app within its layers of safety, itself an app; it also knows the links that lead in.

    From the outside in: headers on every answer, errors in one shape, the names of the server,
    who sends the request, bounds of its body, the token.

    Parameters
    ----------
    app : App
    settings : SafetySettings
    """

    def __init__(self, app: App, settings: SafetySettings) -> None:
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
        exchange = _Exchange(scope, receive, send)
        try:
            scope = check_host(scope, self.settings)
            check_origin(scope, self.settings)
            await _call_with_limits(
                self._auth, scope, exchange.receive, exchange.send, self.settings
            )
        except Exception as error:
            await exchange.fail(error)

    def link(self, next: str = "/") -> str:
        """Return a new link that lets one browser in, once, and leads it to a local path."""
        onward = "" if next == "/" else f"&next={quote(next, safe='/')}"
        return f"{self.settings.url}/enter?ticket={self._auth.links.issue()}{onward}"


class _Exchange:
    """One request: its answer may have begun, and somebody may still wait for it."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._path = scope["path"]
        self._receive = receive
        self._send_on = send
        self._unread = _has_body(scope)
        self._begun = False
        self._ended = False
        self._gone = False
        self._replaced = False

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.disconnect" and not self._ended:
            self._gone = True
        if message["type"] == "http.request" and not message.get("more_body", False):
            self._unread = False
        return message

    async def send(self, message: Message) -> None:
        if self._replaced:
            return
        self._begun = True
        if _is_bare_failure(message):
            self._replaced = self._ended = True
            await send_problem(self._send, _fault())
            return
        self._ended = message["type"] == "http.response.body" and not message.get("more_body")
        await self._send(message)

    async def fail(self, error: Exception) -> None:
        """Answer an error of the app, if an answer can still be given."""
        problem = error if isinstance(error, Problem) else None
        if problem is None and not self._gone and not isinstance(error, ClientGone):
            _log.error("a request failed", exc_info=error)
        if self._begun and not self._ended:
            raise CutOff from error
        if not self._begun and not self._gone:
            await send_problem(self._send, problem or _fault())

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": self._headers(message.get("headers", ()))}
        await self._send_on(message)

    def _headers(self, given: Any) -> list[tuple[bytes, bytes]]:
        kept = [(name, value) for name, value in given if name.lower() not in _OURS]
        if all(name.lower() != b"cache-control" for name, _ in kept):
            # Files of the page are asked for again, but sent only if they have changed.
            is_static = self._path.startswith("/static/")
            kept.append((b"cache-control", b"no-cache" if is_static else b"no-store"))
        if self._unread:
            # What is left of the body would be taken for the next request, so there is none.
            kept.append((b"connection", b"close"))
        return [*kept, *SAFE_HEADERS]


def _has_body(scope: Scope) -> bool:
    if header_values(scope, b"transfer-encoding"):
        return True
    return any(value.strip(b"0") for value in header_values(scope, b"content-length"))


def _is_bare_failure(message: Message) -> bool:
    """Tell whether a framework answers for an app that failed, in a shape of its own."""
    if message["type"] != "http.response.start" or message["status"] != 500:
        return False
    return (b"content-type", PROBLEM_JSON.encode("ascii")) not in message.get("headers", ())


def _fault() -> Problem:
    return Problem(
        500,
        "fault",
        "A fault of sokkuri itself",
        detail="The request could not be answered.",
        next="Please report the lines that sokkuri printed in the terminal.",
    )


async def _call_with_limits(
    app: App, scope: Scope, receive: Receive, send: Send, settings: SafetySettings
) -> None:
    """Hand on a request; bound its bytes, how slowly they come, and how slowly the answer goes.

    ``Content-Length`` is what the client says; what counts is what it sends.  Once a body is too
    large or too slow the app hears no more of it, and whatever it then answers gives way to the
    reason.
    """
    if _stated_length(scope) > settings.upload_bytes:
        raise _too_large(settings.upload_bytes)
    body = _Body(receive, send, settings)
    try:
        await app(scope, body.receive, body.send)
    except Exception:
        # Frameworks make other errors of it, such as "the body could not be parsed".
        if body.problem is None or body.answered:
            raise
    if body.problem is not None and not body.answered:
        raise body.problem


class _Body:
    """One request's two ends."""

    def __init__(self, receive: Receive, send: Send, settings: SafetySettings) -> None:
        self._receive = receive
        self._send = send
        self._settings = settings
        self._read = 0
        self._waited = 0.0
        self._complete = False
        self.problem: Problem | None = None
        self.answered = False

    async def receive(self) -> Message:
        if self._complete:
            return await self._receive()
        if self.problem is not None:
            return {"type": "http.disconnect"}
        start = time.monotonic()
        try:
            async with asyncio.timeout(self._seconds_left()):
                message = await self._receive()
        except TimeoutError:
            return self._stop(_too_slow())
        self._waited += time.monotonic() - start
        return self._count(message)

    async def send(self, message: Message) -> None:
        if self.problem is not None and not self.answered:
            return  # the reason is the answer
        self.answered = True
        try:
            async with asyncio.timeout(self._settings.send_seconds + _SEND_SLACK):
                await self._send(message)
        except TimeoutError:
            raise ClientGone("the client does not read its answer") from None

    def _count(self, message: Message) -> Message:
        if message["type"] != "http.request":
            return message
        self._read += len(message.get("body", b""))
        self._complete = not message.get("more_body", False)
        if self._read > self._settings.upload_bytes:
            return self._stop(_too_large(self._settings.upload_bytes))
        if not self._complete and self._seconds_left() <= 0:
            return self._stop(_too_slow())
        return message

    def _seconds_left(self) -> float:
        """Return how long the next bytes may take; only time spent waiting for them counts."""
        settings = self._settings
        slowest = max(settings.grace_seconds, self._read / settings.least_bytes_per_second)
        return min(settings.receive_seconds, slowest) - self._waited

    def _stop(self, problem: Problem) -> Message:
        if self.answered:
            return {"type": "http.disconnect"}
        self.problem = problem
        self._complete = False
        raise problem


def _stated_length(scope: Scope) -> int:
    lengths = header_values(scope, b"content-length")
    if lengths and (len(lengths) > 1 or not _LENGTH.fullmatch(lengths[0])):
        raise _unclear("a Content-Length that is no single number")
    if lengths and header_values(scope, b"transfer-encoding"):
        raise _unclear("both Content-Length and Transfer-Encoding")
    return int(lengths[0]) if lengths else 0


def _unclear(what: str) -> Problem:
    return bad_request(f"The request has {what}.", "Send one of them, with the right length.")


def _too_large(most: int) -> Problem:
    return Problem(
        413,
        "too-large",
        "Too many bytes",
        detail=f"A request may have {most:,} bytes.",
        next="Send a smaller file, or put it into a folder that sokkuri searches.",
    )


def _too_slow() -> Problem:
    return Problem(
        408,
        "too-slow",
        "The request takes too long",
        detail="The bytes of the request came too slowly.",
        next="Send it again over a quicker connection.",
    )
