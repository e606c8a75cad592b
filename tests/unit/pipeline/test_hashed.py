"""What a worker found comes back as it was, and nothing else is taken for it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sokkuri.hashes import HashSpec, ImageHash
from sokkuri.images import Rejected, RejectKind
from sokkuri.pipeline import Hashed
from sokkuri.pipeline.hashed import decode_hashed, encode_hashed

SPECS = [HashSpec("a-2", 4), HashSpec("b-8", 64), HashSpec("c-9", 81)]


def _hashed(thumbnail: bytes | None = b"small") -> Hashed:
    hashes = tuple(
        ImageHash(spec, bytes([16]) + b"\x80" * (spec.code_bytes - 1), quality)
        for spec, quality in zip(SPECS, (None, 0, 100), strict=True)
    )
    return Hashed("x.jpg", hashes, (4000, 3), None, 6, thumbnail)


@pytest.mark.parametrize("thumbnail", [None, b"small"])
def test_hashes_come_back_with_all_that_belongs_to_them(thumbnail: bytes | None) -> None:
    hashed = _hashed(thumbnail)
    back = decode_hashed(SPECS, "x.jpg", encode_hashed(hashed))
    assert back == hashed
    assert [value.quality for value in back.hashes] == [None, 0, 100]


def test_reasons_come_back_under_the_name_that_was_asked() -> None:
    rejected = Rejected("/there/x.jpg", RejectKind.DAMAGED, "気に入らない: broken")
    back = decode_hashed(SPECS, "x.jpg", encode_hashed(Hashed("/there/x.jpg", rejected=rejected)))
    assert back.rejected == Rejected("x.jpg", RejectKind.DAMAGED, "気に入らない: broken")
    assert back.path == "x.jpg"


@given(st.integers(min_value=0))
def test_no_damaged_message_is_taken_for_a_whole_one(cut: int) -> None:
    whole = encode_hashed(_hashed())
    with pytest.raises(EOFError):
        decode_hashed(SPECS, "x.jpg", whole[: cut % len(whole)])
    with pytest.raises(EOFError):
        decode_hashed(SPECS, "x.jpg", whole + b"\0")


@pytest.mark.parametrize("data", [b"", b"?", b"r", b"r{}", b"r[1]", b'r["odd", "x"]', b"h\0"])
def test_nonsense_is_refused(data: bytes) -> None:
    with pytest.raises(EOFError):
        decode_hashed(SPECS, "x.jpg", data)
