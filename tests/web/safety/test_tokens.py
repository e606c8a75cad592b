"""Nobody gets in without the token of this run; how one gets in."""

from __future__ import annotations

import logging
import math
import re

import pytest

from sokkuri.web.safety import SafetySettings, TokenNeeded, settings_for
from sokkuri.web.safety.auth import OneTimeLinks
from sokkuri.web.safety.settings import new_token

from .toy import Served, start

CLOSED = ["/", "/search?img=1.2", "/api/v1/hashes", "/healthz/", "/healthzz", "/static", "/docs"]
BROWSER = {"Accept": "text/html"}
ODD = ["/static/../api", "/static/%2e%2e/api", "/static//x", "/static/..%2fapi", "/static/%5cx"]


def test_the_token_is_random_and_long() -> None:
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert min(map(len, tokens)) * math.log2(64) >= 128
    for short in ("", "secret", "x" * 21, "x" * 30 + "\n", "x" * 30 + "é"):
        with pytest.raises(TokenNeeded):
            settings_for("127.0.0.1", 8000, token=short)
    settings = settings_for("127.0.0.1", 8000)
    assert settings.token not in repr(settings)
    assert settings.token not in settings.cookie_value


def _refused(served: Served, path: str, **headers: str) -> None:
    reached = served.toy.reached
    with served.client() as client:
        response = client.get(path, headers=headers)
    assert response.status_code == 401
    assert response.json()["type"] == "urn:sokkuri:no-token"
    assert response.headers["www-authenticate"] == "Bearer"
    assert served.toy.reached == reached
    assert served.settings.token not in response.text


@pytest.mark.parametrize("path", CLOSED + ODD)
def test_without_the_token_nothing_is_shown(served: Served, path: str) -> None:
    other = settings_for("127.0.0.1", served.settings.port)
    token, name, value = served.settings.token, served.settings.cookie_name, other.cookie_value
    _refused(served, path)
    _refused(served, path, Authorization=f"Bearer {other.token}")
    _refused(served, path, Authorization=f"Bearer {token}x")
    _refused(served, path, Authorization=f"Bearer {token[:-1]}")
    _refused(served, path, Authorization=token)
    _refused(served, path, Authorization=f"Basic {token}")
    _refused(served, path, Authorization="Bearer")
    _refused(served, path, Cookie=f"{name}={value}")
    _refused(served, path, Cookie=f"{name}={token}")
    _refused(served, path, Cookie=f"{name}=")
    _refused(served, path, Cookie=f"sokkuri={served.settings.cookie_value}")
    _refused(served, path, Referer=f"{served.settings.url}/?token={token}")
    good = {"Cookie": f"{name}={served.settings.cookie_value}"}
    _refused(served, path, Authorization="Bearer wrong", **good)


def test_a_token_in_the_query_does_not_count(served: Served) -> None:
    _refused(served, f"/?token={served.settings.token}")
    _refused(served, f"/?access_token={served.settings.token}")
    _refused(served, f"/enter?ticket={served.settings.token}")


def test_token_and_cookie_let_in(served: Served) -> None:
    cookie = f"a=b; {served.settings.cookie_name}={served.settings.cookie_value}; c"
    for headers in (served.bearer, {"Cookie": cookie}):
        with served.client() as client:
            assert client.get("/search", headers=headers).text == "/search 0"


def test_signs_of_life_and_files_of_the_page_are_open(served: Served) -> None:
    with served.client() as client:
        for path in ("/healthz", "/static/app.js", "/static/icons/a.svg"):
            assert client.get(path).status_code == 200


def test_people_get_a_page_that_says_how_to_get_in(served: Served) -> None:
    browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    with served.client() as client:
        for accept in (browser, "text/html", "application/json;q=0.5, text/html"):
            response = client.get("/", headers={"Accept": accept})
            assert response.status_code == 401
            assert response.headers["content-type"] == "text/html; charset=utf-8"
            assert 'action="/enter"' in response.text
            assert "<script" not in response.text
            assert "<style" not in response.text
            assert " style=" not in response.text
        for accept in ("*/*", "application/json", "text/html;q=0, */*", "text/html;q=x", ""):
            response = client.get("/", headers={"Accept": accept})
            assert response.headers["content-type"] == "application/problem+json"


def test_a_link_lets_one_browser_in_once(served: Served) -> None:
    link = served.guarded.link("/search?img=1.2&k=3")
    with served.client() as first, served.client() as second:
        response = first.get(link)
        assert response.status_code == 303
        assert response.headers["location"] == "/search?img=1.2&k=3"
        cookie = response.headers["set-cookie"]
        name, value = served.settings.cookie_name, served.settings.cookie_value
        assert cookie == f"{name}={value}; Path=/; HttpOnly; SameSite=Strict"
        assert str(served.settings.port) in name
        assert served.settings.token not in response.text + str(response.headers)
        assert first.get("/search?img=1.2").status_code == 200
        assert second.get(link).status_code == 401
        assert "This link was used already" in second.get(link, headers=BROWSER).text
        assert "needs the token" in second.get("/enter", headers=BROWSER).text
        assert second.get("/").status_code == 401
        # whom it let in may follow it again
        assert first.get(link).status_code == 303
        assert served.settings.token not in link


def test_looking_at_a_link_does_not_use_it_up(served: Served) -> None:
    link = served.guarded.link()
    with served.client() as client:
        assert client.head(link).status_code == 405
        assert client.get(link + "&next=//evil.example").status_code == 400
        assert client.get(link).status_code == 303


def test_a_link_followed_from_another_site_makes_a_new_beginning(served: Served) -> None:
    link = served.guarded.link("/search?img=1&k=2'\"><script>")
    headers = {
        "Sec-Fetch-Site": "cross-site",
        "Sec-Fetch-Mode": "navigate",
        "Sec-Fetch-Dest": "document",
    }
    with served.client() as client:
        response = client.get(link, headers=headers)
        assert response.status_code == 200
        assert 'content="0;url=/search?img=1&amp;k=2%27%22%3E%3Cscript%3E"' in response.text
        assert client.get("/").status_code == 200


@pytest.mark.parametrize(
    "onward",
    [
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "http://evil.example",
        "https:evil.example",
        "evil.example",
        "javascript:alert(1)",
        "",
        " /x",
        "/\t/evil.example",
        "/\n/evil.example",
        "/x\r\nSet-Cookie: a=b",
        "/x\\..\\y",
        "/\x00",
        "\t//evil.example",
        "/x&next=//evil.example",
        "@evil.example",
        ".evil.example",
    ],
)
def test_links_lead_nowhere_else(served: Served, onward: str) -> None:
    from urllib.parse import quote

    link = served.guarded.link()
    query = "&next=".join(quote(part, safe="") for part in onward.split("&next="))
    with served.client() as client:
        response = client.get(f"{link}&next={query}")
    assert response.status_code == 400
    assert "location" not in response.headers
    assert "set-cookie" not in response.headers


@pytest.mark.parametrize("onward", ["/", "/library", "/search?img=a&img=b#x", "/写真?q=é", "/a//b"])
def test_links_lead_to_pages_of_any_name(served: Served, onward: str) -> None:
    with served.client() as client:
        response = client.get(served.guarded.link(onward))
    assert response.status_code == 303
    assert re.fullmatch(r"/[!-~]*", response.headers["location"])
    assert str(response.url.join(response.headers["location"])).startswith(served.settings.url)


def test_tickets_end() -> None:
    now = [0.0]
    book = OneTimeLinks(60, clock=lambda: now[0])
    fresh, old = book.issue(), book.issue()
    now[0] = 59.0
    assert book.redeem(fresh)
    assert not book.redeem(fresh)
    now[0] = 61.0
    assert not book.redeem(old)
    assert not book.redeem("\ud800")
    many = [book.issue() for _ in range(100)]
    assert not book.redeem(many[0])
    assert book.redeem(many[-1])
    assert len(set(many)) == 100


def test_the_token_can_be_typed_in(served: Served) -> None:
    form = {"Origin": f"http://{served.host}", "Accept": "text/html"}
    with served.client() as client:
        for wrong in ({"token": "x"}, {}, {"token": "é" * 30}, {"token": "x" * 9000}):
            response = client.post("/enter", data=wrong, headers=form)
            assert response.status_code == 401
            assert "set-cookie" not in response.headers
        response = client.post("/enter", data={"token": served.settings.token}, headers=form)
        assert response.status_code == 303
        assert response.headers["location"] == "/"
        assert client.get("/").status_code == 200
        assert client.put("/enter", headers=form).status_code == 405
    with served.client() as client:
        other = client.post("/enter", data={"token": served.settings.token})
        assert other.status_code == 403


def test_nothing_is_logged_of_tokens_and_tickets(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with start() as served, served.client() as client:
        link = served.guarded.link()
        client.get(link)
        client.get("/fail", headers=served.bearer)
        served.exchange(f"GET /?{served.settings.token} HTTP/1.1\r\nX\r\n\r\n".encode())
    # those of the client are not the server's
    lines = [caplog.handler.format(r) for r in caplog.records if not r.name.startswith("http")]
    written = "\n".join(lines)
    assert "a request failed" in written
    assert served.settings.token not in written
    assert served.settings.cookie_value not in written
    assert link.partition("ticket=")[2] not in written


def test_settings_refuse_what_is_not_safe() -> None:
    token = new_token()
    with pytest.raises(TokenNeeded, match="SOKKURI_TOKEN"):
        settings_for("0.0.0.0", 8000)  # noqa: S104
    with pytest.raises(ValueError, match="read-only"):
        SafetySettings(host="192.168.7.9", port=8000, token=token)
    with pytest.raises(ValueError, match="port"):
        settings_for("127.0.0.1", 0)
    for host in ("192.168.7.9", "0.0.0.0", "::", "nas.local", "localhost.evil.example"):  # noqa: S104
        away = settings_for(host, 8000, token=token)
        assert away.read_only
        assert "other machines" in away.warning
        assert token not in away.warning
    for host in ("127.0.0.1", "::1", "localhost", "127.0.0.5"):
        local = settings_for(host, 8000)
        assert not local.read_only
        assert local.warning == ""
