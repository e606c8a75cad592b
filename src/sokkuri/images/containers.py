"""Content of a picture file beside the pixels that its decoder shows, by format.

Said of two files is that they have the same pixels only where their decoder shows all there is.
"""

from __future__ import annotations

import contextlib
import struct
from typing import TYPE_CHECKING, Any, Final

from sokkuri.images.boxes import is_plain_jpeg2000
from sokkuri.images.limits import RejectKind, Unusable
from sokkuri.images.mend import gif_blocks_end, gif_table_bytes, later_jpeg_segments
from sokkuri.images.profiles import SRGB_GAMMA, SRGB_POINTS
from sokkuri.images.tiff import WHITE_IS_ZERO, Tag

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL.Image import Image as PillowImage

# An icon has one picture in several sizes; AVIF does not tell its depth, nor its gain map; the
# further pictures of an MPO are depths, gain maps, or another eye.
_NEVER_WHOLE: Final = frozenset({"ICO", "AVIF", "MPO"})

_PNG_HARMLESS: Final = frozenset(
    {
        b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP",
        b"sBIT", b"bKGD", b"hIST", b"pHYs", b"sPLT", b"tIME", b"tEXt", b"zTXt", b"iTXt", b"eXIf",
        b"acTL", b"fcTL", b"fdAT", b"oFFs", b"sCAL", b"pCAL", b"iDOT", b"caBX", b"vpAg", b"caNv",
    }
)  # fmt: skip
_WEBP_HARMLESS: Final = frozenset(
    {b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP", b"EXIF", b"XMP "}
)
_BMP_PLAIN: Final = frozenset({b"", b"BGRs", b" niW"})  # "sRGB" and "Win ", least byte first
_TIFF_HIDING: Final = (Tag.SUB_DIRECTORIES, 37724)  # and Photoshop's layers
_TIFF_MEANING: Final = (290, 291, 301, 318, 319)
_DEEP_MODES: Final = frozenset({"I", "F", "I;16", "I;16B"})
_EXIF_SPACE: Final = 0xA001  # 1 for sRGB (EXIF 2.3)


def check_container(data: bytes, image: PillowImage) -> bytes:
    """Refuse a file that holds more than its decoder shows, or may do so.

    Parameters
    ----------
    data : bytes
    image : PIL.Image.Image
        Opened from it.

    Returns
    -------
    bytes
        What the file says of the colours of all its frames that Pillow does not read.

    Raises
    ------
    Unusable
        If it does.
    """
    name = image.format or ""
    if name in _NEVER_WHOLE or (name == "JPEG2000" and not is_plain_jpeg2000(data)):
        raise _hiding(name)
    length = _LENGTHS.get(name)
    if length is not None and _is_more(data, length(data)):
        raise _hiding(f"{name} with more after its end")
    chunks = list(_png_chunks(data)) if name == "PNG" else []
    if any(kind not in _PNG_HARMLESS for kind, _ in chunks):
        raise _hiding("PNG with chunks of its own")
    if name == "WEBP" and any(kind not in _WEBP_HARMLESS for kind in _webp_chunks(data)):
        raise _hiding("WebP with chunks of its own")
    named = int.from_bytes(data[14:18], "little") >= 108  # the header has room for a colour space
    if name == "BMP" and named and data[70:74] not in _BMP_PLAIN:
        raise _hiding("BMP with colours of its own")
    if name == "PPM" and _after_raster(data, image):
        raise _hiding("PNM with more than one picture")
    return next((content for kind, content in chunks if kind == b"cICP"), b"")


def check_frame(image: PillowImage) -> None:
    """Refuse a frame or a page that holds more than its decoder shows; before it is decoded."""
    if image.format != "TIFF":
        return
    tags = image.tag_v2  # type: ignore[attr-defined]
    if any(number in tags for number in _TIFF_HIDING):
        raise _hiding("TIFF with layers or pictures within")
    if image.mode in _DEEP_MODES and tags.get(Tag.PHOTOMETRIC) == WHITE_IS_ZERO:
        raise _hiding("TIFF whose deep white is zero")
    if any(value >> 8 != value & 255 and value & 255 for value in tags.get(Tag.COLOURS, ())):
        raise _hiding("TIFF with colours of 16 bits")


def colour_meaning(image: PillowImage, container: bytes) -> bytes:
    """Return what the values of a picture mean as colours; empty where nothing but sRGB is said.

    Pictures are the same only where it is equal: it is never worked out whether two profiles come
    to the same.

    Parameters
    ----------
    image : PIL.Image.Image
        At the frame that is meant.
    container : bytes
        From :func:`check_container`; empty for an image in memory.
    """
    told: list[tuple[str, Any]] = [("cicp", container)] if container else []
    told += _told_by_format(image)
    profile = image.info.get("icc_profile")
    if profile:
        told.append(("icc", bytes(profile)))
    elif not told:
        told += _told_by_png(image)
    if not profile and (space := _exif_space(image)) not in (None, 1):
        told.append(("exif", space))
    return repr(told).encode() if told else b""


def _told_by_format(image: PillowImage) -> Iterator[tuple[str, Any]]:
    if image.format == "TIFF":
        tags = image.tag_v2  # type: ignore[attr-defined]
        yield from ((str(number), tags[number]) for number in _TIFF_MEANING if number in tags)
        if tags.get(Tag.SUBFILE):
            yield "kind", tags[Tag.SUBFILE]
    elif image.info.get("scale", 1) != 1:  # of a floating-point PNM
        yield "scale", image.info["scale"]


def _told_by_png(image: PillowImage) -> Iterator[tuple[str, Any]]:
    """Yield what the chunks gAMA and cHRM say; the chunk sRGB says that they need not be asked."""
    if "srgb" in image.info:
        return
    gamma, primaries = image.info.get("gamma"), image.info.get("chromaticity")
    if gamma not in (None, SRGB_GAMMA):
        yield "gamma", gamma
    if primaries is not None and tuple(primaries) != SRGB_POINTS:
        yield "primaries", tuple(primaries)


def _exif_space(image: PillowImage) -> Any:
    with contextlib.suppress(Exception):  # broken metadata never loses the pixels
        return image.getexif().get_ifd(Tag.EXIF).get(_EXIF_SPACE)
    return None


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the name and the content of each chunk; what comes after the last counts as one."""
    at = 8
    while at < len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        yield kind, data[at + 8 : at + 8 + length] if kind == b"cICP" else b""
        at += length + 12
        if kind == b"IEND":
            break
    if _is_more(data, at):
        yield b"", b""


def _webp_chunks(data: bytes) -> Iterator[bytes]:
    """Yield the name of each chunk; what comes after the last counts as one."""
    at, end = 12, 8 + int.from_bytes(data[4:8], "little")
    while at + 8 <= end:
        kind, length = struct.unpack_from("<4sI", data, at)
        yield kind
        at += 8 + length + length % 2
    if _is_more(data, end):
        yield b""


def _jpeg_length(data: bytes) -> int:
    """Return where the first picture of a JPEG file ends; refuse it if it has no end."""
    for marker, end, _ in later_jpeg_segments(data, 2):
        if marker == 0xD9:
            return end
    raise _hiding("JPEG without an end")


def _gif_length(data: bytes) -> int:
    """Return where the last frame of a GIF ends, behind its mark; IndexError if there is none."""
    at = 13 + gif_table_bytes(data[10])
    while (kind := data[at]) != 0x3B:
        head = 11 + gif_table_bytes(data[at + 9]) if kind == 0x2C else 2
        at = gif_blocks_end(data, at + head)
    return at + 1


_LENGTHS: Final = {"JPEG": _jpeg_length, "GIF": _gif_length}


def _after_raster(data: bytes, image: PillowImage) -> bool:
    """Tell whether something follows the first picture of a PNM file."""
    tile = image.tile[0]  # type: ignore[attr-defined]
    if tile.codec_name == "ppm_plain":
        return False
    width, height = image.size
    layout = tile.args if isinstance(tile.args, str) else tile.args[0]
    deep = {"I;16B": 2, "F;32F": 4, "F;32BF": 4}
    row = (width + 7) // 8 if layout == "1;I" else width * deep.get(layout, len(image.getbands()))
    return _is_more(data, tile.offset + row * height)


def _is_more(data: bytes, end: int) -> bool:
    """Tell whether so much follows the end of a picture that it may be another one, or a film."""
    # No picture has fewer bytes; a few more after the end of a file are an accident.
    return len(data) - end > 24 and bool(data[end:].strip(b"\0\r\n "))


def _hiding(what: str) -> Unusable:
    return Unusable(RejectKind.UNSUPPORTED, f"{what}: it may hold more than is shown")
