"""Two hundred slow clients keep nobody waiting, and are cut off in time."""

from __future__ import annotations

import asyncio
import dataclasses
import select
import selectors
import socket
import time
from collections.abc import Callable, Iterator

import pytest
from tests.patience import PATIENCE
from uvicorn.server import ServerState

from sokkuri.web.safety import Guarded, settings_for
from sokkuri.web.server import bind
from sokkuri.web.uvicorn_server import Connection, Service

from .toy import Served, Toy, crowd, open_handles, start, wait_until

CLIENTS = 200
SECONDS = 1.5
"""What each of the server's deadlines is here."""


@pytest.fixture
def strict() -> Iterator[Served]:
    """Serve with short deadlines, and little room in the system's own buffers."""
    with start(
        send_buffer=64 * 1024,
        header_seconds=SECONDS,
        receive_seconds=SECONDS,
        grace_seconds=SECONDS,
        send_seconds=SECONDS,
        keep_alive_seconds=1,
    ) as served:
        yield served


def _dribble_until_cut(clients: list[socket.socket], ask: Callable[[], None]) -> float:
    """Send a byte on every connection now and then; return after how long all are cut."""
    begin = time.monotonic()
    left = set(clients)
    asked = begin
    ask()
    # It was answered while these were still at it, and did not have to wait for their end.
    assert any(map(_is_open, clients))
    while left and time.monotonic() < begin + PATIENCE:
        left = {client for client in left if _is_open(client)}
        if time.monotonic() > asked + 0.4:
            ask()
            asked = time.monotonic()
        time.sleep(0.1)
    assert not left
    return time.monotonic() - begin


def _is_open(client: socket.socket) -> bool:
    """Send a byte, and read what there is; tell whether the server still listens."""
    try:
        client.send(b"x")
        return bool(client.recv(65536))
    except BlockingIOError:
        return True
    except ConnectionError:
        return False


def test_heads_that_never_end(strict: Served) -> None:
    handles = open_handles()
    strict.assert_quick()
    with crowd(strict, b"GET / HTTP/1.1\r\nX: ", CLIENTS) as clients:
        seconds = _dribble_until_cut(clients, strict.assert_quick)
        assert seconds > SECONDS / 2
    strict.assert_quiet(handles)


def test_connections_that_say_nothing(strict: Served) -> None:
    handles = open_handles()
    with crowd(strict, b"", CLIENTS) as clients:
        strict.assert_quick()
        _assert_cut(clients)
    strict.assert_quiet(handles)


def test_a_second_head_is_bounded_as_the_first(strict: Served) -> None:
    with crowd(strict, strict.head("GET / HTTP/1.1"), 20) as clients:
        wait_until(lambda: strict.toy.reached >= 20)
        for client in clients:
            assert select.select([client], [], [], PATIENCE)[0]
            assert b"200 OK" in client.recv(4096)
        _dribble_until_cut(clients, strict.assert_quick)


def test_bodies_that_never_end(strict: Served) -> None:
    handles = open_handles()
    with crowd(
        strict, strict.head("POST / HTTP/1.1", "Content-Length: 1000000"), CLIENTS
    ) as clients:
        wait_until(lambda: strict.toy.running == CLIENTS)
        assert strict.toy.running == CLIENTS
        seconds = _dribble_until_cut(clients, strict.assert_quick)
        assert seconds > SECONDS / 2
    strict.assert_quiet(handles)
    assert strict.toy.changes == 0


def test_bodies_nobody_wants_that_never_end() -> None:
    with start(keep_alive_seconds=36_000) as served:
        handles = open_handles()
        refused = served.head("POST / HTTP/1.1", "Origin: null", "Content-Length: 1000000")
        with crowd(served, refused, CLIENTS) as clients:
            _dribble_until_cut(clients, served.assert_quick)
            # the usual deadlines, and still it takes seconds
            served.assert_quiet(handles + CLIENTS)
        assert served.toy.changes == 0


@pytest.mark.parametrize(("path", "count"), [("/stream", CLIENTS), ("/lump", 20)])
def test_clients_that_never_read(strict: Served, path: str, count: int) -> None:
    handles = open_handles()
    with crowd(strict, strict.head(f"GET {path} HTTP/1.1"), count) as clients:
        wait_until(lambda: strict.toy.reached >= count)
        strict.assert_quick()
        # the server lets go of them, although they go on not reading
        strict.assert_quiet(handles + count)
        strict.assert_quick()
        assert len(clients) == count
    strict.assert_quiet(handles)


def test_slow_but_steady_readers_get_everything(strict: Served) -> None:
    with strict.connect() as client:
        client.sendall(strict.head("GET /stream HTTP/1.1", "Connection: close"))
        received = 0
        begin = time.monotonic()
        while piece := client.recv(65536):
            received += len(piece)
            time.sleep(0.008)
    assert time.monotonic() - begin > SECONDS
    assert received > 16 << 20


def test_a_reader_is_at_work_although_as_much_is_left() -> None:
    """What waits to be sent often has the same size whenever one looks."""

    class Transport(asyncio.Transport):
        def get_write_buffer_size(self) -> int:
            return 1000

        def is_closing(self) -> bool:
            return False

        def write(self, data: object) -> None:
            pass

    async def look() -> list[bool]:
        settings = dataclasses.replace(settings_for("127.0.0.1", 8000), header_seconds=1e9)
        with bind() as listener:
            config = Service(Guarded(Toy(), settings), listener).config
        connection = Connection(config, ServerState(), {})
        connection.connection_made(Transport())
        now = asyncio.get_running_loop().time()
        seen = []
        for step in range(100):
            connection.transport.write(bytes(500 if step < 50 else 0))
            seen.append(connection.is_overdue(now + step))
        return seen

    seen = asyncio.run(look())
    assert seen.index(True) == 80  # thirty seconds after the last byte that went


def test_too_many_connections_cost_the_idlest() -> None:
    with (
        start(most_connections=20, header_seconds=30.0) as served,
        crowd(served, b"GET / HT", 60) as clients,
    ):
        served.assert_quick()
        wait_until(lambda: sum(map(_has_ended, clients)) >= 40)
        assert sum(map(_has_ended, clients)) >= 40
        # those that came first had to go
        assert all(map(_has_ended, clients[:30]))
        assert not _has_ended(clients[-1])


def test_who_was_answered_last_stays() -> None:
    with (
        start(most_connections=20, header_seconds=3600.0) as served,
        crowd(served, b"GET / HT", 19) as early,
        served.connect() as answered,
    ):
        answered.sendall(served.head("GET / HTTP/1.1"))
        received = b""
        while not received.endswith(b"/ 0"):
            received += answered.recv(4096)
        answered.setblocking(False)
        with crowd(served, b"GET / HT", 10):
            wait_until(lambda: sum(map(_has_ended, early)) >= 10)
            assert sum(map(_has_ended, early)) >= 10
            assert not _has_ended(answered)


def test_too_many_requests_under_way_are_too_many() -> None:
    with (
        start(most_connections=20, stop_seconds=0.1) as served,
        crowd(served, served.head("GET /sleep HTTP/1.1"), 20),
        served.client() as client,
    ):
        wait_until(lambda: served.toy.running == 20)
        response = client.get("/healthz")
        assert response.status_code == 503
        assert response.headers["retry-after"]
        assert response.headers["x-content-type-options"] == "nosniff"


def _has_ended(client: socket.socket) -> bool:
    """Tell whether the server has ended a connection, without sending anything."""
    try:
        return client.recv(1, socket.MSG_PEEK) == b""
    except BlockingIOError:
        return False
    except ConnectionError:
        return True


def _assert_cut(clients: list[socket.socket]) -> None:
    """Wait, without sending anything, until the server has ended all connections."""
    begin = time.monotonic()
    with selectors.DefaultSelector() as selector:
        for client in clients:
            selector.register(client, selectors.EVENT_READ)
        while selector.get_map() and time.monotonic() < begin + PATIENCE:
            for key, _ in selector.select(timeout=1):
                selector.unregister(key.fileobj)
        assert not selector.get_map()
    assert time.monotonic() - begin > SECONDS / 2
