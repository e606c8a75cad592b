"""The hashed photos of a folder, and which of them a query is compared with."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sokkuri.matches import Match
from sokkuri.pipeline import known_file_key, without_links

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from sokkuri._typing import Codes
    from sokkuri.hashes import HashSpec
    from sokkuri.images import Rejected
    from sokkuri.matches import Hits
    from sokkuri.pipeline import FileRecord

__all__ = ["Photos"]


@dataclass(frozen=True, slots=True, eq=False)
class Photos:
    """Paths, codes and qualities side by side; row numbers count along all three.

    Parameters
    ----------
    paths : sequence of str
        Of the photos that were hashed, in path order.
    codes : ndarray of shape (N, B), uint8
        Their packed codes.
    qualities : sequence of int or None
        How much information each photo gave its hash, 0 to 100.
    rejected : tuple of Rejected
        The files that could not be hashed.
    """

    paths: Sequence[str]
    codes: Codes
    qualities: Sequence[int | None]
    rejected: tuple[Rejected, ...]

    @classmethod
    def of(cls, spec: HashSpec, hashed: Iterable[FileRecord]) -> Photos:
        """Collect what the pipeline yields."""
        paths: list[str] = []
        codes = bytearray()
        qualities: list[int | None] = []
        rejected: list[Rejected] = []
        for item in hashed:
            if item.hash is not None:
                paths.append(item.path)
                codes += item.hash.code
                qualities.append(item.hash.quality)
            elif item.rejected is not None:
                rejected.append(item.rejected)
        table = np.frombuffer(codes, np.uint8).reshape(-1, spec.code_bytes)
        return cls(paths, table, qualities, tuple(rejected))

    def joined(self, other: Photos) -> Photos:
        """Return these photos and others together, in path order."""
        paths = [*self.paths, *other.paths]
        order = sorted(range(len(paths)), key=lambda place: os.fsencode(paths[place]))
        qualities = [
            *(self.qualities or [None] * len(self.paths)),
            *(other.qualities or [None] * len(other.paths)),
        ]
        return Photos(
            [paths[place] for place in order],
            np.concatenate([self.codes, other.codes])[order],
            [qualities[place] for place in order],
            (*self.rejected, *other.rejected),
        )

    def other_than(self, path: str) -> NDArray[np.bool_]:
        """Return which photos are not one file, by whatever names it is reached; shape (N,)."""
        own = known_file_key(path)
        return np.array([known_file_key(name) != own for name in self.paths], np.bool_)

    def without_links(self, query: str | None) -> NDArray[np.bool_]:
        """Return which photos are left where each file is shown under one name; shape (N,)."""
        return without_links(self.paths, query)

    def of_quality(self, least: int) -> NDArray[np.bool_]:
        """Return which photos are not known to have a quality below ``least``; shape (N,)."""
        return np.array([value is None or value >= least for value in self.qualities], np.bool_)

    def matches(self, hits: Hits) -> list[Match]:
        """Return the hits of the first query as values."""
        return [
            Match(self.paths[row], distance, quality=self.qualities[row])
            for row, distance in hits.of(0)
        ]
