"""What an index is made of, as one value: codes, whose they are, and which were removed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from sokkuri.index.keys import Keys
from sokkuri.index.owners import Owners

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from sokkuri._typing import Codes
    from sokkuri.hashes import HashSpec
    from sokkuri.stores.segment import Segment

__all__ = ["Table", "checked_keys"]


@dataclass(frozen=True, eq=False)
class Table:
    """Codes of photos.

    Parameters
    ----------
    spec : HashSpec
    codes : ndarray of shape (N, B), uint8
    owners : Owners, optional
        The photo of each row; without it every row is a photo.
    keys : Keys, optional
        One for each photo.
    dead : frozenset of int
        Numbers of photos that were removed.
    segment : Segment, optional
        The file that the codes are mapped from.
    """

    spec: HashSpec
    codes: Codes
    owners: Owners | None = None
    keys: Keys | None = None
    dead: frozenset[int] = field(default=frozenset())
    segment: Segment | None = None

    @property
    def photos(self) -> int:
        """The number of photos, removed ones included."""
        return len(self.codes) if self.owners is None else self.owners.photos

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The number of each key that is there."""
        keys = () if self.keys is None else self.keys
        return {key: number for number, key in enumerate(keys) if number not in self.dead}

    def checked_codes(self) -> Codes:
        """Return the codes; those of a file only if they are what was written to it.

        Raises
        ------
        FormatError
            If the file is damaged.
        """
        return self.codes if self.segment is None else self.segment.verified_codes()

    def photo_of_rows(self) -> NDArray[np.int64]:
        """Return the photo of each row, shape (N,)."""
        return np.arange(len(self.codes)) if self.owners is None else self.owners.numbers

    def counting(
        self, prefix: str | None = None, mask: NDArray[np.bool_] | None = None
    ) -> NDArray[np.bool_] | None:
        """Return which photos count, shape (P,); None for all.

        Raises
        ------
        ValueError
            If the mask is of another shape, or there are no keys to begin with a prefix.
        """
        if not self.dead and prefix is None and mask is None:
            return None
        photos = np.ones(self.photos, np.bool_)
        if mask is not None:
            if mask.dtype != np.bool_ or mask.shape != photos.shape:
                raise ValueError(f"`mask` must be bool of shape ({len(photos)},)")
            photos &= mask
        if prefix is not None:
            if self.keys is None:
                raise ValueError("`prefix` needs keys, and this index has none")
            photos &= self.keys.beginning_with(prefix)
        photos[list(self.dead)] = False
        return photos

    def rows_of(self, photos: NDArray[np.bool_] | None) -> NDArray[np.bool_] | None:
        """Return which rows belong to such photos, shape (N,); None for all."""
        return photos if photos is None or self.owners is None else photos[self.owners.numbers]

    def plus(self, codes: Codes, keys: Keys | None) -> Table:
        """Return the table with photos of one code each behind it."""
        numbers = np.arange(self.photos, self.photos + len(codes), dtype=np.int64)
        owners = self.owners
        if owners is not None:
            owners = Owners.of(np.concatenate([owners.numbers, numbers]))
        if keys is not None and self.keys is not None:
            keys = self.keys.plus(keys)
        return replace(self, codes=np.concatenate([self.codes, codes]), owners=owners, keys=keys)

    def without(self, photos: Iterable[str | int]) -> Table:
        """Return the table with photos removed, by key or by number.

        Raises
        ------
        KeyError
            If one is not there.
        """
        gone = set()
        for photo in photos:
            number = self.numbers[photo] if isinstance(photo, str) else photo
            if not 0 <= number < self.photos or number in self.dead:
                raise KeyError(photo)
            gone.add(number)
        return replace(self, dead=self.dead | gone)

    def packed(self) -> Table:
        """Return the table without what was removed; its photos are counted anew."""
        photos = self.counting()
        if photos is None:
            return self
        live, rows = np.flatnonzero(photos), self.rows_of(photos)
        owners = None
        if self.owners is not None:
            places = np.cumsum(photos) - 1
            owners = Owners.of(places[self.owners.numbers[rows]])
        keys = None if self.keys is None else self.keys.chosen(live)
        return Table(self.spec, self.checked_codes()[rows], owners, keys)


def checked_keys(keys: Iterable[str], count: int) -> Keys:
    """Take keys over.

    Raises
    ------
    ValueError
        If there are not ``count`` of them, or one is there twice.
    """
    given = list(keys)
    if len(given) != count:
        raise ValueError(f"{len(given):,} `keys` for {count:,} photos")
    if len(set(given)) != count:
        ordered = sorted(given)
        twice = next(a for a, b in pairwise(ordered) if a == b)
        raise ValueError(f"`keys` has {twice!r} twice")
    return Keys.of(given)
