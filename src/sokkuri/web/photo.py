"""The picture that an id stands for: its file, and what is said of it everywhere."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

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
    from sokkuri.web.problems import Problem
    from sokkuri.web.shelf import Shelf
    from sokkuri.web.uploads import Upload

Value = TypeVar("Value")

_MOST_KEPT: Final = 20_000
# A folder may hold thousands of blank pages; more than these are told when their tiles are shown.
_MOST_AT_ONCE: Final = 128


FACTS: Final = ("format", "mode", "orientation", "taken", "camera", "gps", "animated")


@dataclass(frozen=True, slots=True)
class Apart(DistanceOfTwo):
    """Distance of two codes of a recipe."""

    distance: int
    spec: HashSpec


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
    table, photo
        Where it stands among the photos; None for an upload.
    upload : Upload, optional
    shelf : Shelf, optional
        The folder of a photo.
    """

    id: str
    path: str
    name: str
    table: PhotoTable | None = None
    photo: int = -1
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
        path = self.path
        if self.shelf is not None:
            real = os.path.realpath(path)
            root = os.path.join(os.path.realpath(self.shelf.folder), "")
            if not self.shelf.follow and not real.startswith(root):
                raise _gone()
            path = real
        try:
            if not stat.S_ISREG(os.stat(path).st_mode):
                raise _gone()
        except (OSError, ValueError):
            raise _gone() from None
        return path


def _gone() -> Problem:
    return not_found("the photo is not where it was", "refresh the folder on the library page")


def photo_id(table: PhotoTable, photo: int) -> str:
    """Return the id of a photo.

    Parameters
    ----------
    table : PhotoTable
    photo : int
    """
    return f"{table.key}.{table.facts.ids[photo]}"


def photo_answer(table: PhotoTable, photo: int) -> Photo:
    """Return what is said of a photo everywhere.

    Parameters
    ----------
    table : PhotoTable
    photo : int
    """
    return {**picture_file(table, photo), "kind": "photo", "quality": table.quality(photo)}


def picture_file(table: PhotoTable, photo: int) -> PictureFile:
    """Return what is said of a photo's file.

    Parameters
    ----------
    table : PhotoTable
    photo : int
    """
    facts = table.facts
    return {
        "id": photo_id(table, photo),
        "name": table.names[photo],
        "folder": table.folders[photo],
        "bytes": int(facts.bytes[photo]),
        "width": int(facts.widths[photo]) or None,
        "height": int(facts.heights[photo]) or None,
        "modified": iso_time(int(facts.mtimes_ns[photo])),
    }


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
        found: dict[int, Same | None] = {}
        unknown: list[tuple[int, str, tuple[object, ...]]] = []
        for place in zero:
            table, photo = ranking.at(place)
            content, path = _content_of(table, photo), table.paths[photo]
            key: tuple[object, ...] = (query.id, table.key, content)
            own = None
            if query.table is not None and query.table.key == table.key:
                own = _content_of(query.table, query.photo)
                key = (table.key, *sorted((content, own)))
            kept: tuple[Same | None] | None = ("bytes",) if content == own else self._kept.get(key)
            if kept is None:
                unknown.append((place, path, key))
            else:
                found[place] = _copy_or_link(query.path, path) if kept[0] == "bytes" else kept[0]
        if unknown:
            answers = self._pictures.same(query.path, [path for _, path, _ in unknown]).result()
            if not isinstance(answers, Rejected):  # else they are asked again next time
                for (place, _, key), same in zip(unknown, answers, strict=True):
                    found[place] = same
                    # Of two contents: whether they are one file has to be asked of each name.
                    self._kept.put(key, ("bytes" if same == "link" else same,))
        return found


def _content_of(table: PhotoTable, photo: int) -> int:
    """Return the number of a photo's bytes in its library, 0 where that is not known."""
    return 0 if table.contents is None else int(table.contents[photo])


def _copy_or_link(a: str, b: str) -> Same:
    """Tell a copy from another name of a picture; none is opened for that."""
    try:
        return same_file(a, b) or "bytes"
    except OSError:
        return "bytes"  # one of them is gone; what they held is known
