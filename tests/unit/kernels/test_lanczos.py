from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from tests.unit.kernels.lanczos_twin import resampled, span

from sokkuri.kernels import NATIVE
from sokkuri.kernels.lanczos import _axis_weights, _spans, lanczos_native

if NATIVE:
    from sokkuri.kernels import _native

needs_native = pytest.mark.skipif(not NATIVE, reason="the C kernels were not built")

# Around the steps of the kernels, and around the rule for the order of the axes.
sides = st.one_of(
    st.integers(1, 70), st.sampled_from([127, 128, 129, 400, 533]), st.sampled_from([1, 1, 2000])
)
targets = st.one_of(st.integers(1, 20), st.sampled_from([31, 32, 33, 64, 65]))


def _pixels(width: int, height: int, channels: int, seed: int) -> Any:
    random = np.random.default_rng(seed)
    if seed % 3 == 0:  # black and white overshoots on both sides
        return (random.random((height, width, channels)) < 0.5).astype(np.uint8) * np.uint8(255)
    return random.integers(0, 256, (height, width, channels), np.uint8)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(sides, sides, targets, targets, st.integers(0, 99))
def test_the_twin_equals_pillow(
    width: int, height: int, out_width: int, out_height: int, seed: int
) -> None:
    pixels = _pixels(width, height, 3, seed)
    theirs = Image.fromarray(pixels).resize((out_width, out_height), Image.Resampling.LANCZOS)
    assert np.array_equal(resampled(pixels, out_width, out_height), np.asarray(theirs))


@pytest.mark.slow
@pytest.mark.parametrize("channels", [1, 4])
def test_the_kernel_equals_the_twin(loops: str, channels: int) -> None:
    @settings(max_examples=60, deadline=None)
    @given(sides, sides, targets, targets, st.integers(0, 99))
    def check(width: int, height: int, out_width: int, out_height: int, seed: int) -> None:
        pixels = _pixels(width, height, channels, seed)
        ours = lanczos_native(pixels, (width, height), channels, (out_width, out_height))
        assert np.array_equal(ours, resampled(pixels, out_width, out_height))

    check()


def test_the_kernel_reads_pillows_own_memory(loops: str) -> None:
    for mode, channels in (("L", 1), ("RGB", 4)):
        for width, height in ((7, 5), (65, 33), (301, 200), (99, 400)):
            image = Image.fromarray(_pixels(width, height, 3, width)).convert(mode)
            _, memory = image.__arrow_c_array__()
            ours = lanczos_native(memory, image.size, channels, (16, 16))[..., : min(channels, 3)]
            theirs = np.asarray(image.resize((16, 16), Image.Resampling.LANCZOS))
            assert np.array_equal(ours.squeeze(), theirs)


def test_sizes_that_do_not_fit_are_refused(native: None) -> None:
    pixels = np.zeros((30, 40, 4), np.uint8)
    image = Image.new("RGB", (40, 30))
    _, memory = image.__arrow_c_array__()
    for source in (pixels, memory):
        for size, channels in (((41, 30), 4), ((40, 31), 4), ((40, 30), 1), ((40, 30), 3)):
            with pytest.raises(ValueError, match=r"fit|bounds"):
                lanczos_native(source, size, channels, (8, 8))
    with pytest.raises(ValueError, match="out of bounds"):
        lanczos_native(pixels, (0, 30), 4, (8, 8))
    with pytest.raises((TypeError, BufferError)):
        lanczos_native("no pixels", (40, 30), 4, (8, 8))
    good = _axis_weights(40, 8)
    bad: dict[str, list[dict[str, Any]]] = {
        "reach outside": [
            {"starts": good.starts + np.int32(40)}, {"starts": good.starts - np.int32(1)},
            {"firsts": good.firsts + np.int32(9)}, {"firsts": good.firsts - np.int32(9)},
        ],
        "do not fit together": [
            {"low": good.low[:, :-1].copy()}, {"high": good.high[:-1]}, {"whole": good.whole[:0]},
            {"firsts": good.firsts[:-1]}, {"digits": good.digits[:-1]}, {"digits": b""},
            {"starts": good.starts[:0]}, {"digits": bytes(97)},
        ],
    }  # fmt: skip
    names = ("starts", "whole", "low", "high", "firsts", "digits")
    for message, cases in bad.items():
        for case in cases:
            axis = tuple(case.get(name, getattr(good, name)) for name in names)
            with pytest.raises(ValueError, match=message):
                _native.lanczos(pixels, 40, 30, 4, axis, _axis_weights(30, 8), False)


@needs_native
@given(st.integers(1, 3000), st.integers(1, 300))
@settings(max_examples=60, deadline=None)
def test_weights_add_up_to_one_and_stay_inside(inputs: int, outputs: int) -> None:
    axis = _axis_weights(inputs, outputs)
    taps = axis.whole.shape[1]
    assert axis.starts.min() >= 0
    assert axis.starts.max() + taps <= inputs
    assert np.abs(axis.whole.sum(axis=1) - (1 << 22)).max() <= taps
    assert np.array_equal((axis.high.astype(np.int64) << 11) + axis.low, axis.whole)


@needs_native
@given(st.integers(1, 700), st.integers(1, 70))
@settings(max_examples=60, deadline=None)
def test_both_forms_of_the_weights_are_the_same_weights(inputs: int, outputs: int) -> None:
    axis = _axis_weights(inputs, outputs)
    digits = axis.digits.astype(np.int64)
    grouped = (digits * np.array([1, 256, 65536])[:, None]).sum(axis=2).reshape(outputs, -1)
    for output in range(outputs):
        dense, other = np.zeros(inputs + 8, np.int64), np.zeros(inputs + 8, np.int64)
        start, first = int(axis.starts[output]), int(axis.firsts[output]) * 4
        dense[start : start + axis.whole.shape[1]] = axis.whole[output]
        other[first : first + grouped.shape[1]] = grouped[output]
        assert np.array_equal(dense, other)
    assert axis.firsts.max() + axis.digits.shape[1] <= -(-inputs // 4)


@needs_native
@given(st.integers(1, 700), st.integers(1, 300))
def test_weights_in_c_are_those_of_python(inputs: int, outputs: int) -> None:
    firsts, lengths, weights = (part.tolist() for part in _spans(inputs, outputs))
    for output in range(outputs):
        first, wanted = span(inputs, outputs, output)
        assert (firsts[output], lengths[output]) == (first, len(wanted))
        assert weights[output] == wanted + [0] * (len(weights[output]) - len(wanted))


@needs_native
@pytest.mark.parametrize("length", [1, 2, 7, 64, 65, 533])
def test_an_axis_that_keeps_its_length_is_copied(length: int) -> None:
    axis = _axis_weights(length, length)
    copied = np.zeros((length, length), np.int64)
    for output, (start, weights) in enumerate(zip(axis.starts, axis.whole, strict=True)):
        copied[output, start : start + len(weights)] = weights
    assert np.array_equal(copied, np.eye(length, dtype=np.int64) << 22)


@pytest.mark.slow
@needs_native
@pytest.mark.parametrize(("inputs", "outputs"), [(65_535, 9), (4032, 64), (3024, 256), (2, 65_535)])
def test_weights_of_long_axes(inputs: int, outputs: int) -> None:
    firsts, lengths, weights = (part.tolist() for part in _spans(inputs, outputs))
    for output in range(outputs):
        first, wanted = span(inputs, outputs, output)
        assert (firsts[output], weights[output][: lengths[output]]) == (first, wanted)


@needs_native
@pytest.mark.parametrize("lengths", [(0, 5), (5, 0), (-1, 5), (1 << 25, 5), (1 << 24, 1 << 24)])
def test_axes_out_of_bounds_are_refused(lengths: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="out of bounds"):
        _native.lanczos_spans(*lengths)
