"""Kernels of the look hash, and its truth in NumPy."""
