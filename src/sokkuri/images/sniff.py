"""Formats told by content; the file's name has no say.

Two lists: formats that are decoded, and formats that are known by their first bytes and refused
by name, so that a HEIC photo is "unsupported" and a text file is "not an image".  Camera raw files
are refused by their maker's name: many are TIFF files whose first picture is a small preview, which
a TIFF decoder would take for the photo.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from PIL.ExifTags import Base

from sokkuri.images.limits import RejectKind, Unusable
from sokkuri.images.tiff import directories_of, reader_of
from sokkuri.language import sentence

if TYPE_CHECKING:
    from sokkuri.images.tiff import Reader

HEAD_BYTES: Final = 64
"""So many bytes from the start decide."""

DECODED_FORMATS: Final = (
    "JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF", "AVIF", "JPEG2000", "ICO", "PPM", "QOI",
)  # fmt: skip
"""Pillow's names of the formats that may be decoded.  Multi-picture JPEG comes with JPEG."""

_DECODED_MAGIC: Final[dict[str, tuple[bytes, ...]]] = {
    "JPEG": (b"\xff\xd8\xff",), "PNG": (b"\x89PNG\r\n\x1a\n",), "GIF": (b"GIF87a", b"GIF89a"),
    "TIFF": (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+"),
    "JPEG2000": (b"\xff\x4f\xff\x51", b"\x00\x00\x00\x0cjP  \r\n\x87\n"),
    "ICO": (b"\x00\x00\x01\x00",), "QOI": (b"qoif",),
}  # fmt: skip

# Texts may begin with these letters, too: "BMI,age", "P1 before Monday", "FORM 10-K".
_BMP_LENGTH_END: Final = 18
"""Where a BMP file has told how long its header is, in four bytes, and no header has 256."""
_PNM: Final = re.compile(rb"P[1-6f]\s(\s*#[^\n]*(\n|$))*\s*([0-9+-]|$)")
_IFF_PICTURES: Final = frozenset((b"ILBM", b"PBM ", b"ACBM", b"RGB8", b"RGBN", b"ANIM", b"DEEP"))

_HEIF_BRANDS: Final = frozenset(b"heic heix heim heis hevc hevx mif1 msf1".split())

_FOREIGN_PICTURES: Final[dict[str, tuple[bytes, ...]]] = {
    "Photoshop PSD": (b"8BPS",), "DirectDraw DDS": (b"DDS |\x00\x00\x00",),
    "Blizzard BLP": (b"BLP1", b"BLP2"),
    "FITS": (b"SIMPLE  =",), "Silicon Graphics SGI": (b"\x01\xda",),
    "PCX": (b"\x0a\x05\x01",), "XPM": (b"/* XPM */",), "Radiance HDR": (b"#?RADIANCE",),
    "OpenEXR": (b"v/1\x01",), "JPEG XL": (b"\xff\x0a", b"\x00\x00\x00\x0cJXL \r\n\x87\n"),
    sentence("Apple icon"): (b"icns",), sentence("SVG drawing"): (b"<svg",),
}  # fmt: skip
_NO_PICTURES: Final[dict[str, tuple[bytes, ...]]] = {
    "PostScript": (b"%!PS",), sentence("PDF document"): (b"%PDF",),
    sentence("ZIP archive"): (b"PK\x03\x04",), sentence("gzip data"): (b"\x1f\x8b",),
    sentence("RAR archive"): (b"Rar!",), sentence("7-Zip archive"): (b"7z\xbc\xaf",),
    sentence("program"): (b"\x7fELF", b"MZ"),
    sentence("SQLite database"): (b"SQLite format 3\x00",),
    sentence("audio"): (b"ID3",), sentence("audio or video"): (b"OggS",),
    sentence("video"): (b"\x1aE\xdf\xa3",),
    sentence("macOS resource file"): (b"\x00\x05\x16\x07",), sentence("weather data"): (b"GRIB",),
}  # fmt: skip


def checked_format(source: bytes | Reader) -> str:
    """Return Pillow's name of a file's format, or refuse it by naming what it is.

    Raises
    ------
    Unusable
        If it is empty, no picture, or of a format that is not decoded, such as a camera's raw file.
    """
    reader = reader_of(source) if isinstance(source, bytes) else source
    head = reader(0, HEAD_BYTES)
    name = decoded_format(head)
    raw = _raw_in_tiff(reader) if name == "TIFF" else None
    if name is not None and raw is None:
        return name
    if not head:
        raise Unusable(RejectKind.EMPTY, "the file has no bytes")
    found, is_image = (sentence(f"camera raw ({raw})"), True) if raw else foreign_format(head)
    if is_image:
        detail = f"{found} is not decoded; convert it to JPEG or PNG"
        raise Unusable(RejectKind.UNSUPPORTED, detail)
    raise Unusable(RejectKind.NOT_AN_IMAGE, f"the content is {found}")


def decoded_format(head: bytes) -> str | None:
    """Return Pillow's name of the format that :data:`HEAD_BYTES` begin, if it is decoded."""
    for name, magic in _DECODED_MAGIC.items():
        if head.startswith(magic):
            # Some raw files begin as a TIFF does.
            return name if name != "TIFF" or _raw_by_head(head) is None else None
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    if _PNM.match(head):
        return "PPM"
    if head.startswith(b"BM") and head[15:_BMP_LENGTH_END] == bytes(3):
        return "BMP"
    return "AVIF" if _brands(head) & {b"avif", b"avis"} else None


def foreign_format(head: bytes) -> tuple[str, bool]:
    """Name what ``head`` begins where it is no decoded format, and tell whether it is a picture.

    The name is such as "HEIF/HEIC", "PDF document", "text" or "data of an unknown kind".
    """
    raw = _raw_by_head(head)
    if raw is not None:
        return sentence(f"camera raw ({raw})"), True
    brands = _brands(head)
    if brands & _HEIF_BRANDS:
        return "HEIF/HEIC", True
    if brands:
        return sentence("video"), False
    if head.startswith(b"FORM") and head[8:12] in _IFF_PICTURES:
        return "IFF", True
    for name, magic in (_FOREIGN_PICTURES | _NO_PICTURES).items():
        if head.lstrip().startswith(magic) or head.startswith(magic):
            return name, name in _FOREIGN_PICTURES
    is_text = _looks_like_text(head)
    return sentence("text") if is_text else sentence("data of an unknown kind"), False


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


_RAW_HEADS: Final = (
    ("Canon CR2", 8, b"CR\x02"), ("Canon CRW", 6, b"HEAPCCDR"), ("Canon CR3", 4, b"ftypcrx "),
    ("Fujifilm RAF", 0, b"FUJIFILMCCD-RAW"), ("Olympus ORF", 0, b"IIRO"),
    ("Olympus ORF", 0, b"IIRS"), ("Olympus ORF", 0, b"MMOR"), ("Panasonic RW2", 0, b"IIU\x00"),
    ("Sigma X3F", 0, b"FOVb"), ("Minolta MRW", 0, b"\x00MRM"), ("ARRI raw", 0, b"ARRI"),
)  # fmt: skip

_MAKERS: Final = (
    ("nikon", "Nikon NEF"), ("sony", "Sony ARW"), ("pentax", "Pentax PEF"),
    ("ricoh", "Pentax PEF"), ("samsung", "Samsung SRW"), ("hasselblad", "Hasselblad 3FR"),
    ("phase one", "Phase One IIQ"), ("leaf", "Leaf MOS"), ("mamiya", "Mamiya MEF"),
    ("kodak", "Kodak DCR"), ("epson", "Epson ERF"), ("canon", "Canon TIF"),
    ("olympus", "Olympus ORF"), ("om digital", "Olympus ORF"), ("panasonic", "Panasonic RW2"),
    ("leica", "Leica RWL"), ("fuji", "Fujifilm RAF"), ("konica", "Minolta MRW"),
)  # fmt: skip


def _raw_by_head(head: bytes) -> str | None:
    """Return maker and kind of the raw file that ``head`` begins, if its first bytes tell."""
    for name, place, magic in _RAW_HEADS:
        if head.startswith(magic, place):
            return name
    mark = {b"IIII": b"waR", b"MMMM": b"Raw"}.get(head[8:12])
    return "Phase One IIQ" if mark and mark in head[12:16] else None


def _raw_in_tiff(reader: Reader) -> str | None:
    """Return maker and kind of the raw file that a TIFF is; None for one that holds its picture.

    A TIFF is raw if any picture in it is what a sensor saw; or if its first one says that it is the
    small version of another, and a camera's maker or DNG's mark stands beside.  So a TIFF from a
    maker's software stays a TIFF, and so does a DNG that holds one finished picture and no other.
    """
    found = list(directories_of(reader))
    if not found:
        return None
    first = found[0]
    is_dng, make = Base.DNGVersion in first.entries, first.text(Base.Make)
    kinds = {entry.number(Base.PhotometricInterpretation) for entry in found}
    seen_by_sensor = not kinds.isdisjoint((32803, 34892))  # a colour filter array, and linear raw
    preview = first.number(Base.NewSubfileType) & 1 and Base.SubIFDs in first.entries
    areas = [entry.number(Base.ImageWidth) * entry.number(Base.ImageLength) for entry in found]
    larger = max(areas) > areas[0] or len(found) == 1
    small = preview and (make or is_dng) and larger
    if not (seen_by_sensor or small):
        return None
    if is_dng:
        return f"DNG by {make}" if make else "DNG"
    known = (name for word, name in _MAKERS if word in make.lower())
    return next(known, f"by {make}" if make else sentence("of an unknown camera"))
