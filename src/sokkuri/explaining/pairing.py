"""Two codes bit by bit: which of them count, and whether the mirror image is nearer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sokkuri.errors import HashMismatch
from sokkuri.hashers.look_layout import MIRRORED
from sokkuri.hashers.look_reading import look_positions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sokkuri.explaining.portrait import Portrait
    from sokkuri.hashes import ImageHash
    from sokkuri.measures import Measure

__all__ = ["Pair", "pair_of"]


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """The bits of two photos, those of the second mirrored where that brings them nearer.

    Parameters
    ----------
    bits_a, bits_b : ndarray of shape (bits,), bool
    counted : ndarray of shape (bits,), bool
        Which of them are compared.
    mirrored : bool
    """

    bits_a: NDArray[np.bool_]
    bits_b: NDArray[np.bool_]
    counted: NDArray[np.bool_]
    mirrored: bool

    @property
    def differing(self) -> NDArray[np.bool_]:
        """Which of the compared bits differ, shape (bits,)."""
        differing: NDArray[np.bool_] = (self.bits_a != self.bits_b) & self.counted
        return differing

    @property
    def distance(self) -> int:
        """How many that are."""
        return int(self.differing.sum())


def pair_of(a: Portrait, b: Portrait, measure: Measure) -> Pair:
    """Lay the codes of two portraits side by side as a measure compares them.

    Raises
    ------
    HashMismatch
        If the three are not of one recipe.
    """
    a.hash.distance(b.hash)  # raises where the two are of different recipes
    if measure.chosen is None and measure.spec != a.spec:
        raise HashMismatch(f"the photos are hashed by {a.spec}, and compared by {measure.spec}")
    bits_a, bits_b = _bits_of(a.hash), _bits_of(b.hash)
    counted = np.ones(a.spec.bits, np.bool_)
    if measure.chosen is not None:
        counted[:] = False
        counted[measure.chosen] = True
    plain = Pair(bits_a, bits_b, counted, mirrored=False)
    if measure.mirrored is None:
        return plain
    mirrored = Pair(bits_a, _mirrored(bits_b, a.spec.name, measure), counted, mirrored=True)
    return mirrored if mirrored.distance < plain.distance else plain


def _bits_of(code: ImageHash) -> NDArray[np.bool_]:
    packed = np.frombuffer(code.code, np.uint8)
    return np.unpackbits(packed)[: code.spec.bits].astype(np.bool_)


def _mirrored(bits: NDArray[np.bool_], name: str, measure: Measure) -> NDArray[np.bool_]:
    positions = look_positions(name)
    if positions is not None:  # all bits move, not only those that are compared
        return bits[np.searchsorted(positions, MIRRORED[positions])]
    moved = bits.copy()
    if measure.chosen is not None and measure.mirrored is not None:
        moved[measure.chosen] = bits[measure.chosen][measure.mirrored]
    return moved
