"""What a hash shows of itself decides its bits."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sokkuri import ImageHash, Picture, hasher
from sokkuri.hashers.look import look_bits, look_positions
from sokkuri.hashers.look_layout import BITS, COMPACT
from sokkuri.hashes import Reading
from sokkuri.protocols import ShowsValues

Maker = Callable[[str, int, int, int], Picture]

FORMS = ["ahash-gray-{}", "ahash-rgb-{}", "ahash-rgbmean-{}", "dhash-{}", "dhash-vertical-{}",
         "blockmean-{}"]  # fmt: skip
KINDS = ["noise", "flat", "rows", "columns", "mirrored", "two tones", "dark", "ramp", "luma"]


def _read(name: str, picture: Picture) -> tuple[ImageHash, Reading]:
    maker = hasher(name)
    assert isinstance(maker, ShowsValues)
    return maker.hash(picture), maker.reading(picture)


@settings(deadline=None)
@given(
    form=st.sampled_from(FORMS),
    size=st.sampled_from([2, 3, 8, 16, 31]),
    kind=st.sampled_from(KINDS),
    sides=st.tuples(st.integers(1, 60), st.integers(1, 60)),
    seed=st.integers(0, 99),
)
def test_values_above_their_references_are_the_bits(
    picture: Maker, form: str, size: int, kind: str, sides: tuple[int, int], seed: int
) -> None:
    code, reading = _read(form.format(size), picture(kind, *sides, seed))
    found = np.full(code.spec.bits, -1)
    for grid in reading.grids:
        assert grid.values.shape == reading.pixels.shape[:2] == (size, size)
        assert grid.reference.shape in ((), (size, size))
        above = (grid.values > grid.reference).ravel()
        found[grid.first :: grid.step] = above
        levels = grid.values / grid.unit
        assert levels.min() >= 0
        assert levels.max() <= 255
    assert found.min() >= 0
    assert np.packbits(found.astype(np.uint8)).tobytes() == code.code


def test_the_first_line_of_neighbours_is_outside_the_frame(picture: Maker) -> None:
    ramp = picture("ramp", 90, 90, 0)
    frames = [_read(name, ramp)[1].frame for name in ("dhash-8", "dhash-vertical-8")]
    assert frames == [(1 / 9, 0, 1, 1), (0, 1 / 9, 1, 1)]
    darkest = _read("dhash-8", ramp)[1].pixels[0, 0, 0]
    assert darkest > 20  # the darkest column of all is only a neighbour
    assert [*_read("ahash-gray-8", ramp)[1].frame] == [0, 0, 1, 1]


def _thing(width: int, height: int, box: tuple[int, int, int, int]) -> np.ndarray[tuple[int, ...]]:
    pixels = np.full((height, width, 3), 235, np.uint8)
    left, top, right, bottom = box
    pixels[top:bottom, left:right] = (190, 30, 40)
    return pixels


def test_the_frame_of_a_look_hash_lies_around_the_thing() -> None:
    reading = _read("look-2", _picture(_thing(400, 200, (240, 40, 320, 160))))[1]
    left, top, right, bottom = reading.frame
    assert 0.45 < left < 0.6
    assert 0.8 < right < 0.95
    assert 0 < top < 0.2
    assert 0.8 < bottom < 1
    assert reading.pixels.shape == (60, 60, 3)
    assert tuple(reading.pixels[30, 30]) == (190, 30, 40)
    assert tuple(reading.pixels[0, 0]) == (235, 235, 235)
    assert reading.grids == ()


def test_the_frame_counts_what_was_cut_off() -> None:
    inner = _thing(400, 200, (240, 40, 320, 160))
    framed = np.pad(inner, ((50, 50), (0, 0), (0, 0)))
    whole, cut = (_read("look-2", _picture(each)) for each in (inner, framed))
    off = cut[1].pixels.astype(int) - whole[1].pixels
    assert np.abs(off).mean() < 3
    left, top, right, bottom = whole[1].frame
    # One more line is cut off, where a strip blends into the photo.
    assert cut[1].frame == pytest.approx((left, (50 + 200 * top) / 300, right,
                                          (50 + 200 * bottom) / 300), abs=0.02)  # fmt: skip


def _picture(pixels: np.ndarray[tuple[int, ...]]) -> Picture:
    from sokkuri import load

    found = load(np.asarray(pixels, np.uint8))
    assert isinstance(found, Picture)
    return found


def test_look_bits_are_sorted_as_the_layout_says() -> None:
    bits = look_bits(np.arange(BITS))
    assert bits.edges[0, 0, 0, 0, 0] == 0
    assert bits.edges[1, 1, 2, 3, 4] == 784 + 392 + (2 * 7 + 3) * 8 + 4
    assert bits.body[0, 1] == 2353
    assert bits.centre.bits[0, 0, 1, 0] == 2577 + 96
    assert bits.places.bits[2, 1, 2, 5] == 2865 + ((2 * 3 + 1) * 3 + 2) * 24 + 5


def test_only_look_hashes_have_positions() -> None:
    whole, compact = look_positions("look-2"), look_positions("look-2-compact")
    assert whole is not None
    assert np.array_equal(whole, np.arange(BITS))
    assert compact is COMPACT
    assert look_positions("pdq") is None
