"""What a request asks for: the same names on the page, in its JSON and in the API."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal, get_args

from sokkuri import settings
from sokkuri.matches import max_distance_of_rate
from sokkuri.metric import Metric
from sokkuri.registry import hasher

if TYPE_CHECKING:
    from sokkuri.protocols import Hasher

__all__ = ["SORTS", "TILES", "Asked", "Pair", "Sort", "Wanted", "day_ns", "emphasis_of"]

Sort = Literal["nearest", "farthest", "newest", "oldest", "biggest", "smallest", "name"]
SORTS: Final[tuple[Sort, ...]] = get_args(Sort)

TILES: Final = settings.FIGURE_TILES
"""Tiles a page, the tutorial's figure."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which photos take part.

    Parameters
    ----------
    folder : str
        Only photos in this folder or below it, as the page names it.
    after_ns, before_ns : int, optional
        Only photos changed from the one time on, and before the other.
    min_bytes, max_bytes : int, optional
        Only files of such a size, both inclusive.
    min_quality : int
        Only photos that say so much, 0 to 100.
    links : bool
        Also other names of one file.
    """

    folder: str = ""
    after_ns: int | None = None
    before_ns: int | None = None
    min_bytes: int | None = None
    max_bytes: int | None = None
    min_quality: int = 0
    links: bool = True


@dataclass(frozen=True, slots=True)
class Asked:
    """One search, as a link or a form asks for it.

    Parameters
    ----------
    image : str
        The id of the query.
    hash : str
        Name of the hash.
    emphasis : str or float, optional
        For hashes with parts; the default is in the settings.
    mirror : bool, optional
        Take mirrored photos for alike, unless False.
    min_distance : int
        At least so many differing bits.
    max_distance : int, optional
        At most so many, inclusive.
    rate : float, optional
        The tutorial's threshold instead.
    k : int, optional
        At most so many matches; the settings' number where no threshold is given.
    wanted : Wanted
    sort : str
        One of :data:`SORTS`.
    offset, limit : int
        Which part of the list is sent.

    Raises
    ------
    ValueError
        If two of them contradict each other, or one is out of bounds.
    UnknownHash
        If no hash goes by that name.
    """

    image: str
    hash: str = settings.DEFAULT_HASH
    emphasis: str | float | None = None
    mirror: bool | None = None
    min_distance: int = 0
    max_distance: int | None = None
    rate: float | None = None
    k: int | None = None
    wanted: Wanted = field(default_factory=Wanted)
    sort: Sort = "nearest"
    offset: int = 0
    limit: int | None = TILES

    def __post_init__(self) -> None:
        if self.rate is not None and self.max_distance is not None:
            raise ValueError("give `rate` or `max_distance`, not both")
        if self.rate is not None:
            max_distance_of_rate(self.rate)
        hasher(self.hash)

    @property
    def maker(self) -> Hasher:
        """The hasher."""
        return hasher(self.hash)

    @property
    def measure(self) -> Metric:
        """How codes are compared."""
        return Metric.of(self.maker, emphasis=self.emphasis, mirror=self.mirror)

    @property
    def limit_of_distance(self) -> int | None:
        """The threshold in bits, inclusive; None where only the number of matches bounds."""
        return self.max_distance if self.rate is None else max_distance_of_rate(self.rate)

    @property
    def most(self) -> int | None:
        """How many matches at most: as on the command line."""
        if self.k is None and self.limit_of_distance is None:
            return settings.DEFAULT_NEAREST
        return self.k

    def of(self, image: str) -> Asked:
        """Return the same search for another picture."""
        return replace(self, image=image)

    def whole(self) -> Asked:
        """Return the same search with all matches sent."""
        return replace(self, offset=0, limit=None)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two pictures by their ids, and how they are compared.

    Parameters
    ----------
    a, b : str
    asked : Asked
        Whose hash, emphasis and mirror count.
    """

    a: str
    b: str
    asked: Asked

    @property
    def measure(self) -> Metric:
        """How their codes are compared."""
        return self.asked.measure


def emphasis_of(text: str | None) -> str | float | None:
    """Return a number where the text is one, and the text elsewhere."""
    if text is None or text == "":
        return None
    try:
        return float(text)
    except ValueError:
        return text


def day_ns(text: str | None, *, after: bool = False) -> int | None:
    """Return when a day begins in UTC, in nanoseconds; with ``after`` when the next one does.

    Raises
    ------
    ValueError
        If the text is no ISO date.
    """
    if not text:
        return None
    day = datetime.fromisoformat(text)
    if day.tzinfo is None:
        day = day.replace(tzinfo=UTC)
    if after and len(text) <= len("2026-01-01") and day.date() < date.max:
        day += timedelta(days=1)
    return int(day.timestamp()) * 1_000_000_000
