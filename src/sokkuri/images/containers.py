"""Content of a picture file beside the pixels that its decoder shows, by format.

Said of two files is that they have the same pixels only where their decoder shows all there is.
"""

from __future__ import annotations

import contextlib
import struct
from typing import TYPE_CHECKING, Any, Final

from PIL.ExifTags import Base

from sokkuri.images.parts import (
    GIF_END,
    JPEG_END,
    all_jpeg_segments,
    boxes,
    gif_blocks,
    png_chunks,
    webp_chunks,
)
from sokkuri.images.profiles import SRGB_GAMMA, SRGB_POINTS
from sokkuri.images.tiff import WHITE_IS_ZERO

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL.Image import Image as PillowImage

_PNG_HARMLESS: Final = frozenset(
    b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP cICP sBIT bKGD hIST pHYs sPLT tIME tEXt zTXt "
    b"iTXt eXIf acTL fcTL fdAT oFFs sCAL pCAL iDOT caBX vpAg caNv".split()
)
_WEBP_HARMLESS: Final = frozenset(
    {b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP", b"EXIF", b"XMP "}
)
_JP2_HARMLESS: Final = frozenset(
    {b"jP  ", b"ftyp", b"jp2h", b"jp2c", b"ihdr", b"colr", b"cdef", b"res ", b"xml "}
)
_BMP_PLAIN: Final = frozenset({b"", b"BGRs", b" niW"})  # "sRGB" and "Win ", least byte first
_TIFF_HIDING: Final = (Base.SubIFDs, 37724)  # and Photoshop's layers
_TIFF_MEANING: Final = (
    Base.GrayResponseUnit, Base.GrayResponseCurve, Base.TransferFunction, Base.WhitePoint,
    Base.PrimaryChromaticities,
)  # fmt: skip
_DEEP_MODES: Final = frozenset({"I", "F", "I;16", "I;16B"})


def shows_all(data: bytes, image: PillowImage) -> bool:
    """Tell whether a file holds no more than its decoder shows, as far as that can be told.

    Parameters
    ----------
    data : bytes
    image : PIL.Image.Image
        Opened from it.
    """
    end = _end(data, image)
    # No picture has fewer bytes; a few more after the end of a file are an accident.
    return end is not None and (len(data) - end <= 24 or not data[end:].strip(b"\0\r\n "))


def _end(data: bytes, image: PillowImage) -> int | None:
    """Return where the picture ends that is shown; None for a file that may hold more within.

    An icon has one picture in several sizes; AVIF does not tell its depth, nor its gain map; the
    further pictures of an MPO are depths, gain maps, or another eye.
    """
    end: int | None = len(data)
    match image.format:
        case "JPEG":
            segments = all_jpeg_segments(data)
            return next((body - 2 for marker, body, _ in segments if marker == JPEG_END), None)
        case "PNG":
            chunks = list(png_chunks(data))
            end = 8 + sum(len(chunk.whole) for chunk in chunks)
            ended = chunks[-1].name == b"IEND" or end == len(data)
            shown = ended and all(chunk.name in _PNG_HARMLESS for chunk in chunks)
        case "GIF":
            *_, (kind, start, _) = gif_blocks(data)
            end, shown = start + 1, kind == GIF_END
        case "WEBP":
            end = 8 + int.from_bytes(data[4:8], "little")
            shown = all(name in _WEBP_HARMLESS for name, *_ in webp_chunks(data[:end]))
        case "BMP":
            # A header so long has room for a colour space.
            named = int.from_bytes(data[14:18], "little") >= 108
            shown = not named or data[70:74] in _BMP_PLAIN
        case "PPM":
            end, shown = _pnm_end(data, image), True
        case "JPEG2000":
            shown = is_plain_jpeg2000(data)
        case name:
            shown = name in ("TIFF", "QOI")
    return end if shown else None


def _pnm_end(data: bytes, image: PillowImage) -> int:
    tile = image.tile[0]  # type: ignore[attr-defined]
    if tile.codec_name == "ppm_plain":
        return len(data)
    width, height = image.size
    layout = tile.args if isinstance(tile.args, str) else tile.args[0]
    deep = {"I;16B": 2, "F;32F": 4, "F;32BF": 4}
    row = (width + 7) // 8 if layout == "1;I" else width * deep.get(layout, len(image.getbands()))
    return int(tile.offset + row * height)


def is_plain_jpeg2000(data: bytes) -> bool:
    """Tell whether all samples are at full size, in sRGB or gray, and their decoder keeps all bits.

    ``data`` is a whole file, a bare codestream or boxes around one.
    """
    if data.startswith(b"\xff\x4f\xff\x51"):
        return _plain_samples(data)
    plain, last = False, 0
    for kind, _, body, end in boxes(data, 0, len(data)):
        if kind not in _JP2_HARMLESS or (kind == b"jp2h" and not _plain_header(data, body, end)):
            return False
        if kind == b"jp2c":
            plain = _plain_samples(data[body : body + 4096])
        last = end
    return plain and last == len(data)


def _plain_header(data: bytes, start: int, stop: int) -> bool:
    for kind, _, body, end in boxes(data, start, stop):
        content = data[body : min(end, body + 4096)]
        if kind == b"colr":
            # Named by number, as sRGB or gray.
            plain = content[0] == 1 and int.from_bytes(content[3:7]) in (16, 17)
        else:
            plain = _plain_channels(content) if kind == b"cdef" else kind in _JP2_HARMLESS
        if not plain:
            return False
        start = end
    return start == stop


def _plain_samples(stream: bytes) -> bool:
    # The number of components, and then three bytes for each.
    (count,) = struct.unpack_from(">H", stream, 40)
    components = stream[42 : 42 + 3 * count]
    # Of colours deeper than eight bits the decoder gives eight.
    return components in (bytes((7, 1, 1)) * count, bytes((15, 1, 1)))


def _plain_channels(content: bytes) -> bool:
    """Tell whether the channels are colours in their usual order, and after them alpha."""
    (count,) = struct.unpack_from(">H", content)
    channels = [struct.unpack_from(">HHH", content, 2 + 6 * place) for place in range(count)]
    colours = [(place, 0, place + 1) for place in range(count)]
    return channels in (colours, [*colours[:-1], (count - 1, 1, 0)])


def frame_shows_all(image: PillowImage) -> bool:
    """Tell whether a frame or a page holds no more than its decoder shows; before it is decoded."""
    if image.format != "TIFF":
        return True
    tags = image.tag_v2  # type: ignore[attr-defined]
    return not (
        any(number in tags for number in _TIFF_HIDING)
        or (image.mode in _DEEP_MODES and tags.get(Base.PhotometricInterpretation) == WHITE_IS_ZERO)
        or any(value >> 8 != value & 255 and value & 255 for value in tags.get(Base.ColorMap, ()))
    )


def png_code_points(data: bytes) -> bytes:
    """Return the content of the chunk that names a PNG's colours by number; Pillow skips it."""
    return next((bytes(chunk.body) for chunk in png_chunks(data) if chunk.name == b"cICP"), b"")


def colour_meaning(image: PillowImage, code_points: bytes) -> bytes:
    """Return what the values of a picture mean as colours; empty where nothing but sRGB is said.

    Pictures are the same only where it is equal: it is never worked out whether two profiles come
    to the same.

    Parameters
    ----------
    image : PIL.Image.Image
        At the frame that is meant.
    code_points : bytes
        From :func:`png_code_points`; empty for an image in memory.
    """
    told = list(_told(image, code_points))
    return repr(told).encode() if told else b""


def _told(image: PillowImage, code_points: bytes) -> Iterator[tuple[str, Any]]:
    info, profile = image.info, image.info.get("icc_profile")
    if code_points:
        yield "cicp", code_points
    if image.format == "TIFF":
        tags = image.tag_v2  # type: ignore[attr-defined]
        yield from ((str(number), tags[number]) for number in _TIFF_MEANING if number in tags)
        if tags.get(Base.NewSubfileType):
            yield "kind", tags[Base.NewSubfileType]
    if info.get("scale", 1) != 1:  # of a floating-point PNM
        yield "scale", info["scale"]
    if profile:
        yield "icc", bytes(profile)
        return
    if not code_points and "srgb" not in info:  # chunks of a PNG that it need not be asked for then
        gamma, primaries = info.get("gamma"), info.get("chromaticity")
        if gamma not in (None, SRGB_GAMMA):
            yield "gamma", gamma
        if primaries is not None and tuple(primaries) != SRGB_POINTS:
            yield "primaries", tuple(primaries)
    with contextlib.suppress(Exception):  # broken metadata never loses the pixels
        space = image.getexif().get_ifd(Base.ExifOffset).get(Base.ColorSpace)
        if space not in (None, 1):  # 1 for sRGB
            yield "exif", space
