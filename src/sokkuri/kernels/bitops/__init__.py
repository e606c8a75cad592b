"""Codes prepared for a search: a choice of their bits, and counts of set bits by block."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from sokkuri.kernels import NATIVE, native

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sokkuri._typing import Codes

_ROWS_AT_ONCE: Final = 4096


def choose_bits(codes: Codes, chosen: NDArray[np.int64]) -> Codes:
    """Keep some bits of each code.

    Parameters
    ----------
    codes : ndarray of shape (N, B), uint8
    chosen : ndarray of shape (C,), int64
        Numbers of the bits, at least one; in ascending order that is quicker.

    Returns
    -------
    ndarray of shape (N, ceil(C / 8)), uint8
        The last byte is padded with zeros.
    """
    kept = np.empty((len(codes), (len(chosen) + 7) // 8), np.uint8)
    if NATIVE and (chosen[:-1] < chosen[1:]).all():
        mask = np.zeros(8 * codes.shape[1], np.uint8)
        mask[chosen] = 1
        native.choose_bits(np.ascontiguousarray(codes), np.packbits(mask), kept)
        return kept
    for at in range(0, len(codes), _ROWS_AT_ONCE):
        bits = np.unpackbits(codes[at : at + _ROWS_AT_ONCE], axis=1)
        kept[at : at + _ROWS_AT_ONCE] = np.packbits(bits[:, chosen], axis=1)
    return kept


@dataclass(frozen=True, slots=True, eq=False)
class BlockParts:
    """The bits that each block counts, word by word.

    Parameters
    ----------
    block_of : ndarray of shape (bits,), int64
        Block of each bit, -1 for none.
    starts : ndarray of shape (blocks + 1,), uint32
    words : ndarray of shape (E,), uint32
    masks : ndarray of shape (E,), uint64
        Block b counts the bits ``masks[e]`` of the eight bytes from ``8 * words[e]`` on, for e
        from ``starts[b]`` to ``starts[b + 1]``.
    """

    block_of: NDArray[np.int64]
    starts: NDArray[np.uint32]
    words: NDArray[np.uint32]
    masks: NDArray[np.uint64]

    @classmethod
    def of(cls, block_of: NDArray[np.int64]) -> BlockParts:
        """Sort the bits of each block into words; ``block_of`` has shape (bits,), int64."""
        blocks = int(block_of.max()) + 1
        padded = np.full(-(-len(block_of) // 64) * 64, -1, np.int64)
        padded[: len(block_of)] = block_of
        bits = padded == np.arange(blocks)[:, None]
        values = np.packbits(bits, axis=1).view(np.uint64)
        block, word = np.nonzero(values)
        starts = np.searchsorted(block, np.arange(blocks + 1))
        return cls(block_of, starts.astype(np.uint32), word.astype(np.uint32), values[block, word])

    @property
    def blocks(self) -> int:
        """Number of blocks."""
        return len(self.starts) - 1


def count_blocks(codes: Codes, parts: BlockParts, stride: int) -> Codes:
    """Count the set bits of every block of every code.

    Parameters
    ----------
    codes : ndarray of shape (N, B), uint8
    parts : BlockParts
    stride : int
        Bytes a row of the result, at least the number of blocks; the rest is 0.

    Returns
    -------
    ndarray of shape (N, stride), uint8
        255 stands for 255 or more.  Differences of counts never get larger by that, so their sum
        stays a lower bound of the distance.
    """
    counts = np.zeros((len(codes), stride), np.uint8)
    if NATIVE:
        codes, width = np.ascontiguousarray(codes), codes.shape[1]
        native.count_blocks(codes, width, parts.starts, parts.words, parts.masks, counts, stride)
        return counts
    for at in range(0, len(codes), _ROWS_AT_ONCE):
        bits = np.unpackbits(codes[at : at + _ROWS_AT_ONCE], axis=1)[:, : len(parts.block_of)]
        for block in range(parts.blocks):
            sums = bits[:, parts.block_of == block].sum(axis=1, dtype=np.int64)
            counts[at : at + _ROWS_AT_ONCE, block] = np.minimum(sums, 255)
    return counts
