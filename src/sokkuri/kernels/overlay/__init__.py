"""One picture laid on another: the map refined on pixels, their agreement block by block."""

from sokkuri.kernels.overlay.reference import BLOCK, FINE, NOTHING, STRIDE, lattice_of

__all__ = ["BLOCK", "FINE", "NOTHING", "STRIDE", "lattice_of"]
