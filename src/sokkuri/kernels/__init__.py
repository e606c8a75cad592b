"""Kernels: arrays in, arrays out, no pictures, no names, no files."""

from __future__ import annotations

from sokkuri.kernels.reference import hamming_distances

__all__ = ["hamming_distances"]
