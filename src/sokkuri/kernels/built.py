"""The C kernels, if a compiler was there when the package was installed."""

from __future__ import annotations

import os
from typing import Final

VARIABLE: Final = "SOKKURI_KERNELS"
"""The environment variable that forces the NumPy twins where it says ``reference``."""

try:
    if os.environ.get(VARIABLE) == "reference":
        raise ImportError(VARIABLE)
    from sokkuri.kernels import _native as native
except ImportError:  # no compiler was there, or the wheel is of another platform
    native = None  # type: ignore[assignment]

__all__ = ["MISSING", "NATIVE", "VARIABLE", "native"]

NATIVE: Final = native is not None
"""Whether the C kernels were built, and may be used."""

MISSING: Final = not NATIVE and os.environ.get(VARIABLE) != "reference"
"""Whether they should be there and are not."""
