"""What is compared of codes: plain Hamming on a choice of bits, mirrored or not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sokkuri import HashMismatch, ImageHash, hasher
from sokkuri.hashers.look_layout import MIRRORED, bits_of_emphasis
from sokkuri.metric import Metric

LOOK = hasher("look-2")
EMPHASES = ["shape", "balanced", "colour", 0.0, 0.4, 1.0]


def _codes(count: int, seed: int) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    bits = np.random.default_rng(seed).integers(0, 2, (count, LOOK.spec.bits), np.uint8)
    return np.packbits(bits, axis=1)


def _bits(codes: np.ndarray[tuple[int, int], np.dtype[np.uint8]]) -> np.ndarray[tuple[int, int]]:
    return np.unpackbits(codes, axis=1)[:, : LOOK.spec.bits]


@given(st.sampled_from(EMPHASES), st.booleans(), st.integers(0, 99))
def test_distances_equal_counting(emphasis: str | float, mirror: bool, seed: int) -> None:
    measure = Metric.of(LOOK, emphasis=emphasis, mirror=mirror)
    codes = _codes(5, seed)
    table, bits, chosen = measure.table(codes), _bits(codes), bits_of_emphasis(emphasis)
    assert measure.spec.bits == len(chosen)
    assert table.shape == (5, measure.spec.code_bytes)
    expected = (bits[:, None, chosen] != bits[None, :, chosen]).sum(axis=2)
    if mirror:
        other = (bits[:, None, MIRRORED][:, :, chosen] != bits[None, :, chosen]).sum(axis=2)
        expected = np.minimum(expected, other)
    assert np.array_equal(measure.distances(table, table), expected)
    views = measure.views(table[:1])
    assert views.shape == (1, 2 if mirror else 1, measure.spec.code_bytes)
    a, b = (ImageHash(LOOK.spec, codes[row].tobytes()) for row in (0, 1))
    assert measure.distance(a, b) == measure.distance(b, a) == expected[0, 1]


def test_mirrored_codes_are_at_distance_nought_unless_told() -> None:
    code = _codes(1, 3)
    mirrored = np.packbits(_bits(code)[:, MIRRORED], axis=1)
    a, b = (ImageHash(LOOK.spec, each.tobytes()) for each in (code, mirrored))
    assert Metric.of(LOOK).distance(a, b) == 0
    assert Metric.of(LOOK, mirror=False).distance(a, b) > 100


def test_many_rows_are_chosen_as_few_are() -> None:
    codes = np.repeat(_codes(3, 1), 3000, axis=0)
    measure = Metric.of(LOOK)
    assert np.array_equal(measure.table(codes)[::3000], measure.table(codes[::3000]))
    assert measure.table(codes[:0]).shape == (0, measure.spec.code_bytes)


def test_names_say_what_is_compared() -> None:
    assert Metric.of(LOOK).spec.name == "look-2@balanced"
    assert Metric.of(LOOK, emphasis=0.25).spec.name == "look-2@0.25"
    assert Metric.of(hasher("look-2-compact")).spec.bits == 488
    gray = Metric.of(hasher("ahash-gray-8"), mirror=False)
    assert (gray.spec.name, gray.chosen, gray.mirrored) == ("ahash-gray-8", None, None)


def test_compact_mirrors_as_the_whole_code_does() -> None:
    measure = Metric.of(hasher("look-2-compact"))
    assert measure.mirrored is not None
    assert np.array_equal(measure.mirrored[measure.mirrored], np.arange(488))


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="goes with look-2, not with pdq"):
        Metric.of(hasher("pdq"), emphasis="shape")
    with pytest.raises(ValueError, match="one balance"):
        Metric.of(hasher("look-2-compact"), emphasis="shape")
    other = hasher("look-2-compact").spec
    with pytest.raises(HashMismatch):
        Metric.of(LOOK).distance(
            ImageHash(LOOK.spec, bytes(LOOK.spec.code_bytes)), ImageHash(other, bytes(61))
        )
