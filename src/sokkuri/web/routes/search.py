"""Searches, and what is taken away from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Final, cast

import numpy as np
from fastapi import Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from sokkuri import settings
from sokkuri.engine.options import SECOND_NS
from sokkuri.engine.ranking import Ranking
from sokkuri.hashes import HashSpec
from sokkuri.language import say
from sokkuri.matches import Outcome, Same
from sokkuri.show.export import SCHEMA, dump_json, json_document, path_fields, separated
from sokkuri.web import models
from sokkuri.web.as_command import phrases_of
from sokkuri.web.photo import Apart, Found, PhotoRow, readable
from sokkuri.web.problems import wrong
from sokkuri.web.routes.copies import WishOf, copies_of
from sokkuri.web.routes.parameters import (
    AskedFor,
    FigureFormat,
    Flag,
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
from sokkuri.web.site import SearchQuery, Site

router: Final = Router(tags=["search"], responses=PROBLEMS | UNHASHED)

# Up to so many photos the page gets them all, and filters by itself.
_MOST_ROWS: Final = 20_000


@router.get("/search")
def _search(site: SiteOf, img: OneImage, asked: AskedFor) -> models.SearchAnswer:
    """Find the photos that look like one that is known by its id."""
    query, ranking = site.rank(img, asked)
    options = asked.options
    part = ranking.between(options.min_distance, options.limit, options.most)
    order = ranking.order(part, options.sort)
    end = None if asked.limit is None else asked.offset + asked.limit
    places = order[asked.offset : end].tolist()
    nearest = None if len(order) else ranking.nearest(part)
    near: Sequence[int] = places if nearest is None else [nearest]
    if len(order) and ranking.distances[part.stop - 1] == 0:
        # All that match may be the query itself, also those that other pages show.
        near = range(part.start, part.stop)
    same = site.identity.of(query, ranking, near)
    spec = options.metric.spec
    other = ranking.nearest_other(part, options.limit, same)
    return {
        **_of_query(site, asked, query, ranking),
        "emphasis": options.metric.emphasis,
        "total": len(order),
        "min_distance": options.min_distance,
        "max_distance": options.limit,
        "rate": options.rate,
        "k": options.most,
        "sort": options.sort,
        "offset": asked.offset,
        "matches": [_match(ranking, place, spec, same) for place in places],
        "nearest": None if nearest is None else _match(ranking, nearest, spec, same),
        "nearest_other": None if other is None else _match(ranking, other, spec, same),
        "rejected": sum(len(table.rejected) for table in ranking.tables),
    }


@router.post("/search", openapi_extra=QUERY_BODY)
async def _search_by_form(request: Request, site: SiteOf, asked: AskedFor) -> models.SearchAnswer:
    """Find the photos that look like a picture that is sent, or one that is known by its id."""
    image = await form_query(request, site, asked.hash)
    return await run_in_threadpool(_search, site, image, asked)


@twins.get("/search.json")
def _searches(
    site: SiteOf,
    asked: AskedFor,
    wish: WishOf,
    copies: Flag = "",
    img: Annotated[list[str] | None, Query()] = None,
) -> models.SearchAnswer | models.CopiesAnswer | list[models.SearchAnswer | models.CopiesAnswer]:
    """Return what a search page shows; of several tabs, a list."""
    if not img:
        raise wrong("`img` is missing: the id of the photo to look for")
    found = [
        copies_of(site, image, wish) if is_on(copies) else _search(site, image, asked)
        for image in dict.fromkeys(img)
    ]
    return found[0] if len(found) == 1 else found


@router.get("/distances")
def _distances(site: SiteOf, img: OneImage, asked: AskedFor) -> models.DistanceTable:
    """Return how far every photo is, for a page that filters by itself."""
    query, ranking = site.rank(img, asked)
    nearest = ranking.between(0, None, settings.DEFAULT_NEAREST)
    return {
        **_of_query(site, asked, query, ranking),
        "histogram": ranking.histogram.tolist(),
        "by_chance": site.by_chance(asked, ranking, len(ranking.histogram) - 1),
        "default_max": int(ranking.distances[nearest.stop - 1]) if len(ranking) else 0,
        "rows": _rows(site, query, ranking) if len(ranking) <= _MOST_ROWS else None,
    }


@router.get("/phrases")
def _phrases(site: SiteOf, img: OneImage, asked: AskedFor) -> models.Phrases:
    """Return the same search as a command line, and as Python."""
    return phrases_of(site, img, asked.options)


@router.get("/export", response_class=Response, responses=TABLES)
def _export(site: SiteOf, img: OneImage, asked: AskedFor, format: TableFormat = "json") -> Response:
    """Return all matches as the command line prints them, as a file."""
    outcome = _outcome(site, img, asked)
    if format == "json":
        document = dump_json(json_document(outcome))
        return attachment(document.encode(), "application/json", "matches.json")
    text = separated([outcome], ",").encode("utf-8", "surrogateescape")
    return attachment(text, "text/csv; charset=utf-8", "matches.csv")


@router.get("/figure", response_class=Response, responses=DRAWN)
def _figure(site: SiteOf, img: OneImage, asked: AskedFor, format: FigureFormat = "png") -> Response:
    """Draw the tutorial's figure: the query above its matches."""
    drawn = site.pictures.figure(_outcome(site, img, asked), format)
    return attachment(readable(drawn.result()), FIGURES[format], f"matches.{format}")


def _of_query(site: Site, asked: SearchQuery, query: Found, ranking: Ranking) -> models.QueryAnswer:
    spec = asked.options.metric.spec
    # An upload has a quality only by the hash it is asked with.
    quality = site.hash_of(query, asked.hash).quality
    with_hash = {table.key for table in site.tables(asked.hash)}
    lacking = [shelf.name for shelf in site.shelves if shelf.key not in with_hash]
    return {
        "schema": SCHEMA,
        "query": {**site.photo(query), "quality": quality},
        "hash": spec.name,
        "bits": spec.bits,
        "searched": len(ranking),
        "links_left_out": ranking.links_left_out,
        "low_quality": _is_low(quality),
        "notes": [
            *filter(None, (shelf.note for shelf in site.shelves)),
            *(say("{name}: it has no {hash} hashes yet, and was not searched",
                  name=name, hash=asked.hash) for name in lacking),
        ],
    }  # fmt: skip


def _match(
    ranking: Ranking, place: int, spec: HashSpec, same: Mapping[int, Same | None]
) -> models.FoundPhoto:
    row, apart = PhotoRow(*ranking.at(place)), Apart(int(ranking.distances[place]), spec)
    return {
        **row.file(),
        **cast("models.PathFields", path_fields(row.path)),
        "distance": apart.distance,
        "rate": apart.rate,
        "fraction": apart.fraction,
        "similarity": apart.similarity,
        "same": same.get(place),
        "low_quality": row.quality if _is_low(row.quality) else None,
    }


def _rows(site: Site, query: Found, ranking: Ranking) -> models.DistanceRows:
    same = site.identity.of(query, ranking, range(int(np.searchsorted(ranking.distances, 1))))
    found = [*map(ranking.at, range(len(ranking)))]
    ids = ranking.column("ids").tolist()
    # The page sorts by this rank, so that its order is that of every other answer.
    by_name = np.empty(len(ranking), np.int64)
    by_name[ranking.order(slice(None), "name")] = np.arange(len(ranking))
    qualities = [table.quality(photo) for table, photo in found]
    return {
        "id": [f"{table.key}.{number}" for (table, _), number in zip(found, ids, strict=True)],
        "distance": ranking.distances.tolist(),
        "name": [table.names[photo] for table, photo in found],
        "by_name": by_name.tolist(),
        "folder": [table.folders[photo] for table, photo in found],
        "bytes": ranking.column("bytes").tolist(),
        "modified": (ranking.column("mtimes_ns") // SECOND_NS).tolist(),
        "width": ranking.column("widths").tolist(),
        "height": ranking.column("heights").tolist(),
        "same": [same.get(place) for place in range(len(ranking))],
        "low_quality": [value if _is_low(value) else None for value in qualities],
    }


def _is_low(quality: int | None) -> bool:
    return quality is not None and quality < settings.LOW_QUALITY


def _outcome(site: Site, img: str, asked: SearchQuery) -> Outcome:
    """Return a whole search as a value, whatever part of its matches is asked for."""
    query, ranking = site.rank(img, asked)
    options = asked.options
    part = ranking.between(options.min_distance, options.limit, options.most)
    reach = ranking.between(options.min_distance, options.limit, None)
    nearest = ranking.nearest(part)
    near = range(part.start, part.stop) or ([] if nearest is None else [nearest])
    same = site.identity.of(query, ranking, near)
    return ranking.answer(
        Outcome, part, options, same,
        query=query.path if query.upload is None else query.upload.name,
        source=query.path, searched=len(ranking), excluded=ranking.left_out,
        matched=reach.stop - reach.start, quality=site.hash_of(query, asked.hash).quality,
    )  # fmt: skip
