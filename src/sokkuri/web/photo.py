"""The picture that an id stands for: its file, and what is said of it everywhere."""

from __future__ import annotations

import contextlib
import os
import stat
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar, cast

from sokkuri.images import Rejected
from sokkuri.matches import DistanceOfTwo
from sokkuri.pipeline.same_picture import same_file
from sokkuri.web.cache import Lru
from sokkuri.web.problems import not_found, problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sokkuri.engine.ranking import Ranking
    from sokkuri.engine.table import PhotoTable
    from sokkuri.hashes import HashSpec
    from sokkuri.matches import Same
    from sokkuri.web.models import Photo, PhotoFacts, PictureFile
    from sokkuri.web.pictures import Pictures
    from sokkuri.web.shelf import Shelf
    from sokkuri.web.uploads import Upload

Value = TypeVar("Value")

_MOST_KEPT: Final = 20_000
# A folder may hold thousands of blank pages; more than these are told when their tiles are shown.
_MOST_AT_ONCE: Final = 128

FACTS: Final = ("format", "mode", "orientation", "taken", "camera", "gps", "animated")
"""What a file says of itself, by its name in answers."""


@dataclass(frozen=True, slots=True)
class Apart(DistanceOfTwo):
    """Distance of two codes of a recipe."""

    distance: int
    spec: HashSpec


class PhotoRow(NamedTuple):
    """One photo of a table."""

    table: PhotoTable
    photo: int

    @property
    def path(self) -> str:
        """Path of its file."""
        return self.table.paths[self.photo]

    @property
    def content(self) -> int:
        """Number of its bytes in its library, 0 where that is not known."""
        return 0 if self.table.contents is None else int(self.table.contents[self.photo])

    @property
    def quality(self) -> int | None:
        """Amount of information in it, 0 to 100; None where that is not known."""
        return self.table.quality(self.photo)

    def file(self) -> PictureFile:
        """Return what is said of its file."""
        table, photo, facts = self.table, self.photo, self.table.facts
        return {
            "id": f"{table.key}.{facts.ids[photo]}",
            "name": table.names[photo],
            "folder": table.folders[photo],
            "bytes": int(facts.bytes[photo]),
            "width": int(facts.widths[photo]) or None,
            "height": int(facts.heights[photo]) or None,
            "modified": iso_time(int(facts.mtimes_ns[photo])),
        }

    def answer(self) -> Photo:
        """Return what is said of it everywhere."""
        return {**self.file(), "kind": "photo", "quality": self.quality}


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """A picture that an id stands for.

    Parameters
    ----------
    id : str
    path : str
        Where it lies; never shown in a URL.
    name : str
        Safe to show.
    row : PhotoRow, optional
        Where it stands among the photos; None for an upload.
    upload : Upload, optional
    shelf : Shelf, optional
        The folder of a photo.
    """

    id: str
    path: str
    name: str
    row: PhotoRow | None = None
    upload: Upload | None = None
    shelf: Shelf | None = None

    def file(self) -> str:
        """Return the path of the picture, if it is still a file within its folder.

        A photo may have been replaced, since it was hashed, by a link to anywhere; unless the
        folder is shown with all that it links to, such a link is not followed.

        Raises
        ------
        Problem
            If it is gone, or leads out of the folder.
        """
        path, root = self.path, ""
        with contextlib.suppress(OSError, ValueError):
            if self.shelf is not None:
                path = os.path.realpath(path)
                root = "" if self.shelf.follow else os.path.realpath(self.shelf.folder)
            inside = path.startswith(os.path.join(root, ""))
            if inside and stat.S_ISREG(os.stat(path).st_mode):
                return path
        raise not_found("the photo is not where it was", "refresh the folder on the library page")


def with_facts(photo: Photo, facts: dict[str, Any] | Rejected) -> PhotoFacts:
    """Return a photo with what its file says of itself; nothing where it can no longer be read.

    Parameters
    ----------
    photo : dict
    facts : dict or Rejected
    """
    said = dict.fromkeys(FACTS) if isinstance(facts, Rejected) else facts
    return cast("PhotoFacts", {**photo, **said})


def readable(found: Value | Rejected) -> Value:
    """Return what was made of a picture.

    Raises
    ------
    Problem
        If it cannot be read.
    """
    if isinstance(found, Rejected):
        raise problem("not-an-image", reason=found.reason)
    return found


def iso_time(nanoseconds: int) -> str | None:
    """Return a time of the file system as ISO 8601 in UTC; None for one that no calendar has."""
    try:
        moment = datetime.fromtimestamp(nanoseconds // 1_000_000_000, UTC)
    except (OverflowError, ValueError, OSError):
        return None
    return moment.isoformat().replace("+00:00", "Z")


class Identity:
    """The photos that are the query itself, beyond the hash; each comparison is made once.

    Answers are remembered by what the two photos hold; safe to use from any thread.
    """

    def __init__(self, pictures: Pictures) -> None:
        self._pictures = pictures
        # A tuple of one, for None is an answer too.
        self._kept: Lru[tuple[object, ...], tuple[Same | None]] = Lru(_MOST_KEPT)

    def of(self, query: Found, ranking: Ranking, places: Sequence[int]) -> dict[int, Same | None]:
        """Tell what the photos at distance 0 among some places are to the query.

        Parameters
        ----------
        query : Found
        ranking : Ranking
            Of the query.
        places : sequence of int
            Places of the ranking; at most 128 of those at distance 0 are looked at.

        Returns
        -------
        dict of int to {"bytes", "link", "pixels", None}
            By place.
        """
        zero = [place for place in places if ranking.distances[place] == 0][:_MOST_AT_ONCE]
        same = self.of_rows(query, [PhotoRow(*ranking.at(place)) for place in zero])
        return {zero[at]: told for at, told in same.items()}

    def of_rows(self, query: Found, rows: Sequence[PhotoRow]) -> dict[int, Same | None]:
        """Tell what photos are to the query; each is looked at.

        Parameters
        ----------
        query : Found
        rows : sequence of PhotoRow

        Returns
        -------
        dict of int to {"bytes", "link", "pixels", None}
            By place among them; one that cannot be compared now is missing.
        """
        found: dict[int, Same | None] = {}
        unknown: list[tuple[int, str, tuple[object, ...]]] = []
        for place, row in enumerate(rows):
            key: tuple[object, ...] = (query.id, row.table.key, row.content)
            own = None
            if query.row is not None and query.row.table.key == row.table.key:
                own = query.row.content
                key = (row.table.key, *sorted((row.content, own)))
            kept: tuple[Same | None] | None
            kept = ("bytes",) if row.content == own else self._kept.get(key)
            if kept is None:
                unknown.append((place, row.path, key))
            else:
                copied = kept[0] == "bytes"
                found[place] = _copy_or_link(query.path, row.path) if copied else kept[0]
        if unknown:
            answers = self._pictures.same(query.path, [path for _, path, _ in unknown]).result()
            if not isinstance(answers, Rejected):  # else they are asked again next time
                for (place, _, key), same in zip(unknown, answers, strict=True):
                    found[place] = same
                    # Of two contents: whether they are one file has to be asked of each name.
                    self._kept.put(key, ("bytes" if same == "link" else same,))
        return found


def _copy_or_link(a: str, b: str) -> Same:
    """Tell a copy from another name of a picture; none is opened for that."""
    try:
        return same_file(a, b) or "bytes"
    except OSError:
        return "bytes"  # one of them is gone; what they held is known
