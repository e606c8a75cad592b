"""Which format do these bytes hold?  Decided by content; the file's name has no say.

Two lists: formats that are decoded, and formats that are known by their first bytes and refused
by name, so that a HEIC photo is "unsupported" and a text file is "not an image".
"""

from __future__ import annotations

from typing import Final

from sokkuri.images.raws import raw_by_head

__all__ = ["DECODED_FORMATS", "HEAD_BYTES", "decoded_format", "foreign_format"]

HEAD_BYTES: Final = 64
"""How many bytes from the start decide."""

DECODED_FORMATS: Final = (
    "JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF", "AVIF", "JPEG2000", "ICO", "PPM", "QOI",
)  # fmt: skip
"""Pillow's names of the formats that may be decoded.  Multi-picture JPEG comes with JPEG."""

_DECODED_MAGIC: Final[tuple[tuple[bytes, str], ...]] = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"BM", "BMP"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"II+\x00", "TIFF"),
    (b"MM\x00+", "TIFF"),
    (b"\xff\x4f\xff\x51", "JPEG2000"),
    (b"\x00\x00\x00\x0cjP  \r\n\x87\n", "JPEG2000"),
    (b"\x00\x00\x01\x00", "ICO"),
    (b"qoif", "QOI"),
)

_PNM_KINDS: Final = b"123456f"
_AVIF_BRANDS: Final = frozenset({b"avif", b"avis"})
_HEIF_BRANDS: Final = frozenset(
    {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
)

_FOREIGN_MAGIC: Final[tuple[tuple[bytes, str, bool], ...]] = (
    (b"8BPS", "Photoshop PSD", True),
    (b"DDS ", "DirectDraw DDS", True),
    (b"BLP1", "Blizzard BLP", True),
    (b"BLP2", "Blizzard BLP", True),
    (b"SIMPLE  =", "FITS", True),
    (b"\x01\xda", "Silicon Graphics SGI", True),
    (b"icns", "Apple icon", True),
    (b"\x0a\x05\x01", "PCX", True),
    (b"/* XPM */", "XPM", True),
    (b"#?RADIANCE", "Radiance HDR", True),
    (b"v/1\x01", "OpenEXR", True),
    (b"\xff\x0a", "JPEG XL", True),
    (b"\x00\x00\x00\x0cJXL \r\n\x87\n", "JPEG XL", True),
    (b"FORM", "IFF", True),
    (b"<svg", "SVG drawing", True),
    (b"%!PS", "PostScript", False),
    (b"%PDF", "PDF document", False),
    (b"PK\x03\x04", "ZIP archive", False),
    (b"\x1f\x8b", "gzip data", False),
    (b"Rar!", "RAR archive", False),
    (b"7z\xbc\xaf", "7-Zip archive", False),
    (b"\x7fELF", "program", False),
    (b"MZ", "program", False),
    (b"SQLite format 3\x00", "SQLite database", False),
    (b"ID3", "audio", False),
    (b"OggS", "audio or video", False),
    (b"\x1aE\xdf\xa3", "video", False),
    (b"\x00\x05\x16\x07", "macOS resource file", False),
    (b"GRIB", "weather data", False),
)


def decoded_format(head: bytes) -> str | None:
    """Return Pillow's name of the format that ``head`` begins, if it is one that is decoded.

    Parameters
    ----------
    head : bytes
        The first :data:`HEAD_BYTES` bytes, or fewer if the file is shorter.
    """
    for magic, name in _DECODED_MAGIC:
        if head.startswith(magic):
            # Some raw files begin as a TIFF does.
            return name if name != "TIFF" or raw_by_head(head) is None else None
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    # PNM magic is one letter and one digit; only white space may follow.
    if len(head) > 2 and head[:1] == b"P" and head[1] in _PNM_KINDS and head[2:3].isspace():
        return "PPM"
    return "AVIF" if _brands(head) & _AVIF_BRANDS else None


def foreign_format(head: bytes) -> tuple[str, bool]:
    """Name what ``head`` begins where it is no decoded format, and tell whether it is a picture.

    Returns
    -------
    name : str
        Such as "HEIF/HEIC", "PDF document", "text" or "data of an unknown kind".
    is_image : bool
        True for picture formats that sokkuri knows but does not decode.
    """
    raw = raw_by_head(head)
    if raw is not None:
        return f"camera raw ({raw})", True
    brands = _brands(head)
    if brands & _HEIF_BRANDS:
        return "HEIF/HEIC", True
    if brands:
        return "video", False
    for magic, name, is_image in _FOREIGN_MAGIC:
        if head.lstrip().startswith(magic) or head.startswith(magic):
            return name, is_image
    return ("text", False) if _looks_like_text(head) else ("data of an unknown kind", False)


def _brands(head: bytes) -> frozenset[bytes]:
    # ISO base media file: a box length, "ftyp", the major brand, a version, compatible brands.
    if head[4:8] != b"ftyp":
        return frozenset()
    end = min(int.from_bytes(head[:4], "big"), len(head))
    compatible = {head[start : start + 4] for start in range(16, end - 3, 4)}
    return frozenset({head[8:12], *compatible})


def _looks_like_text(head: bytes) -> bool:
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError as error:
        # The head may end in the middle of a character.
        if error.start < len(head) - 3:
            return False
        text = head[: error.start].decode("utf-8")
    return bool(text) and all(character.isprintable() or character.isspace() for character in text)
