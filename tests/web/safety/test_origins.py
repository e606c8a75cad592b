"""No other page changes anything, and a read-only server is not changed at all."""

from __future__ import annotations

from functools import partial
from typing import Any

import httpx2
import pytest

from sokkuri.web.safety import settings_for
from sokkuri.web.safety.origins import check_origin

from .toy import Served, start, status_of_check

UNSAFE = ["POST", "PUT", "PATCH", "DELETE", "TRACE", "PURGE", "SEARCH"]
BODIES = ["text/plain", "application/x-www-form-urlencoded", "application/json"]


def _cookie(served: Served) -> dict[str, str]:
    return {"Cookie": f"{served.settings.cookie_name}={served.settings.cookie_value}"}


def _send(
    served: Served, method: str, headers: dict[str, str], path: str = "/api/v1/search"
) -> httpx2.Response:
    with served.client() as client:
        return client.request(method, path, headers=headers, content=b"a=1")


def _origins(served: Served) -> tuple[list[str], list[str]]:
    port = served.settings.port
    own = [f"http://127.0.0.1:{port}", f"HTTP://127.0.0.1:{port}"]
    foreign = [
        "null",
        "",
        "http://evil.example",
        "http://127.0.0.1",
        f"http://127.0.0.1:{port ^ 1}",
        f"https://127.0.0.1:{port}",
        f"http://localhost:{port}",
        f"http://127.0.0.1:{port}.evil.example",
        f"http://evil.example:{port}",
        f"http://127.0.0.1:{port}/",
        f"http://127.0.0.1:{port}, http://evil.example",
    ]
    return own, foreign


@pytest.mark.parametrize("method", UNSAFE)
def test_only_own_pages_change_anything(served: Served, method: str) -> None:
    own, foreign = _origins(served)
    changes = served.toy.changes
    for cookie in (_cookie(served), {}, served.bearer):
        for origin in foreign:
            assert _send(served, method, {**cookie, "Origin": origin}).status_code == 403, origin
        for site in ("cross-site", "same-site", "", "same-origin, cross-site", "Same-Origin"):
            for origin in (own[0], foreign[2], ""):
                headers = {**cookie, "Sec-Fetch-Site": site}
                if origin:
                    headers["Origin"] = origin
                assert _send(served, method, headers).status_code == 403, site
        for origin in foreign:
            headers = {**cookie, "Sec-Fetch-Site": "same-origin", "Origin": origin}
            assert _send(served, method, headers).status_code == 403, origin
    assert _send(served, method, _cookie(served)).status_code == 403
    assert served.toy.changes == changes


@pytest.mark.parametrize("method", UNSAFE)
def test_own_pages_and_programs_may(served: Served, method: str) -> None:
    own, _ = _origins(served)
    changes = served.toy.changes
    good: list[dict[str, str]] = [{"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}]
    good += [{"Origin": origin} for origin in own]
    good += [{"Sec-Fetch-Site": "same-origin", "Origin": origin} for origin in own]
    for headers in good:
        assert _send(served, method, {**_cookie(served), **headers}).status_code == 200
        assert _send(served, method, headers).status_code == 401
    assert _send(served, method, served.bearer).status_code == 200
    assert served.toy.changes == changes + len(good) + 1


@pytest.mark.parametrize("kind", BODIES)
def test_simple_forms_of_other_sites_are_refused(served: Served, kind: str) -> None:
    changes = served.toy.changes
    headers = {**_cookie(served), "Content-Type": kind, "Origin": "null"}
    for path in ("/", "/enter", "/healthz", "/static/app.js", "/api/v1/uploads"):
        assert _send(served, "POST", headers, path).status_code == 403
    assert served.toy.changes == changes


def test_two_origins_are_refused(served: Served) -> None:
    own = f"Origin: http://{served.host}"
    request = served.head("POST / HTTP/1.1", own, own, "Content-Length: 0", "Connection: close")
    assert b" 403 " in served.exchange(request).splitlines()[0]


def test_a_wrong_token_opens_nothing(served: Served) -> None:
    changes = served.toy.changes
    assert _send(served, "POST", {"Authorization": "Bearer x"}).status_code == 401
    assert _send(served, "POST", {"Authorization": "Basic x"}).status_code == 403
    assert served.toy.changes == changes


def test_other_pages_may_link_but_not_embed(served: Served) -> None:
    link = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    frame = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}
    image = {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}
    reached = served.toy.reached
    for site in ("cross-site", "same-site"):
        for kind in (frame, image):
            headers = {**_cookie(served), **kind, "Sec-Fetch-Site": site}
            assert _send(served, "GET", headers).status_code == 403
    assert served.toy.reached == reached
    for site in ("cross-site", "same-site", "same-origin", "none"):
        headers = {**_cookie(served), **link, "Sec-Fetch-Site": site}
        assert _send(served, "GET", headers).status_code == 200
    headers = {**_cookie(served), **image, "Sec-Fetch-Site": "same-origin"}
    assert _send(served, "GET", headers).status_code == 200


def test_port_80_is_the_same_origin_named_or_not() -> None:
    settings = settings_for("127.0.0.1", 80)
    for host in (b"localhost", b"localhost:80"):
        for origin in (b"http://localhost", b"http://localhost:80"):
            headers = [(b"host", host), (b"origin", origin)]
            scope = {"method": "POST", "path": "/", "scheme": "http", "headers": headers}
            assert status_of_check(partial(check_origin, scope, settings)) == 200


def test_a_read_only_server_answers_searches_and_changes_nothing() -> None:
    with start(read_only=True) as served:
        allowed: set[tuple[str, str]] = set()
        paths = ("/api/v1/search", "/api/v1/uploads", "/api/v1/library/3fa9c1/refresh", "/")
        for method in UNSAFE:
            for path in paths:
                response = _send(served, method, served.bearer, path)
                if response.status_code == 200:
                    allowed.add((method, path))
                else:
                    assert response.status_code == 403
                    problem: dict[str, Any] = response.json()
                    assert problem["type"] == "urn:sokkuri:read-only"
        assert allowed == {("POST", "/api/v1/search"), ("POST", "/api/v1/uploads")}
        assert served.toy.changes == 2
