"""Which rows are near a query: scans over packed rows, in bits that differ or in block sums.

Every function has a NumPy twin in :mod:`.reference`, the truth, and a C kernel that must give the
same rows and distances.  The C ones run where they were built.
"""

from __future__ import annotations

from sokkuri.kernels.built import NATIVE
from sokkuri.kernels.near.found import Best, Found, Metric

if NATIVE:
    from sokkuri.kernels.near.native import (
        all_distances,
        nearest,
        refine,
        refine_nearest,
        within,
    )
else:
    from sokkuri.kernels.near.reference import (
        all_distances,
        nearest,
        refine,
        refine_nearest,
        within,
    )

__all__ = [
    "Best",
    "Found",
    "Metric",
    "all_distances",
    "nearest",
    "refine",
    "refine_nearest",
    "within",
]
