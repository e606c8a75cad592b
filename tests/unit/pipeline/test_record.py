"""What a worker found comes back as it was, and nothing else is taken for it."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from sokkuri.hashes import HashSpec, ImageHash
from sokkuri.images import Rejected, RejectKind
from sokkuri.pipeline import FileRecord, Task, digest_file, hash_paths
from sokkuri.pipeline.messages import BadMessage, pack
from sokkuri.pipeline.record import _record_task, decode_record, encode_record
from sokkuri.pipeline.task import task_of
from sokkuri.registry import hasher

SPECS = {spec.name: spec for spec in (HashSpec("a-2", 4), HashSpec("b-8", 64), HashSpec("c-9", 81))}


def _task(result: FileRecord | Rejected) -> Task[FileRecord]:
    def decode(path: str, header: Any, parts: list[Any]) -> FileRecord:
        return decode_record(SPECS, path, header, parts)

    return Task(lambda _: result, encode_record, decode, "")


def _record() -> FileRecord:
    hashes = tuple(
        ImageHash(spec, bytes([16]) + b"\x80" * (spec.code_bytes - 1), quality)
        for spec, quality in zip(SPECS.values(), (None, 0, 100), strict=True)
    )
    return FileRecord("x.jpg", hashes, (4000, 3), None, 6)


def _back(record: FileRecord) -> FileRecord | Rejected:
    task = _task(record)
    return task.result("x.jpg", task.answer("x.jpg"))


def test_hashes_come_back_with_all_that_belongs_to_them() -> None:
    back = _back(_record())
    assert back == _record()
    assert isinstance(back, FileRecord)
    assert [value.quality for value in back.hashes] == [None, 0, 100]


def test_what_was_digested_comes_back_with_the_hashes_that_could_not_be_made() -> None:
    whole = replace(_record(), digest=b"d" * 32, length=1 << 40, sample=b"s" * 16)
    reason = Rejected("x.jpg", RejectKind.TOO_LARGE, "気に入らない")
    some = replace(whole, hashes=whole.hashes[::2], refused=((SPECS["b-8"], reason),))
    assert _back(whole) == whole
    assert _back(some) == some


def test_reasons_come_back_under_the_name_that_was_asked() -> None:
    task = _task(Rejected("/there/x.jpg", RejectKind.DAMAGED, "気に入らない: broken"))
    back = task.result("x.jpg", task.answer("x.jpg"))
    assert back == Rejected("x.jpg", RejectKind.DAMAGED, "気に入らない: broken")


@given(st.integers(min_value=0))
def test_no_damaged_message_is_taken_for_a_whole_one(cut: int) -> None:
    task = _task(_record())
    whole = task.answer("x.jpg")
    with pytest.raises(BadMessage):
        task.result("x.jpg", whole[: cut % len(whole)])
    with pytest.raises(BadMessage):
        task.result("x.jpg", whole + b"\0")


def _damaged() -> list[bytes]:
    (size, orientation, length, made, refused), *parts = encode_record(_record())
    headers: list[Any] = [
        None, {}, {"rejected": 1}, {"rejected": ["odd", "x"]}, [],
        [[0, 3], orientation, length, made, refused], ["big", orientation, length, made, refused],
        [size, 9, length, made, refused], [size, orientation, -1, made, refused],
        [size, orientation, length, made[1:], refused],
        [size, orientation, length, [["a-2", 101], *made[1:]], refused],
        [size, orientation, length, [["z-2", 1], *made[1:]], refused],
        [size, orientation, length, made, [["z-2", "damaged", ""]]],
    ]  # fmt: skip
    odd = [pack(header, *parts) for header in headers]
    odd += [pack([size, orientation, length, made, refused], b"short", *parts[1:])]
    odd += [pack([size, orientation, length, made, refused], *parts[:-1], b"x")]
    return [b"", b"?", b"\xff\xff\xff\xff{}", *odd]


@pytest.mark.parametrize("data", _damaged())
def test_nonsense_is_refused(data: bytes) -> None:
    with pytest.raises(BadMessage):
        _task(_record()).result("x.jpg", data)


def test_one_decode_of_a_kind_and_a_reason_for_each_hash(tmp_path: Path) -> None:
    Image.new("RGB", (300, 200), (9, 99, 200)).save(tmp_path / "a.jpg")
    (tmp_path / "b.jpg").write_bytes((tmp_path / "a.jpg").read_bytes()[:400])
    (tmp_path / "c.jpg").write_text("no photo")
    makers = [hasher("ahash-gray-8"), hasher("look-2")]
    paths = [str(tmp_path / name) for name in ("a.jpg", "b.jpg", "c.jpg", "gone.jpg")]
    good, cut, text, gone = hash_paths(makers, paths, digest=True)
    assert [value.spec for value in good.hashes] == [maker.spec for maker in makers]
    assert (good.size, good.length) == ((300, 200), os.path.getsize(paths[0]))
    assert cut.digest is not None
    assert cut.rejected is None
    assert [spec for spec, _ in cut.refused] == [maker.spec for maker in makers]
    assert {reason.path for _, reason in cut.refused} == {paths[1]}
    assert [each.rejected is not None for each in (text, gone)] == [True, True]
    for record, read in zip((good, cut, text, gone), map(digest_file, paths), strict=True):
        assert (read.digest, read.sample, read.length) == (
            record.digest, record.sample, record.length,
        )  # fmt: skip
        assert (read.rejected, read.hashes) == (record.rejected, ())


def test_a_task_is_made_elsewhere_from_plain_values(tmp_path: Path) -> None:
    Image.new("L", (30, 20), 7).save(tmp_path / "a.png")
    path = str(tmp_path / "a.png")
    here = _record_task([hasher("look-2"), hasher("ahash-gray-8")], digest=True)
    there = task_of(here.recipe())
    assert here.result(path, there.answer(path)) == here.run(path)
