"""uvicorn with deadlines for every connection, and an end within seconds.

uvicorn bounds only the wait between two requests.  Here a look at all connections, twice a second,
ends those that dribble a head, do not read their answer, or go on sending what nobody wants.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import logging
import signal
import sys
import threading
from typing import TYPE_CHECKING, Any, Final, cast

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import STATUS_PHRASES, H11Protocol

from sokkuri.errors import SokkuriError
from sokkuri.language import speaking, translated
from sokkuri.web.problems import Problem, problem
from sokkuri.web.safety.stack import CutOff, safe_headers

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable
    from types import FrameType

    from sokkuri.web.safety import Guarded

_MOST_HEAD_BYTES: Final = 16 * 1024
# How long each later step of a stop may take: cancelled requests, the app's own clean-up.
_ASIDE_SECONDS: Final = 0.5
# What is still taken of a body after its answer.  A connection that ends with bytes unread loses
# the answer on its way; so a small rest is read, and a large one given time to stop.
_UNWANTED_BYTES: Final = 256 * 1024
_UNWANTED_SECONDS: Final = 1.0


def _is_news(record: logging.LogRecord) -> bool:
    """Leave out what has been logged further in, and requests that a stop has cut short."""
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, CutOff | asyncio.CancelledError | GeneratorExit)


_log: Final = logging.getLogger("sokkuri.web.connection")
_log.addFilter(_is_news)
_log.setLevel(logging.ERROR)  # that somebody sends junk is no news


class CannotServe(SokkuriError):
    """No server could be started; the text says what to do."""


class Connection(H11Protocol):
    """uvicorn's connection with the deadlines of the app's settings."""

    def __init__(self, config: Any, *args: Any, **options: Any) -> None:
        super().__init__(config, *args, **options)
        self.logger = _log
        self._safety = config.app.settings
        self._head_since: float | None = self.loop.time()
        self._answered_at = 0.0
        self._ended_at: float | None = None
        self._unwanted = 0
        self._written = 0
        self._taken = 0
        self._taken_at = self.loop.time()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection; if there are too many, one that asks for nothing makes room."""
        self._below = transport
        ours = _Transport(transport, self._write, self._close)
        super().connection_made(cast("asyncio.Transport", ours))
        if len(self.connections) > self._safety.most_connections:
            idle = [c for c in self.connections if isinstance(c, Connection) and c.waits()]
            oldest = min(idle, key=Connection.waits_since, default=self)
            if oldest is self:
                self._refuse(problem("too-many-connections"))
            else:
                oldest.transport.abort()

    def data_received(self, data: bytes) -> None:
        """Take bytes, and see when a head begins and ends."""
        if self._ended_at is not None:
            self._unwanted += len(data)
            if self._unwanted > _UNWANTED_BYTES:
                self.transport.pause_reading()  # until its time is over
            return
        if self._head_since is None and self._awaits_head():
            self._head_since = self.loop.time()
        super().data_received(data)
        if not self._awaits_head():
            self._head_since = None

    def on_response_complete(self) -> None:
        """Note the time."""
        self._answered_at = self.loop.time()
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn's words
        """Answer bytes that are no HTTP, if no answer has begun; tell the app nobody listens."""
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self._refuse(problem("not-http"))

    def waits(self) -> bool:
        """Tell whether no request is under way."""
        return self._awaits_head() and not self.transport.is_closing()

    def waits_since(self) -> float:
        """Return the time of the last thing that it had to do."""
        return self._answered_at if self._head_since is None else self._head_since

    def is_overdue(self, now: float) -> bool:
        """Tell whether the client takes longer than it may; to be called again and again."""
        if self._head_since is not None and now - self._head_since > self._safety.header_seconds:
            return True
        if self._ended_at is not None and now - self._ended_at > _UNWANTED_SECONDS:
            return True
        unsent = self.transport.get_write_buffer_size()
        # The size alone can be the same again and again while both sides are at work.
        taken = self._written - unsent
        if unsent == 0 or taken != self._taken:
            self._taken, self._taken_at = taken, now
        return bool(now - self._taken_at > self._safety.send_seconds)

    def _awaits_head(self) -> bool:
        return bool(self.conn.their_state is h11.IDLE)

    def _write(self, data: bytes) -> None:
        if not self._below.is_closing():  # asyncio would grumble
            self._written += len(data)
            self._below.write(data)

    def _close(self) -> None:
        """End as soon as the client has, or a little later, if its body is still on the way."""
        answered = self.cycle is not None and self.cycle.response_complete
        if answered and self._ended_at is None and self.conn.their_state is h11.SEND_BODY:
            self._ended_at = self.loop.time()
            self._below.write_eof()
        else:
            self._below.close()

    def _refuse(self, reason: Problem) -> None:
        """Answer in place of the app, if no answer has begun, and end."""
        if self.conn.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
            answer = reason.response()
            head = h11.Response(
                status_code=answer.status_code,
                headers=safe_headers(answer.raw_headers),
                reason=STATUS_PHRASES[answer.status_code],
            )
            for event in (head, h11.Data(data=bytes(answer.body)), h11.EndOfMessage()):
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()


class _Transport:
    """A transport that is written to, and closed, in another way."""

    def __init__(
        self,
        below: asyncio.Transport,
        write: Callable[[bytes], None],
        close: Callable[[], None],
    ) -> None:
        self._below = below
        self.write = write
        self.close = close

    def __getattr__(self, name: str) -> Any:
        return getattr(self._below, name)


class Service(uvicorn.Server):
    """One run of the server, with an eye on its connections and an end that waits for none.

    Parameters
    ----------
    app : Guarded
    listener : socket
    on_started : callable, optional
        Called once, when requests are answered.
    """

    def __init__(
        self,
        app: Guarded,
        listener: socket.socket,
        on_started: Callable[[], object] | None = None,
    ) -> None:
        config = uvicorn.Config(
            app,
            interface="asgi3",
            loop="asyncio",
            http=Connection,
            ws="none",
            log_config=None,
            access_log=False,
            proxy_headers=False,  # nobody stands in front, so nobody may say who asks
            server_header=False,
            date_header=False,
            h11_max_incomplete_event_size=_MOST_HEAD_BYTES,
            timeout_keep_alive=app.settings.keep_alive_seconds,
        )
        super().__init__(config)
        self._settings = app.settings
        self.stopped_by: signal.Signals | None = None
        self._on_started = on_started
        self._context = contextvars.copy_context()  # of whoever starts it
        self._listener = listener

    def run_until_stopped(self) -> signal.Signals | None:
        """Serve until ``should_exit`` is set; return the signal that did it, if one did.

        In the main thread SIGINT and SIGTERM set it, in others nothing but the caller does.

        Raises
        ------
        CannotServe
            If the app cannot start.
        """
        if self._settings.warning:
            sys.stderr.write(f"sokkuri: {translated(self._settings.warning)}\n")
        loop = asyncio.new_event_loop()
        try:
            with speaking("en"):  # each request says in which language it is answered
                loop.run_until_complete(self.serve(sockets=[self._listener]))
        except SystemExit:
            raise CannotServe("the server could not start; the lines above say why") from None
        finally:
            self._listener.close()
            _close(loop)
        return self.stopped_by

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and tell who waits for that."""
        await super().startup(sockets=sockets)
        if self._on_started is not None:
            self._context.run(self._on_started)  # in the language in which it was started

    async def on_tick(self, counter: int) -> bool:
        """End connections that are overdue, twice a second."""
        if counter % 5 == 0:
            now = asyncio.get_running_loop().time()
            for connection in list(self.server_state.connections):
                if isinstance(connection, Connection) and connection.is_overdue(now):
                    connection.transport.abort()
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:  # noqa: ARG002
        """Let answers be finished for a moment, then end what is left."""
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        await self._until_idle(self._settings.stop_seconds)
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        for task in list(self.server_state.tasks):
            task.cancel()
        await self._until_idle(_ASIDE_SECONDS)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.lifespan.shutdown(), 2 * _ASIDE_SECONDS)

    async def _until_idle(self, most_seconds: float) -> None:
        state, loop = self.server_state, asyncio.get_running_loop()
        end = loop.time() + most_seconds
        while (state.connections or state.tasks) and not self.force_exit and loop.time() < end:
            await asyncio.sleep(0.02)

    @contextlib.contextmanager
    def capture_signals(self) -> Any:
        """Note signals in the main thread, but for a Ctrl-C that is not for us."""
        # A process started in the background of a script is told to ignore it.
        is_ignored = signal.getsignal(signal.SIGINT) is signal.SIG_IGN
        with super().capture_signals():
            if is_ignored and threading.current_thread() is threading.main_thread():
                signal.signal(signal.SIGINT, signal.SIG_IGN)
            yield

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002
        """Begin to stop; asked twice, wait for nobody.

        Nothing is kept for uvicorn, which would send the signal again, and end the process.

        Parameters
        ----------
        sig : int
        frame : frame, optional
        """
        if self.stopped_by is not None:
            self.force_exit = True
        self.stopped_by = signal.Signals(sig)
        self.should_exit = True


def _close(loop: asyncio.AbstractEventLoop) -> None:
    """Close a loop without waiting for threads that still work for requests that were cut."""
    loop.set_exception_handler(lambda _loop, _context: None)
    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    if left:
        loop.run_until_complete(asyncio.wait(left, timeout=_ASIDE_SECONDS))
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()
