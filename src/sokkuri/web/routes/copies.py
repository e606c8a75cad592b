"""Searches for copies, and how two pictures lie on each other."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Final, cast

from fastapi import Depends, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from sokkuri import settings
from sokkuri.copies.copy import Copy
from sokkuri.copies.details import Details
from sokkuri.copies.outcome import CopyOutcome
from sokkuri.engine.copies import CopyOptions
from sokkuri.language import say
from sokkuri.show.captions import edit_words
from sokkuri.show.export import SCHEMA, dump_json
from sokkuri.show.export_copies import copies_document, copy_fields, separated_copies
from sokkuri.web import models
from sokkuri.web.as_command import phrases_of
from sokkuri.web.copies import CopyWish
from sokkuri.web.photo import PhotoRow, readable
from sokkuri.web.routes.parameters import (
    FigureFormat,
    FiltersOf,
    Flag,
    Limit,
    Offset,
    OneImage,
    SiteOf,
    TableFormat,
    is_on,
)
from sokkuri.web.routes.photos import QUERY_BODY, form_query
from sokkuri.web.routes.responses import (
    DRAWN,
    FIGURES,
    PROBLEMS,
    TABLES,
    UNHASHED,
    Router,
    attachment,
    twins,
)
from sokkuri.web.site import Site

router: Final = Router(tags=["search"], responses=PROBLEMS | UNHASHED)

_MOST_SCENES: Final = 64
_SAVED: Final = "copies"  # the name of a file, but for its ending

_Harder = Annotated[
    Flag, Query(description="Describe photos by 300 points, not 150: finds smaller parts.")
]


def _wished(
    filters: FiltersOf,
    sure: Annotated[Flag, Query(description="Only those that are sure to be copies.")] = "",
    harder: _Harder = "",
    exclude_query: Annotated[Flag, Query(description="Leave the query's own file out.")] = "",
    offset: Offset = 0,
    limit: Limit = settings.FIGURE_TILES,
) -> CopyWish:
    options = CopyOptions(
        **asdict(filters), sure=is_on(sure), harder=is_on(harder),
        exclude_query=is_on(exclude_query),
    )  # fmt: skip
    return CopyWish(options, offset, limit)


WishOf = Annotated[CopyWish, Depends(_wished)]


def copies_of(site: Site, img: str, wish: CopyWish) -> models.CopiesAnswer:
    """Return the answer to a search for copies.

    Parameters
    ----------
    site : Site
    img : str
        The id of the query.
    wish : CopyWish
    """
    query, found = site.find_copies(img, wish)
    part = found.copies[wish.offset : wish.offset + wish.limit]
    with_hash = {table.key for table in site.tables(wish.hash)}
    lacking = [shelf.name for shelf in site.shelves if shelf.key not in with_hash]
    return {
        "schema": SCHEMA,
        "query": {**site.photo(query), "quality": found.query.plain.quality},
        "hash": wish.hash,
        "searched": found.searched,
        "too_little": found.too_little,
        "notes": [
            *filter(None, (shelf.note for shelf in site.shelves)),
            *(say("{name}: it has no {hash} hashes yet, and was not searched",
                  name=name, hash=wish.hash) for name in lacking),
        ],
        "total": len(found.copies),
        "offset": wish.offset,
        "copies": [_found(row, copy) for row, copy in part],
        "same_scene_total": len(found.same_scene),
        "same_scene": [_found(row, copy) for row, copy in found.same_scene[:_MOST_SCENES]],
        "rejected": sum(len(table.rejected) for table in site.tables(wish.hash)),
    }  # fmt: skip


@router.get("/copies")
def _copies(site: SiteOf, img: OneImage, wish: WishOf) -> models.CopiesAnswer:
    """Find the photos that are copies of one that is known by its id, however they were edited."""
    return copies_of(site, img, wish)


@router.post("/copies", openapi_extra=QUERY_BODY)
async def _copies_by_form(request: Request, site: SiteOf, wish: WishOf) -> models.CopiesAnswer:
    """Find the photos that are copies of a picture that is sent, or one known by its id."""
    image = await form_query(request, site, site.default_hash)
    return await run_in_threadpool(copies_of, site, image, wish)


@router.get("/copies/phrases")
def _copies_phrases(site: SiteOf, img: OneImage, wish: WishOf) -> models.Phrases:
    """Return the same search for copies as a command line, and as Python."""
    return phrases_of(site, img, wish.options, verb="copies", call="find_copies")


@router.get("/copies/export", response_class=Response, responses=TABLES)
def _copies_export(
    site: SiteOf, img: OneImage, wish: WishOf, format: TableFormat = "json"
) -> Response:
    """Return all copies as the command line prints them, as a file."""
    outcome = _outcome(site, img, wish)
    if format == "json":
        document = dump_json(copies_document(outcome))
        return attachment(document.encode(), "application/json", f"{_SAVED}.json")
    text = separated_copies([outcome], ",").encode("utf-8", "surrogateescape")
    return attachment(text, "text/csv; charset=utf-8", f"{_SAVED}.csv")


@router.get("/copies/figure", response_class=Response, responses=DRAWN)
def _copies_figure(
    site: SiteOf, img: OneImage, wish: WishOf, format: FigureFormat = "png"
) -> Response:
    """Draw the query above its copies, with its outline in each."""
    drawn = site.pictures.figure(_outcome(site, img, wish), format)
    return attachment(readable(drawn.result()), FIGURES[format], f"{_SAVED}.{format}")


@twins.get("/copy.json")
@router.get("/copies/pair")
def _pair(site: SiteOf, a: OneImage, b: OneImage, harder: _Harder = "") -> models.CopyPair:
    """Return how the photo `a` lies in the photo `b`, if the one is a copy of the other."""
    one, other = site.find(a), site.find(b)
    laid = site.copies.pair(one, other, CopyOptions(harder=is_on(harder)))
    return {
        "schema": SCHEMA,
        "a": site.photo(one),
        "b": site.photo(other),
        "copy": None if laid is None else _told(laid.copy),
        "details": None if laid is None or laid.details is None else _evidence(laid.details),
        "same_scene": laid is not None and laid.same_scene,
    }


def _outcome(site: Site, img: str, wish: CopyWish) -> CopyOutcome:
    """Return a whole search as a value, whatever part of its copies is asked for."""
    query, found = site.find_copies(img, wish)
    return found.outcome(query, site.tables(wish.hash))


def _found(row: PhotoRow, copy: Copy) -> models.FoundCopy:
    return cast("models.FoundCopy", {**row.file(), **_fields(copy)})


def _told(copy: Copy) -> models.CopyFacts:
    fields = _fields(copy)
    return cast(
        "models.CopyFacts", {name: fields[name] for name in models.CopyFacts.__annotations__}
    )


def _fields(copy: Copy) -> dict[str, Any]:
    return {**copy_fields(copy), "text": edit_words(copy)}


def _evidence(details: Details) -> models.CopyDetails:
    return {
        "lines": [[round(x, 4) for x in line] for line in details.lines],
        "of": details.of,
        "agreement": details.agreement,
        "blocks": [
            {"box": [round(x, 4) for x in block.box], "agreement": block.agreement}
            for block in details.blocks
        ],
    }
