"""What every family does at its ends: check its size, pack its bits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sokkuri.hashes import ImageHash

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sokkuri.hashes import HashSpec

__all__ = ["check_bounds", "check_power_of_two", "median", "packed"]


def check_bounds(name: str, value: int, least: int, most: int) -> None:
    """Raise ValueError unless ``least <= value <= most``; ``name`` is the parameter's."""
    if not least <= value <= most:
        raise ValueError(f"`{name}` must be {least} to {most}, not {value}")


def check_power_of_two(name: str, value: int) -> None:
    """Raise ValueError unless ``value`` is 1, 2, 4, 8, ..."""
    if value.bit_count() != 1:
        raise ValueError(f"`{name}` must be a power of two, not {value}")


def median(values: NDArray[np.float64]) -> np.float64:
    """Return the median as ``np.median`` does, in a fifth of the time for a few values."""
    ordered = np.sort(values, axis=None)
    middle: np.float64 = (ordered[(ordered.size - 1) // 2] + ordered[ordered.size // 2]) / 2
    return middle


def packed(spec: HashSpec, bits: NDArray[np.bool_], quality: int) -> ImageHash:
    """Return the hash with these bits, read in C order: row by row, colour channel last."""
    return ImageHash(spec, np.packbits(bits).tobytes(), quality)
