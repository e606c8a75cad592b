"""Bytes as answers."""

from __future__ import annotations

from urllib.parse import quote

from fastapi.responses import Response

__all__ = ["attachment", "disposition"]


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
