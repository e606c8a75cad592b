"""Shapes of all answers: mypy holds the code to them, and the OpenAPI document is made of them."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict  # pydantic asks for it before Python 3.12

Same = Literal["bytes", "link", "pixels"]


@with_config(ConfigDict(extra="forbid"))
class _Closed(TypedDict):
    """A shape without fields that it does not name."""


class ProblemDetails(_Closed):
    """A problem, and the way out of it."""

    type: Annotated[str, Field(examples=["urn:sokkuri:not-an-image"])]
    title: str
    status: int
    detail: str
    next: str


class Health(_Closed):
    """The server answers."""

    status: Literal["ok"]
    version: str


class PictureFile(_Closed):
    """A picture's file."""

    id: str
    name: str
    folder: str
    bytes: int | None
    width: int | None
    height: int | None
    modified: str | None


class PathFields(_Closed):
    """A path, for programs."""

    path: str
    path_b64: NotRequired[Annotated[str, Field(description="For names that are not UTF-8.")]]


class Photo(PictureFile):
    """A photo of a folder, or an uploaded query."""

    kind: Literal["photo", "upload"]
    quality: int | None


class PhotoFacts(Photo):
    """A photo, with what its file says of itself."""

    format: str | None
    mode: str | None
    orientation: int | None
    taken: str | None
    camera: str | None
    gps: bool | None
    animated: Annotated[bool | None, Field(description="The file has more than one picture.")]


class PlacedPhoto(PhotoFacts, PathFields):
    """A photo, with its file's path; that of an upload is empty."""


class FoundPhoto(PictureFile, PathFields):
    """A photo that was found."""

    distance: int
    rate: float
    fraction: float
    similarity: float
    same: Same | None
    low_quality: int | None


class QueryAnswer(_Closed):
    """The part that all answers to a query share."""

    schema: int
    query: Photo
    hash: str
    bits: int
    searched: int
    links_left_out: Annotated[
        int | None, Field(description="Other names of files, where `links=0` leaves them out.")
    ]
    low_quality: bool
    notes: list[str]


class SearchAnswer(QueryAnswer):
    """The answer to a search."""

    emphasis: str | float | None
    total: Annotated[int, Field(description="Matches in all; `matches` may be a part of them.")]
    min_distance: int
    max_distance: int | None
    rate: float | None
    k: int | None
    sort: str
    offset: int
    matches: list[FoundPhoto]
    nearest: Annotated[FoundPhoto | None, Field(description="Where nothing matched.")]
    nearest_other: Annotated[
        FoundPhoto | None, Field(description="Where nothing matched but the query itself.")
    ]
    rejected: int


class CopyEdits(_Closed):
    """The edits of a copy, in numbers; docs/copies.md tells of each."""

    mirrored: bool
    turned: Annotated[float, Field(description="Degrees counter-clockwise.")]
    squeezed: float
    cropped_to: float
    fills: float
    bordered: Literal["query", "photo"] | None
    covered: float


class CopyOutline(_Closed):
    """Corners of each picture in the other, as fractions of its width and height."""

    query: Annotated[list[list[float]], Field(description="Of the query in the photo.")]
    photo: Annotated[list[list[float]], Field(description="Of the photo in the query.")]


class CopyFacts(_Closed):
    """Findings about a copy."""

    score: float
    sure: bool
    points: int
    same: Same | None
    edits: CopyEdits
    outline: CopyOutline
    text: Annotated[str, Field(description="The edits in words.")]


class FoundCopy(PictureFile, PathFields, CopyFacts):
    """A photo that is a copy of the query."""


class CopiesAnswer(_Closed):
    """The answer to a search for copies."""

    schema: int
    query: Photo
    hash: str
    searched: int
    too_little: Annotated[
        bool, Field(description="Hardly anything stands out in the query: only itself is found.")
    ]
    notes: list[str]
    total: Annotated[int, Field(description="Copies in all; `copies` may be a part of them.")]
    offset: int
    copies: list[FoundCopy]
    same_scene_total: Annotated[int, Field(description="`same_scene` has the best 64 of them.")]
    same_scene: Annotated[
        list[FoundCopy], Field(description="No copies: the same scene with another thing on it.")
    ]
    rejected: int


class CopyBlock(_Closed):
    """A part of the query that the photo shows too."""

    box: Annotated[list[float], Field(description="Left, top, right, bottom, as fractions.")]
    agreement: float


class CopyDetails(_Closed):
    """The evidence that one photo is a copy of another."""

    lines: Annotated[
        list[list[float]], Field(description="Points that match: x, y in `a`, x, y in `b`.")
    ]
    of: Annotated[int, Field(description="Points that might have matched.")]
    agreement: float
    blocks: list[CopyBlock]


class CopyPair(_Closed):
    """Two photos, laid on each other."""

    schema: int
    a: Photo
    b: Photo
    copy: Annotated[CopyFacts | None, Field(description="None where they have nothing in common.")]
    details: Annotated[
        CopyDetails | None, Field(description="None, too, where bytes or pixels alone tell it.")
    ]
    same_scene: Annotated[bool, Field(description="No copy: the same scene, another thing on it.")]


class DistanceRows(_Closed):
    """All photos, nearest first, column by column."""

    id: list[str]
    distance: list[int]
    name: list[str]
    by_name: Annotated[list[int], Field(description="The place of each when sorted by name.")]
    folder: list[str]
    bytes: list[int]
    modified: Annotated[list[int], Field(description="Seconds since 1970.")]
    width: list[int]
    height: list[int]
    same: list[Same | None]
    low_quality: list[int | None]


class DistanceTable(QueryAnswer):
    """Distance of every photo from a query."""

    histogram: Annotated[list[int], Field(description="Photos at distance 0, 1, 2 and so on.")]
    by_chance: Annotated[
        list[float] | None,
        Field(
            description="Photos within distance 0, 1, 2 and so on of a usual one by chance; null "
            "where the photos are too few to tell."
        ),
    ]
    default_max: int
    rows: Annotated[
        DistanceRows | None, Field(description="None where there are more than 20,000 photos.")
    ]


class PhotoList(_Closed):
    """Photos of the folders."""

    total: int
    images: list[Photo]


class RefreshProgress(_Closed):
    """Progress of a refresh."""

    stage: Literal["listing", "hashing"]
    done: int  # files seen, or files hashed
    total: int | None  # files to hash; None while the folder is being listed


class HashCount(_Closed):
    """A hash that a library keeps."""

    name: str
    photos: int


class FolderStatus(_Closed):
    """A folder, and what its library holds."""

    key: str
    name: str
    path: str
    looked: Annotated[str | None, Field(description="The last look for changes by this server.")]
    photos: int
    photo_bytes: int
    files: int
    rejected: int
    other_files: Annotated[
        int, Field(description="Files that are no pictures and whose names claim none.")
    ]
    bytes: int
    hashes: list[HashCount]
    indexing: RefreshProgress | None
    note: str


class LibraryStatus(_Closed):
    """All folders."""

    schema: int
    folders: list[FolderStatus]


class FolderCount(_Closed):
    """A folder below those that are shown."""

    folder: str
    photos: Annotated[int, Field(description="In it and below it.")]


class FolderList(_Closed):
    """Folders that hold photos."""

    photos: int
    folders: list[FolderCount]


class RejectedFile(_Closed):
    """A file that has no hash."""

    name: str
    folder: str
    kind: str
    reason: str


class KindCount(_Closed):
    """A kind of reason, and its files."""

    kind: str
    count: int


class RejectionList(_Closed):
    """Files that have no hash, and why."""

    total: int
    kinds: Annotated[list[KindCount], Field(description="Of all files, most first.")]
    rejected: list[RejectedFile]


class HashChoice(_Closed):
    """A hash that can be searched with."""

    name: str
    bits: int
    summary: str
    emphasis: bool
    in_library: bool


class HashList(_Closed):
    """Hashes that can be searched with."""

    default: str
    hashes: list[HashChoice]


class PairDistance(_Closed):
    """Distance of two photos under one hash."""

    hash: str
    distance: int
    bits: int
    similarity: float


class ComparedField(_Closed):
    """Something that is said of two photos."""

    field: str
    a: str | int | bool | None
    b: str | int | bool | None
    differs: bool


class PairComparison(_Closed):
    """Two photos beside each other."""

    schema: int
    a: PhotoFacts
    b: PhotoFacts
    same: Same | None
    distances: list[PairDistance]
    fields: list[ComparedField]


@with_config(ConfigDict(extra="allow"))
class PairExplanation(TypedDict):
    """Reasons why two photos match; docs/explain.md describes the panels."""

    schema: int
    hash: str
    bits: int
    distance: int


class Phrases(_Closed):
    """The same search for the command line, and for Python."""

    command: str
    python: str
