"""The look hash: in C where that was built, in NumPy elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sokkuri.kernels.loader import NATIVE, native
from sokkuri.kernels.look.lab import LINEAR, ROOTS
from sokkuri.kernels.look.reference import look_reference

if TYPE_CHECKING:
    from numpy.typing import NDArray


def look_code(rgbx: NDArray[np.uint8], size: tuple[int, int]) -> bytes:
    """Compute the packed code of a look hash.

    Parameters
    ----------
    rgbx : ndarray of shape (64, 64, 4), uint8
        The photo shrunk to a square; the fourth channel has no meaning.
    size : tuple of int
        Width and height of the photo before that, in pixels.

    Returns
    -------
    bytes
        440 bytes, the bits of :func:`.reference.look_reference`, first bit highest.
    """
    if not NATIVE or not rgbx.flags.c_contiguous:
        return np.packbits(look_reference(rgbx[..., :3], size)).tobytes()
    return native.look(rgbx, *size, LINEAR, ROOTS)
