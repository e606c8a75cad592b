"""Files made fit for the decoder: what stands beside the pixels must not lose them.

Decoders refuse whole files for a comment that is too long or a resolution that is too short.  Here
a file is taken apart into its parts, and put together again from those that its picture needs:
JPEG segments (ITU-T T.81), WebP chunks (RFC 9649), GIF blocks (GIF89a), the pictures of an icon.
What holds pixels is copied as it is, so damage to it stays damage.
"""

from __future__ import annotations

import re
import struct
from typing import TYPE_CHECKING, Final

from sokkuri.images.boxes import bare_avif, bare_jp2, without_avif_profile
from sokkuri.images.png import bare_png, lean_png
from sokkuri.images.tiff import bare_tiff, lean_tiff, readable_tiff

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

JPEG_SCAN: Final = 0xDA
"""The marker of the header before compressed pixels."""

_ADOBE: Final = 0xEE
_WITHOUT_LENGTH: Final = frozenset({0x01, *range(0xD0, 0xDA)})
_SEGMENT_HEAD: Final = 4
# Among compressed pixels; a zero or a restart belongs to them.
_LATER_MARKER: Final = re.compile(rb"\xff+([\x01-\xcf\xd8-\xfe])")
# A file of nothing but empty segments, chunks or blocks must not cost many times its size.
_MOST_SEGMENTS: Final = 10_000
_MOST_PARTS: Final = 100_000

# What is looked for beside the pixels: turning, colours, and how three or four channels are meant.
_KEPT_SEGMENTS: Final = (
    (0xE0, b"JFIF\0", 14), (0xE1, b"Exif\0\0", 8), (0xE1, b"http://ns.adobe.com/xap/1.0/\0", 30),
    (0xE2, b"ICC_PROFILE\0", 15), (_ADOBE, b"Adobe", 12),
)  # fmt: skip


def jpeg_segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield marker, start and end of what stands before the compressed pixels.

    The start is that of the marker.  The last one is the header of the first scan, where nothing
    is broken before it.
    """
    place = 2
    for _ in range(_MOST_SEGMENTS):
        place = data.find(b"\xff", place)  # junk between segments is skipped, as decoders do
        while place >= 0 and data[place + 1 : place + 2] == b"\xff":
            place += 1  # a marker may be filled up
        if place < 0 or place + _SEGMENT_HEAD > len(data):
            return
        marker = data[place + 1]
        if marker == 0 or marker in _WITHOUT_LENGTH:
            place += 2
            continue
        end = place + 2 + max(2, int.from_bytes(data[place + 2 : place + _SEGMENT_HEAD], "big"))
        yield marker, place, min(end, len(data))
        if marker == JPEG_SCAN or end >= len(data):
            return
        place = end


def later_jpeg_segments(data: bytes, place: int) -> Iterator[tuple[int, int, int]]:
    """Yield marker, start of the body and end of segments, also of those between and after scans.

    Parameters
    ----------
    data : bytes
    place : int
        Where to begin.
    """
    while (found := _LATER_MARKER.search(data, place)) is not None:
        place = found.end() + int.from_bytes(data[found.end() : found.end() + 2], "big")
        yield found[1][0], found.end(), place


def _lean_jpeg(data: bytes) -> bytes:
    """Return a JPEG without comments and without application segments that are short or unknown."""
    return _of_segments(data, {marker for marker, _, _ in _KEPT_SEGMENTS})


def _bare_jpeg(data: bytes) -> bytes:
    """Return a JPEG without comments and application segments, but for what tells its colours."""
    return _of_segments(data, {_ADOBE})


def _of_segments(data: bytes, markers: Collection[int]) -> bytes:
    parts, last = [data[:2]], 2
    for marker, start, end in jpeg_segments(data):
        body = data[start + _SEGMENT_HEAD : end]
        beside = marker == 0xFE or 0xE0 <= marker <= 0xEF
        if not beside or any(
            marker == kept and kept in markers and body.startswith(begin) and len(body) >= least
            for kept, begin, least in _KEPT_SEGMENTS
        ):
            parts.append(data[start:end])
        last = end
    return b"".join([*parts, data[last:]])


_CHUNK_HEAD: Final = struct.Struct("<4sI")
_WEBP_PIXELS: Final = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF"})
_WEBP_FLAGS: Final = {b"ICCP": 0x20, b"EXIF": 0x08, b"XMP ": 0x04}


def _lean_webp(data: bytes) -> bytes:
    """Return a WebP of its pixels and of the metadata that is whole and known."""
    return _webp_of(data, _WEBP_PIXELS | _WEBP_FLAGS.keys())


def _bare_webp(data: bytes) -> bytes:
    """Return a WebP of its pixels alone."""
    return _webp_of(data, _WEBP_PIXELS)


def _webp_of(data: bytes, names: Collection[bytes]) -> bytes:
    kept = [(name, body) for name, body in _webp_chunks(data) if name in names]
    here = {name for name, _ in kept}
    flags = sum(flag for name, flag in _WEBP_FLAGS.items() if name in here)
    parts = []
    for name, body in kept:
        if name == b"VP8X" and body:
            body = bytes([body[0] & ~sum(_WEBP_FLAGS.values()) | flags]) + body[1:]  # noqa: PLW2901 - the same chunk
        parts.append(_CHUNK_HEAD.pack(name, len(body)) + body + bytes(len(body) % 2))
    content = b"WEBP" + b"".join(parts)
    return b"RIFF" + len(content).to_bytes(4, "little") + content


def _webp_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield name and body of each chunk; a cut one only where it holds pixels."""
    place = 12
    for _ in range(_MOST_PARTS):
        if place + _CHUNK_HEAD.size > len(data):
            return
        name, length = _CHUNK_HEAD.unpack_from(data, place)
        place += _CHUNK_HEAD.size
        body = data[place : place + length]
        if len(body) == length or name in _WEBP_PIXELS:
            yield name, body
        place += length + length % 2


_DESCRIPTOR: Final = 10


def _bare_gif(data: bytes) -> bytes:
    """Return a GIF without comments, texts and application data; an empty table is no loss."""
    place = 13 + (gif_table_bytes(data[10]) if len(data) > 10 else 0)
    parts = [data[:place]]
    for _ in range(_MOST_PARTS):
        if place >= len(data):
            break
        start, kind = place, data[place]
        if kind == 0x21:
            place = gif_blocks_end(data, place + 2)
            if data.startswith(b"\xf9\x04", start + 1):  # a control of four bytes, as it must be
                parts.append(data[start:place])
        elif kind == 0x2C and place + _DESCRIPTOR <= len(data):
            table = gif_table_bytes(data[place + _DESCRIPTOR - 1])
            place = gif_blocks_end(data, place + _DESCRIPTOR + table + 1)
            parts.append(data[start:place])
        else:  # the end, or what is no block
            parts.append(data[start:])
            break
    return b"".join(parts)


def gif_table_bytes(flags: int) -> int:
    """Return the bytes of the colour table that flags announce."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def gif_blocks_end(data: bytes, place: int) -> int:
    """Return where a chain of sub-blocks ends.

    Parameters
    ----------
    data : bytes
    place : int
        Where it begins.
    """
    while place < len(data) and data[place]:
        place += 1 + data[place]
    return place + 1


_ICO_HEADER: Final = 6
_ICO_ENTRY: Final = struct.Struct("<8s2I")


def _lean_ico(data: bytes) -> bytes:
    """Return an icon whose PNG pictures are lean; those that change are moved to its end."""
    result = bytearray(data)
    for number in range(min(int.from_bytes(data[4:_ICO_HEADER], "little"), 64)):
        place = _ICO_HEADER + number * _ICO_ENTRY.size
        # Entries may all name one place, and must not multiply it.
        if place + _ICO_ENTRY.size > len(data) or len(result) > 3 * len(data):
            break
        about, size, start = _ICO_ENTRY.unpack_from(data, place)
        inner = data[start : start + size]
        found = lean_png(inner) if inner.startswith(b"\x89PNG\r\n\x1a\n") else inner
        if found != inner:
            _ICO_ENTRY.pack_into(result, place, about, len(found), len(result))
            result += found
    return bytes(result) if len(result) != len(data) else data


_FITTED: dict[str, Callable[[bytes], bytes]] = {
    "PNG": lean_png, "ICO": _lean_ico, "TIFF": readable_tiff,
}  # fmt: skip

# From what is kept gladly to what the pixels cannot do without.
_BARED: dict[str, tuple[Callable[[bytes], bytes], ...]] = {
    "PNG": (bare_png,),
    "JPEG": (_lean_jpeg, _bare_jpeg),
    "WEBP": (_lean_webp, _bare_webp),
    "GIF": (_bare_gif,),
    "TIFF": (lean_tiff, bare_tiff),
    "AVIF": (without_avif_profile, bare_avif),
    "JPEG2000": (bare_jp2,),
}


def fitted(data: bytes, name: str) -> bytes:
    """Return a file as the decoder should get it at first; the file itself where nothing is odd.

    Parameters
    ----------
    data : bytes
    name : str
        Pillow's name of its format.
    """
    return _FITTED[name](data) if name in _FITTED else data


def bared(data: bytes, name: str) -> Iterator[bytes]:
    """Yield a file that could not be decoded in other forms, each with less beside its pixels.

    What would be no other file than before is left out.  Parameters are those of :func:`fitted`.
    """
    before = data
    for bare in _BARED.get(name, ()):
        found = bare(data)
        if found != before:
            yield found
            before = found
