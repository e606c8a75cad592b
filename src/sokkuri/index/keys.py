"""Keys side by side in one buffer: however many there are, they are two arrays."""

from __future__ import annotations

import os
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from sokkuri.errors import FormatError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

__all__ = ["Keys"]


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

    def chosen(self, numbers: NDArray[np.int64]) -> Keys:
        """Return some of the keys, in the order of their numbers."""
        return Keys.of(self[number] for number in numbers.tolist())

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
