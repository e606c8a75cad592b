"""AVIF and JPEG 2000: boxes, each with a length and a name (ISO/IEC 14496-12, ISO/IEC 15444-1)."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEAD: Final = 8
# A file of nothing but empty boxes must not cost many times its size.
_MOST_BOXES: Final = 100_000
_VERSION: Final = 4  # version and flags of a full box
_OUTER: Final = frozenset({b"jP  ", b"ftyp", b"jp2h", b"jp2c"})
_INNER: Final = frozenset({b"ihdr", b"bpcc", b"colr", b"pclr", b"cmap", b"cdef"})


def bare_jp2(data: bytes) -> bytes:
    """Return a JPEG 2000 file of those boxes that its pixels and their colours need."""
    if not data.startswith(b"\x00\x00\x00\x0cjP  "):
        return data
    parts = []
    for name, start, body, end in _boxes(data, 0, len(data)):
        if name == b"jp2h":
            inner = b"".join(
                data[a:b] for kind, a, _, b in _boxes(data, body, end) if kind in _INNER
            )
            parts.append((len(inner) + _HEAD).to_bytes(4, "big") + name + inner)
        elif name in _OUTER:
            parts.append(data[start:end])
    return b"".join(parts)


def without_avif_profile(data: bytes) -> bytes:
    """Return an AVIF whose colour profile is not looked at; its EXIF is."""
    result = bytearray(data)
    for place in _places(data, (b"iprp", b"ipco")):
        if data[place + 4 : place + 12] in (b"colrprof", b"colrrICC"):
            result[place + 4 : place + 8] = b"free"
    return bytes(result)


def bare_avif(data: bytes) -> bytes:
    """Return an AVIF whose EXIF, XMP and colour profile are not looked at; nothing moves."""
    result = bytearray(without_avif_profile(data))
    for place in _places(data, (b"iinf",)):
        head = place + _HEAD + _VERSION
        version = data[place + _HEAD]
        kind = head + (6 if version >= 3 else 4)
        if data[place + 4 : place + 8] == b"infe" and data[kind : kind + 4] in (b"Exif", b"mime"):
            result[kind : kind + 4] = b"free"
    return bytes(result)


def _places(data: bytes, path: tuple[bytes, ...]) -> Iterator[int]:
    """Yield where the boxes begin that lie under ``meta`` on a path."""
    start, end = 0, len(data)
    for wanted in (b"meta", *path):
        found = next((box for box in _boxes(data, start, end) if box[0] == wanted), None)
        if found is None:
            return
        start, end = found[2], found[3]
        if wanted == b"meta":
            start += _VERSION
        if wanted == b"iinf":  # a full box that begins with a count
            start += _VERSION + (2 if data[start] == 0 else 4)
    for _, place, _, _ in _boxes(data, start, end):
        yield place


def _boxes(data: bytes, place: int, stop: int) -> Iterator[tuple[bytes, int, int, int]]:
    """Yield name, start, start of the body and end of each box, as long as they fit."""
    for _ in range(_MOST_BOXES):
        if place + _HEAD > stop:
            return
        length, name = int.from_bytes(data[place : place + 4], "big"), data[place + 4 : place + 8]
        body = place + _HEAD
        if length == 1:
            length = int.from_bytes(data[body : body + 8], "big")
            body = place + 16
        end = stop if length == 0 else place + length
        if end < body or end > stop:
            if name != b"jp2c":
                return
            end = stop  # cut pixels: the decoder tells how much that hurts
        yield name, place, body, end
        place = end


_HARMLESS: Final = frozenset(
    {b"jP  ", b"ftyp", b"jp2h", b"jp2c", b"ihdr", b"colr", b"cdef", b"res ", b"xml "}
)
_MOST_HEADER: Final = 4096


def is_plain_jpeg2000(data: bytes) -> bool:
    """Tell whether all samples are at full size, in sRGB or gray, and their decoder keeps all bits.

    ``data`` is a whole file, a bare codestream or boxes around one.
    """
    if data.startswith(b"\xff\x4f\xff\x51"):
        return _plain_samples(data)
    plain, last = False, 0
    for kind, _, body, end in _boxes(data, 0, len(data)):
        if kind not in _HARMLESS or (kind == b"jp2h" and not _plain_header(data, body, end)):
            return False
        if kind == b"jp2c":
            plain = _plain_samples(data[body : body + _MOST_HEADER])
        last = end
    return plain and last == len(data)


def _plain_header(data: bytes, start: int, stop: int) -> bool:
    for kind, _, body, end in _boxes(data, start, stop):
        content = data[body : min(end, body + _MOST_HEADER)]
        if (
            kind not in _HARMLESS
            or (kind == b"colr" and not _plain_colour(content))
            or (kind == b"cdef" and not _plain_channels(content))
        ):
            return False
        start = end
    return start == stop


def _plain_samples(stream: bytes) -> bool:
    # The number of components, and then three bytes for each.
    (count,) = struct.unpack_from(">H", stream, 40)
    components = stream[42 : 42 + 3 * count]
    # Of colours deeper than eight bits the decoder gives eight.
    return components in (bytes((7, 1, 1)) * count, bytes((15, 1, 1)))


def _plain_colour(content: bytes) -> bool:
    """Tell whether colours are named by number, as sRGB or gray."""
    return content[0] == 1 and int.from_bytes(content[3:7], "big") in (16, 17)


def _plain_channels(content: bytes) -> bool:
    """Tell whether the channels are colours in their usual order, and after them alpha."""
    (count,) = struct.unpack_from(">H", content)
    channels = [struct.unpack_from(">HHH", content, 2 + 6 * place) for place in range(count)]
    colours = [(place, 0, place + 1) for place in range(count)]
    return channels in (colours, [*colours[:-1], (count - 1, 1, 0)])
