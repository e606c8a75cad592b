from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sokkuri.images.sniff import DECODED_FORMATS, HEAD_BYTES, decoded_format, foreign_format


@given(st.binary(max_size=HEAD_BYTES))
def test_any_bytes_get_an_answer(head: bytes) -> None:
    name = decoded_format(head)
    assert name is None or name in DECODED_FORMATS
    found, _ = foreign_format(head)
    assert found


@pytest.mark.parametrize(
    ("head", "name", "is_image"),
    [
        ("日本語".encode()[:-1], "text", False),
        (b"%PDF-1.7", "PDF document", False),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "HEIF/HEIC", True),
        (b"\0\0\0\x18ftypmp42\0\0\0\0", "video", False),
        (b"  <svg xmlns=", "SVG drawing", True),
        (b"\x00\x01\x02\x03", "data of an unknown kind", False),
    ],
)
def test_known_strangers(head: bytes, name: str, is_image: bool) -> None:
    assert decoded_format(head) is None
    assert foreign_format(head) == (name, is_image)


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"P6\n1 1\n255\n", "PPM"),
        (b"P2 # made by hand\n# in two lines\n 1 1\n", "PPM"),
        (b"P5\n# a comment that goes on beyond the first bytes".ljust(HEAD_BYTES, b"."), "PPM"),
        (b"BM" + bytes(12) + b"\x28\0\0\0", "BMP"),
    ],
)
def test_short_magic(head: bytes, name: str) -> None:
    assert decoded_format(head) == name


@pytest.mark.parametrize(
    "text",
    ["P6ople are no picture", "P1 before May", "BMI,age,height\n23,31", "FORM 10-K", "BM"],
)
def test_texts_that_begin_as_pictures_do(text: str) -> None:
    assert decoded_format(text.encode()) is None
    assert foreign_format(text.encode()) == ("text", False)
