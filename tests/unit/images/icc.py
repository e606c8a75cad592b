"""Small ICC profiles for tests, written from the specification (ICC.1:2001-04)."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

P3 = ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060))
ADOBE = ((0.640, 0.330), (0.210, 0.710), (0.150, 0.060))
SRGB = ((0.640, 0.330), (0.300, 0.600), (0.150, 0.060))
D65 = (0.3127, 0.3290)
D50 = np.array([0.9642, 1.0, 0.8249])
BRADFORD = np.array(
    [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
)


def colorants(primaries: Sequence[tuple[float, float]]) -> NDArray[np.float64]:
    """Return red, green and blue of a D65 space in XYZ under D50, a column each."""
    xyz = np.array([[x / y, 1, (1 - x - y) / y] for x, y in (*primaries, D65)]).T
    scaled = xyz[:, :3] * np.linalg.solve(xyz[:, :3], xyz[:, 3])
    cones = np.diag(BRADFORD @ D50 / (BRADFORD @ xyz[:, 3]))
    adapted: NDArray[np.float64] = np.linalg.inv(BRADFORD) @ cones @ BRADFORD @ scaled
    return adapted


def rgb_profile(primaries: Sequence[tuple[float, float]], gamma: float = 563 / 256) -> bytes:
    """Return a matrix profile with one gamma, of whole 256ths."""
    columns = colorants(primaries)
    tags = {b"wtpt": _xyz(D50)}
    tags |= {b"%cXYZ" % sign: _xyz(columns[:, at]) for at, sign in enumerate(b"rgb")}
    tags |= {b"%cTRC" % sign: _curve(gamma) for sign in b"rgb"}
    return _file(b"RGB ", b"XYZ ", tags)


def gray_profile(gamma: float) -> bytes:
    """Return a profile of gray with a gamma, of whole 256ths."""
    return _file(b"GRAY", b"XYZ ", {b"wtpt": _xyz(D50), b"kTRC": _curve(gamma)})


def ink_profile(lab: Mapping[tuple[int, ...], tuple[int, int, int]]) -> bytes:
    """Return a profile of four inks: L*, a* and b* of each of the 16 ways to print all or nothing.

    Between them it goes on evenly.
    """
    corners = [tuple(number >> (3 - ink) & 1 for ink in range(4)) for number in range(16)]
    table = b"".join(
        bytes([round(lab[at][0] * 2.55), lab[at][1] + 128, lab[at][2] + 128]) for at in corners
    )
    even = bytes(range(256))
    matrix = b"".join(_fixed(value) for value in np.eye(3).ravel().tolist())
    lut = b"mft1\0\0\0\0" + bytes([4, 3, 2, 0]) + matrix + even * 4 + table + even * 3
    return _file(b"CMYK", b"Lab ", {b"wtpt": _xyz(D50), b"A2B0": lut, b"A2B1": lut}, b"prtr")


def to_srgb(
    values: Sequence[int], primaries: Sequence[tuple[float, float]], gamma: float = 563 / 256
) -> NDArray[np.float64]:
    """Convert one colour as a textbook does, in floats; 0 to 255, clipped.

    A gamma of 0 stands for the curve of sRGB.
    """
    share = np.array(values) / 255
    curve = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    linear = share**gamma if gamma else curve
    light = np.linalg.solve(colorants(SRGB), colorants(primaries) @ linear).clip(0, 1)
    coded = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.asarray(coded * 255)


def _curve(gamma: float) -> bytes:
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256))


def _xyz(values: NDArray[np.float64]) -> bytes:
    return b"XYZ \0\0\0\0" + b"".join(_fixed(value) for value in values.tolist())


def _fixed(value: float) -> bytes:
    return struct.pack(">i", round(value * 65536))


def _file(space: bytes, links: bytes, tags: Mapping[bytes, bytes], kind: bytes = b"mntr") -> bytes:
    table, body, start = b"", b"", 132 + 12 * len(tags)
    for sign, value in tags.items():
        table += sign + struct.pack(">II", start + len(body), len(value))
        body += value + bytes(-len(value) % 4)
    head = struct.pack(">I4xI", start + len(body), 0x02200000) + kind + space + links
    head = head.ljust(36, b"\0") + b"acsp" + bytes(28) + b"".join(map(_fixed, D50.tolist()))
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body
