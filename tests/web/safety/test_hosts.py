"""Only requests that name this server get in, on every route."""

from __future__ import annotations

from typing import Any

import pytest

from sokkuri.web.safety import settings_for
from sokkuri.web.safety.origins import check_host

from .toy import Served, status_of, status_of_check

PATHS = ["/", "/healthz", "/static/app.js", "/enter?ticket=x", "/api/v1/search", "/nowhere"]

FOREIGN = [
    "evil.example",
    "evil.example:{port}",
    "127.0.0.1.evil.example",
    "127.0.0.1.evil.example:{port}",
    "localhost.evil.example:{port}",
    "127.0.0.1",
    "localhost",
    "127.0.0.1:{other}",
    "127.0.0.1:80",
    "127.0.0.1.:{port}",
    "localhost.:{port}",
    "0.0.0.0:{port}",
    "127.0.0.2:{port}",
    "2130706433:{port}",
    "0x7f.1:{port}",
    "[::]:{port}",
    "[::ffff:127.0.0.1]:{port}",
    "[::1]",
    "sokkuri:{port}",
]

MALFORMED = [
    "",
    " ",
    "user@127.0.0.1:{port}",
    "127.0.0.1:{port}@evil.example",
    "evil.example/127.0.0.1:{port}",
    "127.0.0.1:{port}, evil.example",
    "127.0.0.1:{port}:{port}",
    "127.0.0.1:",
    "127.0.0.1:port",
    "::1:{port}",
    "http://127.0.0.1:{port}",
    "127.0.0.1 :{port}",
    "127.0.0.1:{port}#",
    "127.0.0.1:{port}%00",
]


def _ask(served: Served, *lines: str) -> int:
    words = {"port": served.settings.port, "other": served.settings.port ^ 1}
    bearer = f"Authorization: Bearer {served.settings.token}"
    text = "\r\n".join([*lines, bearer, "Connection: close", "", ""]).format(**words)
    return status_of(served.exchange(text.encode("latin-1")))


@pytest.mark.parametrize("path", PATHS)
def test_foreign_hosts_are_refused_on_every_route(served: Served, path: str) -> None:
    reached = served.toy.reached
    for host in FOREIGN:
        assert _ask(served, f"GET {path} HTTP/1.1", f"Host: {host}") == 421, host
    for host in MALFORMED:
        assert _ask(served, f"GET {path} HTTP/1.1", f"Host: {host}") == 400, host
    assert served.toy.reached == reached


@pytest.mark.parametrize("path", PATHS)
def test_missing_and_double_hosts_are_refused(served: Served, path: str) -> None:
    own = "Host: 127.0.0.1:{port}"
    reached = served.toy.reached
    assert _ask(served, f"GET {path} HTTP/1.1", "X: y") == 400
    assert _ask(served, f"GET {path} HTTP/1.0", "X: y") == 400
    assert _ask(served, f"GET {path} HTTP/1.1", own, own) == 400
    assert _ask(served, f"GET {path} HTTP/1.1", own, "Host: evil.example") == 400
    assert _ask(served, f"GET {path} HTTP/1.0", own, "Host: evil.example") == 400
    assert served.toy.reached == reached


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LocalHost", "[::1]"])
def test_local_names_pass(served: Served, host: str) -> None:
    for path in ("/", "/healthz", "/static/app.js"):
        assert _ask(served, f"GET {path} HTTP/1.1", f"Host: {host}:{{port}}") == 200


def test_absolute_targets_are_judged_by_their_own_host(served: Served) -> None:
    own = "Host: 127.0.0.1:{port}"
    reached = served.toy.reached
    for foreign in ("evil.example", "127.0.0.1", "127.0.0.1.evil.example:{port}"):
        assert _ask(served, f"GET http://{foreign}/healthz HTTP/1.1", own) == 421
    for malformed in ("u@127.0.0.1:{port}", "", "127.0.0.1:{port}%2f.evil.example"):
        assert _ask(served, f"GET http://{malformed}/healthz HTTP/1.1", own) == 400
    assert _ask(served, "GET https://127.0.0.1:{port}/ HTTP/1.1", own) == 400
    assert _ask(served, "GET http://127.0.0.1:{port}/ HTTP/1.1", "Host: evil.example") == 421
    assert _ask(served, "GET healthz HTTP/1.1", own) == 400
    assert _ask(served, "OPTIONS * HTTP/1.1", own) == 400
    assert _ask(served, "CONNECT 127.0.0.1:{port} HTTP/1.1", own) == 400
    assert served.toy.reached == reached
    for path, body in (("/a%20b?q", b"/a b 0"), ("", b"/ 0")):
        target = f"http://127.0.0.1:{served.settings.port}{path}"
        request = served.head(f"GET {target} HTTP/1.1", "Connection: close")
        assert served.exchange(request).endswith(body)


def _judge(host: str, port: int, named: str, came_to: str, *more: str, **settings: Any) -> int:
    """Return the status a request gets that names a host; 200 if it is let through."""
    token = settings_for("127.0.0.1", 1).token
    settings_here = settings_for(host, port, token=token, **settings)
    scope: dict[str, Any] = {
        "type": "http",
        "path": "/",
        "headers": [(b"host", name.encode()) for name in (named, *more)],
        "server": (came_to, port),
    }
    return status_of_check(lambda: check_host(scope, settings_here))


def test_port_80_may_be_left_out() -> None:
    assert _judge("127.0.0.1", 80, "localhost", "127.0.0.1") == 200
    assert _judge("127.0.0.1", 80, "localhost:80", "127.0.0.1") == 200
    assert _judge("127.0.0.1", 8080, "localhost", "127.0.0.1") == 421


def test_servers_that_let_two_hosts_through_are_seen_to() -> None:
    own = "127.0.0.1:8000"
    assert _judge("127.0.0.1", 8000, own, "127.0.0.1") == 200
    assert _judge("127.0.0.1", 8000, own, "127.0.0.1", own) == 400
    assert _judge("127.0.0.1", 8000, own, "127.0.0.1", "evil.example") == 400


def test_elsewhere_the_names_given_count() -> None:
    lan = "192.168.7.9"
    assert _judge(lan, 80, lan, lan) == 200
    assert _judge(lan, 8000, f"{lan}:8000", lan) == 200
    assert _judge(lan, 8000, "localhost:8000", lan) == 421
    assert _judge(lan, 8000, "nas.local:8000", lan) == 421
    assert _judge(lan, 8000, "NAS.local:8000", lan, names=("nas.local",)) == 200
    assert _judge("fd00::7", 8000, "[fd00::7]:8000", "fd00::7") == 200


@pytest.mark.parametrize("every", ["0.0.0.0", "::"])  # noqa: S104
def test_on_all_addresses_the_one_that_was_asked_counts(every: str) -> None:
    assert _judge(every, 8000, "192.168.7.9:8000", "192.168.7.9") == 200
    assert _judge(every, 8000, "[fd00::7]:8000", "fd00::7") == 200
    assert _judge(every, 8000, "localhost:8000", "127.0.0.1") == 200
    assert _judge(every, 8000, "192.168.7.8:8000", "192.168.7.9") == 421
    assert _judge(every, 8000, "evil.example:8000", "192.168.7.9") == 421
    assert _judge(every, 8000, f"{every}:8000", "192.168.7.9") in {400, 421}
