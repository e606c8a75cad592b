"""Uploads: one file of a multipart form, kept by its content."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from sokkuri.web.refusals import wrong
from sokkuri.web.sheet import PHOTO_ID

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sokkuri.web.site import Site

__all__ = ["UPLOAD_BODY", "form_query", "kept_file"]

_CHUNK: Final = 1 << 16
_MOST_FIELDS: Final = 8
_LONGEST_ID: Final = 40

UPLOAD_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "id": {"type": "string", "maxLength": _LONGEST_ID},
                    },
                }
            }
        },
    }
}
"""What OpenAPI says of such a form."""


async def form_query(request: Request, site: Site, image: str) -> str:
    """Return the id of a form's query: of its file, its field ``id``, or the one in the URL.

    Raises
    ------
    Problem
        If it has none.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in ("multipart/form-data", "application/x-www-form-urlencoded"):
        if image:
            return image
        raise wrong("send a form with a `file` or an `id`")
    async with request.form(max_files=1, max_fields=_MOST_FIELDS) as form:
        sent, named = form.get("file"), form.get("id")
        if isinstance(sent, UploadFile):
            return await run_in_threadpool(kept_file, site, sent)
        if isinstance(named, str) and named:
            if PHOTO_ID.fullmatch(named) or named.startswith("u"):
                return named
            raise wrong("`id` is the id of a photo")
    if not image:
        raise wrong("send a form with a `file` or an `id`")
    return image


def kept_file(site: Site, sent: UploadFile) -> str:
    """Keep an uploaded file and return its id."""

    def chunks() -> Iterator[bytes]:
        while chunk := sent.file.read(_CHUNK):
            yield chunk

    return site.uploads.keep(chunks(), sent.filename or "").id
