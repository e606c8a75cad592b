"""Uploads: one file of a multipart form, kept by its content."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
from typing import TYPE_CHECKING, Any, Final

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from sokkuri.web.problems import unreadable, wrong
from sokkuri.web.routes.parameters import ID_PATTERN

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from starlette.datastructures import FormData

    from sokkuri.web.site import Site

__all__ = ["QUERY_BODY", "UPLOAD_BODY", "form_query"]

_CHUNK: Final = 1 << 16
_MOST_FIELDS: Final = 8
_MOST_FIELD_BYTES: Final = 4096
_FORM: Final = "multipart/form-data"
_ID: Final = re.compile(ID_PATTERN)

_FILE: Final = {"type": "string", "format": "binary", "description": "The picture."}
_NAMED: Final = {
    "type": "string", "pattern": ID_PATTERN, "description": "The id of a photo or an upload.",
}  # fmt: skip

# Whatever a client sends, it is told what is wrong; the terminal need not be.
logging.getLogger("python_multipart").setLevel(logging.CRITICAL)


def _body(properties: dict[str, Any], **rules: Any) -> dict[str, Any]:
    shape = {
        "type": "object", "properties": properties, "additionalProperties": False, **rules,
    }  # fmt: skip
    return {"requestBody": {"required": True, "content": {_FORM: {"schema": shape}}}}


UPLOAD_BODY: Final[dict[str, Any]] = _body({"file": _FILE}, required=["file"])
"""What OpenAPI says of a form with a picture."""

QUERY_BODY: Final[dict[str, Any]] = _body(
    {"file": _FILE, "id": _NAMED}, minProperties=1, maxProperties=1
)
"""What OpenAPI says of a form with a picture, or the id of one."""


async def form_query(request: Request, site: Site, hash: str, *, by_id: bool = True) -> str:
    """Return the id of a form's query: of its file, which is read, or its field ``id``.

    Raises
    ------
    Problem
        If it has none, or the file is no picture; nothing is kept of it then.
    """
    names = ("file", "id") if by_id else ("file",)
    wanted = "a `file` or an `id`" if by_id else "a `file`"
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != _FORM:
        raise wrong(f"send a form ({_FORM}) with {wanted}")
    async with _parsed(request) as form:
        fields = form.multi_items()
        if len(fields) != 1 or fields[0][0] not in names:
            raise wrong(f"send {wanted} in the form, and nothing else; parameters go into the URL")
        name, value = fields[0]
        if isinstance(value, UploadFile) and name == "file":
            image = await run_in_threadpool(_kept_file, site, value)
            await _read(site, image, hash)
            return image
        if isinstance(value, str) and name == "id" and _ID.fullmatch(value):
            return value
        raise wrong("`id` is the id of a photo" if name == "id" else "`file` is no file")


@contextlib.asynccontextmanager
async def _parsed(request: Request) -> AsyncIterator[FormData]:
    try:
        form = await request.form(
            max_files=1, max_fields=_MOST_FIELDS, max_part_size=_MOST_FIELD_BYTES
        )
    except ValueError as error:  # a charset that can read nothing, such as "undefined"
        raise wrong(f"the form cannot be read: {error}") from error
    try:
        yield form
    finally:
        await form.close()


async def _read(site: Site, image: str, hash: str) -> None:
    found = await run_in_threadpool(site.find, image)
    hashed = await asyncio.wrap_future(site.pictures.hash(found.path, [hash], None))
    if hashed.rejected is not None:
        await run_in_threadpool(site.uploads.forget, image)
        raise unreadable(hashed.rejected)
    site.remember(found, hashed)


def _kept_file(site: Site, sent: UploadFile) -> str:
    """Keep an uploaded file and return its id."""

    def chunks() -> Iterator[bytes]:
        while chunk := sent.file.read(_CHUNK):
            yield chunk

    return site.uploads.keep(chunks(), sent.filename or "").id
