"""The limits: what they are set to, how they are written, and who gets to know."""

from __future__ import annotations

import contextlib
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sokkuri import limits, load, settings
from sokkuri.errors import BadLimit, SokkuriError
from sokkuri.images.limits import Limits, limits_now
from sokkuri.pipeline import Task, map_files
from sokkuri.pipeline.spawn import move_to, surroundings


@pytest.mark.parametrize(
    ("limit", "text", "value"),
    [
        (limits.MAX_PIXELS, "200M", 200_000_000),
        (limits.MAX_PIXELS, "0.2g", 200_000_000),
        (limits.MAX_PIXELS, "200 MP", 200_000_000),
        (limits.MAX_PIXELS, "120,000,000", 120_000_000),
        (limits.MAX_PIXELS, "120_000_000px", 120_000_000),
        (limits.MAX_SIDE, "65k", 65_000),
        (limits.MAX_FILE_SIZE, "512M", 512 << 20),
        (limits.MAX_FILE_SIZE, "1.5 GiB", 3 << 29),
        (limits.MAX_FILE_SIZE, "7", 7),
        (limits.WORKER_MEMORY, "2gb", 2 << 30),
        (limits.DECODE_SECONDS, "30", 30.0),
        (limits.DECODE_SECONDS, "2.5 s", 2.5),
    ],
)
def test_numbers_as_people_write_them(limit: limits.Limit, text: str, value: float) -> None:
    assert limit.parsed(text) == value


@pytest.mark.parametrize("limit", limits.ALL, ids=lambda limit: limit.name)
@pytest.mark.parametrize(
    "text", ["", "0", "-5", "many", "1e9", "5x", "inf", "nan", "1.2.3", "M", "٣", "9" * 40]
)
def test_what_is_no_limit(monkeypatch: pytest.MonkeyPatch, limit: limits.Limit, text: str) -> None:
    with pytest.raises(BadLimit, match=f"{limit.option} is"):
        limit.parsed(text)
    monkeypatch.setenv(limit.variable, text)
    for asked in (limit.value, limits.check_limits, limits.changed_limits):
        with pytest.raises(BadLimit, match=f"{limit.variable} is"):
            asked()
    with pytest.raises(SokkuriError, match=limit.variable):
        list(map_files(Task(lambda _: 0, lambda _: (None,), lambda *_: 0, ""), []))


def test_seconds_have_no_steps() -> None:
    with pytest.raises(BadLimit, match=r"give seconds, such as 30 or 2\.5"):
        limits.DECODE_SECONDS.parsed("1k")


@given(st.text(max_size=12))
def test_any_text_is_a_number_or_an_error(text: str) -> None:
    for limit in limits.ALL:
        with contextlib.suppress(BadLimit):
            assert limit.parsed(text) > 0


def test_names_and_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    for limit in limits.ALL:
        monkeypatch.delenv(limit.variable, raising=False)
        assert limit.value() == limit.default
    assert limits.MAX_FILE_SIZE.option == "--max-file-size"
    assert limits.MAX_FILE_SIZE.variable == "SOKKURI_MAX_FILE_SIZE"
    assert limits_now() == Limits()
    assert limits.MAX_PIXELS.default == settings.MAX_PIXELS
    assert limits.changed_limits() == {}


def test_the_environment_is_asked_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOKKURI_MAX_PIXELS", "9k")
    assert limits_now() == Limits(pixels=9000)
    assert limits.changed_limits() == {"max-pixels": 9000}
    monkeypatch.setenv("SOKKURI_MAX_PIXELS", "120M")
    assert limits.changed_limits() == {}


def test_the_time_that_files_settle_in_is_no_limit_of_a_decoder(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SOKKURI_SETTLE_SECONDS", "9")
    assert limits.SETTLE_SECONDS.value() == 9
    assert limits.changed_limits() == {}
    monkeypatch.setenv("SOKKURI_SETTLE_SECONDS", "never")
    with pytest.raises(BadLimit, match="SOKKURI_SETTLE_SECONDS is 'never'"):
        limits.check_limits()


def test_load_raises_for_a_limit_that_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOKKURI_MAX_PIXELS", "lots")
    with pytest.raises(BadLimit, match="SOKKURI_MAX_PIXELS is 'lots'; give pixels"):
        load(b"whatever")
    assert load(b"", limits=Limits()) == load(b"", limits=Limits())


def test_workers_take_on_the_limits_of_who_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    for limit in limits.ALL:
        monkeypatch.delenv(limit.variable, raising=False)
    monkeypatch.setenv("SOKKURI_MAX_PIXELS", "9k")
    there = surroundings()
    monkeypatch.setenv("SOKKURI_MAX_PIXELS", "5")
    monkeypatch.setenv("SOKKURI_MAX_SIDE", "5")
    move_to(there)
    assert os.environ["SOKKURI_MAX_PIXELS"] == "9k"
    assert "SOKKURI_MAX_SIDE" not in os.environ
