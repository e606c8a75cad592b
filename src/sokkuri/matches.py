"""Answers of a search: hits as arrays, matches as values, and the tutorial's rate."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

from sokkuri import settings
from sokkuri.brief import brief_repr

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sokkuri._typing import ImageLike
    from sokkuri.hashes import HashSpec
    from sokkuri.images import Rejected

RATE_UNIT: Final = 256
"""The tutorial divides every distance by 256 bits, whatever the size of the hash."""

Same = Literal["bytes", "link", "pixels"]
"""Identity beyond the hash: equal files byte for byte, one file under two names, or two files that
store the same pixels: every frame and page, alpha, the full depth, the colour profile."""


def rate_of(distance: int) -> float:
    """Return the tutorial's rate of a distance: ``distance / 256``, whatever the hash size."""
    return distance / RATE_UNIT


def max_distance_of_rate(rate: float) -> int:
    """Return the largest distance whose rate lies strictly below ``rate``.

    The product ``256 * rate`` is exact in binary floating point, so no distance is won or lost by
    rounding.  A rate of 0 gives -1: nothing lies strictly below it.

    Raises
    ------
    ValueError
        If ``rate`` is negative, infinite or not a number.
    """
    if not math.isfinite(rate) or rate < 0:
        raise ValueError(f"a rate is a number of 0 or more, not {rate}")
    return math.ceil(RATE_UNIT * rate) - 1


class DistanceOfTwo:
    """Rate and shares of a distance, for values that hold it and the recipe that was compared."""

    __slots__ = ()

    distance: int
    spec: HashSpec

    @property
    def rate(self) -> float:
        """The tutorial's rate, ``distance / 256``."""
        return rate_of(self.distance)

    @property
    def fraction(self) -> float:
        """Share of differing bits, 0 to 1."""
        return self.distance / self.spec.bits

    @property
    def similarity(self) -> float:
        """Share of equal bits, 0 to 1."""
        return 1 - self.fraction


@dataclass(frozen=True, slots=True, eq=False)
class Hits:
    """The ragged answer to Q queries, as arrays.

    Parameters
    ----------
    offsets : ndarray of shape (Q + 1,), int64
        The hits of query q lie at ``offsets[q]:offsets[q + 1]``.
    rows : ndarray of shape (M,), int64
        Row numbers, sorted by (distance, row) within a query.
    distances : ndarray of shape (M,), uint32
        Their distances in bits.
    totals : ndarray of shape (Q,), int64
        Number of rows within the radius before ``k`` cut the list.
    """

    offsets: NDArray[np.int64]
    rows: NDArray[np.int64]
    distances: NDArray[np.uint32]
    totals: NDArray[np.int64]

    __repr__ = brief_repr

    @classmethod
    def of_sorted(
        cls,
        queries: NDArray[Any],
        rows: NDArray[np.int64],
        distances: NDArray[np.uint32],
        count: int,
        *,
        k: int | None,
        total: int | None,
    ) -> Hits:
        """Cut sorted hits to the ``k`` nearest of each query.

        Parameters
        ----------
        queries, rows, distances : ndarray of shape (M,), integers, int64 and uint32
            Sorted by query first.
        count : int
            Number of queries.
        k, total : int, optional
            ``total`` rows are within the radius; None where all of them are among the hits.
        """
        counts = np.bincount(queries, minlength=count)
        totals = counts if total is None else np.full(count, total)
        if k is not None and counts.max(initial=0) > k:
            place = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
            rows, distances = rows[place < k], distances[place < k]
            counts = np.minimum(counts, k)
        offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        return cls(offsets, rows, distances, totals.astype(np.int64))

    def of(self, query: int) -> list[tuple[int, int]]:
        """Return the hits of one query as ``(row, distance)`` pairs."""
        part = slice(int(self.offsets[query]), int(self.offsets[query + 1]))
        return list(zip(self.rows[part].tolist(), self.distances[part].tolist(), strict=True))


@dataclass(frozen=True, slots=True)
class Match:
    """One photo that was found.

    Parameters
    ----------
    path : str
        Its path under the searched folder, as ``os.fsdecode`` gives it.
    distance : int
        Differing bits.
    same : {"bytes", "link", "pixels"}, optional
        Whether it is the query itself beyond the hash; None where only the hashes are near.
    quality : int, optional
        How much information the photo gave its hash, 0 to 100; not part of equality.
    """

    path: str
    distance: int
    same: Same | None = None
    quality: int | None = field(default=None, compare=False)

    __repr__ = brief_repr

    @property
    def rate(self) -> float:
        """The tutorial's rate, ``distance / 256``."""
        return rate_of(self.distance)

    @property
    def too_simple(self) -> bool:
        """True if the photo gave its hash too little to say anything: solid, two-tone, empty."""
        return self.quality is not None and self.quality < settings.LOW_QUALITY


class FilesSeen:
    """The files that were looked at, for answers that count them."""

    __slots__ = ()

    searched: int
    excluded: int
    rejected: tuple[Rejected, ...]
    other_files: tuple[str, ...]
    skipped: tuple[str, ...]
    quality: int | None

    @property
    def hashed(self) -> int:
        """Photos that were hashed, whether compared or left out."""
        return self.searched + self.excluded

    @property
    def seen(self) -> int:
        """Files looked at: hashed, rejected and other files together."""
        return self.hashed + len(self.rejected) + len(self.other_files)


@dataclass(frozen=True)
class Outcome(FilesSeen):
    """The whole answer to one query, as data.

    Parameters
    ----------
    query : str
        The query's path, or a word for a query that is not a file.
    spec : HashSpec
        The recipe the search ran with.
    searched : int
        Number of photos whose hashes were compared (without an excluded query).
    rejected : tuple of Rejected
        Files that could not be hashed, with their reasons, sorted by path.
    matches : tuple of Match
        Sorted by distance, then path, unless another order was asked for.
    matched : int
        Number of photos within the threshold before ``k`` cut the list.
    max_distance, k, rate, min_distance
        As they were asked for; ``max_distance`` is None where only ``k`` bounded the search.
    nearest : Match, optional
        The nearest photo, also beyond the threshold; None if nothing was searched.
    nearest_other : Match, optional
        The nearest photo beyond the threshold, where all that lie within it are the query itself,
        as :attr:`Match.same` tells; else None.
    source : ImageLike, optional
        Where the query's picture can be read again, for showing it.
    excluded : int
        Photos that were hashed and left out of the comparison: the query's own file, those
        below the least quality that was asked for, and other names of a file.
    skipped : tuple of str
        Folders that were not entered: trash, thumbnails, linked folders.
    quality : int, optional
        How much information the query gave its hash, 0 to 100.
    error : str, optional
        Why the query could not be read; nothing was searched for it then.
    other_files : tuple of str
        Files that are no pictures and whose names claim none, such as ``.xmp``, ``.mov``,
        ``README.md`` and ``.DS_Store``.
    unused_exclude : tuple of str
        Patterns to leave out that no file and no folder matched.
    links_left_out : int, optional
        Number of other names of a file among the excluded; None where links take part.
    notes : tuple of str
        What the reader should know of how the photos were found: a library that another process
        was writing to, or that could not be used.
    plan : str
        How the codes were compared, and why so.
    by_chance : float, optional
        How many photos are within the threshold of a usual photo by chance; None where nobody
        asked, nothing bounds, or that cannot be told.
    """

    query: str
    spec: HashSpec
    searched: int
    rejected: tuple[Rejected, ...]
    matches: tuple[Match, ...]
    matched: int
    max_distance: int | None = None
    k: int | None = None
    rate: float | None = None
    nearest: Match | None = None
    nearest_other: Match | None = None
    source: ImageLike | None = field(default=None, compare=False, repr=False)
    excluded: int = 0
    skipped: tuple[str, ...] = ()
    quality: int | None = field(default=None, compare=False)
    error: str | None = None
    min_distance: int = 0
    other_files: tuple[str, ...] = ()
    unused_exclude: tuple[str, ...] = ()
    links_left_out: int | None = None
    notes: tuple[str, ...] = field(default=(), compare=False)
    plan: str = field(default="", compare=False)
    by_chance: float | None = field(default=None, compare=False)

    __repr__ = brief_repr

    @property
    def rated(self) -> bool:
        """True where distances are told as rates, too: one was asked for, or a tutorial's hash."""
        return self.rate is not None or self.spec.rated

    def fraction(self, distance: int) -> float:
        """Return ``distance`` as a share of the hash's bits, 0 to 1."""
        return distance / self.spec.bits

    def similarity(self, distance: int) -> float:
        """Return the share of equal bits, 0 to 1: ``1 - distance / bits``."""
        return 1 - distance / self.spec.bits
