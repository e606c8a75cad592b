"""What every searcher must do, whatever it does it with."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pytest

from sokkuri.testing.codes import clustered_codes, expected_hits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sokkuri._typing import Codes
    from sokkuri.protocols import Searcher

__all__ = ["SearcherSuite"]


class SearcherSuite:
    """The contract of :class:`sokkuri.protocols.Searcher`.

    Override ``make``; set ``rows`` lower where an engine is slow.
    """

    rows: ClassVar[int] = 600

    def make(self, codes: Codes) -> Searcher:
        """Return the searcher under test, over these codes."""
        raise NotImplementedError

    @pytest.fixture(params=[8, 24, 32, 61, 96, 221, 512, 1536])
    def codes(self, request: pytest.FixtureRequest) -> Codes:
        """Codes of several widths: 64 to 12,288 bits, and odd ones."""
        return clustered_codes(self.rows, request.param, request.param)

    def _check(
        self,
        codes: Codes,
        queries: Codes,
        *,
        max_distance: int | None = None,
        k: int | None = None,
        mask: NDArray[np.bool_] | None = None,
    ) -> None:
        searcher = self.make(codes)
        hits = searcher.search(queries, max_distance=max_distance, k=k, mask=mask)
        assert hits.offsets.tolist()[0] == 0
        assert len(hits.offsets) == len(queries) + 1
        for number, query in enumerate(queries):
            every = expected_hits(codes, query, max_distance=max_distance, mask=mask)
            assert hits.of(number) == every[:k]
            assert hits.totals[number] == len(every)

    @staticmethod
    def _queries(codes: Codes) -> Codes:
        near = codes[[0, len(codes) // 2]].copy()
        near[0, 0] ^= 3
        far = np.random.default_rng(1).integers(0, 256, (1, codes.shape[1]), np.uint8)
        return np.concatenate([near, far])

    def test_the_nearest(self, codes: Codes) -> None:
        """The k nearest, in the order (distance, row)."""
        for k in (1, 10, len(codes) // 3):
            self._check(codes, self._queries(codes), k=k)

    def test_more_than_there_are(self, codes: Codes) -> None:
        """A ``k`` beyond the number of rows gives them all."""
        self._check(codes[:50], self._queries(codes), k=80)
        self._check(codes[:50], self._queries(codes))

    def test_a_radius_is_inclusive(self, codes: Codes) -> None:
        """Rows at exactly the radius belong to it, and those one bit further do not."""
        queries = self._queries(codes)
        distances = [d for _, d in expected_hits(codes, queries[0])]
        for radius in {0, 1, distances[5], distances[5] - 1, distances[len(codes) // 2]}:
            self._check(codes, queries, max_distance=radius)

    def test_no_radius_and_every_radius(self, codes: Codes) -> None:
        """A negative radius holds nothing; that of all bits, and any beyond, hold everything."""
        for radius in (-1, 8 * codes.shape[1], 1 << 31):
            self._check(codes[:70], self._queries(codes), max_distance=radius)

    def test_both_bounds(self, codes: Codes) -> None:
        """With both, ``k`` cuts the list, and the total tells how many there were."""
        radius = expected_hits(codes, self._queries(codes)[0])[20][1]
        self._check(codes, self._queries(codes), max_distance=radius, k=7)

    def test_ties_come_in_the_order_of_rows(self, codes: Codes) -> None:
        """Equal codes are equally near, and none of them is preferred."""
        equal = np.repeat(codes[:2], 40, axis=0)[np.random.default_rng(3).permutation(80)]
        self._check(equal, codes[:3], k=13)
        self._check(equal, codes[:3], max_distance=0)

    def test_rows_that_do_not_count(self, codes: Codes) -> None:
        """Masked rows are neither found nor counted, and make room for others."""
        random = np.random.default_rng(4)
        for mask in (
            random.random(len(codes)) < 0.3, np.zeros(len(codes), np.bool_),
            np.arange(len(codes)) >= len(codes) - 3,
        ):  # fmt: skip
            self._check(codes, self._queries(codes), k=10, mask=mask)
            radius = expected_hits(codes, codes[0])[30][1]
            self._check(codes, self._queries(codes), max_distance=radius, mask=mask)

    def test_the_nearest_view_counts(self, codes: Codes) -> None:
        """Of several views of a query the nearest counts, and a row is found once."""
        queries = np.stack([codes[:3], codes[100:103], self._queries(codes)], axis=1)
        self._check(codes, queries, k=12)
        self._check(codes, queries, max_distance=expected_hits(codes, codes[0])[9][1])

    def test_many_queries_at_once(self, codes: Codes) -> None:
        """A batch answers as its queries would one by one."""
        self._check(codes, codes[:40], k=3)
        self._check(codes, codes[:40], max_distance=3)

    def test_nothing_to_search_and_nothing_asked(self) -> None:
        """No codes, and no queries, are no error."""
        codes = clustered_codes(5, 8)
        self._check(codes[:0], codes, k=3)
        self._check(codes[:0], codes, max_distance=3)
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

    def test_it_says_whether_it_is_exact(self) -> None:
        """What this suite holds to exact answers must say that they are."""
        assert self.make(clustered_codes(5, 8)).exact
