"""The shapes of all answers: what the OpenAPI document says, and what tests hold answers to."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = [
    "Comparison",
    "Distances",
    "Explanation",
    "Facts",
    "Folder",
    "Hashes",
    "Health",
    "Library",
    "Listing",
    "Match",
    "Photo",
    "Phrases",
    "ProblemShape",
    "Rejections",
    "Search",
]

Same = Literal["bytes", "link", "pixels"]

LEFT_OUT = Field(description="Other names of files, where `links=0` leaves them out.")


class Shape(BaseModel):
    """What all shapes share: no field that is not named here is ever sent."""

    model_config = ConfigDict(extra="forbid")


class ProblemShape(Shape):
    """What went wrong, and what to do."""

    type: str = Field(examples=["urn:sokkuri:not-an-image"])
    title: str
    status: int
    detail: str
    next: str


class Health(Shape):
    """The server answers."""

    status: Literal["ok"]
    version: str


class Photo(Shape):
    """A photo of a folder, or an uploaded query."""

    id: str
    name: str
    folder: str
    bytes: int | None
    width: int | None
    height: int | None
    modified: str | None
    kind: Literal["photo", "upload"]
    quality: int | None


class Facts(Photo):
    """A photo, with what its file says of itself."""

    format: str | None
    mode: str | None
    orientation: int | None
    taken: str | None
    camera: str | None
    gps: bool | None
    animated: bool | None = Field(description="Whether the file has more than one picture.")


class Match(Shape):
    """A photo that was found."""

    id: str
    name: str
    folder: str
    bytes: int | None
    width: int | None
    height: int | None
    modified: str | None
    path: str
    path_b64: str | None = Field(default=None, description="For names that are not UTF-8.")
    distance: int
    rate: float
    fraction: float
    similarity: float
    same: Same | None
    low_quality: int | None


class Search(Shape):
    """The answer to a search."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    version: int = Field(alias="schema")
    query: Photo
    hash: str
    bits: int
    emphasis: str | float | None
    searched: int
    links_left_out: int | None = LEFT_OUT
    total: int = Field(description="Matches in all; `matches` may be a part of them.")
    min_distance: int
    max_distance: int | None
    rate: float | None
    k: int | None
    sort: str
    offset: int
    low_quality: bool
    notes: list[str]
    matches: list[Match]
    nearest: Match | None = Field(description="Where nothing matched.")
    rejected: int


class Rows(Shape):
    """All photos, nearest first, column by column."""

    id: list[str]
    distance: list[int]
    name: list[str]
    by_name: list[int] = Field(description="The place of each when sorted by name.")
    folder: list[str]
    bytes: list[int]
    modified: list[int] = Field(description="Seconds since 1970.")
    width: list[int]
    height: list[int]
    same: list[Same | None]
    low_quality: list[int | None]


class Distances(Shape):
    """How far every photo is from a query."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    version: int = Field(alias="schema")
    query: Photo
    hash: str
    bits: int
    searched: int
    links_left_out: int | None = LEFT_OUT
    histogram: list[int] = Field(description="Photos at distance 0, 1, 2 and so on.")
    default_max: int
    low_quality: bool
    notes: list[str]
    rows: Rows | None = Field(description="None where there are more than 20,000 photos.")


class Listing(Shape):
    """Photos of the folders."""

    total: int
    images: list[Photo]


class Indexing(Shape):
    """How far a refresh is."""

    stage: Literal["listing", "hashing"]
    done: int
    total: int | None


class KeptHash(Shape):
    """A hash that a library keeps."""

    name: str
    photos: int


class Folder(Shape):
    """A folder, and what its library holds."""

    key: str
    name: str
    photos: int
    files: int
    rejected: int
    companions: int = Field(description="Files that only go with photos.")
    bytes: int
    hashes: list[KeptHash]
    indexing: Indexing | None
    note: str


class Library(Shape):
    """All folders."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    version: int = Field(alias="schema")
    folders: list[Folder]


class RejectedFile(Shape):
    """A file that has no hash."""

    name: str
    folder: str
    reason: str


class Rejections(Shape):
    """Files that have no hash, and why."""

    total: int
    rejected: list[RejectedFile]


class HashChoice(Shape):
    """A hash that can be searched with."""

    name: str
    bits: int
    summary: str
    emphasis: bool
    in_library: bool


class Hashes(Shape):
    """What can be searched with."""

    default: str
    hashes: list[HashChoice]


class Distance(Shape):
    """How far two photos are apart under one hash."""

    hash: str
    distance: int
    bits: int
    similarity: float


class ToldField(Shape):
    """Something that is said of two photos."""

    field: str
    a: str | int | bool | None
    b: str | int | bool | None
    differs: bool


class Comparison(Shape):
    """Two photos beside each other."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    version: int = Field(alias="schema")
    a: Facts
    b: Facts
    same: Same | None
    distances: list[Distance]
    fields: list[ToldField]


class Explanation(BaseModel):
    """Why two photos match; docs/explain.md describes the panels."""

    model_config = ConfigDict(extra="allow", populate_by_name=True)

    version: int = Field(alias="schema")
    hash: str
    bits: int
    distance: int


class Phrases(Shape):
    """The same search for the command line, and for Python."""

    command: str
    python: str
