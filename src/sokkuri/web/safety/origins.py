"""Only requests that name this server, and that its own pages or its users send, get in.

A page of some site can point its own name at 127.0.0.1 (DNS rebinding), and the browser then takes
this server for that site.  The name gives it away: it is still in ``Host``.

Another page in the same browser can send requests here (CSRF), and the browser may add the cookie.
It also says who sent them: ``Sec-Fetch-Site`` and ``Origin`` cannot be set by scripts.  A request
with neither comes from no browser of today, and has to show the token itself.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from starlette.datastructures import Headers

from sokkuri.web.problems import problem
from sokkuri.web.safety.settings import with_port

if TYPE_CHECKING:
    from starlette.types import Scope

    from sokkuri.web.safety.settings import SafetySettings

_HOST: Final = re.compile(r"(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?", re.IGNORECASE)
_ABSOLUTE: Final = re.compile(r"http://([^/?#]*)(/.*)?", re.IGNORECASE | re.DOTALL)

_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})

_READING: Final = frozenset({"/api/v1/search", "/api/v1/uploads", "/enter"})
"""What may be posted to a read-only server: it changes nothing that is kept."""


def check_host(scope: Scope, settings: SafetySettings) -> Scope:
    """Refuse a request whose ``Host``, or whose absolute target, names another server.

    Parameters
    ----------
    scope : Scope
    settings : SafetySettings

    Returns
    -------
    Scope
        With a target that begins with a slash.
    """
    named = Headers(scope=scope).getlist("host")
    if len(named) != 1:
        raise problem("malformed", what=f"{len(named)} Host headers")
    _check_name(named[0], scope, settings)
    if scope["path"].startswith("/"):
        return scope
    match = _ABSOLUTE.fullmatch(scope["path"])
    raw = _ABSOLUTE.fullmatch(scope.get("raw_path", b"").decode("latin-1"))
    if match is None or raw is None:
        raise problem("malformed", what="a target that is no path")
    _check_name(raw[1], scope, settings)
    return {**scope, "path": match[2] or "/", "raw_path": (raw[2] or "/").encode("latin-1")}


def _check_name(host: str, scope: Scope, settings: SafetySettings) -> None:
    if not _HOST.fullmatch(host):
        raise problem("malformed", what="a Host header that names no host")
    if host.lower() not in settings.hosts and host.lower() not in _own_address(scope, settings):
        raise problem("other-host")


def _own_address(scope: Scope, settings: SafetySettings) -> tuple[str, ...]:
    """Return the address the request came to: no name leads there, so nothing is rebound."""
    if not settings.any_address or not scope.get("server"):
        return ()
    return with_port(str(scope["server"][0]), settings.port)


def check_origin(scope: Scope, settings: SafetySettings) -> None:
    """Refuse what another site's page asks for, and every change where the server is read-only.

    Parameters
    ----------
    scope : Scope
        Of a request whose host has been checked.
    settings : SafetySettings

    Raises
    ------
    Problem
        If it is refused.
    """
    headers = Headers(scope=scope)
    if scope["method"] in _SAFE:
        _check_reading(headers)
        return
    _check_changing(headers, scope.get("scheme", "http"))
    if settings.read_only and not (scope["method"] == "POST" and scope["path"] in _READING):
        raise problem("read-only")


def _check_reading(headers: Headers) -> None:
    """Let links from elsewhere lead here, but no page embed what is here.

    Headers of the answers say so too; this spares the work, and older browsers heed it as well.
    """
    if _one(headers, "sec-fetch-site") not in {"cross-site", "same-site"}:
        return
    kind = _one(headers, "sec-fetch-mode"), _one(headers, "sec-fetch-dest")
    if kind != ("navigate", "document"):
        raise problem("other-origin")


def _check_changing(headers: Headers, scheme: str) -> None:
    site, origin = _one(headers, "sec-fetch-site"), _one(headers, "origin")
    if site is None and origin is None:
        # Whether the token is the right one is seen to further in.
        shown = headers.getlist("authorization")
        if not any(value.lower().startswith("bearer ") for value in shown):
            raise problem("no-token-from-a-program")
    elif site not in {None, "same-origin", "none"}:
        raise problem("other-origin")
    elif origin is not None:
        # Host is one of the server's own names by now.
        own = f"{scheme}://{headers['host']}"
        if origin.lower().removesuffix(":80") != own.lower().removesuffix(":80"):
            raise problem("other-origin")


def _one(headers: Headers, name: str) -> str | None:
    values = headers.getlist(name)
    return ", ".join(values) if values else None  # two values are none that is allowed
