"""Codes of photos as one value: keys, owners, and what was removed."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import compress, pairwise
from typing import TYPE_CHECKING

import numpy as np

from sokkuri.errors import FormatError
from sokkuri.matches import Hits

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from sokkuri._typing import Codes
    from sokkuri.hashes import HashSpec
    from sokkuri.stores.segment import Segment


@dataclass(frozen=True, slots=True, eq=False)
class Keys:
    """The key of each photo, in order.

    Parameters
    ----------
    offsets : ndarray of shape (N + 1,), int64
        Key n is the bytes ``offsets[n]:offsets[n + 1]``.
    data : bytes-like
        As ``os.fsencode`` gives them, so that file names of any bytes are kept.
    """

    offsets: NDArray[np.int64]
    data: memoryview | bytes

    @classmethod
    def of(cls, keys: Iterable[str]) -> Keys:
        """Take keys over; paths that are not UTF-8 come as ``os.fsdecode`` gives them."""
        encoded = [os.fsencode(key) for key in keys]
        lengths = np.fromiter(map(len, encoded), np.int64, len(encoded))
        return cls(np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)]), b"".join(encoded))

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, number: int) -> str:
        return os.fsdecode(bytes(self.data[self.offsets[number] : self.offsets[number + 1]]))

    def __iter__(self) -> Iterator[str]:
        return (self[number] for number in range(len(self)))

    def plus(self, more: Keys) -> Keys:
        """Return these keys and others behind them."""
        offsets = np.concatenate([self.offsets, more.offsets[1:] + self.offsets[-1]])
        return Keys(offsets, bytes(self.data) + bytes(more.data))

    def beginning_with(self, prefix: str) -> NDArray[np.bool_]:
        """Tell which keys begin with ``prefix``, shape (N,)."""
        wanted, data, edges = os.fsencode(prefix), bytes(self.data), self.offsets.tolist()
        found = (data.startswith(wanted, a, b) for a, b in pairwise(edges))
        return np.fromiter(found, np.bool_, len(self))

    def to_bytes(self) -> bytes:
        """Return the keys as :meth:`from_bytes` reads them: N, N + 1 offsets, the data."""
        count = len(self).to_bytes(8, "little")
        return count + self.offsets.astype("<i8").tobytes() + bytes(self.data)

    @classmethod
    def from_bytes(cls, data: memoryview | bytes, path: str) -> Keys:
        """Read keys; nothing is copied.

        Parameters
        ----------
        data : bytes-like
        path : str
            The file, for errors.

        Raises
        ------
        FormatError
            If they are not what :meth:`to_bytes` wrote.
        """
        count = int.from_bytes(data[:8], "little")
        end = 8 + 8 * (count + 1)
        if len(data) < 16 or end > len(data):
            raise FormatError(path, "its keys are cut off")
        offsets = np.frombuffer(data[8:end], "<i8")
        if offsets[0] != 0 or offsets[-1] != len(data) - end or (np.diff(offsets) < 0).any():
            raise FormatError(path, "its keys do not follow one another")
        return cls(offsets.astype(np.int64, copy=False), memoryview(data)[end:])


@dataclass(frozen=True, slots=True, eq=False)
class Owners:
    """The photo that each row belongs to.

    Parameters
    ----------
    numbers : ndarray of shape (N,), int64
        The photo of each row, 0 to P - 1, every one of them at least once.
    photos : int
        P.
    most : int
        The largest number of rows of any photo.
    """

    numbers: NDArray[np.int64]
    photos: int
    most: int

    @classmethod
    def of(cls, numbers: NDArray[np.int64]) -> Owners:
        """Count the rows of each photo; ``numbers`` has shape (N,), int64.

        Raises
        ------
        ValueError
            If a number is missing between 0 and the largest one.
        """
        if not len(numbers):
            return cls(numbers, 0, 1)
        counts = np.bincount(numbers)
        if not counts.all():
            raise ValueError(f"`owners` leave out photo {int(np.argmin(counts))}")
        return cls(numbers, len(counts), int(counts.max()))

    def photos_of(self, hits: Hits, k: int | None, total: int | None) -> Hits:
        """Turn hits of rows into hits of photos.

        Parameters
        ----------
        hits : Hits
            Of rows, in the order (distance, row); the ``k * most`` nearest at least.
        k : int, optional
            How many photos are kept of each query.
        total : int, optional
            How many photos lie within the radius; None where the hits tell.

        Returns
        -------
        Hits
            Of photo numbers, in the order of (distance, row) of their nearest rows.
        """
        queries = np.repeat(np.arange(len(hits.totals)), np.diff(hits.offsets))
        photos = self.numbers[hits.rows]
        first = np.sort(np.unique(queries * (self.photos + 1) + photos, return_index=True)[1])
        columns = queries[first], photos[first].astype(np.int64), hits.distances[first]
        return Hits.of_sorted(*columns, len(hits.totals), k=k, total=total)


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
        """Return the codes, shape (N, B); those of a file only if they are what was written to it.

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

        Parameters
        ----------
        prefix : str, optional
            Only photos whose key begins so.
        mask : ndarray of shape (P,), bool, optional

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
        """Return the table with photos of one code each behind it.

        Parameters
        ----------
        codes : ndarray of shape (n, B), uint8
        keys : Keys, optional
        """
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
        owners, rows = None, self.rows_of(photos)
        if self.owners is not None:
            places = np.cumsum(photos) - 1
            owners = Owners.of(places[self.owners.numbers[rows]])
        keys = None if self.keys is None else Keys.of(compress(self.keys, photos))
        return Table(self.spec, self.checked_codes()[rows], owners, keys)


def checked_keys(keys: Iterable[str], count: int) -> list[str]:
    """Return the keys of so many photos as a list.

    Parameters
    ----------
    keys : iterable of str
    count : int

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
    return given
