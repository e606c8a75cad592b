"""All layers of safety in their order, round one app."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from sokkuri.web.safety.auth import Auth, OneTimeLinks
from sokkuri.web.safety.body_limits import call_with_limits
from sokkuri.web.safety.errors import Exchange
from sokkuri.web.safety.origins import check_host, check_origin

if TYPE_CHECKING:
    from sokkuri.web.safety.asgi import App, Receive, Scope, Send
    from sokkuri.web.safety.settings import SafetySettings


class Guarded:
    """An app within its layers of safety, itself an app; it also knows the links that lead in.

    From the outside in: headers on every answer, errors in one shape, the names of the server,
    who sends the request, bounds of its body, the token.

    Parameters
    ----------
    app : App
    settings : SafetySettings
    """

    def __init__(self, app: App, settings: SafetySettings) -> None:
        self.settings = settings
        self._links = OneTimeLinks(settings.ticket_seconds)
        self._app = app
        self._auth = Auth(app, settings, self._links)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the app does, to those who may ask it."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = Exchange(scope, receive, send)
        try:
            scope = check_host(scope, self.settings)
            check_origin(scope, self.settings)
            await call_with_limits(
                self._auth, scope, exchange.receive, exchange.send, self.settings
            )
        except Exception as error:
            await exchange.fail(error)

    def link(self, next: str = "/") -> str:
        """Return a new link that lets one browser in, once, and leads it to a local path."""
        onward = "" if next == "/" else f"&next={quote(next, safe='/')}"
        return f"{self.settings.url}/enter?ticket={self._links.issue()}{onward}"
