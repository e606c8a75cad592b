from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from sokkuri import Picture, hasher
from sokkuri.hashers.blocks import grid_blocks
from sokkuri.measures import Measure
from sokkuri.protocols import SupportsBlocks
from sokkuri.searchers.flat import FlatSearcher
from sokkuri.searchers.pruned import PrunedSearcher

Waves = Callable[[int, int, int], NDArray[np.uint8]]

NAMES = (
    "ahash-gray-64", "ahash-rgb-64", "ahash-rgb-64-fast", "ahash-rgbmean-32", "look-1",
    "look-1-compact",
)  # fmt: skip


def _codes(name: str, waves: Waves) -> NDArray[np.uint8]:
    maker = hasher(name)
    codes = []
    for seed in range(24):
        pixels = waves(120 + seed, 90, seed % 6)
        codes.append(maker.hash(Picture(Image.fromarray(pixels))).code)
    return np.frombuffer(b"".join(codes), np.uint8).reshape(len(codes), -1)


@pytest.mark.parametrize("name", NAMES)
def test_every_bit_has_a_block_and_pruning_finds_what_a_scan_finds(name: str, waves: Waves) -> None:
    maker = hasher(name)
    assert isinstance(maker, SupportsBlocks)
    levels = maker.blocks()
    assert len(levels) == 2
    for level in levels:
        assert level.shape == (maker.spec.bits,)
        assert np.array_equal(np.unique(level), np.arange(level.max() + 1))
    assert levels[0].max() < levels[1].max()
    codes = _codes(name, waves)
    pruned = PrunedSearcher.build(codes, levels)
    for k, radius in ((3, None), (None, maker.spec.bits // 5)):
        ours = pruned.search(codes, k=k, max_distance=radius)
        scan = FlatSearcher(codes).search(codes, k=k, max_distance=radius)
        assert ours.rows.tolist() == scan.rows.tolist()
        assert ours.distances.tolist() == scan.distances.tolist()


def test_blocks_are_squares_of_one_channel() -> None:
    coarse, fine = grid_blocks(64, 3)
    picture = fine.reshape(64, 64, 3)
    assert np.unique(picture[:8, :8, 1]).tolist() == [1]
    assert picture[0, 8, 0] == 3
    assert coarse.reshape(64, 64, 3)[63, 63].tolist() == [45, 46, 47]
    assert grid_blocks(16, 3) == ()


def test_hashes_without_places_tell_nothing() -> None:
    maker = hasher("phash-16-fast")
    assert isinstance(maker, SupportsBlocks)
    assert maker.blocks() == ()
    assert not isinstance(hasher("phash-16"), SupportsBlocks)
    assert Measure.of(hasher("phash-16")).blocks(hasher("phash-16")) == ()


@pytest.mark.parametrize("emphasis", ["shape", "balanced", "colour", 0.2])
def test_chosen_bits_keep_their_blocks(emphasis: str | float, waves: Waves) -> None:
    maker = hasher("look-1")
    measure = Measure.of(maker, emphasis=emphasis)
    levels = measure.blocks(maker)
    table = measure.table(_codes("look-1", waves))
    assert all(level.shape == (measure.spec.bits,) for level in levels)
    views = measure.views(table[:5])
    ours = PrunedSearcher.build(table, levels).search(views, k=4)
    assert ours.rows.tolist() == FlatSearcher(table).search(views, k=4).rows.tolist()


def test_the_levels_of_a_colour_are_counted_exactly(waves: Waves) -> None:
    from sokkuri.hashers.look_layout import BLOCKS, COLOUR
    from sokkuri.kernels.code_bits import BlockParts, count_blocks

    codes = _codes("look-1", waves)
    colours = np.packbits(np.unpackbits(codes, axis=1)[:, COLOUR], axis=1)
    level = np.unique(BLOCKS[1][COLOUR], return_inverse=True)[1]
    counts = count_blocks(colours, BlockParts.of(level), int(level.max()) + 1).astype(int)
    bounds = np.abs(counts[0] - counts[1:]).sum(axis=1)
    distances = np.bitwise_count(colours[0] ^ colours[1:]).sum(axis=1)
    assert bounds.tolist() == distances.tolist()
