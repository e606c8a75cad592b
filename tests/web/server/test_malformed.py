"""Bodies that are too large or no forms are refused in time, and leave nothing behind."""

from __future__ import annotations

import contextlib
import json
import os
import random
import selectors
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pytest
from tests.web.server.clients import Standing, standing
from tests.web.server.conftest import Waves, fill

LIMIT = 4 << 20
GROWTH = 64 << 20
PATHS = ("/api/v1/uploads", "/api/v1/search")
FORM = "Content-Type: multipart/form-data; boundary=b"
FILE = b'Content-Disposition: form-data; name="file"; filename="x.jpg"'
ID = b'Content-Disposition: form-data; name="id"'
JUNK = b"\xff\xd8\xff\xe0 no picture"


@dataclass(frozen=True)
class Case:
    """One request that is refused; a body without a length is sent in chunks."""

    name: str
    headers: tuple[str, ...]
    body: bytes | tuple[bytes, int]
    method: str = "POST"
    status: int | None = None

    def pieces(self) -> Iterator[bytes]:
        """Yield the body as it is sent."""
        if isinstance(self.body, bytes):
            yield self.body
            return
        piece, times = self.body
        chunk = b"%x\r\n%b\r\n" % (len(piece), piece)
        for _ in range(times):
            yield chunk
        yield b"0\r\n\r\n"

    def head(self, server: Standing, path: str) -> bytes:
        """Return what is sent before it."""
        length = "Transfer-Encoding: chunked"
        if isinstance(self.body, bytes):
            length = f"Content-Length: {len(self.body)}"
        if any(header.startswith("Content-Length") for header in self.headers):
            length = "X-Length: stated"
        return server.head(f"{self.method} {path} HTTP/1.1", length, *self.headers)


def part(head: bytes, content: bytes = JUNK) -> bytes:
    """Return one part of a form with the boundary ``b``."""
    return b"--b\r\n%b\r\n\r\n%b\r\n" % (head, content)


def form(*parts: bytes) -> bytes:
    """Return a whole form."""
    return b"".join(parts) + b"--b--\r\n"


def _kinds() -> Iterator[Case]:
    """Yield forms that are called something else."""
    good = form(part(FILE))
    for name, kind in {
        "no boundary": "multipart/form-data",
        "empty boundary": "multipart/form-data; boundary=",
        "quoted nothing": 'multipart/form-data; boundary=""',
        "open quote": 'multipart/form-data; boundary="b',
        "long boundary": "multipart/form-data; boundary=" + "b" * 300,
        "huge boundary": "multipart/form-data; boundary=" + "b" * 60_000,
        "other boundary": "multipart/form-data; boundary=c",
        "boundary of spaces": 'multipart/form-data; boundary="   "',
        "boundary of dashes": "multipart/form-data; boundary=--",
        "boundary of controls": "multipart/form-data; boundary=\x01\x02",
        "Latin boundary": "multipart/form-data; boundary=\xe9\xe9",
        "boundary in pieces": "multipart/form-data; boundary*0=b; boundary*1=c",
        "encoded boundary": "multipart/form-data; boundary*=utf-8''%ff",
        "semicolons": "multipart/form-data;;;;;;;",
        "many parameters": "multipart/form-data; " + "; ".join(f"a{i}=b" for i in range(800)),
        "mixed": "multipart/mixed; boundary=b",
        "related": "multipart/related; boundary=b",
        "no subtype": "multipart; boundary=b",
        "nothing": "",
        "slash": "/",
        "text": "text/plain",
        "JSON": "application/json",
        "bytes": "application/octet-stream",
        "picture": "image/jpeg",
        "fields": "application/x-www-form-urlencoded",
        "no UTF-8": "\xff\xfe",
    }.items():
        yield Case(name, (f"Content-Type: {kind}",), good)
    yield Case("no kind", (), good)
    yield Case("two kinds", ("Content-Type: text/plain", FORM), good)
    for charset in ("utf-16", "utf-7", "rot13", "zip", "idna", "undefined", "nonsense", "\xff"):
        head = f"{FORM}; charset={charset}"
        yield Case(f"charset {charset!r}", (head,), form(part(FILE)))
        yield Case(f"id in {charset!r}", (head,), form(part(ID, b"\xff\xfe\x00\xd8")))


def _fields() -> Iterator[Case]:
    """Yield other kinds of bodies."""
    fields, text = ("Content-Type: application/x-www-form-urlencoded",), ("Content-Type: text/x",)
    yield Case("a million fields", fields, b"a=&" * 1_000_000)
    yield Case("a million separators", fields, b"&" * 1_000_000)
    yield Case("one huge field", fields, b"id=" + b"x" * 1_000_000)
    yield Case("an encoded field", fields, b"id=%ff%00%zz%")
    yield Case("JSON", ("Content-Type: application/json",), json.dumps({"id": "x"}).encode())
    yield Case("deep JSON", ("Content-Type: application/json",), b"[" * 100_000)
    yield Case("a bare picture", ("Content-Type: image/jpeg",), JUNK)
    yield Case("nothing at all", (), b"")
    yield Case("compressed", (FORM, "Content-Encoding: gzip"), b"\x1f\x8b\x08" + bytes(100))
    yield Case("compressed on its way", (FORM, "Transfer-Encoding: gzip, chunked"), b"x")
    yield Case("chunks of nothing", text, (b"", 3))


def _forms() -> Iterator[Case]:
    """Yield bodies that are no forms, or not such forms."""
    inner = b"--c\r\n" + FILE + b"\r\n\r\nx\r\n--c--\r\n"
    plain = b'Content-Disposition: form-data; name="%b"; filename="x"'
    for name, body in {
        "empty": b"",
        "only the end": b"--b--\r\n",
        "only the start": b"--b\r\n",
        "half a boundary": b"-",
        "no final boundary": part(FILE),
        "no final dashes": part(FILE) + b"--b\r\n",
        "cut in the head": b"--b\r\nContent-Dispo",
        "cut after the head": b"--b\r\n" + FILE + b"\r\n\r\n",
        "bare line feeds": form(part(FILE)).replace(b"\r\n", b"\n"),
        "bare returns": form(part(FILE)).replace(b"\r\n", b"\r"),
        "no blank line": b"--b\r\n" + FILE + b"\r\n" + JUNK + b"\r\n--b--\r\n",
        "no colon": form(part(b"Content-Disposition form-data")),
        "no disposition": form(part(b"X: y")),
        "no head": form(part(b"")),
        "no name": form(part(b'Content-Disposition: form-data; filename="x.jpg"')),
        "an attachment": form(part(b'Content-Disposition: attachment; filename="x.jpg"')),
        "an empty name": form(part(plain % b"")),
        "an open quote": form(part(b'Content-Disposition: form-data; name="file')),
        "a zero in the name": form(part(plain % b"fi\x00le")),
        "a zero in the head": form(part(FILE + b"\r\nX: \x00")),
        "a bad header": form(part(FILE + b"\r\nX[]: y")),
        "a folded header": form(part(FILE + b";\r\n x=y")),
        "a header of 1 MiB": form(part(FILE + b"\r\nX: " + b"y" * (1 << 20))),
        "a header name of 1 MiB": form(part(FILE + b"\r\n" + b"y" * (1 << 20) + b": x")),
        "10,000 headers": form(part(FILE + b"\r\nX: y" * 10_000)),
        "a file name of 1 MiB": form(part(plain % b"file" + b"; x=" + b"y" * (1 << 20))),
        "10,000 files": form(part(FILE) * 10_000),
        "10,000 fields": form(part(b'Content-Disposition: form-data; name="a"', b"") * 10_000),
        "10,000 boundaries": b"--b\r\n" * 10_000 + b"--b--\r\n",
        "a preamble of 2 MiB": b"x\r\n" * 700_000 + form(part(FILE)),
        "a preamble of near boundaries": b"\r\n--a" * 400_000 + form(part(FILE)),
        "a preamble alone": b"x" * (1 << 20),
        "an epilogue of 2 MiB": form(part(FILE)) + b"x" * (2 << 20),
        "nested": form(part(FILE + b"\r\nContent-Type: multipart/mixed; boundary=c", inner)),
        "nested without a name": form(part(b"Content-Type: multipart/mixed; boundary=c", inner)),
        "base64": form(part(FILE + b"\r\nContent-Transfer-Encoding: base64", b"/9j/4AAQ")),
        "two files": form(part(FILE), part(FILE)),
        "a file and an id": form(part(FILE), part(ID, b"abcdef.1")),
        "two ids": form(part(ID, b"abcdef.1"), part(ID, b"abcdef.2")),
        "an empty file": form(part(FILE, b"")),
        "a file without a name": form(part(plain.replace(b'"x"', b'""') % b"file")),
        "a text file": form(part(FILE, b"hello")),
        "a page": form(part(FILE, b"<html><script>alert(1)</script></html>")),
        "a drawing": form(part(FILE, b'<svg xmlns="http://www.w3.org/2000/svg"/>')),
        "an archive": form(part(FILE, b"PK\x03\x04" + bytes(100))),
        "near boundaries in a file": form(part(FILE, b"\r\n--a" * 100_000)),
        "a field for a file": form(part(b'Content-Disposition: form-data; name="file"')),
        "a file for a field": form(part(plain % b"id", b"abcdef.1")),
        "a field of 1 MiB": form(part(ID, b"x" * (1 << 20))),
    }.items():
        yield Case(name, (FORM,), body)
    for field in (b"image", b"File", b"files", b"file[]", b"file ", b"\xff", b"__proto__"):
        yield Case(f"the field {field!r}", (FORM,), form(part(plain % field)))
    for named in (
        b"", b"x", b"../../etc/passwd", b"000000.1", b"abcdef.0", b"u" + b"f" * 32, b"abcdef.1\n",
        b"abcdef." + b"9" * 18, b"\xff\xfe", b"\x00", b"1" * 4000,
    ):  # fmt: skip
        yield Case(f"the id {named[:20]!r}", (FORM,), form(part(ID, named)))


def _sizes() -> Iterator[Case]:
    """Yield bodies that are too large, or said to be."""
    large = form(part(FILE, bytes(LIMIT)))
    start = b"--b\r\n" + FILE + b"\r\n\r\n"
    yield Case("a file too large", (FORM,), large, status=413)
    yield Case("a file too large, in chunks", (FORM,), (large[: LIMIT // 16], 17), status=413)
    yield Case("a file without end", (FORM,), (start + bytes(1 << 16), 4000), status=413)
    yield Case("an endless preamble", (FORM,), (b"x\r\n" * 20_000, 4000))
    yield Case("endless parts", (FORM,), (part(FILE) * 100, 40_000))
    yield Case("endless boundaries", (FORM,), (b"--b\r\n" * 1000, 40_000))
    yield Case("an endless head", (FORM,), (b"--b\r\nX: " + b"y" * (1 << 16), 4000))
    yield Case("endless text", ("Content-Type: text/plain",), (bytes(1 << 16), 4000))
    for length, status in (("10000000000", 413), ("9" * 19, 413), ("-1", 400), ("1e3", 400),
                           ("0x10", 400), ("4, 5", 400), ("", 400)):  # fmt: skip
        yield Case(f"length {length!r}", (FORM, f"Content-Length: {length}"), b"", status=status)
    for method in ("PUT", "PATCH", "DELETE"):
        yield Case(f"by {method}", (FORM,), form(part(FILE)), method=method, status=405)
    yield Case("by GET", (FORM,), form(part(FILE)), method="GET")
    yield Case("by GET, too large", (FORM,), large, method="GET", status=413)


def _mutants(count: int) -> Iterator[Case]:
    """Yield a form with bytes changed, cut or doubled; the file in it is no picture."""
    chance = random.Random(6)
    whole = form(part(b'Content-Disposition: form-data; name="x"', b"y"), part(FILE))
    for number in range(count):
        mutant = bytearray(whole)
        for _ in range(chance.randrange(1, 6)):
            at = chance.randrange(len(mutant))
            end = at + chance.randrange(12)
            swap = [bytes([chance.randrange(256)]), b"", b"\r\n", b"--b", bytes(mutant[at:end]) * 2]
            mutant[at:end] = chance.choice(swap)
        yield Case(f"mutant {number}", (FORM,), bytes(mutant))


CASES = [*_kinds(), *_fields(), *_forms(), *_sizes(), *_mutants(40)]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, waves: Waves) -> Iterator[Standing]:
    """Serve a few photos; a request may have 4 MiB."""
    home = tmp_path_factory.mktemp("malformed")
    fill(home / "photos", waves, 5)
    with standing(home / "photos", home, safety={"upload_bytes": LIMIT}) as server:
        server.wait_until_indexed()
        yield server


def test_every_bad_body_is_refused(server: Standing, picture: bytes) -> None:
    good = server.client.post("/api/v1/search", files={"file": ("x.jpg", picture)})
    assert good.status_code == 200
    kept = sorted(os.listdir(server.uploads))
    assert len(kept) == 2  # the file and its note
    handles, memory = server.handles(), server.rss()
    tried = 0
    for case in CASES:
        for path in PATHS:
            status, answer = exchange(server, case.head(server, path), case.pieces())
            told = f"{case.name} to {path}: {status} {answer[:300]!r}"
            assert 400 <= status < 500, told
            assert case.status in (None, status), told
            if b"\r\n\r\n{" in answer:
                problem = json.loads(answer.partition(b"\r\n\r\n")[2])
                assert problem["status"] == status
            tried += 1
    assert tried >= 200
    server.assert_alive()
    server.assert_quiet(handles)
    assert sorted(os.listdir(server.uploads)) == kept
    assert server.rss() < memory + GROWTH
    again = server.client.post("/api/v1/search", files={"file": ("x.jpg", picture)})
    assert again.json()["matches"] == good.json()["matches"]


def exchange(server: Standing, head: bytes, body: Iterable[bytes]) -> tuple[int, bytes]:
    """Send a request for as long as nothing comes back; return the answer and its status."""
    pieces = iter(body)
    rest, answer = head, b""
    with server.connect() as client, selectors.DefaultSelector() as selector:
        client.setblocking(False)
        selector.register(client, selectors.EVENT_READ | selectors.EVENT_WRITE)
        while not _is_whole(answer):
            found = selector.select(10)
            assert found, "the server says nothing"
            ready = found[0][1]
            if ready & selectors.EVENT_READ:
                with contextlib.suppress(ConnectionError):
                    piece = client.recv(65536)
                    if not piece:
                        break
                    answer += piece
                    continue
                break
            try:
                rest = rest[client.send(rest) :] or next(pieces, b"")
            except ConnectionError:
                rest = b""
            if not rest:
                selector.modify(client, selectors.EVENT_READ)
    assert answer, "the server ended without an answer"
    return int(answer.split(b" ", 2)[1]), answer


def _is_whole(answer: bytes) -> bool:
    head, end, body = answer.partition(b"\r\n\r\n")
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if end and name.lower() == b"content-length":
            return len(body) >= int(value)
    return False
