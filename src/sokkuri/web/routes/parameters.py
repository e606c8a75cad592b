"""Parameters of requests that the routes share."""

from __future__ import annotations

import contextlib
from dataclasses import asdict, dataclass
from functools import partial
from typing import Annotated, Any, Final, Literal

from fastapi import Depends, Path, Query, Request

from sokkuri import settings
from sokkuri.engine.options import Filters, SearchOptions, Sort
from sokkuri.errors import UnknownHash
from sokkuri.web.photo import Found
from sokkuri.web.problems import wrong
from sokkuri.web.site import SearchQuery, Site

_MOST_BITS: Final = 1 << 20
_MOST_BYTES: Final = 1 << 50

ID_PATTERN: Final = r"^([0-9a-f]{6}\.[1-9][0-9]{0,17}|u[0-9a-f]{32})$"
"""What the id of a photo or of an upload looks like."""

_DAY_PATTERN: Final = r"^([0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9:.]{5,15}(Z|[+-][0-9:]{5})?)?)?$"

_ImageId = Annotated[str, Path(pattern=ID_PATTERN, description="The id of a photo or an upload.")]
FolderKey = Annotated[str, Path(pattern=r"^[0-9a-f]{6}$", description="The key of a folder.")]
OneImage = Annotated[str, Query(pattern=ID_PATTERN, description="The id of the query.")]
FigureFormat = Annotated[Literal["png", "pdf"], Query()]
TableFormat = Annotated[Literal["json", "csv"], Query()]


def _site(request: Request) -> Site:
    site: Site = request.app.state.site
    return site


SiteOf = Annotated[Site, Depends(_site)]


def _found(site: SiteOf, id: _ImageId) -> Found:
    return site.find(id)


FoundOf = Annotated[Found, Depends(_found)]
"""The photo or upload that the address names."""

Flag = Literal["", "0", "1", "true", "false"]
_NO: Final = ("0", "false")


def is_on(flag: Flag) -> bool:
    """Tell whether a flag that is off by itself was set."""
    return flag not in ("", *_NO)


_Day: Final = partial(Query, pattern=_DAY_PATTERN)
_Bits: Final = partial(Query, ge=0, le=_MOST_BITS)


def _filters(
    folder: Annotated[str, Query(max_length=512, description="Photos below it.")] = "",
    after: Annotated[str, _Day(description="Changed on this day or later.")] = "",
    before: Annotated[str, _Day(description="Changed on this day or earlier.")] = "",
    min_bytes: Annotated[int | None, Query(ge=0, le=_MOST_BYTES)] = None,
    max_bytes: Annotated[int | None, Query(ge=0, le=_MOST_BYTES)] = None,
    min_quality: Annotated[int, Query(ge=0, le=100)] = 0,
    links: Annotated[
        Flag, Query(description="Show other names of one file, such as hard links, too.")
    ] = "",
) -> Filters:
    try:
        return Filters(
            folder=folder, after=after or None, before=before or None, min_bytes=min_bytes,
            max_bytes=max_bytes, min_quality=min_quality, links=links not in _NO,
        )  # fmt: skip
    except (ValueError, OverflowError) as error:
        raise wrong(str(error)) from error


FiltersOf = Annotated[Filters, Depends(_filters)]

_Mirror = Annotated[Flag, Query(description="Take mirrored photos for alike; for look-2.")]
HashName = Annotated[str, Query(max_length=64, description="The name of a hash.")]
_Emphasis = Annotated[
    str, Query(max_length=32, description="shape, balanced, colour or 0 to 1; for look-2.")
]
_SortOf = Annotated[Sort, Query(description="The order of the list.")]
Offset = Annotated[int, Query(ge=0, le=1 << 31)]
Limit = Annotated[int, Query(ge=1, le=1000)]


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


def _asked(
    request: Request,
    filters: FiltersOf,
    hash: HashName = "",
    emphasis: _Emphasis = "",
    mirror: _Mirror = "",
    min_distance: Annotated[int, _Bits()] = 0,
    max_distance: Annotated[int | None, _Bits(description="In bits, inclusive.")] = None,
    rate: Annotated[
        float | None, _Bits(description="The tutorial's threshold: distance / 256 below.")
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
    return SearchQuery(options, offset, limit)


AskedFor = Annotated[SearchQuery, Depends(_asked)]


@dataclass(frozen=True, slots=True)
class _Listing:
    """Which photos of the folders are listed, and in which order."""

    filters: FiltersOf
    sort: _SortOf = "name"
    offset: Offset = 0
    limit: Limit = settings.FIGURE_TILES


ListingOf = Annotated[_Listing, Depends()]
