"""Values that follow a library: the latest when all is quiet, the last one while it changes."""

from __future__ import annotations

import threading
from concurrent.futures import Future

import pytest

from sokkuri.web.cache import Lru, SingleFlight, StampedValue, then


class _Counter:
    def __init__(self) -> None:
        self.made = 0

    def __call__(self) -> int:
        self.made += 1
        return self.made


def test_the_same_stamp_gives_the_same_value() -> None:
    counter = _Counter()
    value = StampedValue(counter)
    assert [value.get(7, settled=settled) for settled in (True, False, True)] == [1, 1, 1]
    assert value.get(8, settled=True) == 2
    assert value.get(8, settled=False) == 2


def test_while_things_change_a_young_value_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("sokkuri.web.cache.time.monotonic", lambda: now)
    value = StampedValue(_Counter())
    assert value.get(1, settled=False) == 1
    now += 0.9
    assert value.get(2, settled=False) == 1
    now += 0.2
    assert value.get(3, settled=False) == 2
    assert value.get(4, settled=True) == 3  # no longer changing: only the latest will do


def test_what_takes_long_is_made_less_often(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0

    def make() -> float:
        nonlocal now
        now += 3
        return now

    monkeypatch.setattr("sokkuri.web.cache.time.monotonic", lambda: now)
    value = StampedValue(make)
    assert value.get(1, settled=False) == 103
    now += 29
    assert value.get(2, settled=False) == 103
    now += 2
    assert value.get(3, settled=False) == 137


def test_nobody_waits_for_a_value_that_another_makes(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("sokkuri.web.cache.time.monotonic", lambda: now)
    begun, go_on = threading.Event(), threading.Event()
    values = iter("ab")

    def make() -> str:
        value = next(values)
        if value == "b":
            begun.set()
            assert go_on.wait(30)
        return value

    value = StampedValue(make)
    assert value.get(1, settled=False) == "a"
    now += 2
    found: list[str] = []
    thread = threading.Thread(target=lambda: found.append(value.get(2, settled=False)))
    thread.start()
    assert begun.wait(30)
    assert value.get(2, settled=False) == "a"
    go_on.set()
    thread.join(30)
    assert found == ["b"]
    now += 2
    assert value.get(2, settled=False) == "b"


def test_a_value_that_cannot_be_made_is_tried_again() -> None:
    outcomes = iter([ValueError("no"), None])

    def make() -> str:
        error = next(outcomes)
        if error is not None:
            raise error
        return "yes"

    value = StampedValue(make)
    with pytest.raises(ValueError, match="no"):
        value.get(1, settled=True)
    assert value.get(1, settled=True) == "yes"


def test_kept_bytes_are_bounded() -> None:
    kept: Lru[int, bytes] = Lru(100, len)
    for number in range(5):
        kept.put(number, bytes(30))
    assert [kept.get(number) is not None for number in range(5)] == [False, False, True, True, True]
    kept.get(2)
    kept.put(5, bytes(30))
    assert [kept.get(number) is not None for number in (2, 3, 4, 5)] == [True, False, True, True]
    kept.put(2, bytes(5))
    assert kept.held == 65
    kept.put(9, bytes(101))
    assert kept.get(9) is None
    assert kept.held <= 100


def test_what_is_made_of_a_future_follows_it() -> None:
    source: Future[int] = Future()
    made = then(source, lambda value: value + 1)
    source.set_result(1)
    assert made.result(1) == 2
    failed: Future[int] = Future()
    wrong = then(failed, lambda value: 1 // value)
    failed.set_result(0)
    assert isinstance(wrong.exception(1), ZeroDivisionError)
    dropped: Future[int] = Future()
    assert then(dropped, lambda value: value).cancel()
    assert dropped.cancelled()
    gone: Future[int] = Future()
    following = then(gone, lambda value: value)
    gone.cancel()
    assert following.cancelled()


def test_an_error_reaches_all_who_share() -> None:
    shared, source = SingleFlight(), Future[int]()
    askers = [shared.get("key", lambda: source) for _ in range(3)]
    source.set_exception(OSError("gone"))
    assert [isinstance(one.exception(1), OSError) for one in askers] == [True] * 3
    done: Future[int] = Future()
    done.set_result(7)
    assert shared.get("key", lambda: done).result(1) == 7
    assert not shared._under_way


def test_nothing_is_shared_where_beginning_fails() -> None:
    def busy() -> Future[int]:
        raise OSError("full")

    shared = SingleFlight()
    with pytest.raises(OSError, match="full"):
        shared.get("key", busy)
    assert not shared._under_way
