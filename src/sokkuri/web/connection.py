"""One connection of the server, with deadlines to ask, to read, and to be idle.

uvicorn bounds only the wait between two requests.  Here a look at all connections, twice a second,
ends those that dribble a head, do not read their answer, or go on sending what nobody wants.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING, Any, Final

import h11
from uvicorn.protocols.http.h11_impl import STATUS_PHRASES, H11Protocol

from sokkuri.web.problems import Problem, bad_request
from sokkuri.web.safety.asgi import problem_headers
from sokkuri.web.safety.stack import SAFE_HEADERS, CutOff

if TYPE_CHECKING:
    from collections.abc import Iterable

    from uvicorn.server import ServerState

_UNWANTED_BYTES: Final = 256 * 1024
_UNWANTED_SECONDS: Final = 1.0
"""What is still taken of a body after its answer.  A connection that ends with bytes unread loses
the answer on its way; so a small rest is read, and a large one given time to stop."""


class Connection(H11Protocol):
    """uvicorn's connection with the deadlines of ``config.safety``."""

    def __init__(
        self,
        config: Any,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.logger = _log
        self.access_log = False
        self._safety = config.safety
        self._head_since: float | None = self.loop.time()
        self._answered_at = 0.0
        self._unwanted = 0
        self._ends = False
        self.written = 0
        self._taken = 0
        self._taken_at = self.loop.time()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection; if there are too many, one that asks for nothing makes room."""
        super().connection_made(transport)
        if len(self.connections) > self._safety.most_connections:
            idle = [c for c in self.connections if isinstance(c, Connection) and c.waits]
            oldest = min(idle, key=lambda c: c.waits_since, default=self)
            if oldest is self:
                self._answer(_too_many())
                transport.close()
            else:
                oldest.transport.abort()

    def data_received(self, data: bytes) -> None:
        """Take bytes, and see when a head begins and ends."""
        if self._ends:
            self._unwanted += len(data)
            if self._unwanted > _UNWANTED_BYTES:
                self.transport.pause_reading()  # until its time is over
            return
        if self._head_since is None and self._awaits_head():
            self._head_since = self.loop.time()
        super().data_received(data)
        if not self._awaits_head():
            self._head_since = None
        elif self._head_since is None:
            self._head_since = self.loop.time()

    def handle_events(self) -> None:
        """Handle what h11 made of the bytes; a new request gets an end that loses no answer."""
        super().handle_events()
        if self.cycle is not None and self.cycle.transport is self.transport:
            self.cycle.transport = _Ending(self)  # type: ignore[assignment]

    def end(self) -> None:
        """End as soon as the client has, or a little later, if its body is still on the way."""
        if self._is_unwanted() and not self.transport.is_closing():
            self._ends = True
            self._answered_at = self.loop.time()
            self.transport.write_eof()
        else:
            self.transport.close()

    def on_response_complete(self) -> None:
        """Note the time; if part of the body is still on its way, nobody wants it now."""
        self._answered_at = self.loop.time()
        super().on_response_complete()
        if self._is_unwanted() and not self._ends:
            self.end()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn's words
        """Answer bytes that are no HTTP, if no answer has begun; tell the app nobody listens."""
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self._answer(_not_http())
        self.transport.close()

    def shutdown(self) -> None:
        """End now if nothing is under way, else after the answer."""
        with contextlib.suppress(h11.LocalProtocolError):
            super().shutdown()
            return
        self.transport.close()

    @property
    def waits(self) -> bool:
        """True if no request is under way."""
        return self._awaits_head() and not self.transport.is_closing()

    @property
    def waits_since(self) -> float:
        """Time of the last thing that it had to do."""
        return self._answered_at if self._head_since is None else self._head_since

    def is_overdue(self, now: float) -> bool:
        """Tell whether the client takes longer than it may; to be called again and again."""
        if self._head_since is not None and now - self._head_since > self._safety.header_seconds:
            return True
        if self._ends and now - self._answered_at > _UNWANTED_SECONDS:
            return True
        unsent = self.transport.get_write_buffer_size()
        # The size alone can be the same again and again while both sides are at work.
        taken = self.written - unsent
        if unsent == 0 or taken != self._taken:
            self._taken, self._taken_at = taken, now
        return bool(now - self._taken_at > self._safety.send_seconds)

    def _awaits_head(self) -> bool:
        return bool(self.conn.their_state is h11.IDLE)

    def _is_unwanted(self) -> bool:
        answered = self.cycle is not None and bool(self.cycle.response_complete)
        return answered and self.conn.their_state is h11.SEND_BODY

    def _answer(self, problem: Problem) -> None:
        if self.conn.our_state not in {h11.IDLE, h11.SEND_RESPONSE}:
            return
        body = problem.body()
        headers = [
            *problem_headers(problem),
            (b"content-length", b"%d" % len(body)),
            (b"cache-control", b"no-store"),
            (b"connection", b"close"),
            *SAFE_HEADERS,
        ]
        reason = STATUS_PHRASES[problem.status]
        response = h11.Response(status_code=problem.status, headers=headers, reason=reason)
        for event in (response, h11.Data(data=body), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")


class _Ending:
    """A transport as a request sees it: one that ends with care."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection.transport, name)

    def write(self, data: bytes) -> None:
        if not self._connection.transport.is_closing():  # asyncio would grumble
            self._connection.written += len(data)
            self._connection.transport.write(data)

    def close(self) -> None:
        self._connection.end()


def end_overdue(connections: Iterable[Any], now: float) -> None:
    """End every connection whose client takes longer than it may.

    Parameters
    ----------
    connections : iterable of connections
    now : float
        The time of the loop.
    """
    for connection in list(connections):
        if isinstance(connection, Connection) and connection.is_overdue(now):
            connection.transport.abort()


def _is_news(record: logging.LogRecord) -> bool:
    """Leave out what has been logged further in, and requests that a stop has cut short."""
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, CutOff | asyncio.CancelledError | GeneratorExit)


_log: Final = logging.getLogger("sokkuri.web.connection")
_log.addFilter(_is_news)
_log.setLevel(logging.ERROR)  # that somebody sends junk is no news


def _not_http() -> Problem:
    return bad_request(
        "The bytes are not a request of HTTP/1.1.", "Use a browser or another client of HTTP."
    )


def _too_many() -> Problem:
    return Problem(
        503,
        "busy",
        "Too many connections",
        detail="The server has as many connections as it takes.",
        next="Try again in a few seconds.",
        headers={"Retry-After": "5"},
    )
