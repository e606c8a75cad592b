"""The counting kernels equal their NumPy twins, and refuse what does not fit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from tests.unit.kernels.twin import Twin

from sokkuri.hashers import spatial
from sokkuri.hashers.quality import _counts
from sokkuri.hashers.spatial import _above_mean
from sokkuri.kernels import NATIVE, native

reference = Twin(spatial)
needs_native = pytest.mark.skipif(not NATIVE, reason="the C kernels were not built")
shapes = st.tuples(st.integers(1, 20), st.integers(1, 20), st.sampled_from([1, 3, 4]))
pixels = shapes.flatmap(lambda shape: arrays(np.uint8, shape))


@given(pixels, st.booleans())
def test_above_mean(values: np.ndarray[Any, Any], by_channel: bool) -> None:
    used = min(3, values.shape[2])
    expected = reference._above_mean(values, used, by_channel=by_channel)
    assert _above_mean(values, used, by_channel=by_channel) == expected
    floats = values[..., :used] > values[..., :used].mean(axis=(0, 1) if by_channel else None)
    assert expected == np.packbits(floats).tobytes()


@given(st.integers(0, 255), st.integers(1, 9), st.integers(0, 1))
def test_a_value_that_is_the_mean_is_not_above_it(level: int, side: int, more: int) -> None:
    values = np.full((side, side, 1), level, np.uint8)
    values[0, 0, 0] = min(255, level + more)
    bits = np.unpackbits(np.frombuffer(_above_mean(values, 1), np.uint8))[: side * side]
    assert bits.sum() == (values[0, 0, 0] != level and side > 1)


def test_above_mean_of_a_view_without_one_piece() -> None:
    values = np.arange(96, dtype=np.uint8).reshape(4, 6, 4)[:, ::2]
    assert _above_mean(values, 3) == _above_mean(values.copy(), 3)


@needs_native
@given(pixels.filter(lambda values: values.shape[2] != 3), st.data())
def test_quality_counts(values: np.ndarray[Any, Any], data: st.DataObject) -> None:
    height, width, channels = values.shape
    columns = np.array(data.draw(st.lists(st.integers(0, width - 1), min_size=1)), np.int32)[:64]
    rows = np.array(data.draw(st.lists(st.integers(0, height - 1), min_size=1)), np.int32)[:64]
    picked = values[rows][:, columns].astype(np.uint32)
    weights = np.array([19595, 38470, 7471], np.uint32)
    luma = picked[..., 0] if channels == 1 else picked[..., :3] @ weights + 0x8000 >> 16
    counts = native.quality_counts(values, width, height, channels, columns, rows)
    assert np.array_equal(np.frombuffer(counts, np.int32), _counts(luma.astype(np.uint8)))


@needs_native
def test_what_does_not_fit_is_refused() -> None:
    from sokkuri.kernels import _native

    one = np.zeros(1, np.int32).tobytes()
    for arguments in [(b"", 1, 1, False), (b"1234", 3, 1, False), (b"12", 2, 3, False)]:
        with pytest.raises(ValueError, match="do not fit"):
            _native.above_mean(*arguments)
    for columns in (b"", b"12", np.array([3], np.int32).tobytes(), bytes(4 * 65)):
        with pytest.raises(ValueError, match="out of bounds"):
            _native.quality_counts(bytes(9), 3, 3, 1, columns, one)
    with pytest.raises(ValueError, match="does not fit"):
        _native.quality_counts(bytes(8), 3, 3, 1, one, one)
