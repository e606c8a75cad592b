"""Clients that go away leave nothing behind."""

from __future__ import annotations

import socket
import struct

import pytest

from .toy import Served, open_handles, wait_until

TIMES = 250


def _hang_up(client: socket.socket, *, reset: bool) -> None:
    if reset:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


@pytest.mark.parametrize("reset", [False, True])
def test_going_away_in_the_middle_of_an_upload(
    served: Served, reset: bool, caplog: pytest.LogCaptureFixture
) -> None:
    handles, changes = open_handles(), served.toy.changes
    for number in range(TIMES):
        client = served.connect()
        head = served.head("POST / HTTP/1.1", "Content-Length: 5000000")
        client.sendall(head + bytes(number * 1000))
        if number % 2:
            wait_until(lambda: served.toy.running > 0, seconds=1)
        _hang_up(client, reset=reset)
    served.assert_quiet(handles)
    assert served.toy.changes == changes
    assert not caplog.records


@pytest.mark.parametrize("reset", [False, True])
@pytest.mark.parametrize("path", ["/stream", "/lump"])
def test_going_away_in_the_middle_of_an_answer(
    served: Served, reset: bool, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    handles = open_handles()
    for number in range(TIMES // 2):
        client = served.connect()
        client.sendall(served.head(f"GET {path} HTTP/1.1"))
        if number % 2:
            assert client.recv(1000).startswith(b"HTTP/1.1 200")
        _hang_up(client, reset=reset)
    served.assert_quiet(handles)
    served.assert_quick()
    assert not caplog.records
