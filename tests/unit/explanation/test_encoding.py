"""Hash views survive as bytes, and nothing else is taken for one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sokkuri import Picture
from sokkuri.explanation import HashView, decode_view, encode_view
from sokkuri.pipeline import Task
from sokkuri.pipeline.messages import BadMessage
from sokkuri.registry import hasher

Wave = Callable[[int], Picture]
NAMES = ["look-2", "look-2-compact", "ahash-gray-8", "ahash-rgb-5", "ahash-rgbmean-8-fast",
         "dhash-8", "dhash-vertical-9", "blockmean-7", "pdq", "colorhash-3"]  # fmt: skip


def _same(a: HashView, b: HashView) -> bool:
    grids = zip(a.reading.grids, b.reading.grids, strict=True)
    return (
        a.hash == b.hash
        and a.hash.quality == b.hash.quality
        and a.reading.frame == b.reading.frame
        and np.array_equal(a.reading.pixels, b.reading.pixels)
        and all(
            np.array_equal(one.values, other.values)
            and np.array_equal(one.reference, other.reference)
            and (one.name, one.reference_name) == (other.name, other.reference_name)
            and (one.first, one.step, one.unit) == (other.first, other.step, other.unit)
            for one, other in grids
        )
    )


def _message(view: HashView) -> bytes:
    return _task(view).answer("")


def _task(view: HashView | None = None) -> Task[Any]:
    return Task(lambda _: view, encode_view, lambda _, *message: decode_view(*message), "")


def _back(data: bytes) -> HashView:
    found = _task().result("", data)
    assert isinstance(found, HashView)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_a_hash_view_comes_back(name: str, wave: Wave) -> None:
    view = HashView.of(wave(3), hasher(name))
    assert _same(_back(_message(view)), view)


@pytest.mark.parametrize("name", NAMES)
def test_every_cut_and_every_addition_is_noticed(name: str, wave: Wave) -> None:
    data = _message(HashView.of(wave(3), hasher(name)))
    for end in [*range(0, 700, 7), len(data) - 1]:
        with pytest.raises(BadMessage):
            _back(data[: min(end, len(data) - 1)])
    with pytest.raises(BadMessage):
        _back(data + b"\0")


@settings(deadline=None)
@given(at=st.integers(0, 700), value=st.integers(0, 255), name=st.sampled_from(NAMES))
def test_other_bytes_are_refused_or_harmless(wave: Wave, at: int, value: int, name: str) -> None:
    data = bytearray(_message(HashView.of(wave(3), hasher(name))))
    data[at % len(data)] = value
    try:
        found = _back(bytes(data))
    except BadMessage:
        return
    assert found.reading.pixels.shape[2] == 3


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_random_bytes_are_no_hash_view(data: bytes) -> None:
    with pytest.raises(BadMessage):
        _back(data)


SPEC = ["ahash-gray-8", 64, 1]
GRID = ["gray", "mean", 0, 1, 1]
PIXELS, VALUES = np.zeros((8, 8, 3), np.uint8), np.zeros((8, 8), np.uint8)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (1, 101), (1, True), (2, [0, 0, 0, 1]), (2, [0, 0, 1]), (2, [0, 0, float("nan"), 1]),
        (0, ["ahash-gray-8", 65, 1]), (0, ["ahash\n", 64, 1]), (0, ["ahash-gray-8", 1 << 40, 1]),
        (3, []), (3, [["gray", "mean", 1, 1, 1]]), (3, [["gray", "mean", 0, 2, 1]]),
        (3, [[5, "mean", 0, 1, 1]]), (3, [["gray", "mean", 0, 1, 0]]),
        (3, [["gray", "mean", -1, 1, 1]]), (2, "wide"), (3, [GRID] * 5), (3, 7),
    ],
)  # fmt: skip
def test_odd_headers_are_refused(wave: Wave, place: int, value: Any) -> None:
    header, *parts = encode_view(HashView.of(wave(3), hasher("ahash-gray-8")))
    assert header[0] == SPEC
    assert header[3] == [["gray", "mean", 0, 1, 1]]
    decode_view([header[0], 50, *header[2:]], parts)
    header[place] = value
    with pytest.raises((ValueError, TypeError)):
        decode_view(header, parts)


@pytest.mark.parametrize(
    "others",
    [
        [], [PIXELS], [VALUES, VALUES], [PIXELS, np.zeros(64, np.uint8), None],
        [np.zeros((4, 16, 3), np.uint8), VALUES, np.zeros(3)], [b"x", VALUES, None],
        [PIXELS, b"x", None], [np.zeros((8, 8, 3)), VALUES, None],
        [np.zeros((8, 0, 3), np.uint8), VALUES, None], [PIXELS, VALUES, b"x"],
    ],
)  # fmt: skip
def test_odd_arrays_are_refused(wave: Wave, others: list[Any]) -> None:
    header, code, *arrays = encode_view(HashView.of(wave(3), hasher("ahash-gray-8")))
    others = [arrays[2] if part is None else part for part in others]
    with pytest.raises((ValueError, TypeError)):
        decode_view(header, [code, *others])


def test_values_that_do_not_give_the_bits_are_refused(wave: Wave) -> None:
    header, *parts = encode_view(HashView.of(wave(3), hasher("ahash-gray-8")))
    parts[2] = np.zeros_like(parts[2])
    with pytest.raises(ValueError, match="do not give its bits"):
        decode_view(header, parts)
