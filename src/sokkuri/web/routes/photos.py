"""Photos: lists of them, their pictures, and what their files say."""

from __future__ import annotations

import asyncio
import os
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from sokkuri.images import Rejected
from sokkuri.web.answers import listing_answer, with_facts
from sokkuri.web.models import Photo, PhotoFacts, PhotoList
from sokkuri.web.opening import photo_file
from sokkuri.web.problems import Problem, unreadable
from sokkuri.web.routes.forms import UPLOAD_BODY, form_query
from sokkuri.web.routes.parameters import PROBLEMS, ImageId, ListedAs, SiteOf, json_answer
from sokkuri.web.routes.sending import WholeFile, disposition

__all__ = ["router"]

router: Final = APIRouter(tags=["photos"], responses=PROBLEMS)

Side = Annotated[
    Literal["160", "320", "640", "1280", "2048"],
    Query(description="The longest side in pixels; a smaller picture keeps its size."),
]

_MOST_IDS: Final = 1000
# A photo may be replaced under its id; after so long the browser asks again.
_CACHED: Final = {"Cache-Control": "private, max-age=300"}
_PICTURE: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "A JPEG without metadata.", "content": {"image/jpeg": {}}}
}
_FILE: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "The file as it is.", "content": {"application/octet-stream": {}}}
}


@router.get("/images", response_model=PhotoList)
def images(
    site: SiteOf,
    listed: Annotated[ListedAs, Depends()],
    ids: Annotated[
        str, Query(max_length=64 * _MOST_IDS, description="Only these, joined by commas.")
    ] = "",
) -> Response:
    """List the photos of the folders."""
    if ids:
        return json_answer(_named(site, ids.split(",")))
    ranking = site.listing(listed.filters, listed.sort)
    return json_answer(listing_answer(ranking, listed.offset, listed.limit))


@router.get("/images/{id}", response_model=PhotoFacts)
async def image(site: SiteOf, id: ImageId) -> Response:
    """Return what is known of a photo, and what its file says of itself."""
    found = await asyncio.to_thread(site.find, id)
    path = photo_file(found)
    facts = await asyncio.wrap_future(site.pictures.facts(path))
    photo = site.photo(found)
    return json_answer(with_facts(photo, facts))


@router.get("/images/{id}/picture", response_class=Response, responses=_PICTURE)
async def picture(site: SiteOf, id: ImageId, side: Side = "320") -> Response:
    """Return a photo made small: upright, as a JPEG, without any of its metadata."""
    found = await asyncio.to_thread(site.find, id)
    path = photo_file(found)
    data = await asyncio.wrap_future(site.pictures.picture(path, int(side)))
    if isinstance(data, Rejected):
        raise unreadable(data)
    return Response(data, media_type="image/jpeg", headers=_CACHED)


@router.get("/images/{id}/file", response_class=WholeFile, responses=_FILE)
def file(site: SiteOf, id: ImageId) -> Response:
    """Return a photo's file as it is, to be kept."""
    found = site.find(id)
    path = photo_file(found)
    name = os.path.basename(found.path) if found.upload is None else found.upload.name
    headers = {"Content-Disposition": disposition(name), "Cache-Control": "no-store"}
    return WholeFile(path, media_type="application/octet-stream", headers=headers)


@router.post("/uploads", response_model=Photo, status_code=201, openapi_extra=UPLOAD_BODY)
async def upload(request: Request, site: SiteOf) -> Response:
    """Keep a picture as a query; it is read, and refused if it is none."""
    image = await form_query(request, site, site.default_hash, by_id=False)
    found = await asyncio.to_thread(site.find, image)
    return json_answer(site.photo(found), 201)


def _named(site: SiteOf, ids: list[str]) -> PhotoList:
    """Return photos by their ids; those that are gone are left out."""
    found = []
    for image in ids[:_MOST_IDS]:
        try:
            found.append(site.photo(site.find(image)))
        except Problem as problem:
            if problem.status != 404:
                raise
    return {"total": len(found), "images": found}
