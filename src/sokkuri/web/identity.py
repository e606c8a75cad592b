"""The photos that are the query itself, beyond the hash; each comparison is made once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sokkuri.images import Rejected
from sokkuri.pipeline.same_picture import same_file
from sokkuri.web.cache import Lru

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sokkuri.engine.ranking import Ranking
    from sokkuri.engine.table import PhotoTable
    from sokkuri.matches import Same
    from sokkuri.web.pictures import Pictures
    from sokkuri.web.site import Found

_MOST_KEPT: Final = 20_000
# A folder may hold thousands of blank pages; more than these are told when their tiles are shown.
_MOST_AT_ONCE: Final = 128


class Identity:
    """Answers remembered by what the two photos hold; safe to use from any thread.

    Parameters
    ----------
    pictures : Pictures
        What compares two files, in another process.
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
            content, path = content_of(table, photo), table.paths[photo]
            if query.table is not None and query.table.key == table.key:
                own = content_of(query.table, query.photo)
                if content == own:
                    found[place] = _copy_or_link(query.path, path)
                    continue
                key = (table.key, *sorted((content, own)))
            else:
                key = (query.id, table.key, content)
            kept = self._kept.get(key)
            if kept is not None:
                found[place] = _copy_or_link(query.path, path) if kept[0] == "bytes" else kept[0]
                continue
            unknown.append((place, path, key))
        if unknown:
            answers = self._pictures.same(query.path, [path for _, path, _ in unknown]).result()
            if not isinstance(answers, Rejected):  # else they are asked again next time
                for (place, _, key), same in zip(unknown, answers, strict=True):
                    found[place] = same
                    # Of two contents: whether they are one file has to be asked of each name.
                    self._kept.put(key, ("bytes" if same == "link" else same,))
        return found


def content_of(table: PhotoTable, photo: int) -> int:
    """Return the number of a photo's bytes in its library, 0 where that is not known.

    Parameters
    ----------
    table : PhotoTable
    photo : int
    """
    return 0 if table.contents is None else int(table.contents[photo])


def _copy_or_link(a: str, b: str) -> Same:
    """Tell a copy from another name of a picture; none is opened for that."""
    try:
        return same_file(a, b) or "bytes"
    except OSError:
        return "bytes"  # one of them is gone; what they held is known
