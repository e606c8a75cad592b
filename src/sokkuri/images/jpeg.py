"""The quick road for plain JPEGs: the same decoder library, with less around it.

Pillow and simplejpeg both carry libjpeg-turbo, and give the same pixels.  simplejpeg hands its
result over in one piece and reads no metadata, which is a sixth to a quarter of the time of a small
photo.  Everything out of the ordinary is left to Pillow, so that what is rejected, and why, never
depends on whether simplejpeg is installed.
"""

from __future__ import annotations

import io
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final, cast

import numpy as np
from PIL import Image

from sokkuri.images.mend import jpeg_segments
from sokkuri.images.picture import Picture, orientation_of, swaps_sides, turned_upright
from sokkuri.images.profiles import telling_profile
from sokkuri.images.reader import opened

if TYPE_CHECKING:
    from types import ModuleType

    from numpy.typing import NDArray

    from sokkuri.images.limits import Limits


_FRACTIONS: Final = (8, 4, 2, 1)
# Whoever asks for the picture as an image makes a copy of it; of a large one that would be felt.
_MOST_PIXELS: Final = 30_000_000
_LEAST_SCALED: Final = 8
_LAYOUTS: Final = {"YCbCr": "RGBX", "Gray": "GRAY"}
_MODES: Final = {"YCbCr": "RGB", "Gray": "L"}
# Where a picture may say that it is not upright, as Pillow looks for it; and several in one file.
_EXIF: Final = b"Exif\x00\x00"
_XMP: Final = b"tiff:Orientation"
_PROFILE: Final = b"ICC_PROFILE\x00"
_SEVERAL: Final = b"MPF\x00"
_SCAN: Final = 0xDA
_PROFILES: Final = 0xE2
_BODY: Final = 4  # from the start of a segment: its marker and length stand before
_SEQUENTIAL: Final = frozenset({0xC0, 0xC1, 0xC9})
_PROGRESSIVE: Final = frozenset({0xC2, 0xCA})


def plain_jpeg(data: bytes, limits: Limits, least_side: int | None) -> Picture | None:
    """Decode a JPEG that has nothing odd about it.

    Parameters
    ----------
    data : bytes
        The file.
    limits : Limits
        Checked on the header.
    least_side : int, optional
        As in :func:`sokkuri.images.load`.

    Returns
    -------
    Picture or None
        None for everything that Pillow should look at: damage of any kind, colours that are not
        YCbCr or gray, very large pictures, or simplejpeg missing.

    Raises
    ------
    Unusable
        If the header announces more pixels than ``limits`` allow.
    """
    decoder = _decoder()
    if decoder is None:
        return None
    header = data[: _scan_start(data)]
    if _SEVERAL in header:
        return None
    try:
        height, width, space, _ = decoder.decode_jpeg_header(data)
    except ValueError:
        return None
    if space not in _LAYOUTS:
        return None
    fraction = _fraction((width, height), least_side)
    if width * height > _MOST_PIXELS * fraction**2:
        return None
    _check(limits, data, (width, height), fraction)
    try:
        orientation, profile = _tags(header, data, _MODES[space])
        pixels = _decoded(decoder, data, space, (width, height), fraction)
    except (ValueError, OSError, SyntaxError):
        return None
    unscaled = None if least_side is None else (width, height)
    picture = Picture(pixels, "JPEG", _MODES[space], unscaled=unscaled, profile=profile)
    if orientation == 1:
        return picture
    if unscaled is not None and swaps_sides(orientation):
        unscaled = unscaled[::-1]
    upright = turned_upright(picture.image, orientation)
    return replace(picture, held=upright, orientation=orientation, unscaled=unscaled)


def jpeg_decoder() -> str:
    """Name the package that decodes plain JPEGs."""
    return "pillow" if _decoder() is None else "simplejpeg"


def is_held_whole(data: bytes) -> bool:
    """Tell whether a JPEG has several scans, so that its decoder keeps all coefficients at once."""
    channels = 0
    for marker, start, _ in jpeg_segments(data):
        if marker in _PROGRESSIVE:
            return True
        if marker in _SEQUENTIAL:
            channels = data[start + 9]
        if marker == _SCAN:
            return data[start + 4] < channels
    return True


def _check(limits: Limits, data: bytes, size: tuple[int, int], fraction: int) -> None:
    if fraction == 1 or limits.allow(size):
        limits.check_size(size)
        return
    decoded = (-(-size[0] // fraction), -(-size[1] // fraction))
    limits.check_scaled(size, decoded, whole=is_held_whole(data))


def _fraction(size: tuple[int, int], least_side: int | None) -> int:
    """Choose 1/1, 1/2, 1/4 or 1/8 by the rule of Pillow's ``draft``."""
    if least_side is None:
        return 1
    most = min(size) // least_side
    return next((fraction for fraction in _FRACTIONS if fraction <= most), 1)


def _scan_start(data: bytes) -> int:
    """Return where the compressed pixels begin; the end of the file if that is not clear."""
    starts = (start for marker, start, _ in jpeg_segments(data) if marker == _SCAN)
    return next(starts, len(data))


def _tags(header: bytes, data: bytes, mode: str) -> tuple[int, bytes | None]:
    """Return orientation and profile; most photos are asked for neither."""
    if _EXIF in header or _XMP in header:
        with opened(data, "JPEG") as image:
            return orientation_of(image), telling_profile(image.info.get("icc_profile"), mode)
    return 1, telling_profile(_profile_in(header), mode) if _PROFILE in header else None


def _profile_in(header: bytes) -> bytes | None:
    """Put a profile together from its parts, as Pillow does, which takes longer for all the rest.

    References
    ----------
    ICC.1:2010, annex B.4: parts are numbered from 1, and each says how many there are.
    """
    parts = sorted(
        header[start + _BODY : end]
        for marker, start, end in jpeg_segments(header)
        if marker == _PROFILES and header.startswith(_PROFILE, start + _BODY)
    )
    count = len(_PROFILE) + 1
    if not parts or len(parts[0]) <= count or parts[0][count] != len(parts):
        return None
    return b"".join(part[count + 1 :] for part in parts)


def _decoded(
    decoder: ModuleType, data: bytes, space: str, size: tuple[int, int], fraction: int
) -> NDArray[np.uint8]:
    width, height = (-(-side // fraction) for side in size)
    # Asked for sides, the decoder takes the smallest eighths that keep them: just these, unless
    # the picture is so small that seven eighths of it have as many pixels.
    sides = {} if fraction == 1 else {"min_width": width, "min_height": height}
    pixels: NDArray[np.uint8] = decoder.decode_jpeg(data, _LAYOUTS[space], **sides)
    if pixels.shape[:2] != (height, width) or (sides and min(width, height) < _LEAST_SCALED):
        raise ValueError("another size than was asked for")
    return pixels[..., 0] if space == "Gray" else pixels


@lru_cache(maxsize=1)
def _decoder() -> ModuleType | None:
    """Find simplejpeg, and try it once a process against the Pillow that is installed.

    A hash is defined by what Pillow decodes.  Should the two carry libraries that differ in a
    pixel, nobody gets other bits for being fast.
    """
    try:
        import simplejpeg
    except ImportError:
        return None
    values = np.arange(70 * 90 * 3, dtype=np.uint32) * 2654435761 >> 24
    noise = Image.fromarray(values.astype(np.uint8).reshape(90, 70, 3))
    for image in (noise, noise.convert("L")):
        file = io.BytesIO()
        image.save(file, "JPEG")
        if not all(_agree(simplejpeg, file.getvalue(), fraction) for fraction in _FRACTIONS):
            return None
    return cast("ModuleType", simplejpeg)


def _agree(decoder: ModuleType, data: bytes, fraction: int) -> bool:
    with opened(data, "JPEG") as image:
        size, space = image.size, "Gray" if image.mode == "L" else "YCbCr"
        image.draft(None, (size[0] // fraction, size[1] // fraction))
        image.load()
        there = Picture(image)
        return Picture(_decoded(decoder, data, space, size, fraction)).same_pixels(there)
