"""What the header of a JPEG 2000 file says, as far as its decoder keeps it to itself."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["is_plain_jpeg2000"]

_CODESTREAM: Final = b"\xff\x4f\xff\x51"
# In the codestream: where the number of components stands, and then three bytes for each.
_COUNT_AT: Final = 40
_EIGHT_BITS: Final = bytes((7, 1, 1))
_SIXTEEN_BITS: Final = bytes((15, 1, 1))
_BOXES_WITHIN: Final = frozenset({b"jp2h"})
_HARMLESS: Final = frozenset(
    {b"jP  ", b"ftyp", b"jp2h", b"jp2c", b"ihdr", b"colr", b"cdef", b"res ", b"xml "}
)
_ENUMERATED: Final = 1
_SRGB_AND_GRAY: Final = frozenset({16, 17})
_MOST_HEADER: Final = 4096


def is_plain_jpeg2000(data: bytes) -> bool:
    """Tell whether all samples are at full size, in sRGB or gray, and their decoder keeps all bits.

    Parameters
    ----------
    data : bytes
        A whole file, a bare codestream or boxes around one.
    """
    if data.startswith(_CODESTREAM):
        return _plain_samples(data)
    plain = False
    for kind, content in _boxes(data):
        if kind not in _HARMLESS:
            return False
        if (kind == b"colr" and not _plain_colour(content)) or (
            kind == b"cdef" and not _plain_channels(content)
        ):
            return False
        if kind == b"jp2c":
            plain = _plain_samples(content)
    return plain


def _plain_samples(stream: bytes) -> bool:
    (count,) = struct.unpack_from(">H", stream, _COUNT_AT)
    components = stream[_COUNT_AT + 2 : _COUNT_AT + 2 + 3 * count]
    # Of colours deeper than eight bits the decoder gives eight.
    return components in (_EIGHT_BITS * count, _SIXTEEN_BITS)


def _plain_colour(content: bytes) -> bool:
    method, number = content[0], int.from_bytes(content[3:7], "big")
    return method == _ENUMERATED and number in _SRGB_AND_GRAY


def _plain_channels(content: bytes) -> bool:
    """Tell whether the channels are colours in their usual order, and after them alpha."""
    (count,) = struct.unpack_from(">H", content)
    channels = [struct.unpack_from(">HHH", content, 2 + 6 * place) for place in range(count)]
    colours = [(place, 0, place + 1) for place in range(count)]
    return channels in (colours, [*colours[:-1], (count - 1, 1, 0)])


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the kind of each box, those within others too, and how it begins."""
    at = 0
    while at + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        start = at + 8
        if length == 1:
            (length,) = struct.unpack_from(">Q", data, start)
            start += 8
        end = len(data) if length == 0 else at + length
        yield kind, data[start : min(end, start + _MOST_HEADER)]
        if kind in _BOXES_WITHIN:
            yield from _boxes(data[start:end])
        at = max(end, start)
