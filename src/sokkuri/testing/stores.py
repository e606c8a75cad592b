"""What everything that keeps codes under keys and searches them must do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np
import pytest

from sokkuri.testing.codes import clustered_codes, expected_hits

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from sokkuri._typing import Codes
    from sokkuri.matches import Hits

__all__ = ["CodeStore", "StoreSuite"]


class CodeStore(Protocol):
    """Keeps codes under keys, numbers them in the order of adding, and searches them.

    The store owns the numbers: they travel with its rows, decide ties, and are never used twice.
    """

    def __len__(self) -> int:
        """Return how many photos are there."""

    def add(self, codes: Codes, keys: Iterable[str] | None = None) -> NDArray[np.int64]:
        """Add photos of one code each and return their numbers."""

    def remove(self, photos: Iterable[str | int]) -> None:
        """Remove photos by key."""

    def key(self, number: int) -> str | int:
        """Return the key of a photo."""

    def search_many(
        self,
        queries: Codes,
        *,
        k: int | None = None,
        max_distance: int | None = None,
        prefix: str | None = None,
    ) -> Hits:
        """Find the photos near queries, in the order (distance, number)."""


class StoreSuite:
    """The contract of a :class:`CodeStore`.

    Override ``make``, and ``reopened`` for stores that keep what they hold.
    """

    def make(self, codes: Codes, keys: list[str]) -> CodeStore:
        """Return a store that holds these photos."""
        raise NotImplementedError

    def reopened(self, store: CodeStore) -> CodeStore:
        """Return the store as another process would find it; the numbers may be new."""
        return store

    @pytest.fixture(params=[8, 32, 61, 128, 1536])
    def codes(self, request: pytest.FixtureRequest) -> Codes:
        """Codes of 64, 256, 488, 1,024 and 12,288 bits."""
        return clustered_codes(400, request.param, request.param)

    @staticmethod
    def _keys(count: int) -> list[str]:
        return [f"{'服' if number % 3 else 'b'}/{number:04}.jpg" for number in range(count)]

    @staticmethod
    def _found(store: CodeStore, hits: Hits, query: int) -> list[tuple[str | int, int]]:
        return [(store.key(number), distance) for number, distance in hits.of(query)]

    def _check(self, store: CodeStore, keys: list[str], codes: Codes, queries: Codes) -> None:
        """Compare with a list of the photos that should be there, in order."""
        assert len(store) == len(keys)
        radius = expected_hits(codes, queries[0])[min(30, len(keys) - 1)][1]
        for k, limit in ((1, None), (9, None), (None, 0), (None, radius), (4, radius)):
            hits = store.search_many(queries, k=k, max_distance=limit)
            for number, query in enumerate(queries):
                every = expected_hits(codes, query, max_distance=limit, k=k)
                expected = [(keys[row], distance) for row, distance in every]
                assert self._found(store, hits, number) == expected

    def test_it_finds_what_was_put_in(self, codes: Codes) -> None:
        """The nearest, and all within a radius, ties in the order of adding."""
        keys = self._keys(len(codes))
        self._check(self.make(codes, keys), keys, codes, codes[:4])

    def test_no_hit_is_left_out_silently(self, codes: Codes) -> None:
        """A radius that holds everything gives everything."""
        keys = self._keys(len(codes))
        hits = self.make(codes, keys).search_many(codes[:2], max_distance=8 * codes.shape[1])
        assert np.diff(hits.offsets).tolist() == [len(codes)] * 2

    def test_only_keys_that_begin_so(self, codes: Codes) -> None:
        """A prefix leaves out all other photos, in the counts too."""
        keys = self._keys(len(codes))
        store = self.make(codes, keys)
        mask = np.array([key.startswith("服/") for key in keys])
        hits = store.search_many(codes[:3], k=8, prefix="服/")
        for number, query in enumerate(codes[:3]):
            every = expected_hits(codes, query, k=8, mask=mask)
            assert self._found(store, hits, number) == [(keys[row], d) for row, d in every]
        assert hits.totals.tolist() == [int(mask.sum())] * 3

    def test_added_removed_and_added_again(self, codes: Codes) -> None:
        """What is removed is not found; what is added again comes last among equals."""
        keys = self._keys(len(codes))
        store = self.make(codes[:300], keys[:300])
        assert store.add(codes[300:], keys[300:]).tolist() == list(range(300, len(codes)))
        store.remove([keys[0], keys[7], keys[350]])
        gone = {0, 7, 350}
        left = [row for row in range(len(codes)) if row not in gone]
        self._check(store, [keys[row] for row in left], codes[left], codes[:4])
        store.add(codes[[0]], [keys[0]])
        left.append(0)
        self._check(store, [keys[row] for row in left], codes[left], codes[:4])
        self._check(self.reopened(store), [keys[row] for row in left], codes[left], codes[:4])

    def test_a_key_is_used_once(self, codes: Codes) -> None:
        """A key that is there cannot be added, and one that is not cannot be removed."""
        store = self.make(codes[:5], self._keys(5))
        with pytest.raises(ValueError, match="already"):
            store.add(codes[5:7], ["new", self._keys(5)[2]])
        with pytest.raises(KeyError):
            store.remove([self._keys(5)[1], "nothing"])
        self._check(store, self._keys(5), codes[:5], codes[:4])
