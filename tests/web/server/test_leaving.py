"""Clients that dribble, and clients that go away, cost nobody else anything."""

from __future__ import annotations

import contextlib
import os
import random
import socket
import struct
import time
from collections.abc import Callable, Iterator

import pytest
from tests.patience import PATIENCE
from tests.web.server.clients import Standing, standing, wait_until
from tests.web.server.conftest import Waves, fill
from tests.web.server.test_malformed import FILE, FORM, form, part

CLIENTS = 200
SECONDS = 2.0
GROWTH = 64 << 20


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, waves: Waves) -> Iterator[Standing]:
    """Serve a few photos with short deadlines."""
    home = tmp_path_factory.mktemp("leaving")
    fill(home / "photos", waves, 8)
    (home / "photos" / "large.jpg").write_bytes(
        (home / "photos" / "photo-001.jpg").read_bytes() + bytes(8 << 20)
    )
    deadlines = dict.fromkeys(
        ("header_seconds", "receive_seconds", "grace_seconds", "send_seconds"), SECONDS
    )
    with standing(home / "photos", home, safety=deadlines) as server:
        server.wait_until_indexed()
        yield server


def _body(picture: bytes) -> bytes:
    return form(part(FILE, picture))


def _upload(server: Standing, path: str, body: bytes) -> bytes:
    head = server.head(f"POST {path} HTTP/1.1", FORM, f"Content-Length: {len(body)}")
    return head + body


def _reset(client: socket.socket) -> None:
    """Go away rudely: the other side is told that nothing it sent was wanted."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


def test_clients_that_go_away_while_they_send(server: Standing, picture: bytes) -> None:
    kept = os.listdir(server.uploads)
    handles = server.handles()
    _leave_while_sending(server, picture, 50)
    server.assert_quiet(handles)
    memory = server.rss()  # with room for so many at a time
    _leave_while_sending(server, picture, CLIENTS)
    server.assert_alive()
    server.assert_quiet(handles)
    assert os.listdir(server.uploads) == kept
    assert server.rss() < memory + GROWTH


def _leave_while_sending(server: Standing, picture: bytes, count: int) -> None:
    chance = random.Random(6)
    body = _body(picture + bytes(2 << 20))
    for number in range(count):
        path = ("/api/v1/uploads", "/api/v1/search")[number % 2]
        request = _upload(server, path, body)
        client = server.connect()
        client.sendall(request[: chance.randrange(1, len(request) - 20)])
        _reset(client) if number % 3 else client.close()


def test_clients_that_go_away_before_their_answer(server: Standing, picture: bytes) -> None:
    chance = random.Random(7)
    ids = {photo["name"]: photo["id"] for photo in server.photos()}
    photo, large = ids["photo-001.jpg"], ids["large.jpg"]
    pair = f"?a={photo}&b={large}"
    upload = _upload(server, "/api/v1/search", _body(picture))
    wishes = [
        server.head(f"GET /api/v1{path} HTTP/1.1")
        for path in (
            f"/images/{large}/file", f"/images/{photo}/picture?side=640", f"/images/{photo}",
            f"/search?img={photo}", f"/explain{pair}", f"/compare{pair}",
        )
    ]  # fmt: skip
    handles, memory = server.handles(), server.rss()
    for number in range(CLIENTS):
        client = server.connect(room=4096)
        client.sendall([upload, *wishes][number % (len(wishes) + 1)])
        if number % 2:
            client.recv(chance.randrange(1, 400))
        _reset(client) if number % 3 else client.close()
    server.assert_alive()
    wait_until(lambda: server.handles() <= handles + 4)
    server.assert_quiet(handles + 4)  # workers that were started meanwhile
    assert server.rss() < memory + GROWTH
    with server.new_client() as patient:
        answer = patient.get(f"/api/v1/images/{large}/file")
    assert len(answer.content) > 8 << 20


def test_slow_clients_keep_nobody_waiting(server: Standing, picture: bytes) -> None:
    photo = server.photos()[0]["id"]
    heads = b"GET /api/v1/library HTTP/1.1\r\nX: "
    bodies = _upload(server, "/api/v1/uploads", _body(picture))[:-500]
    search = f"/api/v1/search?img={photo}"
    handles = server.handles()
    kept = os.listdir(server.uploads)
    with server.new_client() as client:
        client.get(search)

        def ask() -> None:
            assert client.get(search).status_code == 200

        for request in (heads, bodies):
            with _crowd(server, request) as crowd:
                seconds = _dribble_until_cut(crowd, ask)
                assert seconds > SECONDS / 2
    server.assert_alive()
    server.assert_quiet(handles)
    assert os.listdir(server.uploads) == kept


def test_clients_that_never_read_are_let_go(server: Standing) -> None:
    large = next(photo["id"] for photo in server.photos() if photo["name"] == "large.jpg")
    handles = server.handles()
    request = server.head(f"GET /api/v1/images/{large}/file HTTP/1.1")
    with _crowd(server, request, 50) as crowd:
        wait_until(lambda: server.handles() >= handles + len(crowd))
        answer = server.client.get("/api/v1/library")
        assert answer.status_code == 200
        wait_until(lambda: server.handles() <= handles)
        assert server.handles() <= handles
    server.assert_quiet(handles)


def test_a_whole_upload_by_a_steady_client_is_taken(server: Standing, picture: bytes) -> None:
    request = _upload(server, "/api/v1/search", _body(picture))
    with server.connect() as client:
        step = len(request) // 20 + 1
        for start in range(0, len(request), step):
            client.sendall(request[start : start + step])
            time.sleep(0.02)
        assert client.recv(100).startswith(b"HTTP/1.1 200")


@contextlib.contextmanager
def _crowd(server: Standing, request: bytes, count: int = CLIENTS) -> Iterator[list[socket.socket]]:
    clients: list[socket.socket] = []
    try:
        for _ in range(count):
            client = server.connect(room=4096)
            clients.append(client)
            client.sendall(request)
            client.setblocking(False)
        yield clients
    finally:
        for client in clients:
            client.close()


def _dribble_until_cut(clients: list[socket.socket], ask: Callable[[], None]) -> float:
    """Send a byte on every connection now and then; return after how long all are cut."""
    begun = asked = time.monotonic()
    left = set(clients)
    ask()
    # It was answered while these were still at it, and did not have to wait for their end.
    assert any(map(_is_open, clients))
    while left and time.monotonic() < begun + PATIENCE:
        left = {client for client in left if _is_open(client)}
        if time.monotonic() > asked + 0.3:
            ask()
            asked = time.monotonic()
        time.sleep(0.1)
    assert not left
    return time.monotonic() - begun


def _is_open(client: socket.socket) -> bool:
    """Send a byte, and read what there is; tell whether the server still listens."""
    try:
        client.send(b"x")
        return bool(client.recv(65536))
    except BlockingIOError:
        return True
    except ConnectionError:
        return False
