"""A folder that is watched by looking through it now and then."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import sokkuri
from sokkuri.errors import Locked
from sokkuri.library import Refreshed

NAME = "ahash-gray-8"


def _at_each_turn(patch: pytest.MonkeyPatch, *actions: Callable[[], object]) -> list[float]:
    """Do one thing after the other where a poll would sleep, and end the watch then."""
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) > len(actions):
            raise KeyboardInterrupt
        actions[len(slept) - 1]()

    patch.setattr("sokkuri.api.library.time.sleep", sleep)
    return slept


def _watched(folder: Path, seconds: float = 7.5) -> list[Refreshed]:
    found: list[Refreshed] = []
    with pytest.raises(KeyboardInterrupt):
        found.extend(sokkuri.Library.open(folder).watch(hash=NAME, poll=seconds))
    return found


@pytest.mark.usefixtures("settled")
def test_each_turn_is_a_look_at_the_folder(photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slept = _at_each_turn(
        monkeypatch,
        lambda: shutil.copy(photos / "photo-2.jpg", photos / "新しい.jpg"),
        lambda: os.unlink(photos / "photo-4.jpg"),
    )
    found = _watched(photos)
    assert [(done.seen, done.known, done.vanished) for done in found] == [
        (12, 1, 0), (13, 1, 0), (12, 0, 1),
    ]  # fmt: skip
    assert slept == [7.5] * 3


@pytest.mark.usefixtures("settled")
def test_a_drive_may_be_away_for_some_turns(photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    away = photos.with_name("away")

    def come_back() -> None:
        shutil.rmtree(photos)
        os.rename(away, photos)

    _at_each_turn(
        monkeypatch,
        lambda: os.rename(photos, away),
        photos.mkdir,
        (photos / ".DS_Store").touch,
        come_back,
    )
    found = _watched(photos)
    assert [(done.seen, done.kept) for done in found] == [(12, 0), (0, 12), (1, 12), (12, 0)]
    assert sum(done.decodes for done in found) == 11


def test_another_writer_is_waited_for(photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _at_each_turn(monkeypatch, lambda: None)
    library = sokkuri.Library.open(photos)
    real, calls = library.refresh, []

    def refresh(**options: object) -> Refreshed:
        calls.append(options)
        if len(calls) in (2, 3):
            raise Locked(library.path, 4711)
        return real(**options)  # type: ignore[arg-type]

    monkeypatch.setattr(library, "refresh", refresh)
    turns = library.watch(hash=NAME, poll=1)
    assert next(turns).seen == 12
    assert next(turns).seen == 12
    assert len(calls) == 4


@pytest.mark.parametrize("seconds", [0, -1, float("nan")])
def test_no_time_at_all_is_refused(photos: Path, seconds: float) -> None:
    with pytest.raises(ValueError, match="above 0"):
        next(sokkuri.Library.open(photos).watch(poll=seconds))
