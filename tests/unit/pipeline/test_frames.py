"""Messages survive any cut of the stream, and what is no message is noticed."""

from __future__ import annotations

import os
import struct
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sokkuri.hashes import HashSpec, ImageHash
from sokkuri.images import Rejected, RejectKind
from sokkuri.pipeline.frames import (
    Answer,
    Inbox,
    decode_answer,
    decode_paths,
    encode_answer,
    encode_paths,
    read_json,
    write_frame,
    write_json,
)

SPECS = [HashSpec("a-2", 4), HashSpec("b-8", 64), HashSpec("c-9", 81)]


def _answer(qualities: tuple[int | None, ...] = (None, 0, 100)) -> Answer:
    hashes = tuple(
        ImageHash(spec, bytes([16]) + b"\x80" * (spec.code_bytes - 1), quality)
        for spec, quality in zip(SPECS, qualities, strict=True)
    )
    return Answer(hashes, (4000, 3))


@given(st.lists(st.text(st.characters(exclude_characters="\0"))))
def test_paths_come_back(paths: list[str]) -> None:
    names = [os.fsdecode(os.fsencode(path.encode("utf-8", "replace"))) for path in paths]
    assert list(decode_paths(encode_paths(names))) == names


def test_names_that_are_not_utf8_come_back() -> None:
    name = os.fsdecode(b"caf\xe9 \xff.jpg")
    assert list(decode_paths(encode_paths([name]))) == [name]


def test_answers_come_back_with_their_qualities() -> None:
    answer = _answer()
    back = decode_answer(encode_answer(answer), "x.jpg", SPECS)
    assert back == answer
    assert isinstance(back, Answer)
    assert [value.quality for value in back.hashes] == [None, 0, 100]


def test_reasons_come_back_under_the_name_that_was_asked() -> None:
    rejected = Rejected("/there/x.jpg", RejectKind.DAMAGED, "気に入らない: broken")
    back = decode_answer(encode_answer(rejected), "x.jpg", SPECS)
    assert back == Rejected("x.jpg", RejectKind.DAMAGED, "気に入らない: broken")


@given(st.data())
def test_no_damaged_answer_is_taken_for_another_kind(data: st.DataObject) -> None:
    whole = encode_answer(_answer())
    cut = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(EOFError):
        decode_answer(whole[:cut], "x.jpg", SPECS)
    with pytest.raises(EOFError):
        decode_answer(whole + b"\0", "x.jpg", SPECS)


@pytest.mark.parametrize("data", [b"", b"?", b"r", b"r{}", b"r[1]", b'r["odd", "x"]', b"h\0"])
def test_nonsense_is_refused(data: bytes) -> None:
    with pytest.raises(EOFError):
        decode_answer(data, "x.jpg", SPECS)


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
