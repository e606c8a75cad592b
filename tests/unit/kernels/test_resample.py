from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from sokkuri.kernels import NATIVE, lanczos_native, lanczos_reference
from sokkuri.kernels.resample import axis_weights

if NATIVE:
    from sokkuri.kernels import _native

needs_native = pytest.mark.skipif(
    not NATIVE and os.environ.get("CI") != "true", reason="NOT RUN: no C compiler built the kernels"
)
# Around the steps of the kernels, and around the rule for the order of the axes.
sides = st.one_of(st.integers(1, 40), st.sampled_from([63, 64, 65, 127, 128, 129, 400, 533]))
targets = st.one_of(st.integers(1, 20), st.sampled_from([31, 32, 33, 64, 65]))


@pytest.fixture(params=[False, True], ids=["fast", "portable"])
def loops(request: pytest.FixtureRequest) -> Iterator[None]:
    """Run a test with the loops of this machine and with the plain ones."""
    if NATIVE:
        _native.force_portable(request.param)
    yield
    if NATIVE:
        _native.force_portable(False)


def _pixels(width: int, height: int, channels: int, seed: int) -> Any:
    random = np.random.default_rng(seed)
    if seed % 3 == 0:  # black and white overshoots on both sides
        return (random.random((height, width, channels)) < 0.5).astype(np.uint8) * np.uint8(255)
    return random.integers(0, 256, (height, width, channels), np.uint8)


@settings(max_examples=60, deadline=None)
@given(sides, sides, targets, targets, st.integers(0, 99))
def test_the_reference_equals_pillow(
    width: int, height: int, out_width: int, out_height: int, seed: int
) -> None:
    pixels = _pixels(width, height, 3, seed)
    theirs = Image.fromarray(pixels).resize((out_width, out_height), Image.Resampling.LANCZOS)
    assert np.array_equal(lanczos_reference(pixels, out_width, out_height), np.asarray(theirs))


@needs_native
@pytest.mark.parametrize("channels", [1, 4])
def test_the_kernel_equals_the_reference(loops: None, channels: int) -> None:
    @settings(max_examples=60, deadline=None)
    @given(sides, sides, targets, targets, st.integers(0, 99))
    def check(width: int, height: int, out_width: int, out_height: int, seed: int) -> None:
        pixels = _pixels(width, height, channels, seed)
        ours = lanczos_native(pixels, (width, height), channels, (out_width, out_height))
        assert np.array_equal(ours, lanczos_reference(pixels, out_width, out_height))

    check()


@needs_native
def test_the_kernel_reads_pillows_own_memory(loops: None) -> None:
    for mode, channels in (("L", 1), ("RGB", 4)):
        for width, height in ((7, 5), (65, 33), (301, 200), (99, 400)):
            image = Image.fromarray(_pixels(width, height, 3, width)).convert(mode)
            _, memory = image.__arrow_c_array__()
            ours = lanczos_native(memory, image.size, channels, (16, 16))[..., : min(channels, 3)]
            theirs = np.asarray(image.resize((16, 16), Image.Resampling.LANCZOS))
            assert np.array_equal(ours.squeeze(), theirs)


@needs_native
def test_sizes_that_do_not_fit_are_refused() -> None:
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
    good = axis_weights(40, 8)
    outside = (good.starts + np.int32(40), good.whole, good.low, good.high)
    short = (good.starts, good.whole, good.low[:, :-1].copy(), good.high)
    for bad, message in ((outside, "reach outside"), (short, "do not fit together")):
        with pytest.raises(ValueError, match=message):
            _native.lanczos(pixels, 40, 30, 4, bad, axis_weights(30, 8).arrays(), False)


@given(st.integers(1, 3000), st.integers(1, 300))
@settings(max_examples=60, deadline=None)
def test_weights_add_up_to_one_and_stay_inside(inputs: int, outputs: int) -> None:
    axis = axis_weights(inputs, outputs)
    taps = axis.whole.shape[1]
    assert axis.starts.min() >= 0
    assert axis.starts.max() + taps <= inputs
    assert np.abs(axis.whole.sum(axis=1) - (1 << 22)).max() <= taps
    assert np.array_equal((axis.high.astype(np.int64) << 11) + axis.low, axis.whole)
