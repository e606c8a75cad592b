"""The request: what a search is asked, checked once for command, page, API and Python."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Literal, TypedDict, get_args

from sokkuri import settings
from sokkuri.index.planner import CHOICES, SearcherName
from sokkuri.matches import max_distance_of_rate
from sokkuri.metric import Metric
from sokkuri.registry import hasher

if TYPE_CHECKING:
    from sokkuri.protocols import Hasher

Sort = Literal["nearest", "farthest", "newest", "oldest", "biggest", "smallest", "name"]

Day = str | date
"""A day or a moment: an ISO 8601 text such as ``"2026-01-31"``, or a value of ``datetime``."""

_MOST_QUALITY: Final = 100
SECOND_NS: Final = 1_000_000_000


@dataclass(frozen=True, kw_only=True)
class Filters:
    """The photos that take part; :func:`sokkuri.search` tells of each field.

    Raises
    ------
    ValueError
        If a day is no day, or a number is out of bounds.
    """

    folder: str = ""
    after: Day | None = None
    before: Day | None = None
    min_bytes: int | None = None
    max_bytes: int | None = None
    min_quality: int = 0
    links: bool = True

    def __post_init__(self) -> None:
        for name in ("min_bytes", "max_bytes", "min_quality"):
            _check_least(name, getattr(self, name), 0)
        if self.min_quality > _MOST_QUALITY:
            raise ValueError(f"`min_quality` must be 100 or less, not {self.min_quality}")
        _ = self.after_ns, self.before_ns

    @property
    def after_ns(self) -> int | None:
        """The first moment that counts, in nanoseconds."""
        return _moment_ns(self.after)

    @property
    def before_ns(self) -> int | None:
        """The first moment that counts no more, in nanoseconds; the end of a whole day."""
        return _moment_ns(self.before, end_of_day=True)

    @property
    def filters(self) -> Filters:
        """The filters alone, as a value to compare and to remember."""
        return Filters(**{each.name: getattr(self, each.name) for each in fields(Filters)})

    def given(self) -> dict[str, Any]:
        """Return the options that are not as they are by default, by name."""
        plain = asdict(type(self)())
        return {name: value for name, value in asdict(self).items() if value != plain[name]}


@dataclass(frozen=True, kw_only=True)
class SearchOptions(Filters):
    """One search, but for its query and its place; :func:`sokkuri.search` tells of each field.

    Raises
    ------
    ValueError
        If two of them contradict each other, or one is out of bounds.
    UnknownHash
        If no hash goes by that name.
    """

    hash: str | None = None
    emphasis: str | float | None = None
    mirror: bool | None = None
    rate: float | None = None
    max_distance: int | None = None
    min_distance: int = 0
    k: int | None = None
    exclude_query: bool = False
    sort: Sort = "nearest"
    searcher: SearcherName | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        threshold(self.rate, self.max_distance)
        _check_least("min_distance", self.min_distance, 0)
        _check_least("k", self.k, 1)
        _check_word("sort", self.sort, get_args(Sort))
        _check_word("searcher", self.searcher, (None, *CHOICES))
        metric = self.metric
        if self.searcher == "pruned" and not metric.blocks(self.hasher):
            raise ValueError(
                f"pruned knows nothing of the bits of {self.hasher.spec.name}: take flat or mih, "
                "which give the same answer"
            )

    @cached_property
    def hasher(self) -> Hasher:
        """The hasher of the photos and of the query."""
        return hasher(self.hash or settings.DEFAULT_HASH)

    @cached_property
    def metric(self) -> Metric:
        """The comparison of two codes."""
        return Metric.of(self.hasher, emphasis=self.emphasis, mirror=self.mirror)

    @cached_property
    def limit(self) -> int | None:
        """The threshold in bits, inclusive; None where only the number of matches bounds."""
        return threshold(self.rate, self.max_distance)

    @cached_property
    def most(self) -> int | None:
        """The largest number of matches; None where only the threshold bounds."""
        if self.k is None and self.limit is None:
            return settings.DEFAULT_NEAREST
        return self.k

    @cached_property
    def leaves_out(self) -> bool:
        """True if photos may be left out of the comparison; else all take part."""
        return self.exclude_query or self.filters != Filters()

    def bounds(self) -> dict[str, Any]:
        """Return what an answer says of its request: recipe, thresholds and number, by name."""
        return {
            "spec": self.metric.spec, "max_distance": self.limit, "min_distance": self.min_distance,
            "k": self.most, "rate": self.rate,
        }  # fmt: skip


class SearchArguments(TypedDict, total=False):
    """Keywords of a search: the fields of :class:`SearchOptions`."""

    folder: str
    after: Day | None
    before: Day | None
    min_bytes: int | None
    max_bytes: int | None
    min_quality: int
    links: bool
    hash: str | None
    emphasis: str | float | None
    mirror: bool | None
    rate: float | None
    max_distance: int | None
    min_distance: int
    k: int | None
    exclude_query: bool
    sort: Sort
    searcher: SearcherName | None


def threshold(rate: float | None, max_distance: int | None) -> int | None:
    """Return the largest distance that counts, in bits; None where nothing bounds.

    Parameters
    ----------
    rate, max_distance : float and int, optional

    Raises
    ------
    ValueError
        If both are given, or one is out of bounds.
    """
    if rate is None:
        _check_least("max_distance", max_distance, 0)
        return max_distance
    if max_distance is not None:
        raise ValueError("give `rate` or `max_distance`, not both")
    return max_distance_of_rate(rate)


def _check_least(name: str, value: int | None, least: int) -> None:
    if value is not None and value < least:
        raise ValueError(f"`{name}` must be {least} or more, not {value}")


def _check_word(name: str, word: str | None, words: tuple[str | None, ...]) -> None:
    if word not in words:
        known = ", ".join(repr(each) for each in words if each)
        raise ValueError(f"`{name}` is one of {known}, not {word!r}")


def _moment_ns(day: Day | None, *, end_of_day: bool = False) -> int | None:
    """Return when a day begins in UTC, or ends; the moment itself where it has a time."""
    if not day:
        return None
    moment = datetime.fromisoformat(str(day))
    whole = len(str(day)) <= len("2026-01-31")
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    if end_of_day and whole and moment.date() < date.max:
        moment += timedelta(days=1)
    return int(moment.timestamp()) * SECOND_NS
