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

from sokkuri.web.problems import Problem, bad_request, no_token
from sokkuri.web.safety.asgi import header_values
from sokkuri.web.safety.settings import with_port

if TYPE_CHECKING:
    from sokkuri.web.safety.asgi import Scope
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
    named = header_values(scope, b"host")
    if len(named) != 1:
        raise _malformed(f"{len(named)} Host headers")
    _check_name(named[0].decode("latin-1"), scope, settings)
    if scope["path"].startswith("/"):
        return scope
    match = _ABSOLUTE.fullmatch(scope["path"])
    raw = _ABSOLUTE.fullmatch(scope.get("raw_path", b"").decode("latin-1"))
    if match is None or raw is None:
        raise _malformed("a target that is no path")
    _check_name(raw[1], scope, settings)
    return {**scope, "path": match[2] or "/", "raw_path": (raw[2] or "/").encode("latin-1")}


def _check_name(host: str, scope: Scope, settings: SafetySettings) -> None:
    if not _HOST.fullmatch(host):
        raise _malformed("a Host header that names no host")
    if host.lower() not in settings.hosts and host.lower() not in _own_address(scope, settings):
        raise Problem(
            421,
            "other-host",
            "This server has another name",
            detail="The request names a host that this server does not go by.",
            next="Use the address that sokkuri printed when it started.",
        )


def _own_address(scope: Scope, settings: SafetySettings) -> tuple[str, ...]:
    """Return the address the request came to: no name leads there, so nothing is rebound."""
    if not settings.any_address or not scope.get("server"):
        return ()
    address = str(scope["server"][0])
    return with_port(f"[{address}]" if ":" in address else address, settings.port)


def _malformed(what: str) -> Problem:
    return bad_request(
        f"The request has {what}.", "Use the address that sokkuri printed when it started."
    )


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
    if scope["method"] in _SAFE:
        _check_reading(scope)
        return
    _check_changing(scope)
    if settings.read_only and not (scope["method"] == "POST" and scope["path"] in _READING):
        raise Problem(
            403,
            "read-only",
            "This server changes nothing",
            detail="The server was started read-only; it answers searches.",
            next="Start sokkuri on this machine without --host or --read-only.",
        )


def _check_reading(scope: Scope) -> None:
    """Let links from elsewhere lead here, but no page embed what is here.

    Headers of the answers say so too; this spares the work, and older browsers heed it as well.
    """
    if _one(scope, b"sec-fetch-site") not in {b"cross-site", b"same-site"}:
        return
    mode, destination = _one(scope, b"sec-fetch-mode"), _one(scope, b"sec-fetch-dest")
    if mode != b"navigate" or destination != b"document":
        raise _foreign()


def _check_changing(scope: Scope) -> None:
    site, origins = _one(scope, b"sec-fetch-site"), header_values(scope, b"origin")
    if site is None and not origins:
        # Whether the token is the right one is seen to further in.
        shown = header_values(scope, b"authorization")
        if not any(value[:7].lower() == b"bearer " for value in shown):
            raise no_token(
                403,
                "A request that comes from no page must show the token of this run.",
                "Send the header: Authorization: Bearer TOKEN.",
            )
        return
    if site is not None and site not in {b"same-origin", b"none"}:
        raise _foreign()
    if origins and (len(origins) > 1 or not _is_own(origins[0], scope)):
        raise _foreign()


def _is_own(origin: bytes, scope: Scope) -> bool:
    """Compare with ``Host``, which is one of the server's own names by now."""
    host = header_values(scope, b"host")[0].lower()
    own = str(scope.get("scheme", "http")).encode("ascii") + b"://" + host
    return origin.lower().removesuffix(b":80") == own.removesuffix(b":80")


def _one(scope: Scope, name: bytes) -> bytes | None:
    values = header_values(scope, name)
    return b", ".join(values) if values else None  # two values are none that is allowed


def _foreign() -> Problem:
    return Problem(
        403,
        "other-origin",
        "Another page sent this request",
        detail="Only the pages of this server may send it.",
        next="Open the page itself, or send the header: Authorization: Bearer TOKEN.",
    )
