"""Colours of Lab as screens show them, and how far two are apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from sokkuri.kernels.look.lab import lab_quarters

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["AGREEING_DELTA_E", "hex_of_lab", "middle_lab", "rgb_of_lab"]

AGREEING_DELTA_E: Final = 20.0
"""Colours agree up to this CIE76 difference, inclusive, as in :mod:`sokkuri.evaluation.colour`."""

_MIDDLE: Final = (0.3, 0.7)

_WHITE: Final = np.array([0.95047, 1.0, 1.08883])  # D65
_TO_SRGB: Final = np.array(
    [
        [3.2404542, -1.5371385, -0.4985314],
        [-0.9692660, 1.8760108, 0.0415560],
        [0.0556434, -0.2040259, 1.0572252],
    ]
)


def rgb_of_lab(lab: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Convert CIE L*a*b* (D65) to sRGB; what a screen cannot show goes to the nearest it can.

    Parameters
    ----------
    lab : ndarray of shape (..., 3), float64

    Returns
    -------
    ndarray of shape (..., 3), uint8
    """
    y = (lab[..., 0] + 16) / 116
    roots = np.stack([y + lab[..., 1] / 500, y, y - lab[..., 2] / 200], axis=-1)
    light = np.where(roots > 6 / 29, roots**3, (roots - 4 / 29) * 3 * (6 / 29) ** 2)
    linear = np.clip(light * _WHITE @ _TO_SRGB.T, 0, 1)
    coded = np.where(linear > 0.0031308, 1.055 * linear ** (1 / 2.4) - 0.055, 12.92 * linear)
    rgb: NDArray[np.uint8] = np.rint(255 * coded).astype(np.uint8)
    return rgb


def hex_of_lab(lab: NDArray[np.float64]) -> tuple[str, ...]:
    """Return colours as ``#rrggbb``, in the order of the cells."""
    return tuple(f"#{r:02x}{g:02x}{b:02x}" for r, g, b in rgb_of_lab(lab).reshape(-1, 3).tolist())


def middle_lab(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return the median colour of the middle, from 30 % to 70 % of each side, in units of Lab.

    Parameters
    ----------
    pixels : ndarray of shape (H, W, 3), uint8

    Returns
    -------
    ndarray of shape (3,), float64
    """
    rows, columns = (
        slice(int(_MIDDLE[0] * side), int(np.ceil(_MIDDLE[1] * side))) for side in pixels.shape[:2]
    )
    middle = lab_quarters(pixels[rows, columns]).reshape(-1, 3)
    return np.asarray(np.median(middle, axis=0) / 4, np.float64)
