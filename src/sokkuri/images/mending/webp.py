"""WebP: a RIFF file of chunks (RFC 9649)."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

__all__ = ["bare", "lean"]

_FIRST: Final = 12
_HEAD: Final = struct.Struct("<4sI")
# A file of nothing but empty chunks must not cost many times its size.
_MOST_CHUNKS: Final = 100_000
_EXTENDED: Final = b"VP8X"
_PIXELS: Final = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF"})
_NEEDED: Final = _PIXELS | {b"ICCP", b"EXIF", b"XMP "}
_FLAGS: Final = {b"ICCP": 0x20, b"EXIF": 0x08, b"XMP ": 0x04}
_ALL_FLAGS: Final = 0x2C


def lean(data: bytes) -> bytes:
    """Return a WebP of its pixels and of the metadata that is whole and known."""
    return _of(data, _NEEDED)


def bare(data: bytes) -> bytes:
    """Return a WebP of its pixels alone."""
    return _of(data, _PIXELS)


def _of(data: bytes, names: Collection[bytes]) -> bytes:
    kept = [(name, body) for name, body in _chunks(data) if name in names]
    here = {name for name, _ in kept}
    flags = sum(flag for name, flag in _FLAGS.items() if name in here)
    parts = []
    for name, body in kept:
        if name == _EXTENDED and body:
            body = bytes([body[0] & ~_ALL_FLAGS | flags]) + body[1:]  # noqa: PLW2901 - the same chunk
        parts.append(_HEAD.pack(name, len(body)) + body + bytes(len(body) % 2))
    content = b"WEBP" + b"".join(parts)
    return b"RIFF" + len(content).to_bytes(4, "little") + content


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield name and body of each chunk; a cut one only where it holds pixels."""
    place = _FIRST
    for _ in range(_MOST_CHUNKS):
        if place + _HEAD.size > len(data):
            return
        name, length = _HEAD.unpack_from(data, place)
        place += _HEAD.size
        body = data[place : place + length]
        if len(body) == length or name in _PIXELS:
            yield name, body
        place += length + length % 2
