"""ICO: a table of pictures, some of which are whole PNG files."""

from __future__ import annotations

import struct
from typing import Final

from sokkuri.images.mending import png

__all__ = ["lean"]

_HEADER: Final = 6
_MOST_PICTURES: Final = 64
_MOST_TIMES: Final = 3
_ENTRY: Final = struct.Struct("<8s2I")
_PNG: Final = b"\x89PNG\r\n\x1a\n"


def lean(data: bytes) -> bytes:
    """Return an icon whose PNG pictures are lean; those that change are moved to its end."""
    count = int.from_bytes(data[4:_HEADER], "little")
    result = bytearray(data)
    for number in range(min(count, _MOST_PICTURES)):
        place = _HEADER + number * _ENTRY.size
        # Entries may all name one place, and must not multiply it.
        if place + _ENTRY.size > len(data) or len(result) > _MOST_TIMES * len(data):
            break
        about, size, start = _ENTRY.unpack_from(data, place)
        inner = data[start : start + size]
        if not inner.startswith(_PNG):
            continue
        found = png.lean(inner)
        if found != inner:
            _ENTRY.pack_into(result, place, about, len(found), len(result))
            result += found
    return bytes(result) if len(result) != len(data) else data
