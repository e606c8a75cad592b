from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from sokkuri import HashSpec, Picture
from sokkuri.hashers import pdq
from sokkuri.hashers.pdq import PdqHash

Maker = Callable[[str, int, int, int], Picture]

KINDS = ["noise", "flat", "rows", "columns", "mirrored", "two tones", "dark", "ramp", "luma"]


def _same(picture: Picture) -> bool:
    pdqhash = pytest.importorskip("pdqhash")
    bits, quality = pdqhash.compute(np.ascontiguousarray(picture.pixels()))
    ours = PdqHash().hash(picture)
    return ours.code == np.packbits(bits.astype(bool)).tobytes() and ours.quality == quality


@settings(max_examples=50, deadline=None)
@given(
    st.sampled_from(KINDS), st.integers(1, 300), st.integers(1, 300), st.integers(0, 2**32)
)  # fmt: skip
def test_equals_pdqhash(picture: Maker, kind: str, width: int, height: int, seed: int) -> None:
    assert _same(picture(kind, width, height, seed))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "size", [(64, 64), (5, 5), (5, 700), (128, 128), (129, 127), (1000, 6), (640, 480)]
)
def test_equals_pdqhash_at_the_turning_points(
    picture: Maker, kind: str, size: tuple[int, int]
) -> None:
    assert _same(picture(kind, *size, 4))


@pytest.mark.parametrize("size", [(4, 100), (100, 4), (1, 1)])
def test_too_small_a_picture_has_no_bits(picture: Maker, size: tuple[int, int]) -> None:
    value = PdqHash().hash(picture("noise", *size, 1))
    assert value.spec == HashSpec("pdq", 256)
    assert (set(value.code), value.quality) == ({0}, 0)


def test_strips_change_nothing(picture: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    image = picture("noise", 200, 150, 6)
    whole = PdqHash().hash(image)
    monkeypatch.setattr(pdq, "_STRIP_PIXELS", 700)
    assert PdqHash().hash(image).code == whole.code


def test_a_mirrored_picture_flips_every_other_column_of_frequencies() -> None:
    rows, columns = np.mgrid[0:64, 0:64]
    pixels = (columns * 3 + rows * rows // 40 + (rows * columns) % 23).astype(np.uint8)
    image = Image.fromarray(pixels)
    here = _bits(Picture(image))
    there = _bits(Picture(image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)))
    # Odd waves change their sign, which the median, close to zero, mostly lets through.
    even = (here == there)[:, 1::2].mean()
    odd = (here != there)[:, ::2].mean()
    assert even > 0.9
    assert odd > 0.9


def _bits(picture: Picture) -> np.ndarray:
    code = np.frombuffer(PdqHash().hash(picture).code, np.uint8)
    return np.unpackbits(code)[::-1].reshape(16, 16)  # frequency 1 first
