"""Suites that hold an implementation to its contract; for this package and for plugins.

Subclass a suite in a test module, fill in its hooks, and pytest runs all its tests::

    class TestMySearcher(SearcherSuite):
        def make(self, codes: Codes) -> Searcher:
            return MySearcher(codes)
"""

from __future__ import annotations

from sokkuri.testing.suites import (
    CodeStore,
    SearcherSuite,
    StoreSuite,
    clustered_codes,
    expected_hits,
)

__all__ = ["CodeStore", "SearcherSuite", "StoreSuite", "clustered_codes", "expected_hits"]
