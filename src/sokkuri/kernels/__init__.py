"""Kernels: arrays in, arrays out, no pictures, no names, no files.

Each family has a room with its C and a README of the maths, and a twin in NumPy, in that room or
with the hash that it serves.  The C runs where a compiler was there when the package was installed,
the twin elsewhere: it is the truth, which the C equals bit for bit.
"""

from __future__ import annotations

import os
from typing import Final

_VARIABLE: Final = "SOKKURI_KERNELS"  # where it says "reference", the NumPy twins do the work

try:
    if os.environ.get(_VARIABLE) == "reference":
        raise ImportError(_VARIABLE)
    from sokkuri.kernels import _native

    native = _native
except ImportError:  # no compiler was there, or the wheel is of another platform
    native = None  # type: ignore[assignment]

NATIVE: Final = native is not None
"""True where the C kernels were built and may be used."""

MISSING: Final = not NATIVE and os.environ.get(_VARIABLE) != "reference"
"""True where they should be there and are not."""


def active_kernels() -> str:
    """Name the kernels in use: "avx512", "avx2", "neon", "portable" (all in C) or "numpy"."""
    return str(native.isa()) if NATIVE else "numpy"
