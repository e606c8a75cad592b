"""Kernels: arrays in, arrays out, no pictures, no names, no files.

Each family has a room with its C, its NumPy twin and a README of the maths.
"""

from __future__ import annotations

from sokkuri.kernels.loader import MISSING, NATIVE, active_kernels, native

__all__ = ["MISSING", "NATIVE", "active_kernels", "native"]
