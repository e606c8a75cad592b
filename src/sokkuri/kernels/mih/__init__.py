"""Multi-index hashing: tables of rows by parts of their codes, sorted and searched.

A NumPy twin in :mod:`.reference` is the truth, and the C kernels in :mod:`.native` must equal it.

References
----------
M. Norouzi, A. Punjani, D. J. Fleet, "Fast Search in Hamming Space with Multi-Index Hashing", CVPR
2012.
"""

from __future__ import annotations

from sokkuri.kernels.built import NATIVE
from sokkuri.kernels.mih.table import Probe, Table

if NATIVE:
    from sokkuri.kernels.mih.native import candidates, sort_rows, within_tables
else:
    from sokkuri.kernels.mih.reference import candidates, sort_rows, within_tables

__all__ = ["Probe", "Table", "candidates", "sort_rows", "within_tables"]
