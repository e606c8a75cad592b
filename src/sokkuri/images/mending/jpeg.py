"""JPEG: segments, each with a marker and a length, before the compressed pixels (ITU-T T.81)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["bare", "lean", "segments"]

_MARKER: Final = 0xFF
_SCAN: Final = 0xDA
_COMMENT: Final = 0xFE
_FIRST_APP, _LAST_APP = 0xE0, 0xEF
_ADOBE: Final = 0xEE
_WITHOUT_LENGTH: Final = frozenset({0x01, *range(0xD0, 0xDA)})
_HEAD: Final = 4
# A file of nothing but empty segments must not cost many times its size.
_MOST_SEGMENTS: Final = 10_000

# What is looked for beside the pixels: turning, colours, and how three or four channels are meant.
_KEPT: Final = (
    (0xE0, b"JFIF\0", 14), (0xE1, b"Exif\0\0", 8), (0xE1, b"http://ns.adobe.com/xap/1.0/\0", 30),
    (0xE2, b"ICC_PROFILE\0", 15), (_ADOBE, b"Adobe", 12),
)  # fmt: skip


def segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield marker, start and end of what stands before the compressed pixels.

    The start is that of the marker.  The last one is the header of the first scan, where nothing
    is broken before it.
    """
    place = 2
    for _ in range(_MOST_SEGMENTS):
        place = data.find(b"\xff", place)  # junk between segments is skipped, as decoders do
        while place >= 0 and data[place + 1 : place + 2] == b"\xff":
            place += 1  # a marker may be filled up
        if place < 0 or place + _HEAD > len(data):
            return
        marker = data[place + 1]
        if marker == 0 or marker in _WITHOUT_LENGTH:
            place += 2
            continue
        end = place + 2 + max(2, int.from_bytes(data[place + 2 : place + _HEAD], "big"))
        yield marker, place, min(end, len(data))
        if marker == _SCAN or end >= len(data):
            return
        place = end


def lean(data: bytes) -> bytes:
    """Return a JPEG without comments and without application segments that are short or unknown."""
    return _without(data, lambda marker, body: not _is_kept(marker, body))


def bare(data: bytes) -> bytes:
    """Return a JPEG without comments and application segments, but for what tells its colours."""
    return _without(data, lambda marker, body: marker != _ADOBE or not _is_kept(marker, body))


def _without(data: bytes, needless: Callable[[int, bytes], bool]) -> bytes:
    parts, last = [data[:2]], 2
    for marker, start, end in segments(data):
        beside = marker == _COMMENT or _FIRST_APP <= marker <= _LAST_APP
        if not (beside and needless(marker, data[start + _HEAD : end])):
            parts.append(data[start:end])
        last = end
    parts.append(data[last:])
    return b"".join(parts)


def _is_kept(marker: int, body: bytes) -> bool:
    return any(
        marker == kept and body.startswith(begin) and len(body) >= least
        for kept, begin, least in _KEPT
    )
