"""Photos: lists of them, their pictures, what their files say, and uploads."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import re
from functools import partial
from typing import Annotated, Any, Final, Literal, cast

from fastapi import Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse, Response
from starlette.datastructures import UploadFile
from starlette.types import Receive, Scope, Send

from sokkuri.images import Rejected
from sokkuri.language import sentence
from sokkuri.show.export import path_fields
from sokkuri.web.models import Photo, PhotoList, PlacedPhoto
from sokkuri.web.photo import PhotoRow, readable, with_facts
from sokkuri.web.problems import Problem, problem, wrong
from sokkuri.web.routes.parameters import ID_PATTERN, FoundOf, ListingOf, SiteOf
from sokkuri.web.routes.responses import (
    PROBLEMS,
    UNHASHED,
    Router,
    disposition,
    file_answers,
    twins,
)
from sokkuri.web.site import Site

router: Final = Router(tags=["photos"], responses=PROBLEMS)

Side = Annotated[
    Literal["160", "320", "640", "1280", "2048"],
    Query(description="The longest side in pixels; a smaller picture keeps its size."),
]

_MOST_IDS: Final = 1000
# A photo may be replaced under its id; after so long the browser asks again.
_CACHED: Final = {"Cache-Control": "private, max-age=300"}
_PICTURE: Final = UNHASHED | file_answers("A JPEG without metadata.", "image/jpeg")
_FILE: Final = UNHASHED | file_answers("The file as it is.", "application/octet-stream")

_CHUNK: Final = 1 << 16
_FORM: Final = "multipart/form-data"
_ID: Final = re.compile(ID_PATTERN)

_FILE_FIELD: Final = {"type": "string", "format": "binary", "description": "The picture."}
_NAMED: Final = {
    "type": "string", "pattern": ID_PATTERN, "description": "The id of a photo or an upload.",
}  # fmt: skip

# Whatever a client sends, it is told what is wrong; the terminal need not be.
logging.getLogger("python_multipart").setLevel(logging.CRITICAL)


def _body(properties: dict[str, Any], **rules: Any) -> dict[str, Any]:
    """Return what OpenAPI says of a form."""
    shape = {
        "type": "object", "properties": properties, "additionalProperties": False, **rules,
    }  # fmt: skip
    return {"requestBody": {"required": True, "content": {_FORM: {"schema": shape}}}}


_UPLOAD_BODY: Final[dict[str, Any]] = _body({"file": _FILE_FIELD}, required=["file"])
QUERY_BODY: Final[dict[str, Any]] = _body(
    {"file": _FILE_FIELD, "id": _NAMED}, minProperties=1, maxProperties=1
)
"""A form with a picture, or the id of one."""


class _WholeFile(FileResponse):
    """A file that is sent whole: asked for a range, the framework has errors of its own shape."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.headers["accept-ranges"] = "none"
        headers = [field for field in scope["headers"] if field[0] != b"range"]
        await super().__call__({**scope, "headers": headers}, receive, send)


@twins.get("/index.json")
@router.get("/images")
def _images(
    site: SiteOf,
    listed: ListingOf,
    ids: Annotated[
        str, Query(max_length=64 * _MOST_IDS, description="Only these, joined by commas.")
    ] = "",
) -> PhotoList:
    """List the photos of the folders."""
    if ids:
        return _named(site, ids.split(","))
    ranking = site.listing(listed.filters, listed.sort)
    places = range(len(ranking))[listed.offset : listed.offset + listed.limit]
    images = [PhotoRow(*ranking.at(place)).answer() for place in places]
    return {"total": len(ranking), "images": images}


@router.get("/images/{id}", responses=UNHASHED)
async def _image(site: SiteOf, found: FoundOf) -> PlacedPhoto:
    """Return what is known of a photo, and what its file says of itself."""
    facts = await asyncio.wrap_future(site.pictures.facts(found.file()))
    path = path_fields("" if found.shelf is None else found.path)
    return cast("PlacedPhoto", {**with_facts(site.photo(found), facts), **path})


@router.post("/images/{id}/reveal", status_code=202)
def _reveal(site: SiteOf, found: FoundOf) -> Photo:
    """Show a photo's file in the file manager of this machine, where `sokkuri ui` runs."""
    if site.reveal is None or found.shelf is None:
        raise problem("no-file-manager")
    site.reveal(found.file())
    return site.photo(found)


@router.get("/images/{id}/picture", response_class=Response, responses=_PICTURE)
async def _picture(site: SiteOf, found: FoundOf, side: Side = "320") -> Response:
    """Return a photo made small: upright, as a JPEG, without any of its metadata."""
    data = await asyncio.wrap_future(site.pictures.picture(found.file(), int(side)))
    return Response(readable(data), media_type="image/jpeg", headers=_CACHED)


@router.get("/images/{id}/file", response_class=_WholeFile, responses=_FILE)
def _file(found: FoundOf) -> Response:
    """Return a photo's file as it is, to be kept."""
    name = os.path.basename(found.path) if found.upload is None else found.upload.name
    headers = {"Content-Disposition": disposition(name), "Cache-Control": "no-store"}
    return _WholeFile(found.file(), media_type="application/octet-stream", headers=headers)


@router.post("/uploads", status_code=201, openapi_extra=_UPLOAD_BODY)
async def _upload(request: Request, site: SiteOf) -> Photo:
    """Keep a picture as a query; it is read, and refused if it is none."""
    image = await form_query(request, site, site.default_hash, by_id=False)
    found = await asyncio.to_thread(site.find, image)
    return site.photo(found)


def _named(site: SiteOf, ids: list[str]) -> PhotoList:
    """Return photos by their ids; those that are gone are left out."""
    found = []
    for image in ids[:_MOST_IDS]:
        try:
            found.append(site.photo(site.find(image)))
        except Problem as problem:
            if problem.status not in (202, 404):
                raise
    return {"total": len(found), "images": found}


async def form_query(request: Request, site: Site, hash: str, *, by_id: bool = True) -> str:
    """Return the id of a form's query: of its file, which is read, or its field ``id``.

    Parameters
    ----------
    request : Request
    site : Site
    hash : str
        The hash to make of the file.
    by_id : bool
        The field ``id`` will do too.

    Raises
    ------
    Problem
        If it has none, or the file is no picture; nothing is kept of it then.
    """
    names = ("file", "id") if by_id else ("file",)
    wanted = sentence("a `file` or an `id`") if by_id else sentence("a `file`")
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != _FORM:
        raise wrong(f"send a form ({_FORM}) with {wanted}")
    async with contextlib.AsyncExitStack() as closed:
        try:
            form = await request.form(max_files=1, max_fields=8, max_part_size=4096)
        except ValueError as error:  # a charset that can read nothing, such as "undefined"
            raise wrong(f"the form cannot be read: {error}") from error
        closed.push_async_callback(form.close)
        fields = form.multi_items()
        if len(fields) != 1 or fields[0][0] not in names:
            raise wrong(f"send {wanted} in the form, and nothing else; parameters go into the URL")
        name, value = fields[0]
        if isinstance(value, UploadFile) and name == "file":
            return await _keep(site, value, hash)
        if isinstance(value, str) and name == "id" and _ID.fullmatch(value):
            return value
        raise wrong("`id` is the id of a photo" if name == "id" else "`file` is no file")


async def _keep(site: Site, sent: UploadFile, hash: str) -> str:
    """Keep a picture, hash it, and return its id; what is no picture is not kept."""
    chunks = iter(partial(sent.file.read, _CHUNK), b"")
    upload = await run_in_threadpool(site.uploads.keep, chunks, sent.filename or "")
    hashed = await asyncio.wrap_future(site.pictures.hash(upload.path, [hash]))
    if isinstance(hashed, Rejected):
        await run_in_threadpool(site.uploads.forget, upload.id)
    site.remember(upload.id, readable(hashed))
    return upload.id
