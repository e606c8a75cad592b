from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from sokkuri import HashSpec, ImageHash, Picture, hasher
from sokkuri.demo import write_demo_folder
from sokkuri.hashers.spatial import _grid_blocks
from sokkuri.images import load
from sokkuri.metric import Metric
from sokkuri.protocols import SupportsBlocks
from sokkuri.searchers.flat import FlatSearcher
from sokkuri.searchers.pruned import PrunedSearcher
from sokkuri.testing import clustered_codes

Waves = Callable[[int, int, int], NDArray[np.uint8]]

NAMES = (
    "ahash-gray-64", "ahash-rgb-64", "ahash-rgb-64-fast", "ahash-rgbmean-32", "look-2",
    "look-2-compact",
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


def _bounds(codes: NDArray[np.uint8], level: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return for the first code how far each of the others is at least, by plain counting."""
    bits = np.unpackbits(codes, axis=1)[:, : len(level)].astype(np.int64)
    counts = np.zeros((len(codes), int(level.max()) + 1), np.int64)
    for place, block in enumerate(level):
        counts[:, block] += bits[:, place]
    bounds: NDArray[np.int64] = np.abs(counts[0] - counts).sum(axis=1)
    return bounds


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
@given(seed=st.integers(0, 10_000), spread=st.sampled_from((0.0, 0.01, 0.1, 0.5)))
@settings(max_examples=20)
def test_counts_are_never_farther_apart_than_codes(name: str, seed: int, spread: float) -> None:
    spec = hasher(name).spec
    codes = clustered_codes(12, spec.code_bytes, seed, spread=spread)
    bits = np.unpackbits(codes, axis=1)
    bits[:, spec.bits :] = 0
    distances = (bits[0] != bits).sum(axis=1)
    maker = hasher(name)
    assert isinstance(maker, SupportsBlocks)
    coarse, fine = (_bounds(codes, level) for level in maker.blocks())
    assert (coarse <= distances).all()
    assert (fine <= distances).all()


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_photos_of_the_demo_are_told_apart_by_counts(name: str, tmp_path: Path) -> None:
    folder = write_demo_folder(tmp_path / "demo")
    maker = hasher(name)
    pictures = [load(path) for path in sorted(Path(folder.photos_dir).rglob("*.jpg"))]
    hashes = [maker.hash(picture).code for picture in pictures if isinstance(picture, Picture)]
    codes = np.frombuffer(b"".join(hashes), np.uint8).reshape(len(hashes), -1)
    assert isinstance(maker, SupportsBlocks)
    levels = maker.blocks()
    distances = np.bitwise_count(codes[0] ^ codes).sum(axis=1)
    coarse, fine = (_bounds(codes, level) for level in levels)
    assert (coarse <= distances).all()
    assert (fine <= distances).all()
    # What bounds are for: most photos are ruled out at a radius that finds alike ones only.
    radius = maker.spec.bits // 24
    assert (fine <= radius).mean() < 0.5
    pruned, scan = PrunedSearcher.build(codes, levels), FlatSearcher(codes)
    for k, limit in ((5, None), (None, radius)):
        ours = pruned.search(codes, k=k, max_distance=limit)
        theirs = scan.search(codes, k=k, max_distance=limit)
        assert ours.rows.tolist() == theirs.rows.tolist()
        assert ours.distances.tolist() == theirs.distances.tolist()


def test_bits_of_no_block_stay_so_when_bits_are_chosen() -> None:
    chosen = np.array([1, 2, 4, 5, 6])
    measure = Metric(HashSpec("some", 5), chosen=chosen)
    levels = measure.blocks(_Striped())
    assert [level.tolist() for level in levels] == [[-1, 0, 1, 1, -1]]
    with_none = Metric(HashSpec("some", 2), chosen=np.array([1, 6]))
    assert with_none.blocks(_Striped()) == ()


@dataclass(frozen=True)
class _Striped:
    spec: HashSpec = field(default_factory=lambda: HashSpec("striped", 8))
    working_side: int = 8
    fast: bool = False

    def blocks(self) -> tuple[NDArray[np.int64], ...]:
        return (np.array([0, -1, 3, 3, 5, 5, -1, 0]),)

    def hash(self, picture: Picture) -> ImageHash:
        raise NotImplementedError


def test_blocks_are_squares_of_one_channel() -> None:
    coarse, fine = _grid_blocks(64, 3)
    picture = fine.reshape(64, 64, 3)
    assert np.unique(picture[:8, :8, 1]).tolist() == [1]
    assert picture[0, 8, 0] == 3
    assert coarse.reshape(64, 64, 3)[63, 63].tolist() == [45, 46, 47]
    assert _grid_blocks(16, 3) == ()


def test_hashes_without_places_tell_nothing() -> None:
    maker = hasher("phash-16-fast")
    assert isinstance(maker, SupportsBlocks)
    assert maker.blocks() == ()
    assert not isinstance(hasher("phash-16"), SupportsBlocks)
    assert Metric.of(hasher("phash-16")).blocks(hasher("phash-16")) == ()


@pytest.mark.parametrize("emphasis", ["shape", "balanced", "colour", 0.2])
def test_chosen_bits_keep_their_blocks(emphasis: str | float, waves: Waves) -> None:
    maker = hasher("look-2")
    measure = Metric.of(maker, emphasis=emphasis)
    levels = measure.blocks(maker)
    table = measure.table(_codes("look-2", waves))
    assert all(level.shape == (measure.spec.bits,) for level in levels)
    views = measure.views(table[:5])
    ours = PrunedSearcher.build(table, levels).search(views, k=4)
    assert ours.rows.tolist() == FlatSearcher(table).search(views, k=4).rows.tolist()


def test_the_levels_of_a_colour_are_counted_exactly(waves: Waves) -> None:
    from sokkuri.hashers.look_layout import BITS, BLOCKS, CENTRE_AT
    from sokkuri.kernels.bitops import BlockParts, count_blocks

    codes = _codes("look-2", waves)
    colours = np.packbits(np.unpackbits(codes, axis=1)[:, CENTRE_AT:BITS], axis=1)
    level = np.unique(BLOCKS[1][CENTRE_AT:], return_inverse=True)[1]
    counts = count_blocks(colours, BlockParts.of(level), int(level.max()) + 1).astype(int)
    bounds = np.abs(counts[0] - counts[1:]).sum(axis=1)
    distances = np.bitwise_count(colours[0] ^ colours[1:]).sum(axis=1)
    assert bounds.tolist() == distances.tolist()
