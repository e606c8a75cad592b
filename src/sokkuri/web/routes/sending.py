"""Bytes as answers."""

from __future__ import annotations

from urllib.parse import quote

from fastapi.responses import FileResponse, Response
from starlette.types import Receive, Scope, Send

__all__ = ["WholeFile", "attachment", "disposition"]


class WholeFile(FileResponse):
    """A file that is sent whole: asked for a range, the framework has errors of its own shape."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it, whatever part was asked for."""
        self.headers["accept-ranges"] = "none"
        headers = [field for field in scope["headers"] if field[0] != b"range"]
        await super().__call__({**scope, "headers": headers}, receive, send)


def attachment(data: bytes, kind: str, name: str) -> Response:
    """Return bytes as a file to be kept, never to be shown in place."""
    return Response(data, media_type=kind, headers={"Content-Disposition": disposition(name)})


def disposition(name: str) -> str:
    """Return the header's value for a file name in any script (RFC 6266, RFC 8187)."""
    plain = "".join(
        letter if letter.isascii() and letter.isprintable() and letter not in '"\\%;' else "_"
        for letter in name
    )
    whole = quote(name.encode("utf-8", "replace"), safe="")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{whole}"
