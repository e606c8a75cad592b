"""Every answer carries the headers; every error has one shape."""

from __future__ import annotations

import json
import logging
import re

import pytest

from sokkuri.web.problems import Problem
from sokkuri.web.safety.stack import CONTENT_SECURITY_POLICY

from .toy import Served, read_all, status_of, wait_until

EXPECTED = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "x-frame-options": "DENY",
}


def test_the_policy_allows_nothing_but_own_files() -> None:
    rules = dict(rule.split(" ", 1) for rule in CONTENT_SECURITY_POLICY.split("; "))
    assert rules["default-src"] == "'none'"
    sources = {source for rule in rules.values() for source in rule.split()}
    assert sources == {"'none'", "'self'", "blob:"}
    assert [name for name, rule in rules.items() if "blob:" in rule] == ["img-src"]
    for name in ("frame-ancestors", "base-uri", "font-src", "worker-src"):
        assert rules[name] == "'none'"


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        (["GET / HTTP/1.1"], 200),
        (["HEAD / HTTP/1.1"], 200),
        (["GET /loud HTTP/1.1"], 200),
        (["GET /problem HTTP/1.1"], 503),
        (["GET /fail HTTP/1.1"], 500),
        (["GET /fail-in-text HTTP/1.1"], 500),
        (["GET /enter HTTP/1.1"], 401),
        (["GET /enter HTTP/1.1", "Accept: text/html"], 401),
        (["PUT /enter HTTP/1.1"], 405),
        (["POST / HTTP/1.1", "Origin: null"], 403),
        (["POST / HTTP/1.1", "Content-Length: 99999999999"], 413),
        (["POST / HTTP/1.1", "Content-Length: -1"], 400),
        (["GET / HTTP/1.1", "Host: evil.example"], 400),
        (["GET / HTTP/1.1", "no colon"], 400),
        (["GET"], 400),
    ],
)
def test_every_answer_carries_the_headers(served: Served, lines: list[str], status: int) -> None:
    response = served.exchange(served.head(*lines, "Connection: close"))
    head, _, body = response.partition(b"\r\n\r\n")
    assert status_of(response) == status
    fields = [line.decode().lower().split(": ", 1) for line in head.split(b"\r\n")[1:]]
    names = [name for name, _ in fields]
    assert sorted(names) == sorted(set(names))
    headers = dict(fields)
    for name, value in EXPECTED.items():
        assert headers[name] == value.lower()
    assert "server" not in headers
    assert "date" not in headers
    assert not [name for name in headers if name.startswith("access-control")]
    expected = "private, max-age=60" if "/loud" in lines[0] else "no-store"
    assert headers["cache-control"] == expected
    if status >= 400 and headers["content-type"] != "text/html; charset=utf-8":
        _assert_problem(headers["content-type"], body, status)


def _assert_problem(kind: str, body: bytes, status: int) -> None:
    assert kind == "application/problem+json"
    problem = json.loads(body.decode("utf-8"))
    assert set(problem) == {"type", "title", "status", "detail", "next"}
    assert re.fullmatch(r"urn:sokkuri:[a-z]+(-[a-z]+)*", problem["type"])
    assert problem["status"] == status
    assert all(problem[name] for name in ("title", "detail", "next"))
    assert "secret" not in body.decode()


def test_files_of_the_page_are_asked_for_again(served: Served) -> None:
    with served.client() as client:
        assert client.get("/static/app.js").headers["cache-control"] == "no-cache"


def test_a_problem_tells_when_to_come_back_and_names_of_any_bytes(served: Served) -> None:
    with served.client() as client:
        response = client.get("/problem", headers=served.bearer)
    assert response.headers["retry-after"] == "1"
    assert response.json()["detail"] == r"\udcffname.jpg"


def test_problems_are_utf_8_whatever_they_say() -> None:
    problem = Problem(404, "not-found", "写真", detail="\ud800é\n\x00", next='"\\\udfff')
    fields = json.loads(bytes(problem.response().body).decode("utf-8"))
    assert fields == {
        "type": "urn:sokkuri:not-found",
        "title": "写真",
        "status": 404,
        "detail": "\\ud800é\n\x00",
        "next": '"\\\\udfff',
    }


@pytest.mark.parametrize("path", ["/fail", "/fail-in-text"])
def test_faults_are_logged_and_not_told(
    served: Served, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    with served.client() as client:
        response = client.get(path, headers=served.bearer)
    assert response.status_code == 500
    assert response.json()["type"] == "urn:sokkuri:fault"
    assert "secret words" not in response.text
    wait_until(lambda: "secret words" in caplog.text)  # some is logged after the answer
    assert "secret words" in caplog.text
    served.assert_quick()


def test_a_fault_half_way_ends_the_connection(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    with served.connect() as client:
        client.sendall(served.head("GET /fail-late HTTP/1.1"))
        received = read_all(client)
    assert received.endswith(b"half\r\n")  # and no end of the chunks
    assert [record.message for record in caplog.records] == ["a request failed"]
    served.assert_quick()


def test_nobody_opens_a_websocket(served: Served) -> None:
    headers = ("Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13")
    key = "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="
    with served.connect() as client:
        client.sendall(served.head("GET /chat HTTP/1.1", *headers, key))
        assert status_of(read_all(client)) == 200


def test_what_is_expected_is_not_logged(served: Served, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    served.exchange(b"junk\r\n\r\n")
    served.exchange(served.head("GET /problem HTTP/1.1", "Connection: close"))
    served.exchange(served.head("POST / HTTP/1.1", "Origin: null", "Connection: close"))
    assert not caplog.records
