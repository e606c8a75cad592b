"""Where the server listens, and how it starts and stops."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from tests.patience import PATIENCE
from tests.web.threaded import serving

from sokkuri.web.safety import Guarded, settings_for
from sokkuri.web.safety.settings import new_token
from sokkuri.web.server import bind
from sokkuri.web.uvicorn_server import CannotServe, Connection, Service

from .toy import Toy, crowd, open_handles, start, wait_until

_BUSY = """
import asyncio, dataclasses, os, sys, time
from sokkuri.web.safety import Guarded, settings_for
from sokkuri.web.server import bind
from sokkuri.web.uvicorn_server import Service

async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                print("cleaned up", flush=True)
                return
    if scope["path"] == "/thread":
        await asyncio.to_thread(time.sleep, 600)
    if scope["path"] == "/deaf":
        print("deaf", flush=True)
        try:
            await asyncio.sleep(600)
        except asyncio.CancelledError:
            print("cut", flush=True)
        while True:
            try:
                await asyncio.sleep(600)
            except asyncio.CancelledError:
                pass
    if scope["path"] == "/upload":
        print("upload", flush=True)
        while (await receive()).get("more_body"):
            pass
    await send({"type": "http.response.start", "status": 200, "headers": []})
    while scope["path"] == "/stream":
        await send({"type": "http.response.body", "body": bytes(65536), "more_body": True})
        await asyncio.sleep(0)
    await send({"type": "http.response.body", "body": b"ok"})

listener = bind()
settings = settings_for("127.0.0.1", listener.getsockname()[1], token="t" * 22)
settings = dataclasses.replace(settings, stop_seconds=float(sys.argv[1]))
service = Service(Guarded(app, settings), listener, lambda: print(settings.port, flush=True))
stopped_by = service.run_until_stopped()
print(stopped_by.name, flush=True)
os._exit(128 + stopped_by)  # as the command does: a thread may still be at work
"""


HOURS = 36_000.0
"""How long a server waits for its clients where nobody should have to wait for that."""


@contextlib.contextmanager
def _process(
    stop_seconds: float = 2.0, before: str = ""
) -> Iterator[tuple[subprocess.Popen[str], int]]:
    process = subprocess.Popen(
        [sys.executable, "-c", before + _BUSY, str(stop_seconds)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        try:
            yield process, int(process.stdout.readline())
        finally:
            process.kill()


def _open(port: int, request: str, *headers: str) -> socket.socket:
    lines = [request, f"Host: 127.0.0.1:{port}", f"Authorization: Bearer {'t' * 22}", *headers]
    client = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    client.sendall("\r\n".join([*lines, "", ""]).encode())
    return client


@pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_a_busy_server(number: signal.Signals) -> None:
    with _process() as (process, port), contextlib.ExitStack() as clients:
        for _ in range(5):
            for request in ("GET /deaf", "GET /thread", "GET /stream", "GET /"):
                clients.enter_context(_open(port, f"{request} HTTP/1.1"))
            clients.enter_context(_open(port, "POST /upload HTTP/1.1", "Content-Length: 1000"))
            silent = socket.create_connection(("127.0.0.1", port))
            clients.enter_context(silent)
            silent.sendall(b"GET / HT")
        assert process.stdout is not None
        arrived = sorted(process.stdout.readline() for _ in range(10))
        assert arrived == ["deaf\n"] * 5 + ["upload\n"] * 5
        process.send_signal(number)
        out, err = process.communicate(timeout=PATIENCE)
        assert process.returncode == 128 + number
        assert out.split() == ["cut"] * 5 + ["cleaned", "up", number.name]
        assert err == ""
        bind(port=port).close()


@pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
def test_an_idle_server_ends_at_once_and_finishes_answers() -> None:
    with _process(HOURS) as (process, port), _open(port, "GET / HTTP/1.1") as client:
        assert b"200 OK" in client.recv(4096)
        with _open(port, "POST /upload HTTP/1.1", "Content-Length: 4") as late:
            assert process.stdout is not None
            assert process.stdout.readline() == "upload\n"
            process.send_signal(signal.SIGTERM)
            late.sendall(b"body")
            assert b"200 OK" in late.recv(4096)
        process.communicate(timeout=PATIENCE)


@pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
def test_a_second_ctrl_c_waits_for_nobody() -> None:
    with _process(HOURS) as (process, port), _open(port, "GET /stream HTTP/1.1") as client:
        client.recv(10)
        process.send_signal(signal.SIGINT)
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=PATIENCE)


@pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
def test_in_the_background_of_a_script_ctrl_c_is_not_for_us() -> None:
    ignored = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)"
    with _process(HOURS, ignored) as (process, port):
        process.send_signal(signal.SIGINT)
        with _open(port, "GET / HTTP/1.1") as client:
            assert b"200 OK" in client.recv(4096)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=PATIENCE)
        assert process.returncode == 128 + signal.SIGTERM


def test_signals_are_given_back() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    settings = settings_for("127.0.0.1", (listener := bind()).getsockname()[1])
    service = Service(Guarded(Toy(), settings), listener)
    threading.Timer(0.3, lambda: setattr(service, "should_exit", True)).start()
    assert service.run_until_stopped() is None
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


def test_only_this_machine_reaches_it_by_default() -> None:
    with start() as served:
        assert _reaches("127.0.0.1", served.settings.port)
        for address in _own_addresses():
            assert not _reaches(address, served.settings.port), address


def _own_addresses() -> set[str]:
    """Return addresses of this machine other than 127.0.0.1."""
    found = {"127.0.0.2"} if sys.platform == "linux" else set()
    for family, anywhere in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        with socket.socket(family, socket.SOCK_DGRAM) as probe, contextlib.suppress(OSError):
            probe.connect((anywhere, 9))  # sends nothing
            found.add(probe.getsockname()[0])
    return found | {"::1"}


def _reaches(address: str, port: int) -> bool:
    try:
        socket.create_connection((address, port), timeout=2).close()
    except OSError:
        return False
    return True


def test_elsewhere_it_warns_and_is_read_only(capsys: pytest.CaptureFixture[str]) -> None:
    everywhere, token = "0.0.0.0", new_token()  # noqa: S104
    listener = bind(everywhere)
    port = listener.getsockname()[1]
    settings = settings_for(everywhere, port, token=token)
    service_ready = threading.Event()
    client = httpx2.Client(headers={"Authorization": f"Bearer {token}"}, trust_env=False)

    def ask() -> None:
        service_ready.wait(20)
        try:
            for address in ("127.0.0.1", *_own_addresses()):
                if ":" not in address:
                    answers.append(client.get(f"http://{address}:{port}/").status_code)
                    answers.append(client.post(f"http://{address}:{port}/").status_code)
        finally:
            signal.raise_signal(signal.SIGTERM)

    answers: list[int] = []
    asking = threading.Thread(target=ask)
    with client:
        asking.start()
        service = Service(Guarded(Toy(), settings), listener, service_ready.set)
        stopped_by = service.run_until_stopped()
        asking.join()
    assert stopped_by is signal.SIGTERM
    assert len(answers) >= 2
    assert answers == [200, 403] * (len(answers) // 2)
    written = capsys.readouterr().err
    assert written.startswith("sokkuri: warning: other machines can reach 0.0.0.0")
    assert token not in written


def test_a_port_in_use_says_what_to_do() -> None:
    with start() as served:
        with pytest.raises(CannotServe, match=r"in use.*--port 0"):
            bind(port=served.settings.port)
        served.assert_quick()
    bind(port=served.settings.port).close()


@pytest.mark.parametrize("host", ["203.0.113.7", "2001:db8::7"])
def test_an_address_of_no_machine_says_what_to_do(host: str) -> None:
    with pytest.raises(CannotServe, match=r"not an address of this machine.*--host"):
        bind(host)


def test_a_name_of_no_machine_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(CannotServe, match="nowhere is not an address of this machine"):
        bind("nowhere")


def test_small_answers_are_sent_without_delay(monkeypatch: pytest.MonkeyPatch) -> None:
    options: list[int] = []
    made = Connection.connection_made

    def seen(self: Connection, transport: asyncio.Transport) -> None:
        made(self, transport)
        peer = transport.get_extra_info("socket")
        options.append(peer.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))

    monkeypatch.setattr(Connection, "connection_made", seen)
    with start() as served:
        served.assert_quick()
    assert options
    assert all(options)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_free_port_is_known_before_the_start(host: str) -> None:
    with bind(host) as first, bind(host) as second:
        assert 0 < first.getsockname()[1] != second.getsockname()[1] > 0
        assert first.getsockname()[0] == "127.0.0.1"


def test_localhost_is_the_older_address_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [
        (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("::1", 0, 0, 0)),
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 0)),
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: both)
    with bind("localhost") as listener:
        assert listener.getsockname()[0] == "127.0.0.1"


def test_ipv6_is_served_where_there_is_any() -> None:
    if not socket.has_ipv6:
        pytest.skip("no IPv6 here")
    try:
        listener = bind("::1")
    except CannotServe:
        pytest.skip("no IPv6 here")
    settings = settings_for("::1", listener.getsockname()[1])
    assert settings.url == f"http://[::1]:{settings.port}"
    with serving(Guarded(Toy(), settings), listener):
        assert httpx2.get(f"{settings.url}/healthz", trust_env=False).status_code == 200


def test_many_servers_start_and_stop_in_threads() -> None:
    with start():
        handles, threads = open_handles(), threading.active_count()
        for _ in range(10):
            with start() as served:
                served.assert_quick()
        wait_until(lambda: open_handles() <= handles)
        assert open_handles() <= handles
        assert threading.active_count() == threads


@pytest.mark.parametrize("path", ["/stream", "/lump", "/sleep", "/deaf"])
def test_a_stop_leaves_nothing_behind(path: str, caplog: pytest.LogCaptureFixture) -> None:
    before = open_handles()
    with contextlib.ExitStack() as clients:
        with start(stop_seconds=0.1, send_buffer=64 * 1024) as served:
            request = served.head(f"GET {path} HTTP/1.1")
            clients.enter_context(crowd(served, request, 20))
            wait_until(lambda: served.toy.reached == 20)
        assert open_handles() <= before + 20
    gc.collect()
    assert not caplog.records


def test_an_app_that_cannot_start_is_told(caplog: pytest.LogCaptureFixture) -> None:
    async def broken(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "lifespan.startup.failed", "message": "no library there"})

    listener = bind()
    settings = settings_for("127.0.0.1", listener.getsockname()[1])
    with (
        pytest.raises(CannotServe, match="lines above"),
        serving(Guarded(broken, settings), listener),
    ):
        pytest.fail("it started")
    assert "no library there" in caplog.text
    bind(port=settings.port).close()
