"""What a search costs, estimated; measured once, and only good for choosing between searchers.

The unit is a nanosecond of the machine they were measured on.  On other machines all of them change
together, more or less, and a wrong choice costs time, never a hit.
"""

from __future__ import annotations

from typing import Final

__all__ = ["CALL", "candidate_cost", "flat_cost", "listed_cost", "probe_cost", "sums_cost"]

CALL: Final = 60_000.0
"""Python around one call of a search."""

_MEMORY_BYTE: Final = 0.045
_BYTE: Final = 0.033
_ROW: Final = 0.05
_SUMS_BYTE: Final = 0.05
_LISTED_ROW: Final = 20.0
_LISTED_BYTE: Final = 0.2
# Both wait for memory; more so where tables and codes are larger than the caches.
_PROBE: Final = 22.0
_CANDIDATE: Final = 24.0


def flat_cost(rows: int, width: int, queries: int) -> float:
    """Return the cost of comparing all rows with so many queries in one pass."""
    return rows * (_MEMORY_BYTE * width + queries * (_ROW + _BYTE * width))


def sums_cost(rows: int, width: int) -> float:
    """Return the cost of bounding the distances of all rows by sums of so many blocks."""
    return rows * (1.0 + _SUMS_BYTE * width)


def listed_cost(rows: float, width: int) -> float:
    """Return the cost of comparing listed rows, which lie apart."""
    return rows * (_LISTED_ROW + _LISTED_BYTE * width)


def probe_cost(probes: float) -> float:
    """Return the cost of looking into so many buckets."""
    return probes * _PROBE


def candidate_cost(rows: float) -> float:
    """Return the cost of so many rows that buckets hold."""
    return rows * _CANDIDATE
