"""JPEG: the quick road for plain ones, and those that lack nothing but their end mark.

Pillow and simplejpeg both carry libjpeg-turbo, and give the same pixels.  simplejpeg hands its
result over in one piece and reads no metadata, which is a sixth to a quarter of the time of a small
photo.  Everything out of the ordinary is left to Pillow, so that what is rejected, and why, never
depends on whether simplejpeg is installed.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import math
import re
from functools import lru_cache
from importlib import import_module
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from PIL import Image

from sokkuri.images.limits import RejectKind, Unusable, strips, turn
from sokkuri.images.parts import JPEG_SCAN, all_jpeg_segments, jpeg_segments
from sokkuri.images.picture import Picture, orientation_of
from sokkuri.images.profiles import telling_profile
from sokkuri.images.reader import opened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from numpy.typing import NDArray

    from sokkuri.images.limits import Limits, Size

_FRACTIONS: Final = (8, 4, 2, 1)
# Whoever asks for the picture as an image makes a copy of it; of a large one that would be felt.
_MOST_PIXELS: Final = 30_000_000
_MODES: Final = {"YCbCr": "RGB", "Gray": "L"}
_PROFILE: Final = b"ICC_PROFILE\x00"
_PROGRESSIVE: Final = frozenset({0xC2, 0xCA})


def plain_jpeg(data: bytes, limits: Limits, least_side: int | None) -> Picture | None:
    """Decode a JPEG that has nothing odd about it; None for all that Pillow should look at.

    That is damage of any kind, colours that are not YCbCr or gray, and very large pictures; all of
    them if simplejpeg is missing.  Parameters are those of :func:`sokkuri.images.load`.
    """
    decoder = _decoder()
    if decoder is None:
        return None
    header = data[: _scan_start(data)]
    if b"MPF\x00" in header:
        return None  # several pictures
    try:
        height, width, space, _ = decoder.decode_jpeg_header(data)
    except ValueError:
        return None
    if space not in _MODES:
        return None
    size = (width, height)
    decoded = _decoded_size(size, least_side)
    if decoded[0] * decoded[1] > _MOST_PIXELS:
        return None
    check_decoded(data, size, decoded, limits)
    try:
        orientation, profile = _tags(header, data, _MODES[space])
        pixels = _decoded(decoder, data, space, decoded, scaled=decoded != size)
    except (ValueError, OSError, SyntaxError):
        return None
    unscaled = None if least_side is None else size
    return Picture(pixels, "JPEG", _MODES[space], 1, unscaled, profile).turned(orientation)


def check_decoded(data: bytes, size: Size, decoded: Size, limits: Limits) -> None:
    """Refuse a picture that is over a limit; of a JPEG, a fraction may be decoded.

    Parameters
    ----------
    data : bytes
    size, decoded : tuple of int
        Width and height in the file, and of what will be decoded.
    limits : Limits
    """
    limits.check_size(decoded)
    if decoded == size or limits.allow(size):
        return
    if _is_held_whole(data):
        limits.check_size(size, in_scans=True)
    limits.check_scaled(size)


def jpeg_decoder() -> str:
    """Name the package that decodes plain JPEGs."""
    return "pillow" if _decoder() is None else "simplejpeg"


def unlike_decoder() -> str | None:
    """Name the release of simplejpeg that is not used, as it gives other pixels than Pillow."""
    return _chosen().unlike


def _is_held_whole(data: bytes) -> bool:
    """Tell whether a JPEG has several scans, so that its decoder keeps all coefficients at once."""
    channels = 0
    for marker, body, _ in jpeg_segments(data):
        if marker in _PROGRESSIVE:
            return True
        if marker in _FRAMES:
            channels = data[body + 5]
        if marker == JPEG_SCAN:
            return data[body] < channels
    return True


def _decoded_size(size: Size, least_side: int | None) -> Size:
    """Choose 1/1, 1/2, 1/4 or 1/8 by the rule of Pillow's ``draft``."""
    most = 1 if least_side is None else min(size) // least_side
    fraction = next((fraction for fraction in _FRACTIONS if fraction <= most), 1)
    return -(-size[0] // fraction), -(-size[1] // fraction)


def _scan_start(data: bytes) -> int:
    """Return where the compressed pixels begin; the end of the file if that is not clear."""
    segments = jpeg_segments(data)
    starts = (body - 4 for marker, body, _ in segments if marker == JPEG_SCAN)
    return next(starts, len(data))


def _tags(header: bytes, data: bytes, mode: str) -> tuple[int, bytes | None]:
    """Return orientation and profile; most photos are asked for neither."""
    # Where a picture may say that it is not upright, as Pillow looks for it.
    if b"Exif\x00\x00" in header or b"tiff:Orientation" in header:
        with opened(data, "JPEG") as image:
            return orientation_of(image), telling_profile(image.info.get("icc_profile"), mode)
    return 1, telling_profile(_profile_in(header), mode) if _PROFILE in header else None


def _profile_in(header: bytes) -> bytes | None:
    """Put a profile together from its parts, as Pillow does, which takes longer for all the rest.

    Parts are numbered from 1, and each says how many there are (ICC.1:2010, annex B.4).
    """
    parts = sorted(
        header[body:end]
        for marker, body, end in jpeg_segments(header)
        if marker == 0xE2 and header.startswith(_PROFILE, body)
    )
    count = len(_PROFILE) + 1
    if not parts or len(parts[0]) <= count or parts[0][count] != len(parts):
        return None
    return b"".join(part[count + 1 :] for part in parts)


def _decoded(
    decoder: ModuleType, data: bytes, space: str, size: Size, *, scaled: bool
) -> NDArray[np.uint8]:
    width, height = size
    # Asked for sides, the decoder takes the smallest eighths that keep them: just these, unless
    # the picture is so small that seven eighths of it have as many pixels.
    sides = {"min_width": width, "min_height": height} if scaled else {}
    layout = "GRAY" if space == "Gray" else "RGBX"
    pixels: NDArray[np.uint8] = decoder.decode_jpeg(data, layout, **sides)
    if pixels.shape[:2] != (height, width) or (scaled and min(size) < 8):
        raise ValueError("another size than was asked for")
    return pixels[..., 0] if space == "Gray" else pixels


class _Chosen(NamedTuple):
    decoder: ModuleType | None
    unlike: str | None = None


def _decoder() -> ModuleType | None:
    return _chosen().decoder


@lru_cache(maxsize=1)
def _chosen() -> _Chosen:
    """Find simplejpeg, and try it once a process against the Pillow that is installed.

    A hash is defined by what Pillow decodes.  Should the two carry libraries that differ in a
    pixel, or should simplejpeg fail in any way, nobody gets other bits for being fast.
    """
    name = "simplejpeg"
    try:
        decoder = import_module(name)
        name += f" {decoder.__version__}"
        if all(_agree(decoder, data, fraction) for data, fraction in _samples()):
            return _Chosen(decoder)
    except ModuleNotFoundError as error:
        if error.name == name:
            return _Chosen(None)
    except Exception:  # noqa: S110 - whatever is wrong with it, Pillow is there
        pass
    return _Chosen(None, name)


def _samples() -> Iterator[tuple[bytes, int]]:
    """Yield small JPEGs and fractions: each part of a decoder takes part in one of them."""
    values = np.arange(70 * 90 * 3, dtype=np.uint32) * 2654435761 >> 24
    noise = Image.fromarray(values.astype(np.uint8).reshape(90, 70, 3))
    kinds: list[tuple[Image.Image, dict[str, Any], tuple[int, ...]]] = [
        (noise, {}, _FRACTIONS),
        (noise, {"subsampling": "4:4:4"}, (2, 1)),
        (noise, {"subsampling": "4:2:2"}, (2, 1)),
        (noise, {"progressive": True}, (1,)),
        (noise.convert("L"), {}, (8, 1)),
    ]
    for image, options, fractions in kinds:
        file = io.BytesIO()
        image.save(file, "JPEG", **options)
        yield from ((file.getvalue(), fraction) for fraction in fractions)


def _agree(decoder: ModuleType, data: bytes, fraction: int) -> bool:
    """Tell whether a decoder gives the pixels of Pillow, at one of the sizes that are decoded."""
    with opened(data, "JPEG") as image:
        size, space = image.size, "Gray" if image.mode == "L" else "YCbCr"
        least = min(size) // fraction
        image.draft(None, (least, least))
        image.load()
        decoded = _decoded_size(size, least)
        header = (size[1], size[0], space)
        here = _decoded(decoder, data, space, decoded, scaled=decoded != size)
        told = tuple(decoder.decode_jpeg_header(data)[:3])
        return told == header and Picture(here).same_pixels(Picture(image))


_END: Final = b"\xff\xd9"
_FRAMES: Final = frozenset({0xC0, 0xC1, 0xC2, 0xC9, 0xCA})
_RESTART: Final = re.compile(rb"\xff[\xd0-\xd7]")
# Bits without a pattern, beginning with 01, 10 and 11; the mark alone makes the decoder take zeros.
_NOISE: Final = tuple(
    bytes([first]) + b"".join(hashlib.blake2b(bytes([number, part])).digest() for part in range(8))
    for number, first in enumerate((0x5A, 0xA5, 0xDB))
)
_ENDINGS: Final = (b"", *(noise.replace(b"\xff", b"\xfe") for noise in _NOISE))


def _lacks_end(data: bytes) -> bool:
    """Tell whether no end mark follows the first scan of a JPEG; one without a scan lacks more."""
    if data.endswith(_END):
        return False
    marker, _, end = max(jpeg_segments(data), key=itemgetter(2), default=(0, 0, 0))
    return marker == JPEG_SCAN and data.rfind(_END) < end


def with_end(data: bytes, limits: Limits, least_side: int | None) -> bytes:
    """Return a JPEG that lacks its end mark with one, if no more than that is missing.

    Else it is returned as it is, for the decoder to say what it finds.  The decoder cannot tell:
    with an end mark behind them it takes what bits there are, makes up the rest, and says nothing.
    So the file is decoded with several endings that begin with different bits: where every pixel
    stays the same, none of them was asked for, and nothing is missing.

    Parameters are those of :func:`sokkuri.images.load`; a picture that the limits do not allow
    whole is only looked at as far as it will be decoded.

    Raises
    ------
    Unusable
        If it was cut and then filled up, which the decoder takes for dull pixels.
    """
    if not _lacks_end(data):
        return data
    bare = _unfilled(data)
    # At its end is half of the end mark, or a byte of the pixels, which a zero always follows.
    rests = (bare[:-1], bare + b"\x00") if bare.endswith(b"\xff") else (bare,)
    for rest in rests:
        # Decoders raise errors of many classes, and so does a header that is cut.
        with contextlib.suppress(Exception):
            if _has_all_scans(rest) and _is_whole(rest, limits, least_side):
                return rest + _END
    if bare != data:
        raise Unusable(RejectKind.DAMAGED, "its pixels end before the picture does")
    return data


def _unfilled(data: bytes) -> bytes:
    """Leave out what stands where a file was cut, or where a memory card was never written."""
    for filling in (b"\x00", b"\xff"):
        shorter = data.rstrip(filling)
        if len(data) - len(shorter) >= 2:
            return _unfilled(shorter)
    return data


def _is_whole(data: bytes, limits: Limits, least_side: int | None) -> bool:
    """Tell whether the pixels are the same whatever bits follow the last one."""
    digests = (_digest(data + ending + _END, limits, least_side) for ending in _ENDINGS)
    first = next(digests)
    return all(digest == first for digest in digests)


def _digest(data: bytes, limits: Limits, least_side: int | None) -> bytes:
    """Return a digest of all pixels; one decoded picture is held at a time."""
    with opened(data, "JPEG") as image:
        if least_side is not None and not limits.allow(image.size):
            image.draft(None, (least_side, least_side))
        limits.check_size(image.size)
        digest = hashlib.blake2b()
        with turn(image.size):
            image.load()
            for box in strips(image.size):
                digest.update(image.crop(box).tobytes())
        return digest.digest()


def _has_all_scans(data: bytes) -> bool:
    """Tell whether every component has a scan for every bit, and the last scan all its parts.

    A file that ends between two scans decodes well, and lacks what makes it sharp; one that ends
    between two restarts is filled with gray, whatever bits follow.
    """
    size, scan, progressive, interval, pixels = (0, 0), b"", False, 0, 0
    shares: dict[int, tuple[int, int]] = {}  # of a block row, by component
    missing: set[tuple[int, int]] = set()  # component and coefficient
    for marker, start, end in all_jpeg_segments(data):
        body = data[start:end]
        if marker in _FRAMES and not shares:
            size = int.from_bytes(body[3:5]), int.from_bytes(body[1:3])
            places = range(6, 6 + 3 * body[5], 3)
            shares = {body[k]: (body[k + 1] >> 4, body[k + 1] & 15) for k in places}
            progressive = marker in _PROGRESSIVE
            missing = {(number, k) for number in shares for k in range(64 if progressive else 1)}
        elif marker == 0xDD:
            interval = int.from_bytes(body[:2])
        elif marker == JPEG_SCAN and shares:
            stop = 1 + 2 * body[0]
            scan, pixels = body[1:stop:2], end
            first, last, bits = body[stop : stop + 3]
            done = range(first, last + 1 if bits & 15 == 0 else first) if progressive else (0,)
            missing -= {(number, k) for number in scan for k in done}
    if missing or not scan or not shares.keys() >= set(scan):
        return False
    restarts = len(_RESTART.findall(data, pixels))
    return not interval or restarts == -(-_units(size, shares, scan) // interval) - 1


def _units(size: Size, shares: dict[int, tuple[int, int]], scan: bytes) -> int:
    """Return how many units, between which restarts are counted, a scan of components has."""
    most: list[int] = [max(axis) for axis in zip(*shares.values(), strict=True)]
    own = shares[scan[0]] if len(scan) == 1 else (1, 1)
    samples = [math.ceil(size[k] * own[k] / most[k]) for k in (0, 1)]
    return math.ceil(samples[0] / 8) * math.ceil(samples[1] / 8)
