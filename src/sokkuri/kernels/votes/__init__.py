"""Pairs of points that agree on one turn, scale and shift, and the map that fits them."""

from sokkuri.kernels.votes.reference import agree

__all__ = ["agree"]
