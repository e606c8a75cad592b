from __future__ import annotations

import pytest

from sokkuri import BadHashText, HashMismatch, HashSpec, ImageHash, UnknownHash

SPEC = HashSpec("ahash-gray-3", 9)


def test_distance_counts_differing_bits() -> None:
    a = ImageHash(SPEC, b"\xff\x80")
    b = ImageHash(SPEC, b"\x0f\x00")
    assert a.distance(b) == 5
    assert a.distance(a) == 0


def test_two_recipes_do_not_compare() -> None:
    gray = ImageHash(HashSpec("ahash-gray-4", 16), b"\x00\x00")
    other = ImageHash(HashSpec("ahash-gray-4", 16, version=2), b"\x00\x00")
    with pytest.raises(HashMismatch, match="ahash-gray-4-v1 and ahash-gray-4-v2"):
        gray.distance(other)


@pytest.mark.parametrize("code", [b"", b"\x00", b"\x00\x00\x00"])
def test_code_must_fit_the_recipe(code: bytes) -> None:
    with pytest.raises(ValueError, match="needs a code of 2 bytes"):
        ImageHash(SPEC, code)


def test_bits_past_the_end_must_be_zero() -> None:
    with pytest.raises(ValueError, match="has 9 bits"):
        ImageHash(SPEC, b"\x00\x01")


def test_text_form_and_back() -> None:
    value = ImageHash(SPEC, b"\xa5\x80")
    assert str(value) == "ahash-gray-3:a580"
    assert ImageHash.parse(str(value)) == value


@pytest.mark.parametrize(
    "text",
    [
        "", "a580", "ahash-gray-3:", "ahash-gray-3:a5", "ahash-gray-3:zz80", "ahash-gray-3:a5 80",
        "ahash-gray-3:a581", "ahash-gray-3:a58000",
    ],
)  # fmt: skip
def test_bad_text_is_refused(text: str) -> None:
    with pytest.raises(BadHashText):
        ImageHash.parse(text)


def test_unknown_name_in_text() -> None:
    with pytest.raises(UnknownHash, match="no hash is called 'zhash-8'"):
        ImageHash.parse("zhash-8:00")


def test_quality_is_not_part_of_equality() -> None:
    assert ImageHash(SPEC, b"\x00\x00", quality=3) == ImageHash(SPEC, b"\x00\x00")
    assert hash(ImageHash(SPEC, b"\x00\x00", quality=3)) == hash(ImageHash(SPEC, b"\x00\x00"))


def test_imagehash_pads_at_the_other_end() -> None:
    value = ImageHash(SPEC, b"\xa5\x80")  # 1 0100 1011
    assert value.imagehash_hex() == "14b"
    assert ImageHash.from_imagehash_hex(SPEC, "14b") == value
    assert ImageHash.from_imagehash_hex(SPEC, "14B") == value


def test_leading_zeros_are_kept() -> None:
    value = ImageHash(HashSpec("ahash-gray-8", 64), bytes(7) + b"\x01")
    assert value.imagehash_hex() == "0000000000000001" == value.hex
    assert ImageHash.from_imagehash_hex(value.spec, value.hex) == value


@pytest.mark.parametrize(
    "digits", ["", "14", "014b", "0x1", "1_4", " 14", "+14", "14g", "１４b", "24b"]
)
def test_other_digits_are_refused(digits: str) -> None:
    with pytest.raises(BadHashText, match="not a code of ahash-gray-3"):
        ImageHash.from_imagehash_hex(SPEC, digits)
