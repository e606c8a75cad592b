"""Hash views survive as bytes, and nothing else is taken for one."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sokkuri import FormatError, Picture
from sokkuri.explanation import HashView, decode_view, encode_view
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


@pytest.mark.parametrize("name", NAMES)
def test_a_view_comes_back(name: str, wave: Wave) -> None:
    view = HashView.of(wave(3), hasher(name))
    assert _same(decode_view(encode_view(view)), view)


@pytest.mark.parametrize("name", NAMES)
def test_every_cut_and_every_addition_is_noticed(name: str, wave: Wave) -> None:
    data = encode_view(HashView.of(wave(3), hasher(name)))
    for end in [*range(0, 700, 7), len(data) - 1]:
        with pytest.raises(FormatError):
            decode_view(data[: min(end, len(data) - 1)])
    with pytest.raises(FormatError, match="left over"):
        decode_view(data + b"\0")


@settings(deadline=None)
@given(at=st.integers(0, 700), value=st.integers(0, 255), name=st.sampled_from(NAMES))
def test_other_bytes_are_refused_or_harmless(wave: Wave, at: int, value: int, name: str) -> None:
    data = bytearray(encode_view(HashView.of(wave(3), hasher(name))))
    data[at % len(data)] = value
    try:
        found = decode_view(bytes(data))
    except FormatError:
        return
    assert found.reading.pixels.shape[2] == 3


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_random_bytes_are_no_view(data: bytes) -> None:
    for front in (b"", b"skport1\n"):
        with pytest.raises(FormatError):
            decode_view(front + data)


def _changed(data: bytes, **fields: Any) -> bytes:
    (length,) = struct.unpack_from("<I", data, 8)
    header = json.loads(data[12 : 12 + length]) | fields
    text = json.dumps(header).encode()
    return data[:8] + struct.pack("<I", len(text)) + text + data[12 + length :]


@pytest.mark.parametrize(
    "fields",
    [
        {"quality": 101}, {"quality": True}, {"frame": [0, 0, 0, 1]}, {"frame": [0, 0, 1]},
        {"frame": [0, 0, float("nan"), 1]}, {"spec": ["ahash-gray-8", 65, 1]},
        {"spec": ["ahash\n", 64, 1]}, {"spec": ["ahash-gray-8", 1 << 40, 1]}, {"grids": []},
        {"grids": [["gray", "mean", 1, 1, 1]]}, {"grids": [["gray", "mean", 0, 2, 1]]},
        {"grids": [[5, "mean", 0, 1, 1]]}, {"grids": [["gray", "mean", 0, 1, 0]]},
        {"grids": [["gray", "mean", -1, 1, 1]]}, {"arrays": []}, {"arrays": 3}, {"frame": "wide"},
        {"arrays": [["|O", [8, 8, 3]], ["|u1", [8, 8]], ["<f8", []]]},
        {"arrays": [["|u1", [8, 8, 3]], ["|u1", [64]], ["<f8", []]]},
        {"arrays": [["|u1", [4, 16, 3]], ["|u1", [8, 1 << 30]], ["<f8", []]]},
        {"arrays": [["|u1", [8, 8, -3]], ["|u1", [8, 8]], ["<f8", []]]},
    ],
)  # fmt: skip
def test_odd_headers_are_refused(wave: Wave, fields: dict[str, Any]) -> None:
    data = encode_view(HashView.of(wave(3), hasher("ahash-gray-8")))
    assert _changed(data, quality=50) != data
    decode_view(_changed(data, quality=50))
    with pytest.raises(FormatError):
        decode_view(_changed(data, **fields))


def test_values_that_do_not_give_the_bits_are_refused(wave: Wave) -> None:
    data = bytearray(encode_view(HashView.of(wave(3), hasher("ahash-gray-8"))))
    data[-72:-8] = bytes(64)  # the values, before the mean
    with pytest.raises(FormatError, match="do not give its bits"):
        decode_view(bytes(data))
