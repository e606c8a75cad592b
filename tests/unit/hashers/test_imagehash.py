"""Every hash that the imagehash package has, bit for bit."""

from __future__ import annotations

from collections.abc import Callable

import imagehash
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from sokkuri import ImageHash, Picture, hasher

Maker = Callable[[str, int, int, int], Picture]

KINDS = ["noise", "flat", "rows", "columns", "mirrored", "two tones", "dark", "ramp", "luma"]
FORMS = {
    "ahash-gray": imagehash.average_hash,
    "dhash": imagehash.dhash,
    "dhash-vertical": imagehash.dhash_vertical,
    "phash": imagehash.phash,
    "phash-simple": imagehash.phash_simple,
    "whash": imagehash.whash,
    "colorhash": imagehash.colorhash,
}
SIZES = {"whash": [2, 4, 8, 16, 32, 64], "colorhash": list(range(1, 9))}
EVERY = [(form, size) for form in FORMS for size in SIZES.get(form, [2, 3, 7, 8, 12, 16, 31, 64])]


def _same(form: str, size: int, picture: Picture) -> bool:
    ours = hasher(f"{form}-{size}").hash(picture)
    theirs = FORMS[form](picture.image, size)
    bits = np.unpackbits(np.frombuffer(ours.code, np.uint8), count=ours.spec.bits).astype(bool)
    return bool(np.array_equal(bits, theirs.hash.flatten()))


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(KINDS), st.integers(1, 90), st.integers(1, 90), st.integers(0, 2**32),
    st.sampled_from(EVERY),
)  # fmt: skip
def test_any_picture_at_any_size(
    picture: Maker, kind: str, width: int, height: int, seed: int, which: tuple[str, int]
) -> None:
    assert _same(*which, picture(kind, width, height, seed))


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("form", FORMS)
def test_every_kind_of_picture(picture: Maker, form: str, kind: str) -> None:
    for size in SIZES.get(form, [2, 3, 8, 15, 33]):
        for seed, shape in enumerate([(64, 48), (33, 200), (1, 1), (130, 7)]):
            assert _same(form, size, picture(kind, *shape, seed)), (size, shape)


@pytest.mark.parametrize("level", [0, 1, 97, 128, 200, 255])
@pytest.mark.parametrize("form", ["phash", "phash-simple", "whash"])
def test_flat_pictures_where_only_rounding_is_left(form: str, level: int) -> None:
    flat = Picture(Image.new("RGB", (100, 100), (level, level, level)))
    for size in SIZES.get(form, range(2, 33)):
        assert _same(form, size, flat), size


def test_exactly_170_of_saturation_is_neither_faint_nor_bright() -> None:
    pixels = np.zeros((16, 16, 3), np.uint8)
    pixels[:8] = (240, 80, 80)  # saturation (240 - 80) / 240 of 255 is 170
    pixels[8:] = (240, 10, 10)
    tied = Picture(Image.fromarray(pixels))
    assert tied.image.convert("HSV").getpixel((0, 0)) == (0, 170, 240)
    assert all(_same("colorhash", size, tied) for size in range(1, 9))


@pytest.mark.parametrize(("form", "size"), EVERY)
def test_hexadecimal_digits_go_both_ways(picture: Maker, form: str, size: int) -> None:
    image = picture("noise", 70, 60, size)
    ours = hasher(f"{form}-{size}").hash(image)
    theirs = str(FORMS[form](image.image, size))
    assert ours.imagehash_hex() == theirs
    assert ImageHash.from_imagehash_hex(ours.spec, theirs) == ours
