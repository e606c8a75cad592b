"""Only who holds the token of this run gets in: programs by a header, browsers by a cookie."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import time
from typing import TYPE_CHECKING, Final

from sokkuri.web.safety.asgi import header_values
from sokkuri.web.safety.login import enter, refuse

if TYPE_CHECKING:
    from collections.abc import Callable

    from sokkuri.web.safety.asgi import App, Receive, Scope, Send
    from sokkuri.web.safety.settings import SafetySettings

_ODD: Final = ("..", "//", "\\", "\0")
_MOST_LINKS: Final = 64
"""Unused links that are good at once; the oldest makes room."""


class Auth:
    """Refuse who shows neither token nor cookie; see to ``/enter``, where the cookie is got.

    Parameters
    ----------
    app : App
    settings : SafetySettings
    links : OneTimeLinks
    """

    def __init__(self, app: App, settings: SafetySettings, links: OneTimeLinks) -> None:
        self._app = app
        self._settings = settings
        self._links = links

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check token or cookie."""
        if _is_open(scope["path"]):
            await self._app(scope, receive, send)
        elif scope["path"] == "/enter":
            inside = self._has_cookie(scope)
            await enter(scope, receive, send, self._settings, self._links.redeem, inside=inside)
        elif self._is_allowed(scope):
            await self._app(scope, receive, send)
        else:
            await refuse(scope, send)

    def _is_allowed(self, scope: Scope) -> bool:
        shown = header_values(scope, b"authorization")
        if not shown:
            return self._has_cookie(scope)
        scheme, _, token = shown[0].partition(b" ")
        right = hmac.compare_digest(token.strip(), self._settings.token.encode("ascii"))
        return right and scheme.lower() == b"bearer" and len(shown) == 1

    def _has_cookie(self, scope: Scope) -> bool:
        name, right = self._settings.cookie_name.encode(), self._settings.cookie_value.encode()
        pairs = [
            pair.strip().partition(b"=")
            for header in header_values(scope, b"cookie")
            for pair in header.split(b";")
        ]
        return any(key == name and hmac.compare_digest(value, right) for key, _, value in pairs)


class OneTimeLinks:
    """Tickets that let one browser in, once.

    Parameters
    ----------
    seconds : float
        The time that a ticket is good for.
    clock : callable, optional
        A clock that never goes back, in seconds.
    """

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._ends: dict[bytes, float] = {}

    def issue(self) -> str:
        """Return a new ticket, 128 random bits."""
        ticket = secrets.token_urlsafe(16)
        with self._lock:
            while len(self._ends) >= _MOST_LINKS:
                del self._ends[next(iter(self._ends))]
            self._ends[_digest(ticket)] = self._clock() + self._seconds
        return ticket

    def redeem(self, ticket: str) -> bool:
        """Use a ticket up, and tell whether it was good."""
        with self._lock:
            end = self._ends.pop(_digest(ticket), None)
        return end is not None and self._clock() < end


def _digest(ticket: str) -> bytes:
    """Return what is looked up instead, so that the time it takes says nothing of the ticket."""
    return hashlib.sha256(ticket.encode("utf-8", "surrogatepass")).digest()


def _is_open(path: str) -> bool:
    """Tell whether a path is for everybody: the page's own files, and the sign of life."""
    if path == "/healthz":
        return True
    return path.startswith("/static/") and not any(odd in path for odd in _ODD)
