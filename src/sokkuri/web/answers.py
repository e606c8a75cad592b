"""What a search answers, as plain values: the JSON of the page, and the values behind exports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from sokkuri import settings
from sokkuri.api.results import Results
from sokkuri.images import Rejected
from sokkuri.matches import Match, rate_of
from sokkuri.show.export import SCHEMA, path_fields

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sokkuri.hashes import HashSpec
    from sokkuri.matches import Same
    from sokkuri.web.asked import Asked
    from sokkuri.web.exif import Facts
    from sokkuri.web.ranking import Ranking
    from sokkuri.web.sameness import Sameness
    from sokkuri.web.site import Found, Site

__all__ = [
    "FACTS", "MOST_ROWS", "distances_answer", "listing_answer", "notes_of", "results_of",
    "search_answer", "with_facts",
]  # fmt: skip

FACTS: Final = ("format", "mode", "orientation", "taken", "camera", "gps", "animated")

MOST_ROWS: Final = 20_000
"""Up to so many photos the page gets them all, and filters by itself."""


def search_answer(site: Site, sameness: Sameness, asked: Asked) -> dict[str, Any]:
    """Return the matches of a search, or the part of them that was asked for."""
    query, ranking = site.rank(asked)
    spec = asked.measure.spec
    part = ranking.between(asked.min_distance, asked.limit_of_distance, asked.most)
    order = ranking.order(part, asked.sort)
    end = None if asked.limit is None else asked.offset + asked.limit
    places = order[asked.offset : end].tolist()
    nearest = [] if len(order) or not len(ranking) else [0]
    same = sameness.of(query, ranking, places or nearest)
    matches = [_match(ranking, place, spec, same) for place in places]
    photo = _query_photo(site, query, asked)
    return {
        "schema": SCHEMA,
        "query": photo,
        "hash": spec.name,
        "bits": spec.bits,
        "emphasis": asked.measure.emphasis,
        "searched": len(ranking),
        "links_left_out": ranking.links_left_out,
        "total": len(order),
        "min_distance": asked.min_distance,
        "max_distance": asked.limit_of_distance,
        "rate": asked.rate,
        "k": asked.most,
        "sort": asked.sort,
        "offset": asked.offset,
        "low_quality": _is_low(photo["quality"]),
        "notes": notes_of(site, asked.hash),
        "matches": matches,
        "nearest": _match(ranking, 0, spec, same) if nearest else None,
        "rejected": sum(len(sheet.snapshot.rejected) for sheet in ranking.sheets),
    }


def distances_answer(site: Site, sameness: Sameness, asked: Asked) -> dict[str, Any]:
    """Return the distances of all photos, for a page that filters them by itself."""
    query, ranking = site.rank(asked)
    spec = asked.measure.spec
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
        "notes": notes_of(site, asked.hash),
        "rows": _rows(query, ranking, sameness) if len(ranking) <= MOST_ROWS else None,
    }


def results_of(site: Site, sameness: Sameness, asked: Asked) -> Results:
    """Return a search as the value that the library's own search returns."""
    query, ranking = site.rank(asked)
    part = ranking.between(asked.min_distance, asked.limit_of_distance, asked.most)
    reach = ranking.between(asked.min_distance, asked.limit_of_distance, None)
    places = ranking.order(part, asked.sort).tolist()
    same = sameness.of(query, ranking, places or ([0] if len(ranking) else []))
    found = [_value(ranking, place, same) for place in places]
    nearest = found[0] if found else _value(ranking, 0, same) if len(ranking) else None
    return Results(
        query=query.path if query.upload is None else query.upload.name,
        spec=asked.measure.spec,
        searched=len(ranking),
        rejected=tuple(
            rejected for sheet in ranking.sheets for rejected in sheet.snapshot.rejected
        ),
        companions=tuple(path for sheet in ranking.sheets for path in sheet.snapshot.companions),
        matches=tuple(found),
        matched=reach.stop - reach.start,
        max_distance=asked.limit_of_distance,
        k=asked.most,
        rate=asked.rate,
        min_distance=asked.min_distance,
        nearest=nearest,
        excluded=ranking.links_left_out or 0,
        links_left_out=ranking.links_left_out,
        source=query.path,
        quality=site.hash_of(query, asked.hash).quality,
    )


def notes_of(site: Site, hash: str) -> list[str]:
    """Return what the reader of an answer should know."""
    notes = [shelf.note for shelf in site.shelves if shelf.note]
    with_hash = {sheet.shelf.key for sheet in site.sheets(hash)}
    missing = [shelf.name for shelf in site.shelves if shelf.key not in with_hash]
    notes += [f"{name}: it has no {hash} hashes yet, and was not searched" for name in missing]
    return notes


def _query_photo(site: Site, query: Found, asked: Asked) -> dict[str, Any]:
    """Return what is said of a query; an upload has a quality only by the hash it is asked with."""
    return {**site.photo(query), "quality": site.hash_of(query, asked.hash).quality}


def _rows(query: Found, ranking: Ranking, sameness: Sameness) -> dict[str, Any]:
    same = sameness.of(query, ranking, range(int(np.searchsorted(ranking.distances, 1))))
    places = range(len(ranking))
    found = [ranking.at(place) for place in places]
    qualities = [int(sheet.snapshot.qualities[row]) for sheet, row in found]
    return {
        "id": [sheet.id_of(row) for sheet, row in found],
        "distance": ranking.distances.tolist(),
        "name": [sheet.names[row] for sheet, row in found],
        "folder": [sheet.folders[row] for sheet, row in found],
        "bytes": ranking.column("bytes").tolist(),
        "modified": (ranking.column("mtimes_ns") // 1_000_000_000).tolist(),
        "width": ranking.column("widths").tolist(),
        "height": ranking.column("heights").tolist(),
        "same": [same.get(place) for place in places],
        "low_quality": [value if _is_low(value) else None for value in qualities],
    }


def _match(
    ranking: Ranking, place: int, spec: HashSpec, same: Mapping[int, Same | None]
) -> dict[str, Any]:
    sheet, row = ranking.at(place)
    distance = int(ranking.distances[place])
    photo = sheet.photo(row)
    quality = photo.pop("quality")
    del photo["kind"]
    fraction = distance / spec.bits
    return {
        **photo,
        **path_fields(sheet.snapshot.paths[row]),
        "distance": distance,
        "rate": rate_of(distance),
        "fraction": fraction,
        "similarity": round(100 * (1 - fraction), 3),
        "same": same.get(place),
        "low_quality": quality if _is_low(quality) else None,
    }


def _value(ranking: Ranking, place: int, same: Mapping[int, Same | None]) -> Match:
    sheet, row = ranking.at(place)
    quality = int(sheet.snapshot.qualities[row])
    return Match(
        sheet.snapshot.paths[row],
        int(ranking.distances[place]),
        same.get(place),
        None if quality < 0 else quality,
    )


def _is_low(quality: int | None) -> bool:
    return quality is not None and 0 <= quality < settings.LOW_QUALITY


def with_facts(photo: Mapping[str, Any], facts: Facts | Rejected) -> dict[str, Any]:
    """Return a photo with what its file says of itself; nothing where it can no longer be read."""
    if isinstance(facts, Rejected):
        return {**photo, **dict.fromkeys(FACTS)}
    return {**photo, **facts}


def listing_answer(ranking: Ranking, places: Sequence[int]) -> list[dict[str, Any]]:
    """Return photos of a list."""
    found = [ranking.at(place) for place in places]
    return [sheet.photo(row) for sheet, row in found]
