"""The score of a pair of photos under a map: how well the pixels agree, and how many points do."""

from __future__ import annotations

from typing import Final

PER_DOUBLING: Final = 300
"""Thousandths that a doubling of the matched points adds."""

_BITS: Final = 12


def score_of(agreement: int, matched: int, of: int) -> int:
    """Return ``agreement + 0.3 log2(1 + matched x share)``, all in thousandths.

    Parameters
    ----------
    agreement : int
        Mean agreement of the blocks, in thousandths.
    matched, of : int
        Points with a partner, and points that might have one; their ratio is the share.
    """
    weight = ((of + matched * matched) << _BITS) // of
    return max(agreement, 0) + ((PER_DOUBLING * _log2(weight)) >> _BITS)


def _log2(value: int) -> int:
    """Return the binary logarithm of a number in 1/4,096, in 1/4,096, by squaring: no libm."""
    whole = value.bit_length() - 1
    result = (whole - _BITS) << _BITS
    mantissa = (value << 30) >> whole
    for bit in range(_BITS - 1, -1, -1):
        mantissa = (mantissa * mantissa) >> 30
        if mantissa >> 31:
            result += 1 << bit
            mantissa >>= 1
    return result
