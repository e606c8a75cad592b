"""PNG: chunks, each with a length, a name and a checksum (ISO/IEC 15948)."""

from __future__ import annotations

import itertools
import struct
import zlib
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_SIGNATURE: Final = 8
_AROUND: Final = 12  # length, name and checksum
# A file of nothing but empty chunks must not cost many times its size.
_MOST_CHUNKS: Final = 100_000

_ANIMATION: Final = frozenset({b"acTL", b"fcTL", b"fdAT"})
_SIZES: Final = {b"gAMA": 4, b"cHRM": 32, b"sRGB": 1}
# Texts that may say how the picture is to be turned.
_WORDS: Final = (b"XML:com.adobe.xmp\0", b"Raw profile type exif\0", b"Raw profile type APP1\0")
# Pillow inflates no more than this of a text or profile, and gives the file up beyond it.
_MOST_INFLATED: Final = 1 << 20


class _Chunk(NamedTuple):
    name: bytes
    body: memoryview
    whole: memoryview

    @property
    def summed(self) -> bool:
        """Whether its checksum is right."""
        return zlib.crc32(self.body, zlib.crc32(self.name)).to_bytes(4, "big") == self.whole[-4:]


def lean_png(data: bytes) -> bytes:
    """Return a PNG without the ancillary chunks that are broken or that no picture needs.

    Kept are those that change the pixels, their colours or how they are turned, and an animation
    if all of it fits together.  As PNG readers do, an ancillary chunk with a wrong checksum is
    taken for missing.  Critical chunks stay as they are, right or wrong.
    """
    chunks = list(_chunks(data))
    return _joined(data, chunks, moving=_is_sound_animation(chunks, data))


def bare_png(data: bytes) -> bytes:
    """Return a PNG with nothing but its pixels and their transparency."""
    chunks = list(_chunks(data))
    needed = [chunk for chunk in chunks if not _is_ancillary(chunk.name) or chunk.name == b"tRNS"]
    return _joined(data, needed, moving=False)


def _chunks(data: bytes) -> Iterator[_Chunk]:
    """Yield the chunks up to the end, or up to where it is no chunk any more.

    What is left then comes as one critical chunk, except an ancillary chunk that the file's end
    has cut: what follows the pixels may be missing.
    """
    view = memoryview(data)
    place = _SIGNATURE
    for number in itertools.count():
        if place + 8 > len(data):
            return
        length, name = struct.unpack_from(">I4s", data, place)
        end = place + _AROUND + length
        broken = not name.isalpha() or end > len(data)
        if broken or number == _MOST_CHUNKS:
            if number == _MOST_CHUNKS or not (name.isalpha() and _is_ancillary(name)):
                yield _Chunk(b"REST", view[place:], view[place:])
            return
        yield _Chunk(name, view[place + 8 : end - 4], view[place:end])
        if name == b"IEND":
            return
        place = end


def _joined(data: bytes, chunks: list[_Chunk], *, moving: bool) -> bytes:
    colour = data[25] if len(data) > 25 else 0
    parts = [chunk.whole for chunk in chunks if _is_kept(chunk, colour, moving=moving)]
    if _SIGNATURE + sum(map(len, parts)) == len(data):
        return data
    return b"".join([data[:_SIGNATURE], *parts])


def _is_ancillary(name: bytes) -> bool:
    return bool(name[0] & 0x20)


def _is_kept(chunk: _Chunk, colour: int, *, moving: bool) -> bool:
    name, body = chunk.name, chunk.body
    if not _is_ancillary(chunk.name):
        return True
    if name in _ANIMATION:
        return moving
    if name in _SIZES:
        fits = len(body) == _SIZES[name]
    elif name == b"tRNS":
        # A byte for each shade of a palette, two for each channel of others.
        fits = len(body) <= 256 if colour == 3 else len(body) == {0: 2, 2: 6}.get(colour)
    elif name == b"iCCP":
        fits = _inflates(_after_name(bytes(body)))
    elif name == b"eXIf":
        fits = True
    else:
        fits = name in (b"tEXt", b"zTXt", b"iTXt") and _is_needed_text(name, bytes(body))
    return fits and chunk.summed


def _is_needed_text(name: bytes, body: bytes) -> bool:
    if not body.startswith(_WORDS):
        return False
    if name == b"zTXt":
        return _inflates(_after_name(body))
    if name == b"tEXt":
        return True
    flags = body[body.index(b"\0") + 1 :]
    if flags[:1] == b"\0":
        return True
    parts = flags[2:].split(b"\0", 2)
    return flags[1:2] == b"\0" and len(parts) == 3 and _inflates(flags[1:2] + parts[2])


def _after_name(body: bytes) -> bytes:
    """Return what follows the name of a profile or text: a method, and compressed bytes."""
    return body.partition(b"\0")[2]


def _inflates(packed: bytes) -> bool:
    """Tell whether compressed bytes behind a method of 0 are whole and not too long."""
    if packed[:1] != b"\0":
        return False
    inflating = zlib.decompressobj()
    try:
        inflating.decompress(packed[1:], _MOST_INFLATED)
    except zlib.error:
        return False
    return inflating.eof


def _is_sound_animation(chunks: list[_Chunk], data: bytes) -> bool:
    """Tell whether the chunks of an animation follow each other as they must (APNG 1.0)."""
    parts = [chunk for chunk in chunks if chunk.name in _ANIMATION]
    if [part.name for part in parts].count(b"acTL") != 1 or parts[0].name != b"acTL":
        return False
    canvas = struct.unpack_from(">2I", data, 16)
    if len(parts[0].body) != 8 or not all(part.summed for part in parts):
        return False
    return all(_is_frame(part, number, canvas) for number, part in enumerate(parts[1:]))


def _is_frame(part: _Chunk, number: int, canvas: tuple[int, ...]) -> bool:
    least = 26 if part.name == b"fcTL" else 4
    if len(part.body) < least or int.from_bytes(part.body[:4], "big") != number:
        return False
    if part.name == b"fdAT":
        return True
    _, width, height, left, top = struct.unpack_from(">5I", part.body)
    return left + width <= canvas[0] and top + height <= canvas[1] and 0 not in (width, height)
