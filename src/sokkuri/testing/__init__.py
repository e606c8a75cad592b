"""Suites that hold an implementation to its contract; for this package and for plugins.

Subclass a suite in a test module, fill in its hooks, and pytest runs all its tests::

    class TestMySearcher(SearcherSuite):
        def make(self, codes: Codes) -> Searcher:
            return MySearcher(codes)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeAlias

import numpy as np
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from sokkuri._typing import Codes
    from sokkuri.matches import Hits
    from sokkuri.protocols import Searcher

__all__ = ["CodeStore", "SearcherSuite", "StoreSuite", "clustered_codes", "expected_hits"]

Sample: TypeAlias = "Codes"
"""Codes of one width: an ndarray of shape (N, B), uint8."""


def clustered_codes(rows: int, width: int, seed: int = 0, *, spread: float = 0.06) -> Codes:
    """Make codes of shape (rows, width), uint8: many near others, some equal, most far apart.

    Parameters
    ----------
    rows, width : int
        Number of codes, and their bytes.
    seed : int
    spread : float
        The share of bits in which a code differs from the middle of its cluster.
    """
    random = np.random.default_rng(seed)
    middles = random.integers(0, 256, (max(1, rows // 8), width), np.uint8)
    codes = middles[random.integers(0, len(middles), rows)]
    flips = random.random((rows, 8 * width)) < spread * random.random((rows, 1)) * 2
    flips[random.random(rows) < 0.1] = False
    return codes ^ np.packbits(flips, axis=1)


def expected_hits(
    codes: Codes, query: Codes, *, max_distance: int | None = None, k: int | None = None,
    mask: NDArray[np.bool_] | None = None,
) -> list[tuple[int, int]]:  # fmt: skip
    """Return what a search must answer, as ``(row, distance)`` pairs.

    Parameters
    ----------
    codes : ndarray of shape (N, B), uint8
    query : ndarray of shape (B,) or (V, B), uint8
    max_distance, k, mask
        As of :meth:`sokkuri.protocols.Searcher.search`.
    """
    views = query.reshape(-1, 1, codes.shape[1])
    distances = np.bitwise_count(codes ^ views).sum(axis=2, dtype=np.int64).min(axis=0)
    rows = np.arange(len(codes)) if mask is None else np.flatnonzero(mask)
    if max_distance is not None:
        rows = rows[distances[rows] <= max_distance]
    rows = rows[np.argsort(distances[rows], kind="stable")][:k]
    return list(zip(rows.tolist(), distances[rows].tolist(), strict=True))


class SearcherSuite:
    """The contract of :class:`sokkuri.protocols.Searcher`.

    Override ``make``; set ``rows`` lower where an engine is slow.
    """

    rows: ClassVar[int] = 600

    def make(self, codes: Codes) -> Searcher:
        """Return the searcher under test, over ``codes`` of shape (N, B), uint8."""
        raise NotImplementedError

    @pytest.fixture(params=[8, 24, 32, 61, 96, 221, 512, 1536])
    def codes(self, request: pytest.FixtureRequest) -> Codes:
        """Codes of shape (N, B), of several widths: 64 to 12,288 bits, and odd ones."""
        return clustered_codes(self.rows, request.param, request.param)

    def _check(self, codes: Codes, queries: Codes, k: int | None = None, **bounds: Any) -> None:
        searcher = self.make(codes)
        hits = searcher.search(queries, k=k, **bounds)
        assert searcher.exact
        assert hits.offsets[0] == 0
        assert len(hits.offsets) == len(queries) + 1
        for number, query in enumerate(queries):
            every = expected_hits(codes, query, **bounds)
            assert hits.of(number) == every[:k]
            assert hits.totals[number] == len(every)

    @staticmethod
    def _queries(codes: Codes) -> Codes:
        near = codes[[0, len(codes) // 2]].copy()
        near[0, 0] ^= 3
        far = np.random.default_rng(1).integers(0, 256, (1, codes.shape[1]), np.uint8)
        return np.concatenate([near, far])

    def test_the_nearest(self, codes: Sample) -> None:
        """The k nearest, in the order (distance, row); all where there are no more, or no ``k``."""
        queries = self._queries(codes)
        for k in (1, 10, len(codes) // 3):
            self._check(codes, queries, k=k)
        self._check(codes[:50], queries, k=80)
        self._check(codes[:50], queries)

    def test_a_radius(self, codes: Sample) -> None:
        """Rows at exactly the radius belong to it; a negative one holds nothing, others all."""
        queries = self._queries(codes)
        distances = [d for _, d in expected_hits(codes, queries[0])]
        for radius in {0, 1, distances[5], distances[5] - 1, distances[len(codes) // 2]}:
            self._check(codes, queries, max_distance=radius)
        for radius in (-1, 8 * codes.shape[1], 1 << 31):
            self._check(codes[:70], queries, max_distance=radius)
        # With both bounds ``k`` cuts the list, and the total tells how many there were.
        self._check(codes, queries, max_distance=distances[20], k=7)

    def test_ties_come_in_the_order_of_rows(self, codes: Sample) -> None:
        """Equal codes are equally near, and none of them is preferred."""
        equal = np.repeat(codes[:2], 40, axis=0)[np.random.default_rng(3).permutation(80)]
        self._check(equal, codes[:3], k=13)
        self._check(equal, codes[:3], max_distance=0)

    def test_rows_that_do_not_count(self, codes: Sample) -> None:
        """Masked rows are neither found nor counted, and make room for others."""
        random = np.random.default_rng(4)
        last = np.arange(len(codes)) >= len(codes) - 3
        for mask in (random.random(len(codes)) < 0.3, np.zeros(len(codes), np.bool_), last):
            self._check(codes, self._queries(codes), k=10, mask=mask)
            radius = expected_hits(codes, codes[0])[30][1]
            self._check(codes, self._queries(codes), max_distance=radius, mask=mask)

    def test_the_nearest_view_counts(self, codes: Sample) -> None:
        """Of several views of a query the nearest counts, and a row is found once."""
        queries = np.stack([codes[:3], codes[100:103], self._queries(codes)], axis=1)
        self._check(codes, queries, k=12)
        self._check(codes, queries, max_distance=expected_hits(codes, codes[0])[9][1])

    def test_many_queries_at_once(self, codes: Sample) -> None:
        """A batch answers as its queries would one by one; without codes or queries, nothing."""
        self._check(codes, codes[:40], k=3)
        self._check(codes, codes[:40], max_distance=3)
        self._check(codes[:0], codes[:5], k=3)
        self._check(codes[:0], codes[:5], max_distance=3)
        self._check(codes, codes[:0], k=3)

    def test_what_cannot_be_meant_is_refused(self) -> None:
        """A ``k`` of 0, codes of another width, and masks of another length."""
        codes = clustered_codes(5, 8)
        searcher = self.make(codes)
        with pytest.raises(ValueError, match="`k` must be 1 or more"):
            searcher.search(codes, k=0)
        with pytest.raises(ValueError, match="bytes a code"):
            searcher.search(clustered_codes(2, 9), k=1)
        with pytest.raises(ValueError, match="`mask`"):
            searcher.search(codes, k=1, mask=np.ones(4, np.bool_))


class CodeStore(Protocol):
    """Keeps codes under keys, numbers them in the order of adding, and searches them.

    The store owns the numbers: they travel with its rows, decide ties, and are never used twice.
    """

    def __len__(self) -> int: ...

    def add(self, codes: Codes, keys: Iterable[str] | None = None) -> NDArray[np.int64]:
        """Add photos of one code each and return their numbers, of shape (N,), int64.

        Parameters
        ----------
        codes : ndarray of shape (N, B), uint8
        keys : iterable of str, optional
        """

    def remove(self, photos: Iterable[str | int]) -> None:
        """Remove photos by key."""

    def key(self, number: int) -> str | int:
        """Return the key of a photo."""

    def search_many(
        self, queries: Codes, *, k: int | None = None, max_distance: int | None = None,
        prefix: str | None = None,
    ) -> Hits:  # fmt: skip
        """Find the photos near queries, in the order (distance, number).

        Parameters
        ----------
        queries : ndarray of shape (Q, B), uint8
        k, max_distance, prefix
            As of :meth:`sokkuri.Index.search_many`.
        """


class StoreSuite:
    """The contract of a :class:`CodeStore`.

    Override ``make``, and ``reopened`` for stores that keep what they hold.
    """

    def make(self, codes: Codes, keys: list[str]) -> CodeStore:
        """Return a store that holds these photos.

        Parameters
        ----------
        codes : ndarray of shape (N, B), uint8
        keys : list of str
        """
        raise NotImplementedError

    def reopened(self, store: CodeStore) -> CodeStore:
        """Return the store as another process would find it; the numbers may be new."""
        return store

    @pytest.fixture(params=[8, 32, 61, 128, 1536])
    def codes(self, request: pytest.FixtureRequest) -> Codes:
        """Codes of shape (N, B), of 64, 256, 488, 1,024 and 12,288 bits."""
        return clustered_codes(400, request.param, request.param)

    @staticmethod
    def _keys(count: int) -> list[str]:
        return [f"{'服' if number % 3 else 'b'}/{number:04}.jpg" for number in range(count)]

    @staticmethod
    def _check(
        store: CodeStore, keys: list[str], codes: Codes, queries: Codes, prefix: str = ""
    ) -> None:
        """Compare with a list of the photos that should be there, in order."""
        assert len(store) == len(keys)
        radius = expected_hits(codes, queries[0])[min(30, len(keys) - 1)][1]
        mask = np.array([key.startswith(prefix) for key in keys])
        limits = ((1, None), (9, None), (None, 0), (None, radius), (4, radius), (None, 1 << 16))
        for k, limit in limits:
            hits = store.search_many(queries, k=k, max_distance=limit, prefix=prefix or None)
            for number, query in enumerate(queries):
                every = expected_hits(codes, query, max_distance=limit, mask=mask)
                found = [(store.key(photo), distance) for photo, distance in hits.of(number)]
                assert found == [(keys[row], distance) for row, distance in every[:k]]
                assert hits.totals[number] == len(every)

    def test_it_finds_what_was_put_in(self, codes: Sample) -> None:
        """The nearest, and all within a radius, ties in the order of adding; none is left out."""
        keys = self._keys(len(codes))
        self._check(self.make(codes, keys), keys, codes, codes[:4])

    def test_only_keys_that_begin_so(self, codes: Sample) -> None:
        """A prefix leaves out all other photos, in the counts too."""
        keys = self._keys(len(codes))
        self._check(self.make(codes, keys), keys, codes, codes[:3], prefix="服/")

    def test_added_removed_and_added_again(self, codes: Sample) -> None:
        """A removed photo is not found; one added again comes last among equals."""
        keys = self._keys(len(codes))
        store = self.make(codes[:300], keys[:300])
        assert store.add(codes[300:], keys[300:]).tolist() == list(range(300, len(codes)))
        store.remove([keys[0], keys[7], keys[350]])
        left = [row for row in range(len(codes)) if row not in {0, 7, 350}]
        self._check(store, [keys[row] for row in left], codes[left], codes[:4])
        store.add(codes[[0]], [keys[0]])
        left.append(0)
        for each in (store, self.reopened(store)):
            self._check(each, [keys[row] for row in left], codes[left], codes[:4])

    def test_a_key_is_used_once(self, codes: Sample) -> None:
        """A key that is there cannot be added, and one that is not cannot be removed."""
        store = self.make(codes[:5], self._keys(5))
        with pytest.raises(ValueError, match="already"):
            store.add(codes[5:7], ["new", self._keys(5)[2]])
        with pytest.raises(KeyError):
            store.remove([self._keys(5)[1], "nothing"])
        self._check(store, self._keys(5), codes[:5], codes[:4])
