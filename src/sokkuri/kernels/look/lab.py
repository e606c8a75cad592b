"""CIE L*a*b* in whole numbers: quarter units, from tables that are the same on every machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LIGHT: Final = 4095
_ROOT: Final = 4096

# Rows of the sRGB to XYZ matrix (IEC 61966-2-1, white D65) over the white point, in 1/4096; each
# row adds up to one, so that grays have neither a nor b.
_MATRIX: Final = np.array([[1777, 1541, 778], [871, 2929, 296], [73, 449, 3574]], np.int32)


def lab_quarters(rgb: NDArray[np.uint8]) -> NDArray[np.int32]:
    """Convert sRGB colours to L*, a* and b* in quarters of a unit.

    Parameters
    ----------
    rgb : ndarray of shape (..., 3), uint8

    Returns
    -------
    ndarray of shape (..., 3), int32
        L* from 0 to 400; a* and b* within -800 and 800.
    """
    roots = ROOTS[(LINEAR[rgb] @ _MATRIX.T) >> 12]
    x, y, z = roots[..., 0], roots[..., 1], roots[..., 2]
    lightness = ((464 * y) >> 12) - 64
    return np.stack([lightness, (2000 * (x - y)) >> 12, (800 * (y - z)) >> 12], axis=-1)


def _linear_light() -> NDArray[np.int32]:
    coded = np.arange(256) / 255
    light = np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)
    # None is nearer than 1/10,000 to a half: machines that differ in the last bit round alike.
    return np.asarray(np.rint(_LIGHT * light), np.int32)


def _cie_roots() -> NDArray[np.int32]:
    """Return 4096 times the CIE's f of ``light / 4095`` for all amounts of light."""
    light = np.arange(_LIGHT + 1, dtype=np.int64)
    cubes = _ROOT**3 * light // _LIGHT
    # Machines differ in the last bit of a root; whole numbers put it right.
    roots = np.rint(np.cbrt(cubes)).astype(np.int64)
    roots -= roots**3 > cubes
    roots += (roots + 1) ** 3 <= cubes
    line = (_ROOT * (24389 * light + 16 * 27 * _LIGHT)) // (116 * 27 * _LIGHT)
    return np.where(light * 24389 > 216 * _LIGHT, roots, line).astype(np.int32)


LINEAR: Final = _linear_light()
"""Linear light of each coded value, 0 to 4095."""

ROOTS: Final = _cie_roots()
"""The CIE's cube root of each amount of light, in 1/4096."""

LINEAR.flags.writeable = ROOTS.flags.writeable = False
