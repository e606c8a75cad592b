from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
from tests.patience import PATIENCE

from sokkuri.pipeline import ordered_map


@pytest.mark.parametrize("workers", [1, 2, 5, None])
def test_results_come_in_order(workers: int | None) -> None:
    def slow_at_first(number: int) -> int:
        time.sleep(0.01 if number % 7 == 0 else 0)
        return number * number

    results = ordered_map(slow_at_first, range(300), workers=workers)
    assert list(results) == [number * number for number in range(300)]


def test_items_are_taken_only_as_needed() -> None:
    taken = 0

    def items() -> Iterator[int]:
        nonlocal taken
        for number in range(10_000):
            taken += 1
            yield number

    results = ordered_map(lambda number: number, items(), workers=2)
    assert next(results) == 0
    assert taken <= 100
    results.close()  # type: ignore[attr-defined]


def test_an_error_reaches_the_caller_and_drops_the_rest() -> None:
    done: list[int] = []

    def fail_at_three(number: int) -> int:
        if number == 3:
            raise RuntimeError("three")
        time.sleep(0.002)
        done.append(number)
        return number

    others = set(threading.enumerate())

    def working() -> list[threading.Thread]:
        started = set(threading.enumerate()) - others
        return [thread for thread in started if thread.name.startswith("sokkuri")]

    with pytest.raises(RuntimeError, match="three"):
        list(ordered_map(fail_at_three, range(60), workers=2))
    end = time.monotonic() + PATIENCE
    while working() and time.monotonic() < end:
        time.sleep(0.01)
    assert not working()
    assert len(done) < 60
