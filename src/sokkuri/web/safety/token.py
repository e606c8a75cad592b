"""Only who holds the token of this run gets in: programs by a header, browsers by a cookie."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Final

from sokkuri.web.safety.asgi import header_values
from sokkuri.web.safety.entering import enter, refuse

if TYPE_CHECKING:
    from sokkuri.web.safety.asgi import App, Receive, Scope, Send
    from sokkuri.web.safety.settings import SafetySettings
    from sokkuri.web.safety.tickets import TicketBook

__all__ = ["TokenRoom", "is_open"]

_ODD: Final = ("..", "//", "\\", "\0")


class TokenRoom:
    """Refuse who shows neither token nor cookie; see to ``/enter``, where the cookie is got."""

    def __init__(self, app: App, settings: SafetySettings, tickets: TicketBook) -> None:
        self._app = app
        self._settings = settings
        self._tickets = tickets
        self._token = settings.token.encode("ascii")
        self._cookie = settings.cookie_value.encode("ascii")
        self._cookie_name = settings.cookie_name.encode("ascii")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check token or cookie."""
        if scope["type"] != "http" or is_open(scope["path"]):
            await self._app(scope, receive, send)
        elif scope["path"] == "/enter":
            inside = self._has_cookie(scope)
            await enter(scope, receive, send, self._settings, self._tickets, inside=inside)
        elif self._is_allowed(scope):
            await self._app(scope, receive, send)
        else:
            await refuse(scope, send)

    def _is_allowed(self, scope: Scope) -> bool:
        shown = header_values(scope, b"authorization")
        if not shown:
            return self._has_cookie(scope)
        scheme, _, token = shown[0].partition(b" ")
        right = hmac.compare_digest(token.strip(), self._token)
        return right and scheme.lower() == b"bearer" and len(shown) == 1

    def _has_cookie(self, scope: Scope) -> bool:
        pairs = [
            pair.strip().partition(b"=")
            for header in header_values(scope, b"cookie")
            for pair in header.split(b";")
        ]
        values = [value for name, _, value in pairs if name == self._cookie_name]
        return any(hmac.compare_digest(value, self._cookie) for value in values)


def is_open(path: str) -> bool:
    """Tell whether a path is for everybody: the page's own files, and the sign of life."""
    if path == "/healthz":
        return True
    return path.startswith("/static/") and not any(odd in path for odd in _ODD)
