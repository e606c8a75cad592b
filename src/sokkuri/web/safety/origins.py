"""Only this server's own pages, and programs that hold the token, may ask for changes (CSRF).

Another page in the same browser can send requests here, and the browser may add the cookie.  It
also says who sent them: ``Sec-Fetch-Site`` and ``Origin`` cannot be set by scripts.  A request
with neither comes from no browser of today, and has to show the token itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sokkuri.web.safety.asgi import header_values
from sokkuri.web.safety.problems import Problem

if TYPE_CHECKING:
    from sokkuri.web.safety.asgi import App, Receive, Scope, Send
    from sokkuri.web.safety.settings import SafetySettings

__all__ = ["OriginRoom"]

_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})

_READING: Final = frozenset({"/api/v1/search", "/api/v1/uploads", "/enter"})
"""What may be posted to a read-only server: it changes nothing that is kept."""


class OriginRoom:
    """Refuse what another site's page asks for, and every change where the server is read-only."""

    def __init__(self, app: App, settings: SafetySettings) -> None:
        self._app = app
        self._read_only = settings.read_only

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check who sends the request."""
        if scope["type"] == "http":
            if scope["method"] in _SAFE:
                _check_reading(scope)
            else:
                _check_changing(scope)
                self._check_read_only(scope)
        await self._app(scope, receive, send)

    def _check_read_only(self, scope: Scope) -> None:
        if self._read_only and not (scope["method"] == "POST" and scope["path"] in _READING):
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
        if not _has_bearer(scope):
            raise Problem(
                403,
                "no-token",
                "A token is needed",
                detail="A request that comes from no page must show the token of this run.",
                next="Send the header: Authorization: Bearer TOKEN.",
            )
        return
    if site is not None and site not in {b"same-origin", b"none"}:
        raise _foreign()
    if origins and (len(origins) > 1 or not _is_own(origins[0], scope)):
        raise _foreign()


def _is_own(origin: bytes, scope: Scope) -> bool:
    """Compare with ``Host``, which is one of the server's own names by now."""
    host = header_values(scope, b"host")[0].lower()
    scheme = str(scope.get("scheme", "http")).encode("ascii")
    return _without_80(origin.lower()) == _without_80(scheme + b"://" + host)


def _without_80(origin: bytes) -> bytes:
    return origin.removesuffix(b":80")


def _has_bearer(scope: Scope) -> bool:
    """Tell whether a token is shown; whether it is the right one is seen to further in."""
    return any(v[:7].lower() == b"bearer " for v in header_values(scope, b"authorization"))


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
