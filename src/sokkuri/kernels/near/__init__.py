"""Which rows are near a query: scans over packed rows, in bits that differ or in block sums.

Every function has a NumPy twin in :mod:`.reference`, the truth, and a C kernel that must give the
same rows and distances.  The C ones run where they were built.
"""

from __future__ import annotations

from sokkuri.kernels.built import NATIVE
from sokkuri.kernels.near import native, reference
from sokkuri.kernels.near.found import Best, Found, Metric

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

_chosen = native if NATIVE else reference

all_distances = _chosen.all_distances
nearest = _chosen.nearest
within = _chosen.within
refine = _chosen.refine
refine_nearest = _chosen.refine_nearest
