"""Messages survive any cut of the stream, and what is no message is noticed."""

from __future__ import annotations

import os
import struct
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sokkuri.pipeline.frames import (
    Inbox,
    decode_paths,
    encode_paths,
    read_json,
    write_frame,
    write_json,
)


@given(st.lists(st.text(st.characters(exclude_characters="\0"))))
def test_paths_come_back(paths: list[str]) -> None:
    names = [os.fsdecode(os.fsencode(path.encode("utf-8", "replace"))) for path in paths]
    assert list(decode_paths(encode_paths(names))) == names


def test_names_that_are_not_utf8_come_back() -> None:
    name = os.fsdecode(b"caf\xe9 \xff.jpg")
    assert list(decode_paths(encode_paths([name]))) == [name]


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
    write_json(write, {"ä": [1]})
    write_frame(write, b"{")
    inbox = Inbox(read)
    assert read_json(inbox) == {"ä": [1]}
    os.close(write)
    os.close(read)


def test_what_is_no_json_is_refused() -> None:
    read, write = os.pipe()
    write_frame(write, b"{")
    with pytest.raises(EOFError):
        read_json(Inbox(read))
    os.close(write)
    os.close(read)
