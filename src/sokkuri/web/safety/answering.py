"""Whatever goes wrong further in becomes one answer of one shape."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from sokkuri.web.safety.asgi import header_values
from sokkuri.web.safety.problems import PROBLEM_JSON, Problem, send_problem

if TYPE_CHECKING:
    from sokkuri.web.safety.asgi import App, Message, Receive, Scope, Send

__all__ = ["AnswerRoom", "ClientGone", "CutOff"]

_log: Final = logging.getLogger("sokkuri.web")


class ClientGone(OSError):
    """The client went away, or does not read its answer."""


class CutOff(Exception):
    """An answer under way cannot be finished; the connection has to end."""


class AnswerRoom:
    """Answer with a problem where the app raises one, and with 500 where it fails."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on the request, and answer what goes wrong."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        call = _Call(scope, receive, send)
        try:
            await self._app(scope, call.receive, call.send)
        except Exception as error:
            await call.fail(error)


class _Call:
    """One request: whether its answer has begun, and whether anybody still waits for it."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
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

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and self._unread:
            # What is left of the body would be taken for the next request, so there is none.
            headers = [*message.get("headers", ()), (b"connection", b"close")]
            message = {**message, "headers": headers}
        await self._send_on(message)

    async def fail(self, error: Exception) -> None:
        problem = error if isinstance(error, Problem) else None
        if problem is None and not self._gone and not isinstance(error, ClientGone):
            _log.error("a request failed", exc_info=error)
        if self._begun and not self._ended:
            raise CutOff from error
        if not self._begun and not self._gone:
            await send_problem(self._send, problem or _fault())


def _has_body(scope: Scope) -> bool:
    if header_values(scope, b"transfer-encoding"):
        return True
    return any(value.strip(b"0") for value in header_values(scope, b"content-length"))


def _is_bare_failure(message: Message) -> bool:
    """Tell whether a framework answers for an app that failed, in a shape of its own."""
    if message["type"] != "http.response.start" or message["status"] != 500:
        return False
    kind = PROBLEM_JSON.encode("ascii")
    return (b"content-type", kind) not in message.get("headers", ())


def _fault() -> Problem:
    return Problem(
        500,
        "fault",
        "A fault of sokkuri itself",
        detail="The request could not be answered.",
        next="Please report the lines that sokkuri printed in the terminal.",
    )
