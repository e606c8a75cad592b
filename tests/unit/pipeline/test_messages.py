"""Messages survive any cut of the stream, and what is no message is noticed."""

from __future__ import annotations

import json
import os
import struct
import threading
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from sokkuri.pipeline.messages import BadMessage, Inbox, pack, unpack, write_frame

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=())),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
SHAPES = arrays.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=5)
PARTS: st.SearchStrategy[Any] = st.one_of(
    st.binary(max_size=40),
    arrays.arrays(np.uint8, SHAPES),
    arrays.arrays(np.int64, SHAPES),
    arrays.arrays(np.float64, SHAPES, elements={"allow_nan": False}),
)


@given(PLAIN, st.lists(PARTS, max_size=5))
def test_values_and_arrays_come_back(header: Any, parts: list[Any]) -> None:
    back, found = unpack(pack(header, *parts))
    assert back == json.loads(json.dumps(header))
    for part, other in zip(parts, found, strict=True):
        assert type(part) is type(other)
        assert np.array_equal(part, other)
        assert getattr(part, "dtype", None) == getattr(other, "dtype", None)


def test_names_that_are_not_utf8_come_back() -> None:
    names = [os.fsdecode(b"caf\xe9 \xff.jpg"), "日本語", "line\nbreak"]
    assert unpack(pack(names)) == (names, [])


def test_other_numbers_become_eight_bytes_wide() -> None:
    _, (whole, real) = unpack(pack(None, np.arange(5, dtype=np.uint16), np.ones(2, np.float32)))
    assert (whole.dtype, real.dtype) == (np.int64, np.float64)
    assert whole.tolist() == [0, 1, 2, 3, 4]


@given(st.binary(max_size=90))
def test_random_bytes_are_no_message(data: bytes) -> None:
    for begin in (b"", struct.pack("<I", max(0, len(data) - 4))):
        try:
            header, parts = unpack(begin + data)
        except BadMessage:
            continue
        assert pack(header, *parts)


@pytest.mark.parametrize(
    "kinds",
    [
        [-1], [1 << 40], ["x"], [[]], [["|u1", -2]], [["|O", 1]], [["|u1", 2.0]], [None], 5,
        [["<f8", 1 << 20, 1 << 20]], [["|u1", 9]], [3, 3], [True, 2], [["|u1"]],
    ],
)  # fmt: skip
def test_odd_parts_are_refused(kinds: Any) -> None:
    text = json.dumps([None, kinds]).encode()
    with pytest.raises(BadMessage):
        unpack(struct.pack("<I", len(text)) + text + b"abc")


@given(st.lists(st.binary(max_size=70), min_size=1, max_size=9), st.integers(1, 40))
def test_frames_survive_any_cut(messages: list[bytes], step: int) -> None:
    read, write = os.pipe()
    try:
        stream = b"".join(struct.pack("<I", len(data)) + data for data in messages)
        inbox = Inbox(read)
        found: list[bytes] = []
        for start in range(0, len(stream), step):
            os.write(write, stream[start : start + step])
            if start + step >= len(stream):
                while len(found) < len(messages):
                    found += inbox.some()
        assert found == messages
    finally:
        os.close(read)
        os.close(write)


def test_a_message_larger_than_the_pipe_arrives() -> None:
    read, write = os.pipe()
    data = os.urandom(1 << 20)
    sender = threading.Thread(target=write_frame, args=(write, data))
    sender.start()
    assert Inbox(read).some() == [data]
    sender.join()
    os.close(write)
    with pytest.raises(EOFError):
        Inbox(read).some()
    os.close(read)


def test_a_length_that_cannot_be_ends_the_conversation() -> None:
    read, write = os.pipe()
    os.write(write, b"\xff\xff\xff\xff")
    with pytest.raises(EOFError):
        Inbox(read).some()
    write_frame(write, pack({"ä": [1]}))
    assert Inbox(read).header() == {"ä": [1]}
    write_frame(write, b"{")
    with pytest.raises(EOFError):
        Inbox(read).header()
    os.close(write)
    os.close(read)
