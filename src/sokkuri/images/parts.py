"""Parts that picture files are made of: segments, chunks, blocks and boxes, each with its length.

JPEG segments (ITU-T T.81), PNG chunks (ISO/IEC 15948), WebP chunks (RFC 9649), GIF blocks (GIF89a),
and the boxes of AVIF and JPEG 2000 (ISO/IEC 14496-12, ISO/IEC 15444-1).  A walk ends where a file
is no longer made of parts.
"""

from __future__ import annotations

import re
import struct
import zlib
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

# A file of nothing but empty parts must not cost many times its size.
_MOST_SEGMENTS: Final = 10_000
_MOST_PARTS: Final = 100_000

JPEG_SCAN, JPEG_END = 0xDA, 0xD9
"""The markers of the header before compressed pixels, and of a picture's end."""

_WITHOUT_LENGTH: Final = frozenset({0x01, *range(0xD0, 0xDA)})
# Among compressed pixels; a zero or a restart belongs to them.
_LATER_MARKER: Final = re.compile(rb"\xff+([\x01-\xcf\xd8-\xfe])")


def jpeg_segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield marker, start and end of the body of what stands before the compressed pixels.

    The last one is the header of the first scan, where nothing is broken before it.
    """
    place = 2
    for _ in range(_MOST_SEGMENTS):
        place = data.find(b"\xff", place)  # junk between segments is skipped, as decoders do
        while place >= 0 and data[place + 1 : place + 2] == b"\xff":
            place += 1  # a marker may be filled up
        body = place + 4  # after a marker and a length
        if place < 0 or body > len(data):
            return
        marker = data[place + 1]
        if marker == 0 or marker in _WITHOUT_LENGTH:
            place += 2
            continue
        place += 2 + max(2, int.from_bytes(data[place + 2 : body]))
        yield marker, body, min(place, len(data))
        if marker == JPEG_SCAN or place >= len(data):
            return


def all_jpeg_segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield those of :func:`jpeg_segments`, and after them those between and after scans."""
    end = 2
    for segment in jpeg_segments(data):
        yield segment
        end = segment[2]
    while (found := _LATER_MARKER.search(data, end)) is not None:
        body = found.end() + 2
        end = found.end() + int.from_bytes(data[found.end() : body])
        yield found[1][0], body, min(end, len(data))


class PngChunk(NamedTuple):
    """A chunk of a PNG: its name, its content, and both with their length and checksum."""

    name: bytes
    body: memoryview
    whole: memoryview

    @property
    def summed(self) -> bool:
        """True if its checksum is right."""
        return zlib.crc32(self.body, zlib.crc32(self.name)) == int.from_bytes(self.whole[-4:])

    @property
    def cut(self) -> bool:
        """True if the file ends within it."""
        return len(self.whole) < len(self.body) + 12

    @property
    def ancillary(self) -> bool:
        """True if a picture can be shown without it."""
        return bool(self.name[0] & 0x20)


def png_chunks(data: bytes) -> Iterator[PngChunk]:
    """Yield the chunks up to the end; the last may be cut.

    Where it is no chunk any more, all that is left comes as a critical one of the name "REST".
    """
    view, place, number = memoryview(data), 8, 0
    while place + 8 <= len(data):
        length, name = struct.unpack_from(">I4s", data, place)
        if not name.isalpha() or number == _MOST_PARTS:
            yield PngChunk(b"REST", view[place:], view[place:])
            return
        end = place + length + 12
        yield PngChunk(name, view[place + 8 : end - 4], view[place:end])
        if name == b"IEND":
            return
        place, number = end, number + 1


def webp_chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yield name, start and end of the body of each chunk; the last may be cut."""
    place = 12
    for _ in range(_MOST_PARTS):
        if place + 8 > len(data):
            return
        name, length = struct.unpack_from("<4sI", data, place)
        yield name, place + 8, place + 8 + length
        place += 8 + length + length % 2


GIF_END, GIF_EXTENSION, _GIF_IMAGE = 0x3B, 0x21, 0x2C
"""Kinds of blocks."""


def gif_blocks(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield kind, start and end of each block; before them, the header as a block of kind 0.

    The last one is the end of the pictures, or what is no block, with all that follows.
    """
    kind, place, end = 0, 0, 13 + _gif_table(data[10:11])
    for _ in range(_MOST_PARTS):
        yield kind, place, end
        if end >= len(data):
            return
        kind, place = data[end], end
        if kind == GIF_EXTENSION:
            end = _gif_chain_end(data, place + 2)
        elif kind == _GIF_IMAGE and place + 10 <= len(data):
            end = _gif_chain_end(data, place + 11 + _gif_table(data[place + 9 : place + 10]))
        else:
            end = len(data)


def _gif_table(flags: bytes) -> int:
    """Return the bytes of the colour table that flags announce."""
    return 3 << ((flags[0] & 7) + 1) if flags and flags[0] & 0x80 else 0


def _gif_chain_end(data: bytes, place: int) -> int:
    """Return where a chain of sub-blocks ends."""
    while place < len(data) and data[place]:
        place += 1 + data[place]
    return place + 1


def boxes(data: bytes, place: int, stop: int) -> Iterator[tuple[bytes, int, int, int]]:
    """Yield name, start, start of the body and end of each box, as long as they fit.

    Parameters
    ----------
    data : bytes
    place, stop : int
        Where to begin, and where to end.
    """
    for _ in range(_MOST_PARTS):
        body = place + 8
        if body > stop:
            return
        length, name = int.from_bytes(data[place : place + 4]), data[place + 4 : body]
        if length == 1:
            length, body = int.from_bytes(data[body : body + 8]), place + 16
        end = stop if length == 0 else place + length
        if end < body or end > stop:
            if name != b"jp2c":
                return
            end = stop  # cut pixels: the decoder tells how much that hurts
        yield name, place, body, end
        place = end
