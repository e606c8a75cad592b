"""A toy app behind all rooms, served for real on a free port of the loopback."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import os
import socket
import ssl
import sys
import time
from collections.abc import Callable, Iterator, MutableMapping
from typing import Any

import httpx2
from tests.patience import PATIENCE
from tests.web.threaded import serving

from sokkuri.web.problems import Problem
from sokkuri.web.safety import Guarded, SafetySettings, settings_for
from sokkuri.web.server import bind

PIECE = bytes(64 * 1024)

# Reading all certificates takes longer than a request, and none is needed here.
_NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class Toy:
    """An app that counts what gets through to it."""

    def __init__(self) -> None:
        self.reached = 0
        self.changes = 0
        self.read = 0
        self.running = 0

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            raise NotImplementedError
        self.reached += 1
        self.running += 1
        try:
            await self._answer(scope, receive, send)
        finally:
            self.running -= 1

    async def _answer(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        name = scope["path"].strip("/").replace("-", "_").replace("/", "_")
        answer = getattr(self, f"_do_{name}", None)
        if answer is not None:
            await answer(receive, send)
            return
        body = b"" if scope["method"] == "GET" else await self._whole(receive)
        if scope["method"] not in {"GET", "HEAD", "OPTIONS"}:
            self.changes += 1
        await reply(send, 200, b"%s %d" % (scope["path"].encode(), len(body)))

    async def _whole(self, receive: Any) -> bytes:
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] != "http.request":
                raise LookupError("the client went away")
            body += message["body"]
            self.read += len(message["body"])
            if not message["more_body"]:
                return bytes(body)

    async def _do_stubborn(self, receive: Any, send: Any) -> None:
        """Make an error of its own of whatever is wrong with the body, as frameworks do."""
        try:
            await self._whole(receive)
        except Exception:
            await reply(send, 400, b"the body could not be parsed")

    async def _do_fail(self, receive: Any, send: Any) -> None:
        raise LookupError("secret words")

    async def _do_fail_in_text(self, receive: Any, send: Any) -> None:
        """Answer as Starlette does for an app that fails, then fail."""
        await reply(send, 500, b"Internal Server Error")
        raise LookupError("secret words")

    async def _do_fail_late(self, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"half", "more_body": True})
        raise LookupError("secret words")

    async def _do_problem(self, receive: Any, send: Any) -> None:
        text = os.fsdecode(b"\xffname.jpg")
        raise Problem(503, "busy", "Busy", detail=text, next="wait", headers={"Retry-After": "1"})

    async def _do_loud(self, receive: Any, send: Any) -> None:
        """Answer with headers that weaken the page."""
        weak = [
            (b"Content-Security-Policy", b"default-src *"),
            (b"Server", b"toy"),
            (b"Cache-Control", b"private, max-age=60"),
        ]
        await reply(send, 200, b"loud", weak)

    async def _do_stream(self, receive: Any, send: Any) -> None:
        """Send 16 MiB in pieces, as long as somebody reads."""
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(256):
            await send({"type": "http.response.body", "body": PIECE, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async def _do_lump(self, receive: Any, send: Any) -> None:
        """Send 4 MiB at once."""
        await reply(send, 200, bytes(4 << 20))

    async def _do_deaf(self, receive: Any, send: Any) -> None:
        """Go on although it is told to stop."""
        while True:
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.sleep(60)

    async def _do_sleep(self, receive: Any, send: Any) -> None:
        await asyncio.sleep(60)


async def reply(
    send: Any, status: int, body: bytes, headers: list[tuple[bytes, bytes]] | None = None
) -> None:
    length = (b"content-length", b"%d" % len(body))
    start = {"type": "http.response.start", "status": status, "headers": [length, *(headers or [])]}
    await send(start)
    await send({"type": "http.response.body", "body": body})


@dataclasses.dataclass(frozen=True)
class Served:
    """A server that runs, and clients for it."""

    toy: Toy
    settings: SafetySettings
    guarded: Guarded

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.settings.token}"}

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.settings.port}"

    def client(self) -> httpx2.Client:
        return httpx2.Client(
            base_url=self.settings.url, timeout=PATIENCE, trust_env=False, verify=_NO_CERTIFICATES
        )

    def head(self, line: str, *headers: str) -> bytes:
        """Return the head of a request that is let in."""
        own = (line, f"Host: {self.host}", f"Authorization: Bearer {self.settings.token}")
        return "\r\n".join([*own, *headers, "", ""]).encode("latin-1")

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.settings.port), timeout=PATIENCE)

    def exchange(self, request: bytes) -> bytes:
        """Send bytes and return all that comes back until the server closes."""
        with self.connect() as client:
            client.sendall(request)
            return read_all(client)

    def assert_quick(self) -> None:
        """Assert that somebody else's request is answered, whatever the others do."""
        with self.client() as client:
            assert client.get("/", headers=self.bearer).status_code == 200

    def assert_quiet(self, handles: int) -> None:
        """Assert that soon nothing is left of what was asked."""
        wait_until(lambda: self.toy.running == 0 and open_handles() <= handles)
        assert self.toy.running == 0
        assert open_handles() <= handles


def read_all(client: socket.socket) -> bytes:
    received = b""
    with contextlib.suppress(ConnectionError):
        while piece := client.recv(65536):
            received += piece
    return received


def status_of(response: bytes) -> int:
    return int(response.split(b" ", 2)[1])


def open_handles() -> int:
    """Return how many files and sockets this process has open, where the system tells."""
    return len(os.listdir("/proc/self/fd")) if sys.platform == "linux" else 0


def wait_until(done: Callable[[], bool], seconds: float = PATIENCE) -> None:
    end = time.monotonic() + seconds
    while not done() and time.monotonic() < end:
        time.sleep(0.05)


@contextlib.contextmanager
def crowd(served: Served, request: bytes, count: int) -> Iterator[list[socket.socket]]:
    """Connect many times with little room for answers, and send the same."""
    clients = []
    try:
        for _ in range(count):
            client = socket.socket()
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.connect(("127.0.0.1", served.settings.port))
            client.sendall(request)
            client.setblocking(False)
            clients.append(client)
        yield clients
    finally:
        for client in clients:
            client.close()


@contextlib.contextmanager
def start(send_buffer: int | None = None, **changes: Any) -> Iterator[Served]:
    """Serve a toy with some settings changed."""
    listener = bind()
    if send_buffer is not None:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, send_buffer)
    settings = dataclasses.replace(settings_for("127.0.0.1", listener.getsockname()[1]), **changes)
    toy = Toy()
    guarded = Guarded(toy, settings)
    with serving(guarded, listener):
        yield Served(toy, settings, guarded)


def status_of_check(check: Callable[[], object]) -> int:
    """Return the status of the problem that a check of a request raises, or 200."""
    try:
        check()
    except Problem as problem:
        return problem.status
    return 200
