"""What every answer tells the browser to forbid, errors included."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sokkuri.web.safety.asgi import App, Message, Receive, Scope, Send

__all__ = ["CONTENT_SECURITY_POLICY", "SAFE_HEADERS", "HeaderRoom"]

CONTENT_SECURITY_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob:",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "font-src 'none'",
        "worker-src 'none'",
        "object-src 'none'",
    )
)

SAFE_HEADERS: Final[tuple[tuple[bytes, bytes], ...]] = (
    (b"content-security-policy", CONTENT_SECURITY_POLICY.encode("ascii")),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
    (
        b"permissions-policy",
        b"camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
)

# An app may not weaken the first, and nobody need know the second.
_OURS: Final = frozenset({name for name, _ in SAFE_HEADERS} | {b"server"})


class HeaderRoom:
    """Add the headers to every answer, and keep answers out of caches unless the app says."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on the request, and dress the answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = _dress(message.get("headers", ()), scope["path"])
            await send(message)

        await self._app(scope, receive, dressed)


def _dress(headers: list[tuple[bytes, bytes]], path: str) -> list[tuple[bytes, bytes]]:
    kept = [(name, value) for name, value in headers if name.lower() not in _OURS]
    if all(name.lower() != b"cache-control" for name, _ in kept):
        # Files of the page are asked for again, but sent only if they have changed.
        kept.append((b"cache-control", b"no-cache" if path.startswith("/static/") else b"no-store"))
    return [*kept, *SAFE_HEADERS]
