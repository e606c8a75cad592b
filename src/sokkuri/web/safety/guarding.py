"""All rooms in their order, round one app."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from sokkuri.web.safety.answering import AnswerRoom
from sokkuri.web.safety.bodies import BodyRoom
from sokkuri.web.safety.headers import HeaderRoom
from sokkuri.web.safety.hosts import HostRoom
from sokkuri.web.safety.origins import OriginRoom
from sokkuri.web.safety.tickets import TicketBook
from sokkuri.web.safety.token import TokenRoom

if TYPE_CHECKING:
    from sokkuri.web.safety.asgi import App, Receive, Scope, Send
    from sokkuri.web.safety.settings import SafetySettings

__all__ = ["Guarded", "guard"]


class Guarded:
    """An app within its rooms, itself an app; it also knows the links that lead in."""

    def __init__(self, app: App, settings: SafetySettings) -> None:
        self.settings = settings
        self._tickets = TicketBook(settings.ticket_seconds)
        inner: App = TokenRoom(app, settings, self._tickets)
        inner = BodyRoom(inner, settings)
        inner = OriginRoom(inner, settings)
        inner = HostRoom(inner, settings)
        inner = AnswerRoom(inner)
        self._outermost = HeaderRoom(inner)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the app does, to those who may ask it."""
        await self._outermost(scope, receive, send)

    def link(self, next: str = "/") -> str:
        """Return a new link that lets one browser in, once, and leads it to a local path."""
        onward = "" if next == "/" else f"&next={quote(next, safe='/')}"
        return f"{self.settings.url}/enter?ticket={self._tickets.issue()}{onward}"


def guard(app: App, settings: SafetySettings) -> Guarded:
    """Put an app behind all safety rooms.

    From the outside in: headers on every answer, errors in one shape, the names of the server,
    who sends the request, bounds of its body, the token.
    """
    return Guarded(app, settings)
