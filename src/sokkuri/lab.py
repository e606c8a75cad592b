"""CIE L*a*b* of sRGB colours under D65, back again, and when two of them agree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

AGREEING_DELTA_E: Final = 20.0
"""Colours agree up to this CIE76 difference, inclusive."""

# IEC 61966-2-1 primaries and white point D65; the rows add up to the white point.
_XYZ_OF_RGB: Final = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
_RGB_OF_XYZ: Final = np.linalg.inv(_XYZ_OF_RGB)
_WHITE: Final = np.array([0.95047, 1.0, 1.08883])

# The exact fractions of the CIE's newer texts; the rounded ones leave a step between the branches.
_EPSILON: Final = 216 / 24389
_KAPPA: Final = 24389 / 27

_CODED: Final = np.arange(256) / 255
_LINEAR: Final = np.where(_CODED <= 0.04045, _CODED / 12.92, ((_CODED + 0.055) / 1.055) ** 2.4)
"""Linear light of each coded value."""


def lab_of_rgb(rgb: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Convert sRGB colours to L*, from 0 to 100, a* and b*.

    Parameters
    ----------
    rgb : ndarray of shape (..., 3), uint8

    Returns
    -------
    ndarray of shape (..., 3), float64
    """
    xyz = _LINEAR[rgb] @ _XYZ_OF_RGB.T / _WHITE
    f = np.where(xyz > _EPSILON, np.cbrt(xyz), (_KAPPA * xyz + 16) / 116)
    x, y, z = f[..., 0], f[..., 1], f[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def rgb_of_lab(lab: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Convert L*a*b* to sRGB; a colour that no screen shows becomes the nearest that it can.

    Parameters
    ----------
    lab : ndarray of shape (..., 3), float64

    Returns
    -------
    ndarray of shape (..., 3), uint8
    """
    y = (lab[..., 0] + 16) / 116
    roots = np.stack([y + lab[..., 1] / 500, y, y - lab[..., 2] / 200], axis=-1)
    light = np.where(roots > 6 / 29, roots**3, (116 * roots - 16) / _KAPPA)
    linear = np.clip(light * _WHITE @ _RGB_OF_XYZ.T, 0, 1)
    coded = np.where(linear > 0.0031308, 1.055 * linear ** (1 / 2.4) - 0.055, 12.92 * linear)
    return np.asarray(np.rint(255 * coded), np.uint8)


def hex_of_lab(lab: NDArray[np.float64]) -> tuple[str, ...]:
    """Return colours as ``#rrggbb``, cell by cell.

    Parameters
    ----------
    lab : ndarray of shape (..., 3), float64
    """
    return tuple(f"#{r:02x}{g:02x}{b:02x}" for r, g, b in rgb_of_lab(lab).reshape(-1, 3).tolist())


def colours_agree(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell which colours lie within Delta-E 20 (CIE76: the Euclidean distance in L*a*b*).

    Parameters
    ----------
    a, b : ndarray of shape (..., 3), float64
        L*a*b*; shapes broadcast.

    Returns
    -------
    ndarray of shape (...), bool
    """
    return np.asarray(np.square(a - b).sum(axis=-1) <= AGREEING_DELTA_E**2, np.bool_)
