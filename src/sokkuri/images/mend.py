"""Files made fit for the decoder: what stands beside the pixels must not lose them.

Decoders refuse whole files for a comment that is too long or a resolution that is too short.  Here
a file is taken apart into its parts, and put together again from those that its picture needs.
What holds pixels is copied as it is, so damage to it stays damage.
"""

from __future__ import annotations

import struct
import zlib
from functools import partial
from typing import TYPE_CHECKING, Final

from PIL.ExifTags import Base

from sokkuri.images.parts import (
    GIF_EXTENSION,
    PngChunk,
    boxes,
    gif_blocks,
    jpeg_segments,
    png_chunks,
    webp_chunks,
)
from sokkuri.images.tiff import PIXEL_TAGS, readable_tiff, tiff_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

# What is looked for beside the pixels: turning, colours, and how three or four channels are meant.
_ADOBE: Final = (0xEE, b"Adobe", 12)
_KEPT_SEGMENTS: Final = (
    (0xE0, b"JFIF\0", 14), (0xE1, b"Exif\0\0", 8), (0xE1, b"http://ns.adobe.com/xap/1.0/\0", 30),
    (0xE2, b"ICC_PROFILE\0", 15), _ADOBE,
)  # fmt: skip


def _jpeg_of(data: bytes, kept: Collection[tuple[int, bytes, int]]) -> bytes:
    """Leave out comments, and application segments but for those that begin so and are so long."""
    parts, last = [data[:2]], 2
    for marker, start, last in jpeg_segments(data):
        body = data[start:last]
        beside = marker == 0xFE or 0xE0 <= marker <= 0xEF
        if not beside or any(
            marker == number and body.startswith(begin) and len(body) >= least
            for number, begin, least in kept
        ):
            parts.append(data[start - 4 : last])
    return b"".join([*parts, data[last:]])


_PNG_SIZES: Final = {b"gAMA": 4, b"cHRM": 32, b"sRGB": 1}
_PNG_ANIMATION: Final = frozenset({b"acTL", b"fcTL", b"fdAT"})
# Texts that may say how the picture is to be turned.
_PNG_WORDS: Final = (b"XML:com.adobe.xmp\0", b"Raw profile type exif\0", b"Raw profile type APP1\0")
# Pillow inflates no more than this of a text or profile, and gives the file up beyond it.
_MOST_INFLATED: Final = 1 << 20


def _png_of(data: bytes, *, bare: bool = False) -> bytes:
    """Leave out the ancillary chunks that are broken or that no picture needs.

    Kept are those that change the pixels, their colours or how they are turned, and an animation
    if all of it fits together; of a bare picture, its transparency alone.  As PNG readers do, an
    ancillary chunk that is cut or has a wrong checksum is taken for missing.  Critical chunks stay
    as they are, right or wrong.
    """
    chunks = [chunk for chunk in png_chunks(data) if not (chunk.ancillary and chunk.cut)]
    if bare:
        chunks = [chunk for chunk in chunks if not chunk.ancillary or chunk.name == b"tRNS"]
    moving = _is_sound_animation(chunks, data)
    colour = data[25] if len(data) > 25 else 0
    parts = [chunk.whole for chunk in chunks if _is_needed(chunk, colour, moving=moving)]
    return data if 8 + sum(map(len, parts)) == len(data) else b"".join([data[:8], *parts])


def _is_needed(chunk: PngChunk, colour: int, *, moving: bool) -> bool:
    name = chunk.name
    if not chunk.ancillary:
        return True
    if name in _PNG_ANIMATION:
        return moving
    body = bytes(chunk.body)
    if name in _PNG_SIZES:
        fits = len(body) == _PNG_SIZES[name]
    elif name == b"tRNS":
        # A byte for each shade of a palette, two for each channel of others.
        fits = len(body) <= 256 if colour == 3 else len(body) == {0: 2, 2: 6}.get(colour)
    elif name == b"iCCP":
        fits = _inflates(body.partition(b"\0")[2])
    else:
        fits = name == b"eXIf" or _is_needed_text(name, body)
    return fits and chunk.summed


def _is_needed_text(name: bytes, body: bytes) -> bool:
    if name not in (b"tEXt", b"zTXt", b"iTXt") or not body.startswith(_PNG_WORDS):
        return False
    text = body.partition(b"\0")[2]
    if name == b"zTXt":
        return _inflates(text)
    if name == b"tEXt" or text[:1] == b"\0":
        return True
    method, parts = text[1:2], text[2:].split(b"\0", 2)
    return len(parts) == 3 and _inflates(method + parts[2])


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


def _is_sound_animation(chunks: list[PngChunk], data: bytes) -> bool:
    """Tell whether the chunks of an animation follow each other as they must (APNG 1.0)."""
    parts = [chunk for chunk in chunks if chunk.name in _PNG_ANIMATION]
    if not parts or parts[0].name != b"acTL" or len(parts[0].body) != 8:
        return False
    canvas = struct.unpack_from(">2I", data, 16)
    for number, part in enumerate(parts[1:]):
        least = {b"fcTL": 26, b"fdAT": 4}.get(part.name)
        if not least or len(part.body) < least or int.from_bytes(part.body[:4]) != number:
            return False
        if part.name == b"fcTL":
            _, width, height, left, top = struct.unpack_from(">5I", part.body)
            if left + width > canvas[0] or top + height > canvas[1] or 0 in (width, height):
                return False
    return all(part.summed for part in parts)


_WEBP_PIXELS: Final = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF"})
_WEBP_FLAGS: Final = {b"ICCP": 0x20, b"EXIF": 0x08, b"XMP ": 0x04}


def _webp_of(data: bytes, names: Collection[bytes]) -> bytes:
    """Leave out the chunks of other names, and a cut one unless it holds pixels."""
    kept = [
        (name, data[start:end])
        for name, start, end in webp_chunks(data)
        if name in names and (end <= len(data) or name in _WEBP_PIXELS)
    ]
    here = {name for name, _ in kept}
    flags = sum(flag for name, flag in _WEBP_FLAGS.items() if name in here)
    parts = [b"WEBP"]
    for name, body in kept:
        if name == b"VP8X" and body:
            body = bytes([body[0] & ~sum(_WEBP_FLAGS.values()) | flags]) + body[1:]  # noqa: PLW2901 - the same chunk
        parts.append(struct.pack("<4sI", name, len(body)) + body + bytes(len(body) % 2))
    content = b"".join(parts)
    return b"RIFF" + len(content).to_bytes(4, "little") + content


def _bare_gif(data: bytes) -> bytes:
    """Leave out comments, texts, application data, and controls that are not of four bytes."""
    return b"".join(
        data[start:end]
        for kind, start, end in gif_blocks(data)
        if kind != GIF_EXTENSION or data.startswith(b"\xf9\x04", start + 1)
    )


_ICO_ENTRY: Final = struct.Struct("<8s2I")


def _ico_of(data: bytes) -> bytes:
    """Return an icon whose PNG pictures are lean; those that change are moved to its end."""
    result = bytearray(data)
    for number in range(min(int.from_bytes(data[4:6], "little"), 64)):
        place = 6 + number * _ICO_ENTRY.size
        # Entries may all name one place, and must not multiply it.
        if place + _ICO_ENTRY.size > len(data) or len(result) > 3 * len(data):
            break
        about, size, start = _ICO_ENTRY.unpack_from(data, place)
        inner = data[start : start + size]
        found = _png_of(inner) if inner.startswith(b"\x89PNG\r\n\x1a\n") else inner
        if found != inner:
            _ICO_ENTRY.pack_into(result, place, about, len(found), len(result))
            result += found
    return bytes(result) if len(result) != len(data) else data


_JP2_OUTER: Final = frozenset({b"jP  ", b"ftyp", b"jp2h", b"jp2c"})
_JP2_INNER: Final = frozenset({b"ihdr", b"bpcc", b"colr", b"pclr", b"cmap", b"cdef"})


def _bare_jp2(data: bytes) -> bytes:
    """Return a JPEG 2000 file of those boxes that its pixels and their colours need."""
    if not data.startswith(b"\x00\x00\x00\x0cjP  "):
        return data
    parts = []
    for name, start, body, end in boxes(data, 0, len(data)):
        if name == b"jp2h":
            inner = b"".join(
                data[a:b] for kind, a, _, b in boxes(data, body, end) if kind in _JP2_INNER
            )
            parts.append((len(inner) + 8).to_bytes(4) + name + inner)
        elif name in _JP2_OUTER:
            parts.append(data[start:end])
    return b"".join(parts)


_BOX_VERSION: Final = 4  # bytes of version and flags, with which a full box begins


def _without_avif_profile(data: bytes) -> bytes:
    """Return an AVIF whose colour profile is not looked at; its EXIF is."""
    result = bytearray(data)
    for place, _ in _avif_boxes(data, (b"iprp", b"ipco")):
        if data[place + 4 : place + 12] in (b"colrprof", b"colrrICC"):
            result[place + 4 : place + 8] = b"free"
    return bytes(result)


def _bare_avif(data: bytes) -> bytes:
    """Return an AVIF whose EXIF, XMP and colour profile are not looked at; nothing moves."""
    result = bytearray(_without_avif_profile(data))
    for place, body in _avif_boxes(data, (b"iinf",)):
        kind = body + _BOX_VERSION + (6 if data[body] >= 3 else 4)
        if data[place + 4 : place + 8] == b"infe" and data[kind : kind + 4] in (b"Exif", b"mime"):
            result[kind : kind + 4] = b"free"
    return bytes(result)


def _avif_boxes(data: bytes, path: tuple[bytes, ...]) -> Iterator[tuple[int, int]]:
    """Yield start and body of the boxes that lie under ``meta`` on a path."""
    start, end = 0, len(data)
    for wanted in (b"meta", *path):
        found = next((box for box in boxes(data, start, end) if box[0] == wanted), None)
        if found is None:
            return
        _, _, start, end = found
        if wanted == b"meta":
            start += _BOX_VERSION
        if wanted == b"iinf":  # a full box that begins with a count
            start += _BOX_VERSION + (2 if data[start] == 0 else 4)
    for _, place, body, _ in boxes(data, start, end):
        yield place, body


_FITTED: Final[dict[str, Callable[[bytes], bytes]]] = {
    "PNG": _png_of, "ICO": _ico_of, "TIFF": readable_tiff,
}  # fmt: skip

# Lean ones keep what is known and whole of turning and colours, bare ones what pixels need.
_BARED: Final[dict[str, tuple[Callable[[bytes], bytes], ...]]] = {
    "PNG": (partial(_png_of, bare=True),),
    "JPEG": (partial(_jpeg_of, kept=_KEPT_SEGMENTS), partial(_jpeg_of, kept=(_ADOBE,))),
    "WEBP": (
        partial(_webp_of, names=_WEBP_PIXELS | _WEBP_FLAGS.keys()),
        partial(_webp_of, names=_WEBP_PIXELS),
    ),
    "GIF": (_bare_gif,),
    "TIFF": (
        partial(tiff_of, tags=PIXEL_TAGS | {Base.Orientation, Base.InterColorProfile}),
        partial(tiff_of, tags=PIXEL_TAGS),
    ),
    "AVIF": (_without_avif_profile, _bare_avif),
    "JPEG2000": (_bare_jp2,),
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
