"""A server that runs as a process, what may ask it, and what the system says of it."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx2
from tests.patience import PATIENCE

STAND = Path(__file__).with_name("stand.py")

# Reading all certificates takes longer than a request, and none is needed here.
NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class Standing:
    """The process of a server, and clients with its token."""

    def __init__(
        self, process: subprocess.Popen[bytes], home: Path, told: Mapping[str, str]
    ) -> None:
        self.process = process
        self.home = home
        self.url = told["url"]
        self.token = told["token"]
        self.port = int(self.url.rpartition(":")[2])
        self.uploads = home / "uploads"
        self.temporary = home / "temporary"
        self.bearer = {"Authorization": f"Bearer {self.token}"}
        self.client = self.new_client()

    def new_client(self, timeout: float = PATIENCE) -> httpx2.Client:
        """Return a client of its own, with the token."""
        return httpx2.Client(
            base_url=self.url,
            headers=self.bearer,
            timeout=timeout,
            trust_env=False,
            verify=NO_CERTIFICATES,
        )

    def get(self, path: str, **query: object) -> httpx2.Response:
        """Ask an address of the API."""
        params = {key: str(value) for key, value in query.items()}
        return self.client.get(f"/api/v1{path}", params=params)

    def json(self, path: str, **query: object) -> dict[str, Any]:
        """Ask, and expect an answer."""
        answer = self.get(path, **query)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def photos(self) -> list[dict[str, Any]]:
        """Return all photos of the folder."""
        found: list[dict[str, Any]] = self.json("/images", limit=1000)["images"]
        return found

    def wait_until_indexed(self) -> None:
        """Wait until no refresh runs."""
        wait_until(lambda: self.json("/library")["folders"][0]["indexing"] is None, 60)
        assert self.json("/library")["folders"][0]["indexing"] is None

    def connect(self, room: int | None = None) -> socket.socket:
        """Return a connection; with ``room`` its system holds back so many bytes at most."""
        client = socket.socket()
        if room is not None:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
        client.settimeout(20)
        client.connect(("127.0.0.1", self.port))
        return client

    def head(self, line: str, *headers: str) -> bytes:
        """Return the head of a request that is let in."""
        own = (line, f"Host: 127.0.0.1:{self.port}", f"Authorization: Bearer {self.token}")
        return "\r\n".join([*own, *headers, "", ""]).encode("latin-1")

    # -- what the system says

    def rss(self) -> int:
        """Return how many bytes of memory the server's process has, where the system tells."""
        if sys.platform != "linux":
            return 0
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        raise AssertionError

    def handles(self) -> int:
        """Return how many files and sockets it has open, where the system tells."""
        if sys.platform != "linux":
            return 0
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def descendants(self) -> set[int]:
        """Return its workers, and theirs."""
        return _descendants(self.process.pid)

    def assert_alive(self) -> None:
        """Assert that it is the same process as ever, and that it answers."""
        assert self.process.poll() is None
        assert self.client.get("/healthz").status_code == 200

    def assert_quiet(self, handles: int) -> None:
        """Assert that soon no more is open than before, and that nothing half-done is left."""
        wait_until(lambda: self.handles() <= handles and not self.left_over())
        assert self.left_over() == []
        assert self.handles() <= handles

    def left_over(self) -> list[str]:
        """Return files that nobody will ever finish or remove."""
        kept = [name for name in os.listdir(self.uploads) if not name.startswith("u")]
        return kept + os.listdir(self.temporary)


@contextlib.contextmanager
def standing(folder: Path, home: Path, *, quiet: bool = True, **wish: Any) -> Iterator[Standing]:
    """Serve a folder by a process; it may print nothing but its first line."""
    (home / "temporary").mkdir(parents=True)
    wish = {"folder": os.fspath(folder), "uploads": str(home / "uploads"), **wish}
    with running([sys.executable, str(STAND), json.dumps(wish)], home, quiet=quiet) as server:
        yield server


@contextlib.contextmanager
def running(command: list[str], home: Path, *, quiet: bool = True) -> Iterator[Standing]:
    """Run a server's process to its end."""
    env = {**os.environ, "TMPDIR": str(home / "temporary"), "XDG_CACHE_HOME": str(home / "cache")}
    with open(home / "errors", "w+b") as errors:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, env=env)
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line, (home / "errors").read_text()
            server = Standing(process, home, json.loads(line))
            with server.client:
                yield server
        finally:
            if process.poll() is None:
                process.terminate()
            try:
                process.communicate(timeout=PATIENCE)
            finally:
                process.kill()
    if quiet:
        assert (home / "errors").read_text() == ""


def wait_until(done: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Look again and again until something is so, or the time is over."""
    end = time.monotonic() + seconds
    while not done() and time.monotonic() < end:
        time.sleep(0.02)


def runs(pid: int) -> bool:
    """Tell whether a process is still at work."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def _descendants(pid: int) -> set[int]:
    found: set[int] = set()
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in map(int, (task / "children").read_text().split()):
                found |= {child, *_descendants(child)}
    return found
