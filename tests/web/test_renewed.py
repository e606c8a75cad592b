"""Values that follow a library: the latest when all is quiet, the last one while it changes."""

from __future__ import annotations

import threading

import pytest

from sokkuri.web import renewed
from sokkuri.web.renewed import Renewed


class _Counter:
    def __init__(self) -> None:
        self.made = 0

    def __call__(self) -> int:
        self.made += 1
        return self.made


def test_the_same_stamp_gives_the_same_value() -> None:
    counter = _Counter()
    value = Renewed(counter)
    assert [value.get(7, settled=settled) for settled in (True, False, True)] == [1, 1, 1]
    assert value.get(8, settled=True) == 2
    assert value.get(8, settled=False) == 2


def test_while_things_change_a_young_value_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("sokkuri.web.renewed.time.monotonic", lambda: now)
    value = Renewed(_Counter())
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

    monkeypatch.setattr("sokkuri.web.renewed.time.monotonic", lambda: now)
    value = Renewed(make)
    assert value.get(1, settled=False) == 103
    now += 29
    assert value.get(2, settled=False) == 103
    now += 2
    assert value.get(3, settled=False) == 137


def test_nobody_waits_for_a_value_that_another_makes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renewed, "_LEAST_AGE", 0.0)
    begun, go_on = threading.Event(), threading.Event()
    values = iter("ab")

    def make() -> str:
        value = next(values)
        if value == "b":
            begun.set()
            assert go_on.wait(30)
        return value

    value = Renewed(make)
    assert value.get(1, settled=False) == "a"
    value._made = None if value._made is None else renewed._Made("a", 1, -1e9, 0.0)
    found: list[str] = []
    thread = threading.Thread(target=lambda: found.append(value.get(2, settled=False)))
    thread.start()
    assert begun.wait(30)
    assert value.get(2, settled=False) == "a"
    go_on.set()
    thread.join(30)
    assert found == ["b"]
    assert value.get(2, settled=False) == "b"


def test_a_value_that_cannot_be_made_is_tried_again() -> None:
    outcomes = iter([ValueError("no"), None])

    def make() -> str:
        error = next(outcomes)
        if error is not None:
            raise error
        return "yes"

    value = Renewed(make)
    with pytest.raises(ValueError, match="no"):
        value.get(1, settled=True)
    assert value.get(1, settled=True) == "yes"
