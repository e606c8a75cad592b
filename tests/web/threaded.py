"""A server in a thread, for as long as a block runs."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator

from sokkuri.web.safety import Guarded
from sokkuri.web.uvicorn_server import Service


@contextlib.contextmanager
def serving(app: Guarded, listener: socket.socket) -> Iterator[Service]:
    """Serve in a thread; what keeps the server from starting is raised here."""
    ready = threading.Event()
    failures: list[Exception] = []
    service = Service(app, listener, ready.set)

    def run() -> None:
        try:
            service.run_until_stopped()
        except Exception as error:
            failures.append(error)
        finally:
            ready.set()

    thread = threading.Thread(target=run, name="sokkuri server", daemon=True)
    thread.start()
    ready.wait()
    try:
        if failures:
            raise failures[0]
        yield service
    finally:
        service.should_exit = True
        thread.join()
