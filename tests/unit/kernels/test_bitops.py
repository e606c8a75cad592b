from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.kernels.twin import Twin

from sokkuri.kernels import bitops
from sokkuri.kernels.bitops import BlockParts, choose_bits, count_blocks

reference = Twin(bitops)

# The loops stay the same for all examples of a test.
ONCE = [HealthCheck.function_scoped_fixture]

pytestmark = pytest.mark.usefixtures("native")


@settings(suppress_health_check=ONCE)
@given(
    seed=st.integers(0, 10_000),
    rows=st.integers(0, 6),
    width=st.sampled_from((1, 7, 8, 9, 24, 64, 65, 440)),
    share=st.sampled_from((0.01, 0.3, 0.9, 1.0)),
)
def test_choosing_bits_in_c_equals_numpy(
    loops: str, seed: int, rows: int, width: int, share: float
) -> None:
    random = np.random.default_rng(seed)
    codes = random.integers(0, 256, (rows, width), np.uint8)
    chosen = np.flatnonzero(random.random(8 * width) < share)
    if not len(chosen):
        chosen = np.array([8 * width - 1])
    for order in (chosen, random.permutation(chosen)):
        expected = reference.choose_bits(codes, order)
        assert np.array_equal(choose_bits(codes, order), expected)


@settings(suppress_health_check=ONCE)
@given(
    seed=st.integers(0, 10_000),
    rows=st.integers(0, 6),
    width=st.sampled_from((1, 7, 8, 9, 24, 64, 65, 440)),
    blocks=st.integers(1, 20),
    spare=st.integers(0, 3),
)
def test_counting_blocks_in_c_equals_numpy(
    loops: str, seed: int, rows: int, width: int, blocks: int, spare: int
) -> None:
    random = np.random.default_rng(seed)
    codes = random.integers(0, 256, (rows, width), np.uint8)
    block_of = random.integers(-1, blocks, random.integers(1, 8 * width + 1))
    block_of[0] = blocks - 1
    parts = BlockParts.of(block_of)
    assert parts.blocks == blocks
    expected = reference.count_blocks(codes, parts, blocks + spare)
    assert np.array_equal(count_blocks(codes, parts, blocks + spare), expected)


def test_counts_stop_at_255_and_bound_the_distance_still() -> None:
    codes = np.zeros((2, 64), np.uint8)
    codes[1] = 255
    parts = BlockParts.of(np.zeros(512, np.int64))
    assert count_blocks(codes, parts, 1).tolist() == [[0], [255]]
    assert reference.count_blocks(codes, parts, 1).tolist() == [[0], [255]]


def test_what_does_not_fit_is_refused() -> None:
    from sokkuri.kernels import _native

    codes = np.zeros((4, 8), np.uint8)
    with pytest.raises(ValueError, match="do not fit"):
        _native.choose_bits(codes, np.zeros(8, np.uint8), np.zeros(4, np.uint8))
    starts, words, masks = (
        np.array([0, 1], np.uint32),
        np.array([1], np.uint32),
        np.ones(1, np.uint64),
    )
    with pytest.raises(ValueError, match="do not fit"):
        _native.count_blocks(codes, 8, starts, words, masks, np.zeros((4, 1), np.uint8), 1)
