"""The threshold that a folder chooses for itself: how near its photos come by chance."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

from sokkuri.brief import brief_repr
from sokkuri.chance import LEAST_PHOTOS, ChanceModel
from sokkuri.matches import FilesSeen

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sokkuri.engine.distinct import DistinctCodes
    from sokkuri.hashes import HashSpec
    from sokkuri.images import Rejected

ThresholdBasis = Literal["chance", "few photos", "no distance"]
"""Chosen by chance; a careful constant, since too few photos tell nothing; none is safe."""

_FOUND_FOR_ONE: Final = 100
"""Of so many pairs that were found, one may be there by chance."""

_PHOTOS_FOR_ONE: Final = 1000
"""Distances are looked at as long as chance makes less than one pair for so many photos."""

_BITS_FOR_ONE: Final = 64
"""Of so many bits one may differ where there are too few photos to tell more."""


@dataclass(frozen=True, kw_only=True)
class ThresholdOutcome(FilesSeen):
    """The distance up to which the photos of a folder are alike, and what speaks for it.

    Parameters
    ----------
    spec : HashSpec
        The recipe of what was compared.
    max_distance : int, optional
        The threshold in bits, inclusive; None if equal hashes, too, are there by chance.
    basis : {"chance", "few photos", "no distance"}
        Where the threshold comes from.
    photos : int
        How many photos say enough to be compared.
    low_quality : int
        How many others take no part: solid colours, two tones, nearly empty pages.
    counts : ndarray of shape (M,), int64
        Pairs of photos at each distance, as far as they were looked for.
    model : ChanceModel, optional
        What chance makes; None where there are too few photos.
    searched, rejected, excluded, skipped, quality, other_files, unused_exclude, notes
        As of an :class:`sokkuri.matches.Outcome`; nothing is excluded.
    """

    spec: HashSpec
    max_distance: int | None
    basis: ThresholdBasis
    photos: int
    low_quality: int
    counts: NDArray[np.int64] = field(compare=False, repr=False)
    model: ChanceModel | None = field(compare=False, repr=False)
    searched: int = 0
    rejected: tuple[Rejected, ...] = ()
    excluded: int = 0
    skipped: tuple[str, ...] = ()
    quality: int | None = None
    other_files: tuple[str, ...] = ()
    unused_exclude: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=(), compare=False)

    __repr__ = brief_repr

    @property
    def pairs(self) -> int:
        """The number of pairs of photos that were compared."""
        return self.photos * (self.photos - 1) // 2

    def found(self, distance: int) -> int:
        """Return how many pairs are within a distance, as far as they were looked for."""
        return int(self.counts[: distance + 1].sum())

    def by_chance(self, distance: int) -> float | None:
        """Return how many pairs are within a distance by chance; None where that is not known."""
        return None if self.model is None else self.model.pairs_by_chance(distance, self.pairs)

    def rows(self, most: int = 8) -> list[tuple[int, int, float | None]]:
        """Return some distances, the threshold among them, with what is found and by chance."""
        ends = np.linspace(0, len(self.counts) - 1, min(most, len(self.counts))).round()
        chosen = {int(end) for end in ends} | {self.max_distance or 0}
        told = sorted(chosen) if len(self.counts) else []
        return [(each, self.found(each), self.by_chance(each)) for each in told]

    def as_dict(self) -> dict[str, Any]:
        """Return what JSON says of it."""
        return {
            "hash": self.spec.name,
            "bits": self.spec.bits,
            "max_distance": self.max_distance,
            "basis": self.basis,
            "photos": self.photos,
            "low_quality": self.low_quality,
            "pairs": self.pairs,
            "sampled": None if self.model is None else self.model.photos,
            "fitted": None if self.model is None else list(self.model.fitted),
            "distances": [
                {"distance": distance, "pairs": pairs, "by_chance": chance}
                for distance, pairs, chance in self.rows(len(self.counts))
            ],
        }


@dataclass(frozen=True, eq=False)
class ThresholdChoice:
    """A choice between distances, for which the pairs within ``reach`` are still to be counted.

    Parameters
    ----------
    distinct : DistinctCodes
    model : ChanceModel, optional
        None where nothing can be told of chance.
    reach : int
        The largest distance that may be chosen; -1 if none may.
    """

    distinct: DistinctCodes
    model: ChanceModel | None
    reach: int

    @classmethod
    def among(cls, distinct: DistinctCodes) -> ThresholdChoice:
        """Measure what chance makes of the photos, and how far it is worth looking."""
        model = ChanceModel.of(distinct.metric, distinct.first_codes)
        if model is not None:
            expected = max(1.0, distinct.photos / _PHOTOS_FOR_ONE)
            return cls(distinct, model, model.reach(distinct.pairs_in_all, expected))
        # Many photos of which nothing can be told have too few bits to be told apart.
        enough = len(distinct) >= LEAST_PHOTOS
        return cls(distinct, None, -1 if enough else distinct.metric.spec.bits // _BITS_FOR_ONE)

    def fields(self, counts: NDArray[np.int64]) -> dict[str, Any]:
        """Choose the largest distance at which chance makes next to no pairs; return all facts.

        That is one pair in all, or one in a hundred of those that are found.

        Parameters
        ----------
        counts : ndarray of shape (reach + 1,), int64
            As of :meth:`sokkuri.engine.distinct.DistinctCodes.counts`.

        Returns
        -------
        dict
            Fields of a :class:`ThresholdOutcome`, by name.
        """
        distinct, model = self.distinct, self.model
        limit = self.reach if self.reach >= 0 else None
        if model is not None:
            chance = model.shares[: len(counts)] * distinct.pairs_in_all
            safe = np.flatnonzero(chance <= np.maximum(1.0, np.cumsum(counts) / _FOUND_FOR_ONE))
            limit = int(safe[-1]) if len(safe) else None
        basis: ThresholdBasis = "chance" if model is not None else "few photos"
        return {
            "spec": distinct.metric.spec, "max_distance": limit, "counts": counts, "model": model,
            "basis": "no distance" if limit is None else basis, "photos": distinct.photos,
            "low_quality": int(np.count_nonzero(distinct.numbers < 0)),
        }  # fmt: skip


def chosen_threshold(distinct: DistinctCodes, **how: Any) -> dict[str, Any]:
    """Choose a threshold for photos; return it with all facts.

    Parameters
    ----------
    distinct : DistinctCodes
    **how
        As of :meth:`sokkuri.engine.distinct.DistinctCodes.pairs`.

    Returns
    -------
    dict
        Fields of a :class:`ThresholdOutcome`, by name.
    """
    choice = ThresholdChoice.among(distinct)
    return choice.fields(distinct.counts(distinct.pairs(choice.reach, **how), choice.reach))
