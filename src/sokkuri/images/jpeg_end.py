"""A JPEG that lacks its end mark: is that all it lacks?

The decoder cannot tell.  With an end mark behind them it takes what bits there are, makes up the
rest, and says nothing.  So the file is decoded with several endings that begin with different
bits: where every pixel stays the same, none of them was asked for, and nothing is missing.
"""

from __future__ import annotations

import contextlib
import hashlib
import math
import re
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Final

from sokkuri.images.limits import strips, turn
from sokkuri.images.mend import jpeg_segments
from sokkuri.images.reader import opened
from sokkuri.images.rejected import RejectKind, Unusable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sokkuri.images.limits import Limits


_END: Final = b"\xff\xd9"
_SCAN: Final = 0xDA
_RESTARTS: Final = 0xDD
_FRAMES: Final = frozenset({0xC0, 0xC1, 0xC2, 0xC9, 0xCA})
_PROGRESSIVE: Final = frozenset({0xC2, 0xCA})
_LAST_COEFFICIENT: Final = 63
_BLOCK: Final = 8

# Markers within and after compressed pixels; a zero or a restart belongs to them.
_MARKER: Final = re.compile(rb"\xff+([\x01-\xcf\xd8-\xfe])")
_RESTART: Final = re.compile(rb"\xff[\xd0-\xd7]")
# What stands where a file was cut and filled up, or where a memory card was never written.
_FILLINGS: Final = (b"\x00", b"\xff")
_LEAST_FILLING: Final = 2

# Bits without a pattern, beginning with 01, 10 and 11; the mark alone makes the decoder take zeros.
_NOISE: Final = tuple(
    b"".join(hashlib.blake2b(bytes([first, part])).digest() for part in range(8))
    for first in range(3)
)
_ENDINGS: Final = (
    b"",
    *(
        (bytes([first]) + noise).replace(b"\xff", b"\xfe")
        for first, noise in zip((0x5A, 0xA5, 0xDB), _NOISE, strict=True)
    ),
)


@dataclass(frozen=True, slots=True)
class _FrameHeader:
    """The header of a JPEG's pixels: components by number, with their share of a block row."""

    progressive: bool
    size: tuple[int, int]
    shares: dict[int, tuple[int, int]]

    def units(self, scan: tuple[int, ...]) -> int:
        """Return how many units, between which restarts are counted, a scan of components has."""
        most = [max(share[axis] for share in self.shares.values()) for axis in (0, 1)]
        if len(scan) > 1:
            sides = [math.ceil(self.size[k] / (_BLOCK * most[k])) for k in (0, 1)]
            return sides[0] * sides[1]
        own = self.shares[scan[0]]
        samples = [math.ceil(self.size[k] * own[k] / most[k]) for k in (0, 1)]
        return math.ceil(samples[0] / _BLOCK) * math.ceil(samples[1] / _BLOCK)


def lacks_end(data: bytes) -> bool:
    """Tell whether no end mark follows the first scan of a JPEG; one without a scan lacks more."""
    if data.endswith(_END):
        return False
    marker, _, end = max(jpeg_segments(data), key=itemgetter(2), default=(0, 0, 0))
    return marker == _SCAN and data.rfind(_END) < end


def with_end(data: bytes, limits: Limits, least_side: int | None) -> bytes:
    """Return a JPEG that lacks its end mark with one, if no more than that is missing.

    Else it is returned as it is, for the decoder to say what it finds.

    Parameters
    ----------
    data : bytes
        A JPEG without an end mark.
    limits : Limits
        A picture that they do not allow whole is only looked at as far as it will be decoded.
    least_side : int or None
        As in :func:`sokkuri.images.load`.

    Raises
    ------
    Unusable
        If it was cut and then filled up, which the decoder takes for dull pixels.
    """
    for rest in _without_filling(data):
        # Decoders raise errors of many classes, and so does a header that is cut.
        with contextlib.suppress(Exception):
            if _has_all_scans(rest) and _is_whole(rest, limits, least_side):
                return rest + _END
    if _unfilled(data) != data:
        raise Unusable(RejectKind.DAMAGED, "its pixels end before the picture does")
    return data


def _without_filling(data: bytes) -> Iterator[bytes]:
    """Yield what may have been the file before it was cut, and filled up with zeros or ones."""
    rest = _unfilled(data)
    if rest.endswith(b"\xff"):
        yield rest[:-1]  # half of the end mark
        yield rest + b"\x00"  # or a byte of the pixels, which a zero always follows
    else:
        yield rest


def _unfilled(data: bytes) -> bytes:
    for filling in _FILLINGS:
        shorter = data.rstrip(filling)
        if len(data) - len(shorter) >= _LEAST_FILLING:
            return _unfilled(shorter)
    return data


def _is_whole(data: bytes, limits: Limits, least_side: int | None) -> bool:
    """Tell whether the pixels are the same whatever bits follow the last one."""
    seen = None
    for ending in _ENDINGS:
        digest = _digest(data + ending + _END, limits, least_side)
        if seen is not None and digest != seen:
            return False
        seen = digest
    return True


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
    frame: _FrameHeader | None = None
    interval = 0
    missing: set[tuple[int, int]] = set()
    last: tuple[tuple[int, ...], int] | None = None
    for marker, body, end in _all_segments(data):
        if marker in _FRAMES and frame is None:
            frame = _frame(marker, body)
            coefficients = range(_LAST_COEFFICIENT + 1) if frame.progressive else range(1)
            missing = {(number, k) for number in frame.shares for k in coefficients}
        elif marker == _RESTARTS:
            interval = int.from_bytes(body[:2], "big")
        elif marker == _SCAN and frame is not None:
            scan, seen = _scan(frame, body)
            missing -= seen
            last = scan, end
    if frame is None or last is None or missing or not set(last[0]) <= set(frame.shares):
        return False
    if not interval:
        return True
    restarts = len(_RESTART.findall(data, last[1]))
    return restarts == -(-frame.units(last[0]) // interval) - 1


def _all_segments(data: bytes) -> Iterator[tuple[int, bytes, int]]:
    """Yield marker, body and end of each segment, also of those between and after scans."""
    end = 2
    for marker, start, end in jpeg_segments(data):
        yield marker, data[start + 4 : end], end
    while (found := _MARKER.search(data, end)) is not None:
        start = found.end()
        end = start + int.from_bytes(data[start : start + 2], "big")
        yield found[1][0], data[start + 2 : end], min(end, len(data))


def _frame(marker: int, body: bytes) -> _FrameHeader:
    height, width, count = int.from_bytes(body[1:3]), int.from_bytes(body[3:5]), body[5]
    parts = [body[6 + 3 * k : 9 + 3 * k] for k in range(count)]
    shares = {part[0]: (part[1] >> 4, part[1] & 15) for part in parts}
    return _FrameHeader(marker in _PROGRESSIVE, (width, height), shares)


def _scan(frame: _FrameHeader, body: bytes) -> tuple[tuple[int, ...], set[tuple[int, int]]]:
    """Return the components of a scan, and which of their coefficients it completes."""
    count = body[0]
    numbers = tuple(body[1 + 2 * k] for k in range(count))
    first, last, bits = body[1 + 2 * count : 4 + 2 * count]
    if not frame.progressive:
        return numbers, {(number, 0) for number in numbers}
    done = range(first, last + 1) if bits & 15 == 0 else range(0)
    return numbers, {(number, k) for number in numbers for k in done}
