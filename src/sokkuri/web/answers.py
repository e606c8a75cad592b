"""Answers to a search: the JSON of the page, and the values behind exports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np

from sokkuri import settings
from sokkuri.api.results import Results
from sokkuri.engine.ranking import SECOND_NS
from sokkuri.engine.search import outcome_of
from sokkuri.images import Rejected
from sokkuri.matches import rate_of
from sokkuri.show.export import SCHEMA, path_fields
from sokkuri.web.photo import photo_answer, photo_id, picture_file

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sokkuri.engine.ranking import Ranking
    from sokkuri.hashes import HashSpec
    from sokkuri.matches import Same
    from sokkuri.web.models import (
        DistanceRows,
        DistanceTable,
        FoundPhoto,
        PathFields,
        Photo,
        PhotoFacts,
        PhotoList,
        SearchAnswer,
    )
    from sokkuri.web.photo import Found
    from sokkuri.web.site import SearchQuery, Site

FACTS: Final = ("format", "mode", "orientation", "taken", "camera", "gps", "animated")

# Up to so many photos the page gets them all, and filters by itself.
_MOST_ROWS: Final = 20_000


def search_answer(site: Site, asked: SearchQuery) -> SearchAnswer:
    """Return the matches of a search, or the part of them that was asked for.

    Parameters
    ----------
    site : Site
    asked : SearchQuery
    """
    query, ranking = site.rank(asked)
    options, spec = asked.options, asked.options.metric.spec
    part = ranking.between(options.min_distance, options.limit, options.most)
    order = ranking.order(part, options.sort)
    end = None if asked.limit is None else asked.offset + asked.limit
    places = order[asked.offset : end].tolist()
    nearest = [] if len(order) or not len(ranking) else [0]
    same = site.identity.of(query, ranking, places or nearest)
    photo = _query_photo(site, query, asked)
    return {
        "schema": SCHEMA,
        "query": photo,
        "hash": spec.name,
        "bits": spec.bits,
        "emphasis": options.metric.emphasis,
        "searched": len(ranking),
        "links_left_out": ranking.links_left_out,
        "total": len(order),
        "min_distance": options.min_distance,
        "max_distance": options.limit,
        "rate": options.rate,
        "k": options.most,
        "sort": options.sort,
        "offset": asked.offset,
        "low_quality": _is_low(photo["quality"]),
        "notes": _notes(site, asked.hash),
        "matches": [_match(ranking, place, spec, same) for place in places],
        "nearest": _match(ranking, 0, spec, same) if nearest else None,
        "rejected": sum(len(table.rejected) for table in ranking.tables),
    }


def distances_answer(site: Site, asked: SearchQuery) -> DistanceTable:
    """Return the distances of all photos, for a page that filters them by itself.

    Parameters
    ----------
    site : Site
    asked : SearchQuery
    """
    query, ranking = site.rank(asked)
    spec = asked.options.metric.spec
    nearest = ranking.between(0, None, settings.DEFAULT_NEAREST)
    photo = _query_photo(site, query, asked)
    return {
        "schema": SCHEMA,
        "query": photo,
        "hash": spec.name,
        "bits": spec.bits,
        "searched": len(ranking),
        "links_left_out": ranking.links_left_out,
        "histogram": ranking.histogram.tolist(),
        "default_max": int(ranking.distances[nearest.stop - 1]) if len(ranking) else 0,
        "low_quality": _is_low(photo["quality"]),
        "notes": _notes(site, asked.hash),
        "rows": _rows(site, query, ranking) if len(ranking) <= _MOST_ROWS else None,
    }


def results_of(site: Site, asked: SearchQuery) -> Results:
    """Return a whole search as the value that the library's own search returns.

    Parameters
    ----------
    site : Site
    asked : SearchQuery
        All matches are returned, whatever part of them it asks for.
    """
    query, ranking = site.rank(asked)
    options = asked.options
    part = ranking.between(options.min_distance, options.limit, options.most)
    reach = ranking.between(options.min_distance, options.limit, None)
    same = site.identity.of(query, ranking, range(part.start, part.stop) or range(len(ranking))[:1])
    found = outcome_of(
        ranking, part, options, same,
        query=query.path if query.upload is None else query.upload.name,
        source=query.path, searched=len(ranking), excluded=ranking.left_out,
        matched=reach.stop - reach.start, quality=site.hash_of(query, asked.hash).quality,
    )  # fmt: skip
    return Results.of(found)


def _notes(site: Site, hash: str) -> list[str]:
    """Return what the reader of an answer should know."""
    notes = [shelf.note for shelf in site.shelves if shelf.note]
    with_hash = {table.key for table in site.tables(hash)}
    missing = [shelf.name for shelf in site.shelves if shelf.key not in with_hash]
    notes += [f"{name}: it has no {hash} hashes yet, and was not searched" for name in missing]
    return notes


def _query_photo(site: Site, query: Found, asked: SearchQuery) -> Photo:
    """Return what is said of a query; an upload has a quality only by the hash it is asked with."""
    return {**site.photo(query), "quality": site.hash_of(query, asked.hash).quality}


def _rows(site: Site, query: Found, ranking: Ranking) -> DistanceRows:
    same = site.identity.of(query, ranking, range(int(np.searchsorted(ranking.distances, 1))))
    places = range(len(ranking))
    found = [*map(ranking.at, places)]
    # The page sorts by this rank, so that its order is that of every other answer.
    by_name = np.empty(len(ranking), np.int64)
    by_name[ranking.order(slice(None), "name")] = np.arange(len(ranking))
    qualities = [table.quality(photo) for table, photo in found]
    return {
        "id": [photo_id(table, photo) for table, photo in found],
        "distance": ranking.distances.tolist(),
        "name": [table.names[photo] for table, photo in found],
        "by_name": by_name.tolist(),
        "folder": [table.folders[photo] for table, photo in found],
        "bytes": ranking.column("bytes").tolist(),
        "modified": (ranking.column("mtimes_ns") // SECOND_NS).tolist(),
        "width": ranking.column("widths").tolist(),
        "height": ranking.column("heights").tolist(),
        "same": [same.get(place) for place in places],
        "low_quality": [value if _is_low(value) else None for value in qualities],
    }


def _match(
    ranking: Ranking, place: int, spec: HashSpec, same: Mapping[int, Same | None]
) -> FoundPhoto:
    table, row = ranking.at(place)
    distance, quality = int(ranking.distances[place]), table.quality(row)
    fraction = distance / spec.bits
    return {
        **picture_file(table, row),
        **cast("PathFields", path_fields(table.paths[row])),
        "distance": distance,
        "rate": rate_of(distance),
        "fraction": fraction,
        "similarity": 1 - fraction,
        "same": same.get(place),
        "low_quality": quality if _is_low(quality) else None,
    }


def _is_low(quality: int | None) -> bool:
    return quality is not None and quality < settings.LOW_QUALITY


def with_facts(photo: Photo, facts: dict[str, Any] | Rejected) -> PhotoFacts:
    """Return a photo with what its file says of itself; nothing where it can no longer be read.

    Parameters
    ----------
    photo : dict
    facts : dict or Rejected
    """
    said = dict.fromkeys(FACTS) if isinstance(facts, Rejected) else facts
    return cast("PhotoFacts", {**photo, **said})


def listing_answer(ranking: Ranking, offset: int, limit: int) -> PhotoList:
    """Return the part of a list of photos that was asked for.

    Parameters
    ----------
    ranking : Ranking
    offset, limit : int
    """
    places = range(offset, min(offset + limit, len(ranking)))
    images = [photo_answer(*ranking.at(place)) for place in places]
    return {"total": len(ranking), "images": images}
