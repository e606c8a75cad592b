"""Bodies are counted as they come, whatever their headers say."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator

import pytest
from tests.patience import PATIENCE

from sokkuri.web.uvicorn_server import Connection

from .toy import Served, read_all, start, status_of

MIB = 1 << 20
LIMIT = 2 * MIB


@pytest.fixture(scope="module")
def small() -> Iterator[Served]:
    """Serve with little room for bodies."""
    with start(upload_bytes=LIMIT, keep_alive_seconds=1, header_seconds=1.0) as served:
        yield served


def _upload(served: Served, head: bytes, pieces: Iterator[bytes]) -> tuple[int, int]:
    """Send pieces until the server will take no more; return the status and how many bytes went."""
    sent = 0
    with served.connect() as client:
        client.sendall(head)
        with contextlib.suppress(ConnectionError):
            for piece in pieces:
                client.sendall(piece)
                sent += len(piece)
        response = read_all(client)
    return (status_of(response) if response else 0), sent


def _pieces(size: int, piece: int = 65536) -> Iterator[bytes]:
    while size > 0:
        yield bytes(min(piece, size))
        size -= piece


def _chunks(size: int, piece: int = 65536) -> Iterator[bytes]:
    for body in _pieces(size, piece):
        yield b"%x\r\n%b\r\n" % (len(body), body)
    yield b"0\r\n\r\n"


def _post(served: Served, *headers: str, path: str = "/count") -> bytes:
    return served.head(f"POST {path} HTTP/1.1", *headers, "Connection: close")


@pytest.mark.parametrize("size", [0, 1, 100_000, LIMIT])
def test_what_fits_gets_through(small: Served, size: int) -> None:
    before = small.toy.read
    assert _upload(small, _post(small, f"Content-Length: {size}"), _pieces(size))[0] == 200
    assert _upload(small, _post(small, "Transfer-Encoding: chunked"), _chunks(size))[0] == 200
    assert small.toy.read - before == 2 * size


@pytest.mark.parametrize("size", [LIMIT + 1, LIMIT + MIB, 40 * MIB, 1 << 30, 10**18])
def test_an_honest_length_is_refused_at_once(small: Served, size: int) -> None:
    before = small.toy.reached
    status, _ = _upload(small, _post(small, f"Content-Length: {size}"), iter(()))
    assert status == 413
    assert small.toy.reached == before


@pytest.mark.parametrize("path", ["/count", "/stubborn"])
@pytest.mark.parametrize("size", [LIMIT + 1, LIMIT + 100_000, 64 * MIB])
def test_a_stream_is_cut_before_another_mebibyte_is_read(
    small: Served, size: int, path: str
) -> None:
    before = small.toy.read
    head = _post(small, "Transfer-Encoding: chunked", path=path)
    status, _ = _upload(small, head, _chunks(size))
    assert status in {413, 0}  # a client that goes on sending may miss the answer
    if size < LIMIT + MIB // 4:
        assert status == 413
    assert small.toy.read - before <= LIMIT


@pytest.fixture
def received(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list that grows by the size of whatever the server takes from a socket."""
    sizes: list[int] = []
    take = Connection.data_received

    def counted(self: Connection, data: bytes) -> None:
        sizes.append(len(data))
        take(self, data)

    monkeypatch.setattr(Connection, "data_received", counted)
    return sizes


def test_a_stream_without_end_is_left_unread(small: Served, received: list[int]) -> None:
    head = _post(small, "Transfer-Encoding: chunked")
    _upload(small, head, _chunks(64 * MIB))
    assert LIMIT < sum(received) < LIMIT + MIB


def test_an_unwanted_body_is_left_unread(small: Served, received: list[int]) -> None:
    _upload(small, small.head("POST / HTTP/1.1", f"Content-Length: {64 * MIB}"), _pieces(64 * MIB))
    assert 0 < sum(received) < MIB
    received.clear()
    foreign = small.head("POST / HTTP/1.1", "Origin: null", f"Content-Length: {LIMIT}")
    _upload(small, foreign, _pieces(LIMIT))
    assert 0 < sum(received) < MIB


@pytest.mark.parametrize(
    "headers",
    [
        ["Content-Length: -1"],
        ["Content-Length: +5"],
        ["Content-Length: 5 5"],
        ["Content-Length: 0x5"],
        ["Content-Length: 5.0"],
        ["Content-Length: five"],
        ["Content-Length:"],
        ["Content-Length: ５"],
        ["Content-Length: 1_000"],
        ["Content-Length: " + "9" * 21],
        ["Content-Length: 5", "Content-Length: 6"],
        ["Content-Length: 5, 6"],
        ["Content-Length: 5", "Transfer-Encoding: chunked"],
        ["Transfer-Encoding: chunked", "Content-Length: 5"],
        ["Transfer-Encoding: gzip, chunked"],
        ["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"],
        ["Transfer-Encoding: xchunked"],
        ["Transfer-Encoding: chunked\x0b"],
    ],
)
def test_unclear_lengths_are_refused_and_nothing_is_smuggled(
    small: Served, headers: list[str]
) -> None:
    before = small.toy.reached
    lines = [f"Host: {small.host}", f"Authorization: Bearer {small.settings.token}", *headers]
    head = "\r\n".join(["POST /count HTTP/1.1", *lines, "", ""]).encode("utf-8")
    inner = small.head("GET /smuggled HTTP/1.1")
    response = small.exchange(head + b"0\r\n\r\n" + inner)
    assert status_of(response) == 400
    assert response.count(b"HTTP/1.1 ") == 1
    assert small.toy.reached == before


def test_a_body_that_ends_early_is_no_body(small: Served) -> None:
    before = small.toy.changes
    with small.connect() as client:
        client.sendall(_post(small, "Content-Length: 1000") + b"half")
    with small.connect() as client:
        client.sendall(_post(small, "Transfer-Encoding: chunked") + b"5\r\nhello\r\nnonsense\r\n")
        assert status_of(read_all(client)) == 400
    small.assert_quick()
    assert small.toy.changes == before


def test_junk_in_a_body_that_is_refused_is_no_fault(caplog: pytest.LogCaptureFixture) -> None:
    with start(upload_bytes=4) as served:
        head = served.head("POST /count HTTP/1.1", "Transfer-Encoding: chunked")
        assert status_of(served.exchange(head + b"5\r\nhello\r\nnonsense\r\n")) == 400
        served.assert_quick()
    assert not caplog.records


def test_junk_in_a_body_ends_an_answer_that_has_begun(caplog: pytest.LogCaptureFixture) -> None:
    with start() as served, served.connect() as client:
        client.sendall(served.head("POST /stream HTTP/1.1", "Transfer-Encoding: chunked"))
        assert client.recv(1000).startswith(b"HTTP/1.1 200")
        client.sendall(b"nonsense\r\n")
        response = read_all(client)
    assert b"HTTP/1.1" not in response
    assert not response.endswith(b"0\r\n\r\n")
    assert not caplog.records


def test_slow_bodies_get_408() -> None:
    with start(receive_seconds=2.0, grace_seconds=1.0, least_bytes_per_second=1000) as served:
        # nothing at all, a dribble, and quick enough but without an end
        for piece, path, seconds in (
            (b"", "/count", 1.0),
            (b"x", "/count", 1.0),
            (b"x", "/stubborn", 1.0),
            (b"x" * 500, "/count", 2.0),
        ):
            status, after = _dribble(served, piece, 0.05, path=path)
            assert status == 408
            assert after > seconds * 0.9
        # slow over all, but with pauses a network has
        assert _dribble(served, b"x" * 300, 0.1, times=3)[0] == 200


def _dribble(
    served: Served, piece: bytes, pause: float, times: int = 1000, path: str = "/count"
) -> tuple[int, float]:
    """Send a piece again and again; return the status and after how many seconds it came."""
    begin = time.monotonic()
    head = _post(served, f"Content-Length: {max(1, len(piece)) * times}", path=path)
    with served.connect() as client:
        client.sendall(head)
        client.settimeout(pause)
        for _ in range(times):
            client.sendall(piece)
            with contextlib.suppress(TimeoutError):
                return status_of(client.recv(65536)), time.monotonic() - begin
        client.settimeout(PATIENCE)
        return status_of(read_all(client)), time.monotonic() - begin


@pytest.mark.parametrize("headers", [[], ["Connection: close"]])
def test_a_client_that_sent_more_reads_why(small: Served, headers: list[str]) -> None:
    body = bytes(200_000)
    lines = ("Origin: null", f"Content-Length: {len(body)}", *headers)
    for _ in range(20):
        with small.connect() as client:
            client.sendall(small.head("POST /count HTTP/1.1", *lines) + body)
            client.sendall(small.head("GET /next HTTP/1.1"))
            response = read_all(client)
        head, _, answer = response.partition(b"\r\n\r\n")
        assert status_of(head) == 403
        assert json.loads(answer)["type"] == "urn:sokkuri:other-origin"


def test_clients_with_a_pool_go_on(small: Served) -> None:
    """A connection that is going to end is not used again."""

    def endless() -> Iterator[bytes]:
        yield from _pieces(LIMIT + MIB)

    with small.client() as client:
        for _ in range(5):
            response = client.post("/count", headers=small.bearer, content=endless())
            assert response.status_code == 413
            assert response.headers["connection"] == "close"
            assert client.get("/next", headers=small.bearer).text == "/next 0"
