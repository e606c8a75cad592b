"""Colours that a file names by numbers and not by a profile, brought into the one form: a profile.

PNG has chunks for it (gAMA and cHRM, cICP), and AVIF a box.  Everything else is done by
:mod:`sokkuri.images.profiles`.
"""

from __future__ import annotations

import struct
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, TypeGuard

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

__all__ = ["SRGB_GAMMA", "SRGB_POINTS", "named_profile"]

# CIE 1931 xy of white, red, green and blue.
_Points = tuple[float, float, float, float, float, float, float, float]

_D65: Final = (0.3127, 0.3290)
SRGB_POINTS: Final[_Points] = (*_D65, 0.64, 0.33, 0.30, 0.60, 0.15, 0.06)
# ITU-T H.273, table 2: those that are not sRGB's own, of pictures and not of film.
_H273: Final[Mapping[int, _Points]] = {
    9: (*_D65, 0.708, 0.292, 0.170, 0.797, 0.131, 0.046),
    12: (*_D65, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060),
}
_H273_SRGB_CURVES: Final = (1, 13)
_CICP: Final = struct.Struct(">BB")
_NCLX: Final = struct.Struct(">HH")

_D50: Final = np.array([0.9642, 1.0, 0.8249])
_BRADFORD: Final = np.array(
    [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
)
# IEC 61966-2-1: exponent, and the line near black.
_SRGB_CURVE: Final = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
# The PNG specification gives this as the stand-in for sRGB's own curve.
SRGB_GAMMA: Final = 0.45455
_SAME_GAMMA: Final = 0.002


def named_profile(data: bytes, name: str, info: Mapping[Any, Any]) -> bytes | None:
    """Return a profile for the colours that a file names without one.

    Parameters
    ----------
    data : bytes
        The file.
    name : str
        Pillow's name of its format.
    info : mapping
        What Pillow read of it.

    Returns
    -------
    bytes or None
        None where it names none, sRGB, or curves for brighter screens.
    """
    if name == "PNG":
        return _of_png(data, info)
    if name == "AVIF":
        return _of_code_points(_after(data, b"colrnclx", _NCLX))
    return None


def _of_png(data: bytes, info: Mapping[Any, Any]) -> bytes | None:
    code_points = _after(data[: data.find(b"IDAT") + 1], b"cICP", _CICP)
    if code_points:
        return _of_code_points(code_points)
    gamma, points = info.get("gamma"), info.get("chromaticity")
    if "srgb" in info or not (gamma or points):
        return None
    return _profile(points if _are_points(points) else SRGB_POINTS, float(gamma or SRGB_GAMMA))


def _are_points(points: object) -> TypeGuard[_Points]:
    return isinstance(points, tuple) and len(points) == len(SRGB_POINTS)


def _after(data: bytes, sign: bytes, numbers: struct.Struct) -> tuple[int, ...]:
    """Return the numbers that follow a sign, none if it is not there."""
    at = data.find(sign)
    start = at + len(sign)
    if at < 0 or start + numbers.size > len(data):
        return ()
    return numbers.unpack_from(data, start)


def _of_code_points(numbers: tuple[int, ...]) -> bytes | None:
    """Return the profile of primaries and a curve, as ITU-T H.273 numbers them."""
    points = _H273.get(numbers[0]) if numbers else None
    if points is None or numbers[1] not in _H273_SRGB_CURVES:
        return None
    return _profile(points, SRGB_GAMMA)


@lru_cache(maxsize=16)
def _profile(points: _Points, gamma: float) -> bytes | None:
    """Write a matrix profile (ICC.1:2010); None where the points are no colours."""
    try:
        columns = _adapted(np.array(points).reshape(4, 2))
        curve = _curve(gamma)
        white = _xyz(_D50)
        tags = {b"wtpt": white, b"rTRC": curve, b"gTRC": curve, b"bTRC": curve}
        tags |= {b"%cXYZ" % letter: _xyz(columns[:, at]) for at, letter in enumerate(b"rgb")}
        return _file(tags)
    except (ArithmeticError, np.linalg.LinAlgError, struct.error, ValueError):
        return None


def _adapted(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return red, green and blue in XYZ, a column each, as seen under D50."""
    if not (np.isfinite(points).all() and (points[:, 1] > 0).all()):
        raise ValueError("no colours")
    xyz = np.stack([points[:, 0], points[:, 1], 1 - points.sum(axis=1)]) / points[:, 1]
    white, columns = xyz[:, 0], xyz[:, 1:]
    columns = columns * np.linalg.solve(columns, white)
    cones = (_BRADFORD @ _D50) / (_BRADFORD @ white)
    adapted: NDArray[np.float64] = cones[:, None] * (_BRADFORD @ columns)
    return np.linalg.inv(_BRADFORD) @ adapted


def _curve(gamma: float) -> bytes:
    if abs(gamma - SRGB_GAMMA) < _SAME_GAMMA:
        return b"para" + struct.pack(">IHH", 0, 3, 0) + b"".join(map(_fixed, _SRGB_CURVE))
    return b"para" + struct.pack(">IHH", 0, 0, 0) + _fixed(1 / gamma)


def _xyz(values: NDArray[np.float64]) -> bytes:
    return b"XYZ \0\0\0\0" + b"".join(map(_fixed, values.tolist()))


def _fixed(value: float) -> bytes:
    return struct.pack(">i", round(value * 65536))


def _file(tags: Mapping[bytes, bytes]) -> bytes:
    table, body, start = b"", b"", 132 + 12 * len(tags)
    for sign, value in tags.items():
        table += sign + struct.pack(">II", start + len(body), len(value))
        body += value + bytes(-len(value) % 4)
    head = struct.pack(">I4xI", start + len(body), 0x04200000) + b"mntrRGB XYZ "
    head = head.ljust(36, b"\0") + b"acsp" + bytes(28) + b"".join(map(_fixed, _D50.tolist()))
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body
