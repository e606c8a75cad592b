"""Bodies are counted as they come, and neither side may dawdle.

``Content-Length`` is what the client says; what counts is what it sends.  Once a body is too large
or too slow the app hears no more of it, and whatever it then answers gives way to the reason.
"""

from __future__ import annotations

import asyncio
import re
import time
from typing import TYPE_CHECKING, Final

from sokkuri.web.problems import Problem, bad_request
from sokkuri.web.safety.asgi import ClientGone, header_values

if TYPE_CHECKING:
    from sokkuri.web.safety.asgi import App, Message, Receive, Scope, Send
    from sokkuri.web.safety.settings import SafetySettings

_LENGTH: Final = re.compile(rb"[0-9]{1,19}")

_SEND_SLACK: Final = 2.0
"""The connection itself watches its reader; this is for servers that do not."""


async def call_with_limits(
    app: App, scope: Scope, receive: Receive, send: Send, settings: SafetySettings
) -> None:
    """Hand on a request; bound its bytes, how slowly they come, and how slowly the answer goes.

    Parameters
    ----------
    app : App
    scope : Scope
    receive : Receive
    send : Send
    settings : SafetySettings

    Raises
    ------
    Problem
        If a bound is passed before the app has answered.
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
