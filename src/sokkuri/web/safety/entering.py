"""The door: a one-time link or the token typed in becomes a cookie; others are told how."""

from __future__ import annotations

import hmac
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, quote

from sokkuri.web.safety.asgi import header_values, respond
from sokkuri.web.safety.problems import Problem, send_problem

if TYPE_CHECKING:
    from sokkuri.web.safety.asgi import Receive, Scope, Send
    from sokkuri.web.safety.settings import SafetySettings
    from sokkuri.web.safety.tickets import TicketBook

__all__ = ["enter", "refuse"]

_MOST_FORM_BYTES: Final = 4096

# One slash, then no second and no backslash, which browsers take for one; no control characters,
# which they leave out.
_LOCAL: Final = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f-\x9f]*")

_PAGE: Final = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>sokkuri</title>
<link rel="icon" href="/static/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/static/common/base.css">
<link rel="stylesheet" href="/static/common/plain.css">
<main class="main narrow">
<section class="plain-page" data-role="enter">
<h1>This page needs the token of this run</h1>
<p>Open the link that sokkuri printed in the terminal. It lets one browser in, once.</p>
<p lang="ja">端末に表示されたリンクを開いてください。リンクは一度だけ使えます。</p>
<form method="post" action="/enter">
<p><label>Or paste the token here: <input type="password" name="token" required
autocomplete="off" spellcheck="false"></label> <button class="button">Enter</button></p>
</form>
<p class="soft">Programs send the header <code>Authorization: Bearer TOKEN</code>.</p>
</section>
</main>
</html>
"""

_ONWARD: Final = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="refresh" content="0;url=/">
<title>sokkuri</title>
<p><a href="/">sokkuri</a></p>
</html>
"""


async def enter(
    scope: Scope,
    receive: Receive,
    send: Send,
    settings: SafetySettings,
    tickets: TicketBook,
    *,
    inside: bool,
) -> None:
    """Answer ``GET /enter?ticket=...&next=/path`` and the form's ``POST /enter``."""
    if scope["method"] == "POST":
        form = parse_qs((await _form_bytes(receive)).decode("utf-8", "replace"))
        token = form.get("token", [""])[-1].strip()
        good = hmac.compare_digest(token.encode(), settings.token.encode())
        onward = "/"
    elif scope["method"] == "GET":
        query = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        onward = _local_path(query.get("next", ["/"]))
        # A link that is followed again leads on, if its browser is the one it let in.
        good = tickets.redeem(query.get("ticket", [""])[0]) or inside
    else:
        raise _wrong_method()
    if good:
        await _let_in(scope, send, settings, onward)
    else:
        await refuse(scope, send)


async def refuse(scope: Scope, send: Send) -> None:
    """Answer 401: to people as a page with a form, to programs as a problem."""
    if _wants_html(scope):
        await _html(send, 401, _PAGE, [(b"www-authenticate", b"Bearer")])
        return
    problem = Problem(
        401,
        "no-token",
        "A token is needed",
        detail="The request shows no token of this run, or a link that was used or is too old.",
        next="Open the link that sokkuri printed in the terminal, or send the header "
        "Authorization: Bearer TOKEN.",
        headers={"WWW-Authenticate": "Bearer"},
    )
    await send_problem(send, problem)


async def _let_in(scope: Scope, send: Send, settings: SafetySettings, onward: str) -> None:
    cookie = f"{settings.cookie_name}={settings.cookie_value}; Path=/; HttpOnly; SameSite=Strict"
    headers = [(b"set-cookie", cookie.encode("ascii"))]
    location = quote(onward, safe="/%?&=#:;,+@!$()*~[]")
    if b"cross-site" in header_values(scope, b"sec-fetch-site"):
        # A strict cookie is not sent along a redirect that began on another site, such as a
        # terminal within a browser; a page of our own is a new beginning.
        target = location.replace("&", "&amp;")
        await _html(send, 200, _ONWARD.replace("url=/", f"url={target}"), headers)
        return
    await respond(send, 303, b"", [*headers, (b"location", location.encode("ascii"))])


def _local_path(given: list[str]) -> str:
    if len(given) != 1 or not _LOCAL.fullmatch(given[0]):
        raise Problem(
            400,
            "bad-next",
            "This link leads elsewhere",
            detail="next is not a path of this server that begins with a single slash.",
            next="Open the link that sokkuri printed in the terminal.",
        )
    return given[0]


async def _form_bytes(receive: Receive) -> bytes:
    body = b""
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return b""
        body += bytes(message.get("body", b""))
        if len(body) > _MOST_FORM_BYTES:
            return b""
        if not message.get("more_body"):
            return body


def _wants_html(scope: Scope) -> bool:
    """Tell whether text/html is named, as browsers do for a page, and JSON is not preferred."""
    weights = {"text/html": 0.0, "application/json": 0.0, "application/problem+json": 0.0}
    for header in header_values(scope, b"accept"):
        for part in header.decode("latin-1").lower().split(","):
            kind, *parameters = (piece.strip() for piece in part.split(";"))
            if kind in weights:
                weights[kind] = _weight(parameters)
    html = weights.pop("text/html")
    return html > 0 and html >= max(weights.values())


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return float(parameter[2:])
            except ValueError:
                return 0.0
    return 1.0


async def _html(send: Send, status: int, page: str, headers: list[tuple[bytes, bytes]]) -> None:
    kind = (b"content-type", b"text/html; charset=utf-8")
    await respond(send, status, page.encode("utf-8"), [kind, *headers])


def _wrong_method() -> Problem:
    return Problem(
        405,
        "wrong-method",
        "No such method here",
        detail="This address answers GET and POST.",
        next="Open the link that sokkuri printed in the terminal.",
        headers={"Allow": "GET, POST"},
    )
