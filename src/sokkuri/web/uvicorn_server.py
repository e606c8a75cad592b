"""Running the server: a port of its own choosing, and an end within seconds."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import signal
import socket
import sys
import threading
from typing import TYPE_CHECKING, Any, Final

import uvicorn

from sokkuri.errors import SokkuriError
from sokkuri.web.connection import Connection, end_overdue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from sokkuri.web.safety.asgi import App
    from sokkuri.web.safety.settings import SafetySettings

_MOST_HEAD_BYTES: Final = 16 * 1024
_ASIDE_SECONDS: Final = 0.5
"""How long each later step of a stop may take: cancelled requests, the app's own clean-up."""


class CannotServe(SokkuriError):
    """No server could be started; the text says what to do."""


def bind(host: str = "127.0.0.1", port: int = 0) -> socket.socket:
    """Take a port, so that it is known before the server starts.

    Parameters
    ----------
    host : str
        An address of this machine, or a name of one; ``0.0.0.0`` and ``::`` mean all.
    port : int
        The port, or 0 for any that is free.

    Raises
    ------
    CannotServe
        If the port is in use or not allowed, or the address is not this machine's.
    """
    try:
        family, address = _resolve(host, port)
        # asyncio sends small answers without delay only where TCP is named.
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    except OSError as error:
        raise CannotServe(_why_not(host, port, error)) from error
    try:
        if os.name == "posix":
            # A port whose last connections are still fading away is free; elsewhere the same
            # option would share it with a server that runs.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(128)  # so that a second server is refused here, not later
    except OSError as error:
        listener.close()
        raise CannotServe(_why_not(host, port, error)) from error
    return listener


def port_of(listener: socket.socket) -> int:
    """Return the port that was taken."""
    return int(listener.getsockname()[1])


def serve(
    app: App,
    settings: SafetySettings,
    listener: socket.socket | None = None,
    *,
    on_started: Callable[[], object] | None = None,
) -> signal.Signals | None:
    """Serve until SIGINT or SIGTERM, and return which; in another thread than the main: for ever.

    Parameters
    ----------
    app : ASGI application
        Already within its layers of safety.
    settings : SafetySettings
    listener : socket, optional
        A socket from :func:`bind`; else the address of the settings is bound.
    on_started : callable, optional
        Called once, when requests are answered.
    """
    if settings.warning:
        sys.stderr.write(f"sokkuri: {settings.warning}\n")
    return Service(app, settings, listener, on_started=on_started).run_until_stopped()


@contextlib.contextmanager
def serving(
    app: App, settings: SafetySettings, listener: socket.socket | None = None
) -> Iterator[Service]:
    """Serve in a thread for as long as the block runs.

    Parameters
    ----------
    app : ASGI application
    settings : SafetySettings
    listener : socket, optional
    """
    service = Service(app, settings, listener)
    thread = threading.Thread(target=service.run_quietly, name="sokkuri server", daemon=True)
    thread.start()
    service.ready.wait()
    try:
        if service.failure is not None:
            raise service.failure
        yield service
    finally:
        service.should_exit = True
        thread.join()


class _Config(uvicorn.Config):
    """uvicorn's settings, with ours beside them."""

    def __init__(self, app: App, safety: SafetySettings) -> None:
        super().__init__(
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
            timeout_keep_alive=safety.keep_alive_seconds,
        )
        self.safety = safety


class Service(uvicorn.Server):
    """One run of the server, with an eye on its connections and an end that waits for none.

    Parameters
    ----------
    app : ASGI application
    settings : SafetySettings
    listener : socket, optional
    on_started : callable, optional
    """

    def __init__(
        self,
        app: App,
        settings: SafetySettings,
        listener: socket.socket | None = None,
        *,
        on_started: Callable[[], object] | None = None,
    ) -> None:
        super().__init__(_Config(app, settings))
        self.ready = threading.Event()
        self.failure: Exception | None = None
        self.stopped_by: signal.Signals | None = None
        self._stop_seconds = settings.stop_seconds
        self._on_started = on_started
        self._listener = listener or bind(settings.host, settings.port)

    def run_until_stopped(self) -> signal.Signals | None:
        """Serve until ``should_exit`` is set; return the signal that did it, if one did.

        Raises
        ------
        CannotServe
            If the app cannot start.
        """
        loop = asyncio.new_event_loop()
        try:
            loop.run_until_complete(self.serve(sockets=[self._listener]))
        except SystemExit:
            self.failure = CannotServe("the server could not start; the lines above say why")
            raise self.failure from None
        except Exception as error:
            self.failure = error
            raise
        finally:
            self._listener.close()
            _close(loop)
            self.ready.set()
        return self.stopped_by

    def run_quietly(self) -> None:
        """Do the same in a thread; ``failure`` says what went wrong."""
        with contextlib.suppress(Exception):
            self.run_until_stopped()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and tell who waits for that."""
        await super().startup(sockets=sockets)
        if self.started:
            self.ready.set()
            if self._on_started is not None:
                self._on_started()

    async def on_tick(self, counter: int) -> bool:
        """End connections that are overdue, twice a second."""
        if counter % 5 == 0:
            end_overdue(self.server_state.connections, asyncio.get_running_loop().time())
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:  # noqa: ARG002
        """Let answers be finished for a moment, then end what is left."""
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        await self._within(self._stop_seconds, self._idle)
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        for task in list(self.server_state.tasks):
            task.cancel()
        await self._within(_ASIDE_SECONDS, self._idle)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.lifespan.shutdown(), 2 * _ASIDE_SECONDS)

    async def _within(self, seconds: float, done: Callable[[], bool]) -> None:
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while not done() and not self.force_exit and loop.time() < end:
            await asyncio.sleep(0.02)

    def _idle(self) -> bool:
        return not self.server_state.connections and not self.server_state.tasks

    @contextlib.contextmanager
    def capture_signals(self) -> Any:
        """Note signals in the main thread; uvicorn would send them again, and end the process."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        wanted = (signal.SIGINT, signal.SIGTERM)
        before = {
            number: signal.signal(number, self.handle_exit)
            for number in wanted
            # A process started in the background of a script is told to ignore Ctrl-C.
            if signal.getsignal(number) is not signal.SIG_IGN
        }
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002
        """Begin to stop; asked twice, wait for nobody.

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


def _resolve(host: str, port: int) -> tuple[socket.AddressFamily, Any]:
    found = socket.getaddrinfo(
        host.strip("[]"), port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )
    # localhost has two addresses as a rule; the older one is there on every machine.
    found.sort(key=lambda entry: entry[0] != socket.AF_INET)
    return found[0][0], found[0][4]


def _why_not(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"port {port} of {host} is in use, perhaps by another sokkuri; "
            "choose another, or any that is free with --port 0"
        )
    if error.errno == errno.EACCES:
        return f"port {port} needs more rights; choose one from 1024 on, such as --port 8080"
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return f"{host} is not an address of this machine; leave --host out for this machine only"
    return f"cannot listen on {host}, port {port}: {error.strerror or error}"
