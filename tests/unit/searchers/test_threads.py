from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sokkuri._typing import Codes
from sokkuri.protocols import Searcher
from sokkuri.searchers import exact
from sokkuri.searchers.exact import do_all, ranges, useful_workers
from sokkuri.searchers.flat import FlatSearcher
from sokkuri.searchers.mih import MihSearcher
from sokkuri.searchers.pruned import PrunedSearcher
from sokkuri.testing import clustered_codes

Build = Callable[[Codes, int], Searcher]

BLOCKS = [np.arange(64) // 16, np.arange(64) // 4]
SEARCHERS: dict[str, Build] = {
    "flat": FlatSearcher,
    "pruned": lambda codes, workers: PrunedSearcher.build(codes, BLOCKS, workers=workers),
    "mih": lambda codes, workers: MihSearcher.build(codes, workers=workers),
}
ASKED: list[dict[str, Any]] = [{"k": 50}, {"max_distance": 8}, {"k": 4, "max_distance": 9}]


@pytest.mark.parametrize("build", SEARCHERS.values(), ids=SEARCHERS.keys())
@pytest.mark.parametrize("asked", ASKED, ids=str)
@pytest.mark.parametrize("queries", [1, 2, 40])
def test_threads_change_nothing(
    build: Build, asked: dict[str, Any], queries: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exact, "_BYTES_PER_THREAD", 1)
    started: list[threading.Thread] = []
    begin = threading.Thread.start

    def note(thread: threading.Thread) -> None:
        started.append(thread)
        begin(thread)

    monkeypatch.setattr(threading.Thread, "start", note)
    codes = clustered_codes(5000, 8, 7)
    mask = np.random.default_rng(1).random(5000) < 0.7
    for kept in (None, mask):
        one, three = (
            build(codes, workers).search(codes[:queries], mask=kept, **asked) for workers in (1, 3)
        )
        for name in ("offsets", "rows", "distances", "totals"):
            assert np.array_equal(getattr(one, name), getattr(three, name))
    assert started


def test_small_scans_stay_in_one_thread() -> None:
    assert useful_workers(8, 1_000_000) == 1
    assert useful_workers(8, 1 << 40) == 8
    assert useful_workers(1, 1 << 40) == 1


def test_ranges_cover_all_rows_once() -> None:
    assert ranges(10, 3) == [(0, 3), (3, 6), (6, 10)]
    assert ranges(0, 3) == [(0, 0)]


@pytest.mark.parametrize("items", [[0, 1], [1, 0, 2]])
def test_an_error_in_a_thread_is_raised(items: list[int]) -> None:
    def fail(number: int) -> int:
        if number == 0:
            raise MemoryError("no room")
        return number

    assert do_all(fail, [3, 1, 2]) == [3, 1, 2]
    with pytest.raises(MemoryError, match="no room"):
        do_all(fail, items)
