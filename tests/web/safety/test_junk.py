"""Whatever bytes come, the answer is 4xx or none, and the server goes on."""

from __future__ import annotations

import random
import socket
from collections.abc import Iterator

from .toy import Served, read_all

METHODS = ["GET", "POST", "FOO", "get", "G E T", "", "\x00", "GET\t", "Ä"]
TARGETS = [
    "/",
    "//",
    "*",
    "",
    "/%",
    "/%zz",
    "/\x00",
    "/a b",
    "http://",
    "/\xff",
    "?",
    "#",
    "/" * 9000,
]
VERSIONS = ["HTTP/1.1", "HTTP/1.0", "HTTP/2.0", "HTTP/0.9", "HTTP/1.11", "HTTP/x", "", "http/1.1"]
LINES = [
    "X: a\rb",
    "X: a\nY: b",
    "X : y",
    " X: y",
    ": y",
    "X",
    "X: \x00",
    "X: \x7f\x01",
    "Content-Length: 5\r\nTransfer-Encoding: chunked",
    "Transfer-Encoding: chunked, chunked",
    "Content-Length: 99999999999999999999999",
    "Content-Length: -5",
    "Expect: 200-maybe",
    "Host: evil.example",
    "Connection: close\r\nX: " + "y" * 20_000,
    "\r\n".join(f"X{i}: y" for i in range(3000)),
    "Ä: ä",
    "X\x00Y: z",
]
WHOLE = [
    b"",
    b"\r\n",
    b"\r\n\r\n\r\n",
    b"\x00" * 100,
    b"\xff" * 70_000,
    b"A" * 70_000,
    b"GET / HTTP/1.1\r\n" + b"X: " + b"y" * 65_536,
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200),
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"\x05\x01\x00",
    b"SSH-2.0-OpenSSH_9.6\r\n",
    b"GET /\r\n",
    b"GET / HTTP/1.1",
    b"GET / HTTP/1.1\n\n",
    b"GET / HTTP/1.1\r\r\n\r\n",
    b"HTTP/1.1 200 OK\r\n\r\n",
    b"{}",
    b"<xml/>\r\n\r\n",
]


def _cases(served: Served) -> Iterator[bytes]:
    """Yield 300 requests, none of which is a proper one of somebody who may ask."""
    yield from WHOLE
    host = f"Host: {served.host}"
    for line in LINES:
        yield f"GET / HTTP/1.1\r\n{host}\r\n{line}\r\n\r\n".encode("latin-1")
        yield f"POST / HTTP/1.1\r\n{line}\r\n{host}\r\n\r\nbody".encode("latin-1")
    chance = random.Random(6)
    for _ in range(130):
        first = " ".join(map(chance.choice, (METHODS, TARGETS, VERSIONS)))
        line = chance.choice([host, *LINES])
        yield f"{first}\r\n{host}\r\n{line}\r\n\r\n".encode("latin-1")
    proper = served.head("POST / HTTP/1.1", "Transfer-Encoding: chunked", "Origin: null")
    for _ in range(110):
        mutant = bytearray(proper)
        for _ in range(chance.randrange(1, 8)):
            mutant[chance.randrange(len(mutant))] = chance.randrange(256)
        yield bytes(mutant[: chance.randrange(1, len(mutant))])


def test_junk_is_refused_and_the_server_goes_on(served: Served) -> None:
    reached = served.toy.reached
    cases = list(_cases(served))
    assert len(cases) >= 290
    for begin in range(0, len(cases), 150):
        some = cases[begin : begin + 150]
        clients = [served.connect() for _ in some]
        try:
            for client, case in zip(clients, some, strict=True):
                _send_all(client, case)
            served.assert_quick()
            reached += 1
            for client, case in zip(clients, some, strict=True):
                _assert_refused(read_all(client), case)
        finally:
            for client in clients:
                client.close()
    assert served.toy.reached == reached


def _send_all(client: socket.socket, case: bytes) -> None:
    try:
        client.sendall(case)
    except ConnectionError:
        return  # refused before the end


def _assert_refused(response: bytes, case: bytes) -> None:
    if response:
        assert response.startswith(b"HTTP/1.1 4"), (case[:200], response[:200])
        assert b"HTTP/1.1 2" not in response, case[:200]
        assert b"HTTP/1.1 5" not in response, case[:200]


def test_a_second_request_hides_in_no_header_and_no_body(served: Served) -> None:
    reached = served.toy.reached
    inner = served.head("GET /smuggled HTTP/1.1").decode("latin-1")
    size = len(inner)
    whole = [
        # one request with a body that looks like another
        (f"Content-Length: {size}\r\n\r\n{inner}", 1),
        (f"Transfer-Encoding: chunked\r\n\r\n{size:x}\r\n{inner}\r\n0\r\n\r\n", 1),
        # ends that two servers would see at two places
        (f"Content-Length: {size}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{inner}", 0),
        (f"Content-Length: 0\r\nContent-Length: {size}\r\n\r\n{inner}", 0),
        (f"Transfer-Encoding:\x0bchunked\r\nContent-Length: {size}\r\n\r\n{inner}", 0),
        (f"Transfer-Encoding : chunked\r\nContent-Length: {size}\r\n\r\n{inner}", 0),
        (f"X: y\rTransfer-Encoding: chunked\r\n\r\n{inner}", 0),
    ]
    for rest, good in whole:
        head = served.head("POST /outer HTTP/1.1", "Connection: close")[:-2].decode("latin-1")
        response = served.exchange((head + rest).encode("latin-1"))
        assert response.count(b"HTTP/1.1 ") == 1, rest
        reached += good
    assert served.toy.reached == reached


def test_requests_in_a_row_are_answered_in_order(served: Served) -> None:
    names = [f"/r{i}" for i in range(20)]
    requests = b"".join(served.head(f"GET {name} HTTP/1.1") for name in names)
    response = served.exchange(requests)
    bodies = [part.rpartition(b"\r\n\r\n")[2] for part in response.split(b"HTTP/1.1 200 OK")[1:]]
    assert bodies == [f"{name} 0".encode() for name in names]
