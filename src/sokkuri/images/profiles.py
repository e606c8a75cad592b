"""Colour profiles, and pixels brought to sRGB by them.

A photo from a phone is often in Display P3, one from a camera in Adobe RGB, one from a press in
inks.  Read as if they were sRGB, their numbers show other colours than every viewer does.  Colours
that a file names by numbers (gAMA, cHRM and cICP of PNG, a box of AVIF) are made a profile first.
"""

from __future__ import annotations

import io
import struct
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from PIL.Image import Image as PillowImage

INKS: Final = "CMYK"
"""The mode of pictures whose numbers are inks; only a profile can say which colours they make."""

_GRAY_MODES: Final = frozenset({"1", "L", "LA", "La", "I", "F"})
_MOST_BYTES: Final = 8 << 20  # presses write 0.5 to 3 MB
# The space a profile must be of, by the kind of numbers.  Gray pictures often carry that of the
# colour picture they were made from.
_SPACES: Final = {"gray": (b"GRAY", b"RGB "), "colour": (b"RGB ",), "inks": (b"CMYK",)}
_MODES: Final = {b"GRAY": "L", b"RGB ": "RGB", b"CMYK": "CMYK"}

# Of 255.  Every sRGB profile in use stays within it, and none of another space does.
_NOTHING: Final = 2


def telling_profile(profile: object, mode: str) -> bytes | None:
    """Return a profile if pixels need it to be shown as they are meant.

    None for sRGB, whichever of its many profiles says so, for profiles of another kind of numbers,
    and for broken ones: then the pixels are taken as they are.

    Parameters
    ----------
    profile : object
        Whatever a file has as its ICC profile.
    mode : str
        Pillow's mode of the pixels as they were stored.
    """
    if not isinstance(profile, bytes) or not 0 < len(profile) <= _MOST_BYTES:
        return None
    return profile if _conversion(profile, _kind_of(mode)) is not None else None


def in_srgb(image: PillowImage, profile: bytes, mode: str) -> PillowImage:
    """Return pixels in sRGB, relative to white and with black kept black: mode "L" or "RGB".

    Parameters
    ----------
    image : PIL.Image.Image
        Mode "L" or "RGB", or "CMYK" where ``mode`` is.
    profile, mode
        Those of :func:`telling_profile`.
    """
    conversion = _conversion(profile, _kind_of(mode))
    if conversion is None:
        return image
    if isinstance(conversion, bytes):
        return image.point(list(conversion) * len(image.getbands()))
    converted: PillowImage = conversion.apply(image)
    converted.info = {}  # the library notes there that these are sRGB
    return converted


def _kind_of(mode: str) -> str:
    if mode == INKS:
        return "inks"
    return "gray" if mode in _GRAY_MODES or mode.startswith("I;16") else "colour"


# Photos of one camera share a profile; what it means is found out once.
@lru_cache(maxsize=16)
def _conversion(profile: bytes, kind: str) -> Any:
    """Return the way to sRGB: 256 shades for gray, Pillow's transform for others, or None."""
    from PIL import ImageCms

    space = profile[16:20]
    if space not in _SPACES[kind]:
        return None
    flags = ImageCms.Flags.BLACKPOINTCOMPENSATION
    if kind == "gray":  # the quick way loses half of the light of dark values
        flags |= ImageCms.Flags.NOOPTIMIZE
    intent, mode = ImageCms.Intent.RELATIVE_COLORIMETRIC, _MODES[space]
    try:
        there, here = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
        transform: Any = ImageCms.buildTransform(there, here, mode, "RGB", intent, flags)
        ramp = _applied(transform, _neutral_ramp(space), mode)
        if not _is_sane(ramp):
            return None
        if kind == "gray":
            table = np.asarray(Image.fromarray(ramp).convert("L")).ravel()
            return None if _is_close(table, np.arange(256)) else table.tobytes()
        # 729 colours all over the cube.
        levels = np.linspace(0, 255, 9).round().astype(np.uint8)
        samples = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(27, 27, 3)
        if kind == "colour" and _is_close(_applied(transform, samples, "RGB"), samples):
            return None
    except Exception:
        # Whatever a broken profile makes of the library that reads it, the pixels are good.
        return None
    return transform


def _applied(transform: Any, pixels: NDArray[np.uint8], mode: str) -> NDArray[np.uint8]:
    image = Image.frombytes(mode, (pixels.shape[1], pixels.shape[0]), pixels.tobytes())
    return np.asarray(transform.apply(image))


def _neutral_ramp(space: bytes) -> NDArray[np.uint8]:
    """Return 256 pixels from black to white, shape (1, 256) or (1, 256, channels)."""
    light = np.arange(256, dtype=np.uint8)[None]
    if space == b"GRAY":
        return light
    if space == b"RGB ":
        return np.repeat(light[..., None], 3, axis=2)
    # Less and less black ink on white paper.
    return np.stack([*[np.zeros_like(light)] * 3, 255 - light], axis=2)


def _is_sane(ramp: NDArray[np.uint8]) -> bool:
    """Tell whether what was a way from black to white still is one."""
    luma = np.asarray(Image.fromarray(ramp).convert("L")).ravel().astype(np.int64)
    whole, middle = luma[-1] - luma[0], luma[192] - luma[64]
    rises = (np.diff(luma) >= -1).all()
    # Dark must stay dark and light be light, in the middle too: profiles in use have at least 128
    # between black and white, and 80 between the quarters.  With much less a profile is broken.
    return bool(whole >= 128 and middle >= 40 and rises)


def _is_close(found: NDArray[Any], wanted: NDArray[Any]) -> bool:
    return bool((np.abs(found.astype(np.int64) - wanted) <= _NOTHING).all())


# CIE 1931 xy of white, red, green and blue.
_Points = tuple[float, float, float, float, float, float, float, float]

_D65: Final = (0.3127, 0.3290)
SRGB_POINTS: Final[_Points] = (*_D65, 0.64, 0.33, 0.30, 0.60, 0.15, 0.06)
# ITU-T H.273, table 2: those that are not sRGB's own, of pictures and not of film.
_H273: Final[Mapping[int, _Points]] = {
    9: (*_D65, 0.708, 0.292, 0.170, 0.797, 0.131, 0.046),
    12: (*_D65, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060),
}

_D50: Final = np.array([0.9642, 1.0, 0.8249])
_BRADFORD: Final = np.array(
    [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
)
# IEC 61966-2-1: exponent, and the line near black.
_SRGB_CURVE: Final = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
# The PNG specification gives this as the stand-in for sRGB's own curve.
SRGB_GAMMA: Final = 0.45455


def named_profile(data: bytes, name: str, info: Mapping[Any, Any]) -> bytes | None:
    """Return a profile for the colours that a file names without one.

    None where it names none, sRGB, or curves for brighter screens.

    Parameters
    ----------
    data : bytes
    name : str
        Pillow's name of the format.
    info : mapping
        What Pillow read of it.
    """
    if name == "AVIF":
        return _of_code_points(_after(data, b"colrnclx", ">HH"))
    if name != "PNG":
        return None
    code_points = _after(data[: data.find(b"IDAT") + 1], b"cICP", ">BB")
    if code_points:
        return _of_code_points(code_points)
    gamma, points = info.get("gamma"), info.get("chromaticity")
    if "srgb" in info or not (gamma or points):
        return None
    given = isinstance(points, tuple) and len(points) == len(SRGB_POINTS)
    return _profile(points if given else SRGB_POINTS, float(gamma or SRGB_GAMMA))


def _after(data: bytes, sign: bytes, numbers: str) -> tuple[int, ...]:
    """Return the numbers that follow a sign, none if it is not there."""
    at = data.find(sign)
    start = at + len(sign)
    if at < 0 or start + struct.calcsize(numbers) > len(data):
        return ()
    return struct.unpack_from(numbers, data, start)


def _of_code_points(numbers: tuple[int, ...]) -> bytes | None:
    """Return the profile of primaries and a curve, as ITU-T H.273 numbers them."""
    points = _H273.get(numbers[0]) if numbers else None
    if points is None or numbers[1] not in (1, 13):  # sRGB's
        return None
    return _profile(points, SRGB_GAMMA)


@lru_cache(maxsize=16)
def _profile(points: _Points, gamma: float) -> bytes | None:
    """Write a matrix profile (ICC.1:2010); None where the points are no colours."""
    try:
        columns = _adapted(np.array(points).reshape(4, 2))
        srgb = abs(gamma - SRGB_GAMMA) < 0.002
        numbers = _SRGB_CURVE if srgb else (1 / gamma,)
        curve = b"para" + struct.pack(">IHH", 0, 3 if srgb else 0, 0) + _fixed(*numbers)
        tags = {b"wtpt": _xyz(_D50), b"rTRC": curve, b"gTRC": curve, b"bTRC": curve}
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


def _xyz(values: NDArray[np.float64]) -> bytes:
    return b"XYZ \0\0\0\0" + _fixed(*values.tolist())


def _fixed(*values: float) -> bytes:
    return b"".join(struct.pack(">i", round(value * 65536)) for value in values)


def _file(tags: Mapping[bytes, bytes]) -> bytes:
    table, body, start = b"", b"", 132 + 12 * len(tags)
    for sign, value in tags.items():
        table += sign + struct.pack(">II", start + len(body), len(value))
        body += value + bytes(-len(value) % 4)
    head = struct.pack(">I4xI", start + len(body), 0x04200000) + b"mntrRGB XYZ "
    head = head.ljust(36, b"\0") + b"acsp" + bytes(28) + _fixed(*_D50.tolist())
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body
