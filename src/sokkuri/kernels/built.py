"""The C kernels, if a compiler was there when the package was installed."""

from __future__ import annotations

from typing import Final

try:
    from sokkuri.kernels import _native as native
except ImportError:  # no compiler was there, or the wheel is of another platform
    native = None  # type: ignore[assignment]

__all__ = ["NATIVE", "native"]

NATIVE: Final = native is not None
"""Whether the C kernels were built."""
