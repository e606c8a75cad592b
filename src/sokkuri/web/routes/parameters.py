"""Parameters of requests, and the forms of answers, that the routes share."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import wraps
from inspect import iscoroutinefunction
from typing import Annotated, Any, Final, Literal
from urllib.parse import quote

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response
from pydantic import TypeAdapter

from sokkuri import settings
from sokkuri.engine.options import Filters, SearchOptions, Sort
from sokkuri.errors import UnknownHash
from sokkuri.show.export import dump_json
from sokkuri.web.models import ProblemDetails
from sokkuri.web.problems import wrong
from sokkuri.web.site import SearchQuery, Site

_MOST_BITS: Final = 1 << 20
_MOST_OFFSET: Final = 1 << 31
_MOST_TILES: Final = 1000
_MOST_TEXT: Final = 512
_MOST_BYTES: Final = 1 << 50

_PROBLEM: Final = TypeAdapter(ProblemDetails).json_schema()

PROBLEMS: Final[dict[int | str, dict[str, Any]]] = {
    status: {
        "description": words,
        "content": {"application/problem+json": {"schema": _PROBLEM}},
    }
    for status, words in (
        (400, "The request says something that cannot be."),
        (401, "No token, or a wrong one."),
        (403, "The request comes from another site, or changes what may not be changed here."),
        (404, "There is no such thing."),
        (409, "The photos have no such hashes yet."),
        (413, "The upload is too large."),
        (415, "The upload is no picture that can be read."),
        (429, "So much is waiting that nothing more is taken in; ask again."),
        (501, "A part of sokkuri that this needs is not installed."),
        (503, "A picture could not be read in time."),
    )
}
"""Every error has one shape."""


class Router(APIRouter):
    """Routes that bear the names of their functions and answer with what these return, as JSON."""

    def add_api_route(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        """Add a route.

        Parameters
        ----------
        path : str
        endpoint : callable
            Returns the values of the answer, or a response of its own.
        **options
            As of :class:`fastapi.APIRouter`.
        """
        options["name"] = options["name"] or endpoint.__name__.removeprefix("_")
        super().add_api_route(path, _answering(endpoint, options["status_code"] or 200), **options)


def _answering(endpoint: Callable[..., Any], status: int) -> Callable[..., Any]:
    # The framework's own way would look at each value again, and fail at names that are not UTF-8.
    def answer(found: object) -> Response:
        if isinstance(found, Response):
            return found
        return Response(dump_json(found), status, media_type="application/json")

    @wraps(endpoint)
    def respond(**values: Any) -> Response:
        return answer(endpoint(**values))

    @wraps(endpoint)
    async def respond_later(**values: Any) -> Response:
        return answer(await endpoint(**values))

    return respond_later if iscoroutinefunction(endpoint) else respond


twins: Final = Router(include_in_schema=False)
"""What the pages show, as JSON at the addresses of the pages."""

ID_PATTERN: Final = r"^([0-9a-f]{6}\.[1-9][0-9]{0,17}|u[0-9a-f]{32})$"
"""What the id of a photo or of an upload looks like."""

_DAY_PATTERN: Final = r"^([0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9:.]{5,15}(Z|[+-][0-9:]{5})?)?)?$"

ImageId = Annotated[str, Path(pattern=ID_PATTERN, description="The id of a photo or an upload.")]
FolderKey = Annotated[str, Path(pattern=r"^[0-9a-f]{6}$", description="The key of a folder.")]
OneImage = Annotated[str, Query(pattern=ID_PATTERN, description="The id of the query.")]


FigureFormat = Annotated[Literal["png", "pdf"], Query()]
FIGURES: Final = {"png": "image/png", "pdf": "application/pdf"}
"""Media types of figures by their format."""


def file_answers(words: str, *kinds: str) -> dict[int | str, dict[str, Any]]:
    """Return what OpenAPI says of an answer that is a file.

    Parameters
    ----------
    words, *kinds : str
        Its description and media types.
    """
    return {200: {"description": words, "content": {kind: {} for kind in kinds}}}


def attachment(data: bytes, kind: str, name: str) -> Response:
    """Return bytes as a file to be kept, never to be shown in place.

    Parameters
    ----------
    data : bytes
    kind : str
        Its media type.
    name : str
    """
    return Response(data, media_type=kind, headers={"Content-Disposition": disposition(name)})


def disposition(name: str) -> str:
    """Return the header's value for a file name in any script (RFC 6266, RFC 8187)."""
    plain = "".join(
        letter if letter.isascii() and letter.isprintable() and letter not in '"\\%;' else "_"
        for letter in name
    )
    whole = quote(name.encode("utf-8", "replace"), safe="")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{whole}"


def _site(request: Request) -> Site:
    site: Site = request.app.state.site
    return site


SiteOf = Annotated[Site, Depends(_site)]

_Flag = Literal["", "0", "1", "true", "false"]
_NO: Final = ("0", "false")


def _filters(
    folder: Annotated[str, Query(max_length=_MOST_TEXT, description="Photos below it.")] = "",
    after: Annotated[
        str, Query(pattern=_DAY_PATTERN, description="Changed on this day or later.")
    ] = "",
    before: Annotated[
        str, Query(pattern=_DAY_PATTERN, description="Changed on this day or earlier.")
    ] = "",
    min_bytes: Annotated[int | None, Query(ge=0, le=_MOST_BYTES)] = None,
    max_bytes: Annotated[int | None, Query(ge=0, le=_MOST_BYTES)] = None,
    min_quality: Annotated[int, Query(ge=0, le=100)] = 0,
    links: Annotated[
        _Flag, Query(description="Show other names of one file, such as hard links, too.")
    ] = "",
) -> Filters:
    try:
        return Filters(
            folder=folder, after=after or None, before=before or None, min_bytes=min_bytes,
            max_bytes=max_bytes, min_quality=min_quality, links=links not in _NO,
        )  # fmt: skip
    except (ValueError, OverflowError) as error:
        raise wrong(str(error)) from error


_FiltersOf = Annotated[Filters, Depends(_filters)]

_Mirror = Annotated[_Flag, Query(description="Take mirrored photos for alike; for look-2.")]
HashName = Annotated[str, Query(max_length=64, description="The name of a hash.")]
_Emphasis = Annotated[
    str, Query(max_length=32, description="shape, balanced, colour or 0 to 1; for look-2.")
]
_SortOf = Annotated[Sort, Query(description="The order of the list.")]
Offset = Annotated[int, Query(ge=0, le=_MOST_OFFSET)]
Limit = Annotated[int, Query(ge=1, le=_MOST_TILES)]


def _options(request: Request, hash: str, emphasis: str, mirror: str, **more: Any) -> SearchOptions:
    what: str | float | None = emphasis or None
    with contextlib.suppress(ValueError):
        what = float(emphasis)
    try:
        return SearchOptions(
            hash=hash or _site(request).default_hash, emphasis=what,
            mirror=False if mirror in _NO else None, **more,
        )  # fmt: skip
    except (ValueError, UnknownHash) as error:
        raise wrong(str(error)) from error


def _metric(
    request: Request, hash: HashName = "", emphasis: _Emphasis = "", mirror: _Mirror = ""
) -> SearchOptions:
    return _options(request, hash, emphasis, mirror)


MetricOf = Annotated[SearchOptions, Depends(_metric)]
"""The options that say how codes are compared, and no others."""


def _how(
    request: Request,
    filters: _FiltersOf,
    hash: HashName = "",
    emphasis: _Emphasis = "",
    mirror: _Mirror = "",
    min_distance: Annotated[int, Query(ge=0, le=_MOST_BITS)] = 0,
    max_distance: Annotated[
        int | None, Query(ge=0, le=_MOST_BITS, description="In bits, inclusive.")
    ] = None,
    rate: Annotated[
        float | None,
        Query(ge=0, le=_MOST_BITS, description="The tutorial's threshold: distance / 256 below."),
    ] = None,
    k: Annotated[int | None, Query(ge=1, le=_MOST_BITS, description="At most so many.")] = None,
    sort: _SortOf = "nearest",
    offset: Offset = 0,
    limit: Limit = settings.FIGURE_TILES,
) -> SearchQuery:
    options = _options(
        request, hash, emphasis, mirror, min_distance=min_distance, max_distance=max_distance,
        rate=rate, k=k, sort=sort, **asdict(filters),
    )  # fmt: skip
    return SearchQuery("", options, offset, limit)


HowAsked = Annotated[SearchQuery, Depends(_how)]
"""A search for a picture that is yet to be named."""


def _asked(how: HowAsked, img: OneImage) -> SearchQuery:
    return how.of(img)


AskedFor = Annotated[SearchQuery, Depends(_asked)]


@dataclass(frozen=True, slots=True)
class _Listing:
    """Which photos of the folders are listed, and in which order."""

    filters: _FiltersOf
    sort: _SortOf = "name"
    offset: Offset = 0
    limit: Limit = settings.FIGURE_TILES


ListingOf = Annotated[_Listing, Depends()]
