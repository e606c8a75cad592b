"""Exit codes, the same for every verb."""

from __future__ import annotations

from enum import IntEnum

__all__ = ["Exit"]


class Exit(IntEnum):
    """As grep has them, and one more for strict runs; 130 after Ctrl-C."""

    FOUND = 0
    NONE = 1
    ERROR = 2
    REJECTED = 3
