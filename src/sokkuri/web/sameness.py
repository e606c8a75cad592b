"""Which photos are the query itself, beyond the hash: same bytes, one file, or same pixels."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Final

from sokkuri.images import Rejected
from sokkuri.pipeline.identity import same_file

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sokkuri.matches import Same
    from sokkuri.web.pictures import Pictures
    from sokkuri.web.ranking import Ranking
    from sokkuri.web.site import Found

__all__ = ["Sameness"]

_MOST_KEPT: Final = 20_000
# A folder may hold thousands of blank pages; more than these are told when their tiles are shown.
_MOST_AT_ONCE: Final = 128


class Sameness:
    """Answers remembered by what the two photos hold; safe to use from any thread.

    Parameters
    ----------
    pictures : Pictures
        What compares two files, in another process.
    """

    def __init__(self, pictures: Pictures) -> None:
        self._pictures = pictures
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[object, ...], Same | None] = OrderedDict()

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
            sheet, row = ranking.at(place)
            content = int(sheet.snapshot.contents[row])
            if query.sheet is not None and query.sheet.shelf is sheet.shelf:
                if content == query.content():
                    found[place] = _copy_or_link(query.path, sheet.snapshot.paths[row])
                    continue
                key = (sheet.shelf.key, *sorted((content, query.content() or 0)))
            else:
                key = (query.id, sheet.shelf.key, content)
            with self._lock:
                known, kept = key in self._kept, self._kept.get(key)
            if known:
                equal = kept == "bytes"
                path = sheet.snapshot.paths[row]
                found[place] = _copy_or_link(query.path, path) if equal else kept
                continue
            unknown.append((place, sheet.snapshot.paths[row], key))
        if unknown:
            answers = self._pictures.same(query.path, [path for _, path, _ in unknown]).result()
            if not isinstance(answers, Rejected):  # else they are asked again next time
                # Of two contents: whether they are one file has to be asked of each name.
                self._keep(
                    {key: "bytes" if same == "link" else same
                     for (*_, key), same in zip(unknown, answers, strict=True)}
                )  # fmt: skip
                for (place, *_), same in zip(unknown, answers, strict=True):
                    found[place] = same
        return found

    def _keep(self, answers: Mapping[tuple[object, ...], Same | None]) -> None:
        with self._lock:
            self._kept.update(answers)
            while len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)


def _copy_or_link(a: str, b: str) -> Same:
    """Tell a copy from another name of a picture; none is opened for that."""
    try:
        return same_file(a, b) or "bytes"
    except OSError:
        return "bytes"  # one of them is gone; what they held is known
