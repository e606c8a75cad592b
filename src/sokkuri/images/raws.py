"""Camera raw files: known by their content, and refused by their maker's name.

Many are TIFF files whose first picture is a small preview, which a TIFF decoder would take for the
photo.  What a sensor saw is told by how its pixels are meant; the file's name has no say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sokkuri.images.directories import directories_of

if TYPE_CHECKING:
    from sokkuri.images.directories import Reader, TagDirectory

__all__ = ["raw_by_head", "raw_in_tiff"]

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

_SUBFILE: Final = 254
_REDUCED: Final = 1
_WIDTH, _HEIGHT = 256, 257
_PHOTOMETRIC: Final = 262
_SENSOR: Final = frozenset({32803, 34892})  # colour filter array, and linear raw
_MAKE: Final = 271
_SUB_DIRECTORIES: Final = 330
_DNG: Final = 50706


def raw_by_head(head: bytes) -> str | None:
    """Return maker and kind of the raw file that ``head`` begins, if its first bytes tell.

    Parameters
    ----------
    head : bytes
        The first bytes of the file, 24 or more.
    """
    for place, magic, name in _BY_HEAD:
        if head.startswith(magic, place):
            return name
    order, mark = head[8:12], head[12:16]
    if any(order == begin and name in mark for begin, name in _PHASE_ONE):
        return "Phase One IIQ"
    return None


def raw_in_tiff(reader: Reader) -> str | None:
    """Return maker and kind of the raw file that a TIFF is; None for one that holds its picture.

    A TIFF is raw if any picture in it is what a sensor saw; or if its first one says that it is the
    small version of another, and a camera's maker or DNG's mark stands beside.  So a TIFF from a
    maker's software stays a TIFF, and so does a DNG that holds one finished picture and no other.

    Parameters
    ----------
    reader : callable
        As of :func:`sokkuri.images.directories.directories_of`.
    """
    found = list(directories_of(reader))
    if not found:
        return None
    first = found[0]
    is_dng, make = _DNG in first.entries, first.text(_MAKE)
    if any(entry.number(_PHOTOMETRIC, 0) in _SENSOR for entry in found):
        return _named(make, is_dng=is_dng)
    preview = first.number(_SUBFILE, 0) & _REDUCED and _SUB_DIRECTORIES in first.entries
    larger = any(_pixels(entry) > _pixels(first) for entry in found[1:])
    if preview and (make or is_dng) and (larger or len(found) == 1):
        return _named(make, is_dng=is_dng)
    return None


def _pixels(directory: TagDirectory) -> int:
    return directory.number(_WIDTH, 0) * directory.number(_HEIGHT, 0)


def _named(make: str, *, is_dng: bool) -> str:
    if is_dng:
        return f"DNG by {make}" if make else "DNG"
    known = (name for word, name in _MAKERS if word in make.lower())
    return next(known, f"by {make}" if make else "of an unknown camera")
