"""Told to stop while it is busy, the server is gone within five seconds, and all is tidy."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
import threading
from pathlib import Path

import httpx2
import pytest
from tests.patience import PATIENCE
from tests.web.server.clients import Standing, running, runs, wait_until
from tests.web.server.conftest import Waves, fill
from tests.web.server.test_malformed import FILE, FORM, form, part

import sokkuri

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")


class Busy:
    """Clients that upload, search and look at photos until the server is gone."""

    def __init__(self, server: Standing, picture: bytes) -> None:
        self._server = server
        self._picture = picture
        self._stop = threading.Event()
        self.answered = 0
        self.bad: list[str] = []
        self._threads = [threading.Thread(target=self._work, args=(i,)) for i in range(8)]

    def __enter__(self) -> Busy:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _work(self, number: int) -> None:
        with self._server.new_client() as client:
            turn = number
            while not self._stop.is_set():
                turn += 1
                try:
                    answer = self._ask(client, turn)
                except httpx2.TransportError:
                    return  # it has stopped
                self.answered += 1
                if answer.status_code not in (200, 201, 202, 409, 429, 503):
                    self.bad.append(answer.text)

    def _ask(self, client: httpx2.Client, turn: int) -> httpx2.Response:
        content = self._picture + bytes(turn % 1000) + bytes(1 << 18)
        path = ("/api/v1/uploads", "/api/v1/search")[turn % 2]
        return client.post(path, files={"file": ("x.jpg", content)})


@pytest.mark.parametrize("indexed", [True, False], ids=["indexed", "while it is indexed"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_a_busy_server_stops(
    waves: Waves, picture: bytes, tmp_path: Path, indexed: bool, number: int
) -> None:
    folder = tmp_path / "photos"
    fill(folder, waves, 40 if indexed else 400)
    (tmp_path / "temporary").mkdir()
    command = [sys.executable, "-m", "sokkuri", "serve", str(folder), "--json", "--port", "0"]
    with running(command, tmp_path, quiet=False) as server, contextlib.ExitStack() as stack:
        if indexed:
            server.wait_until_indexed()
        busy = stack.enter_context(Busy(server, picture))
        halves = [stack.enter_context(_half_an_upload(server, picture)) for _ in range(10)]
        wait_until(lambda: busy.answered >= 20)
        assert busy.answered >= 20
        workers = server.descendants()
        server.process.send_signal(number)
        # The clients go on for as long as it is there.
        assert server.process.wait(PATIENCE) == 128 + number
        assert len(halves) == 10
    assert busy.bad == []
    said = (tmp_path / "errors").read_text().splitlines()
    assert [line.split()[0] for line in said] == ["answering", "export"], said
    _assert_nothing_left(server, tmp_path, workers)
    with contextlib.suppress(FileNotFoundError):  # it may have had no time to begin one
        verified = sokkuri.Library.open(folder).verify()
        assert verified.sound, verified.damages
    sokkuri.Library.open(folder).refresh()
    assert sokkuri.Library.open(folder).verify().files == (40 if indexed else 400)


def _half_an_upload(server: Standing, picture: bytes) -> socket.socket:
    body = form(part(FILE, picture + bytes(3 << 20)))
    client = server.connect()
    head = server.head("POST /api/v1/uploads HTTP/1.1", FORM, f"Content-Length: {len(body)}")
    client.sendall(head + body[: len(body) // 2])
    return client


def _assert_nothing_left(server: Standing, home: Path, workers: set[int]) -> None:
    listener = socket.socket()
    with contextlib.closing(listener):
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", server.port))
        listener.listen()
    uploads = home / "cache" / "sokkuri" / "uploads"
    assert [name for name in os.listdir(uploads) if not name.startswith("u")] == []
    assert os.listdir(server.temporary) == []
    wait_until(lambda: not any(map(runs, workers)), 5)
    assert not any(map(runs, workers))
