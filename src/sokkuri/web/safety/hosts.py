"""Only requests that name this server get in.

A page of some site can point its own name at 127.0.0.1 (DNS rebinding), and the browser then takes
this server for that site.  The name gives it away: it is still in ``Host``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from sokkuri.web.safety.asgi import header_values
from sokkuri.web.safety.problems import Problem
from sokkuri.web.safety.settings import with_port

if TYPE_CHECKING:
    from sokkuri.web.safety.asgi import App, Receive, Scope, Send
    from sokkuri.web.safety.settings import SafetySettings

__all__ = ["HostRoom"]

_HOST: Final = re.compile(r"(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?", re.IGNORECASE)
_ABSOLUTE: Final = re.compile(r"http://([^/?#]*)(/.*)?", re.IGNORECASE | re.DOTALL)


class HostRoom:
    """Refuse a request whose ``Host``, or whose absolute target, names another server."""

    def __init__(self, app: App, settings: SafetySettings) -> None:
        self._app = app
        self._port = settings.port
        self._hosts = settings.hosts
        self._any_address = settings.any_address

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check the names, and hand on a target that begins with a slash."""
        if scope["type"] == "http":
            named = header_values(scope, b"host")
            if len(named) != 1:
                raise _malformed(f"{len(named)} Host headers")
            self._check(named[0].decode("latin-1"), scope)
            scope = self._with_plain_target(scope)
        await self._app(scope, receive, send)

    def _check(self, host: str, scope: Scope) -> None:
        if not _HOST.fullmatch(host):
            raise _malformed("a Host header that names no host")
        if host.lower() not in self._hosts and host.lower() not in self._own_address(scope):
            raise Problem(
                421,
                "other-host",
                "This server has another name",
                detail="The request names a host that this server does not go by.",
                next="Use the address that sokkuri printed when it started.",
            )

    def _own_address(self, scope: Scope) -> tuple[str, ...]:
        """Return the address the request came to: no name leads there, so nothing is rebound."""
        if not self._any_address or not scope.get("server"):
            return ()
        address = str(scope["server"][0])
        return with_port(f"[{address}]" if ":" in address else address, self._port)

    def _with_plain_target(self, scope: Scope) -> Scope:
        if scope["path"].startswith("/"):
            return scope
        match = _ABSOLUTE.fullmatch(scope["path"])
        raw = _ABSOLUTE.fullmatch(scope.get("raw_path", b"").decode("latin-1"))
        if match is None or raw is None:
            raise _malformed("a target that is no path")
        self._check(raw[1], scope)
        plain = dict(scope)
        plain["path"] = match[2] or "/"
        plain["raw_path"] = (raw[2] or "/").encode("latin-1")
        return plain


def _malformed(what: str) -> Problem:
    return Problem(
        400,
        "bad-request",
        "This is no proper request",
        detail=f"The request has {what}.",
        next="Use the address that sokkuri printed when it started.",
    )
