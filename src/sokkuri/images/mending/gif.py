"""GIF: blocks, of which only images and what controls them hold pixels (GIF89a)."""

from __future__ import annotations

from typing import Final

__all__ = ["bare", "table_bytes"]

_HEADER: Final = 13
# A file of nothing but empty blocks must not cost many times its size.
_MOST_BLOCKS: Final = 100_000
_FLAGS: Final = 10
_HAS_TABLE: Final = 0x80
_EXTENSION: Final = 0x21
_IMAGE: Final = 0x2C
_CONTROL: Final = 0xF9
_CONTROL_BYTES: Final = 4
_DESCRIPTOR: Final = 10


def bare(data: bytes) -> bytes:
    """Return a GIF without comments, texts and application data; an empty table is no loss."""
    place = _HEADER + (table_bytes(data[_FLAGS]) if len(data) > _FLAGS else 0)
    parts = [data[:place]]
    for _ in range(_MOST_BLOCKS):
        if place >= len(data):
            break
        start, kind = place, data[place]
        if kind == _EXTENSION:
            place = _after_blocks(data, place + 2)
            sound = data[start + 2 : start + 3] == bytes([_CONTROL_BYTES])
            if data[start + 1 : start + 2] == bytes([_CONTROL]) and sound:
                parts.append(data[start:place])
        elif kind == _IMAGE and place + _DESCRIPTOR <= len(data):
            table = table_bytes(data[place + _DESCRIPTOR - 1])
            place = _after_blocks(data, place + _DESCRIPTOR + table + 1)
            parts.append(data[start:place])
        else:  # the end, or what is no block
            parts.append(data[start:])
            break
    return b"".join(parts)


def table_bytes(flags: int) -> int:
    """Return the bytes of the colour table that flags announce."""
    return 3 << ((flags & 7) + 1) if flags & _HAS_TABLE else 0


def _after_blocks(data: bytes, place: int) -> int:
    """Return where a chain of sub-blocks ends."""
    while place < len(data) and data[place]:
        place += 1 + data[place]
    return place + 1
