"""Formats told by content; the file's name has no say.

Two lists: formats that are decoded, and formats that are known by their first bytes and refused
by name, so that a HEIC photo is "unsupported" and a text file is "not an image".  Camera raw files
are refused by their maker's name: many are TIFF files whose first picture is a small preview, which
a TIFF decoder would take for the photo.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sokkuri.images.tiff import Tag, directories_of

if TYPE_CHECKING:
    from sokkuri.images.tiff import Reader, TagDirectory


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

    ``head`` are the first :data:`HEAD_BYTES` bytes, or fewer if the file is shorter.
    """
    for magic, name in _DECODED_MAGIC:
        if head.startswith(magic):
            # Some raw files begin as a TIFF does.
            return name if name != "TIFF" or _raw_by_head(head) is None else None
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
    raw = _raw_by_head(head)
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


_BY_HEAD: Final[tuple[tuple[int, bytes, str], ...]] = (
    (8, b"CR\x02", "Canon CR2"),
    (6, b"HEAPCCDR", "Canon CRW"),
    (4, b"ftypcrx ", "Canon CR3"),
    (0, b"FUJIFILMCCD-RAW", "Fujifilm RAF"),
    (0, b"IIRO", "Olympus ORF"),
    (0, b"IIRS", "Olympus ORF"),
    (0, b"MMOR", "Olympus ORF"),
    (0, b"IIU\x00", "Panasonic RW2"),
    (0, b"FOVb", "Sigma X3F"),
    (0, b"\x00MRM", "Minolta MRW"),
    (0, b"ARRI", "ARRI raw"),
)  # fmt: skip
_PHASE_ONE: Final = ((b"IIII", b"waR"), (b"MMMM", b"Raw"))

_MAKERS: Final = (
    ("nikon", "Nikon NEF"), ("sony", "Sony ARW"), ("pentax", "Pentax PEF"),
    ("ricoh", "Pentax PEF"), ("samsung", "Samsung SRW"), ("hasselblad", "Hasselblad 3FR"),
    ("phase one", "Phase One IIQ"), ("leaf", "Leaf MOS"), ("mamiya", "Mamiya MEF"),
    ("kodak", "Kodak DCR"), ("epson", "Epson ERF"), ("canon", "Canon TIF"),
    ("olympus", "Olympus ORF"), ("om digital", "Olympus ORF"), ("panasonic", "Panasonic RW2"),
    ("leica", "Leica RWL"), ("fuji", "Fujifilm RAF"), ("konica", "Minolta MRW"),
)  # fmt: skip

_SENSOR: Final = frozenset({32803, 34892})  # colour filter array, and linear raw


def _raw_by_head(head: bytes) -> str | None:
    """Return maker and kind of the raw file that ``head`` begins, if its first bytes tell."""
    for place, magic, name in _BY_HEAD:
        if head.startswith(magic, place):
            return name
    order, mark = head[8:12], head[12:16]
    phase_one = any(order == begin and name in mark for begin, name in _PHASE_ONE)
    return "Phase One IIQ" if phase_one else None


def raw_in_tiff(reader: Reader) -> str | None:
    """Return maker and kind of the raw file that a TIFF is; None for one that holds its picture.

    A TIFF is raw if any picture in it is what a sensor saw; or if its first one says that it is the
    small version of another, and a camera's maker or DNG's mark stands beside.  So a TIFF from a
    maker's software stays a TIFF, and so does a DNG that holds one finished picture and no other.
    """
    found = list(directories_of(reader))
    if not found:
        return None
    first = found[0]
    is_dng, make = Tag.DNG in first.entries, first.text(Tag.MAKE)
    if any(entry.number(Tag.PHOTOMETRIC, 0) in _SENSOR for entry in found):
        return _named(make, is_dng=is_dng)
    preview = first.number(Tag.SUBFILE, 0) & 1 and Tag.SUB_DIRECTORIES in first.entries
    larger = any(_pixels(entry) > _pixels(first) for entry in found[1:])
    if preview and (make or is_dng) and (larger or len(found) == 1):
        return _named(make, is_dng=is_dng)
    return None


def _pixels(directory: TagDirectory) -> int:
    return directory.number(Tag.WIDTH, 0) * directory.number(Tag.HEIGHT, 0)


def _named(make: str, *, is_dng: bool) -> str:
    if is_dng:
        return f"DNG by {make}" if make else "DNG"
    known = (name for word, name in _MAKERS if word in make.lower())
    return next(known, f"by {make}" if make else "of an unknown camera")
