"""What every byte of a segment means: the header, a row, and the record of a block."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from sokkuri.errors import FormatError, NewerFormat
from sokkuri.hashes import HashSpec

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "BLOCK_BYTES",
    "CODES",
    "FORMAT_VERSION",
    "HEADER_BYTES",
    "NO_QUALITY",
    "RECORD",
    "ROW",
    "ROWS",
    "SEALED",
    "SUMS",
    "Header",
    "aligned",
    "pack_header",
    "read_header",
    "record_sums",
    "rows_in_a_block",
]

FORMAT_VERSION: Final = 1

HEADER_BYTES: Final = 4096
"""One page, so that the codes behind it begin at a page of their own."""

BLOCK_BYTES: Final = 1 << 20
"""So many bytes of codes at most are under one checksum."""

CODES, ROWS, SUMS, SEALED = b"c", b"r", b"s", b"1"
"""What a file holds: one of the three parts of a growing segment, or all of a sealed one."""

NO_QUALITY: Final = -1

ROW: Final = np.dtype(
    {
        "names": ["owner", "view", "quality"],
        "formats": ["<i8", "<u2", "<i1"],
        "offsets": [0, 8, 10],
        "itemsize": 16,
    }
)
"""What is known of a row: the photo it belongs to, which view of it, and its quality."""

RECORD: Final = np.dtype(
    [("first", "<u8"), ("end", "<u8"), ("codes", "<u4"), ("rows", "<u4"), ("pad", "<u4"),
     ("sum", "<u4")]
)  # fmt: skip
"""A block: its rows, the CRC-32 of their codes and of what is known of them, and of the record."""

# Magic and version keep their places in every version to come, and so does the header's checksum,
# in its last four bytes: that is how a damaged header is told from a newer one.  The magic shows a
# transfer as text, as PNG's does.
_MAGIC: Final = b"\x89SKR\r\n\x1a\n"
_FRONT: Final = struct.Struct("<8sI")
_FIELDS: Final = struct.Struct("<cxxx16sIIIIQQIH")
_SUM: Final = struct.Struct("<I")
_BARE: Final = 1
_LONGEST_NAME: Final = 1024
_MOST_ROWS: Final = 1 << 48


@dataclass(frozen=True, slots=True)
class Header:
    """What the first page of each file says.

    Parameters
    ----------
    kind : bytes
        What the file holds: ``CODES``, ``ROWS``, ``SUMS`` or ``SEALED``.
    spec : HashSpec
        The recipe of the codes.
    stamp : bytes
        16 random bytes of this segment; those of its files are equal.
    bare : bool
        Whether nothing is kept of the rows but their codes.
    rows, extra : int
        Of a sealed segment: how many rows, and how many bytes of the caller's own behind them.
    extra_sum : int
        CRC-32 of those bytes.
    """

    kind: bytes
    spec: HashSpec
    stamp: bytes
    bare: bool = False
    rows: int = 0
    extra: int = 0
    extra_sum: int = 0


def pack_header(header: Header) -> bytes:
    """Return the first page of a file, shape of ``HEADER_BYTES`` bytes.

    Raises
    ------
    ValueError
        If the name of the recipe is too long.
    """
    name = header.spec.name.encode()
    if len(name) > _LONGEST_NAME:
        raise ValueError(f"a hash's name has at most {_LONGEST_NAME} bytes, not {len(name)}")
    fields = _FIELDS.pack(
        header.kind,
        header.stamp,
        header.spec.version,
        header.spec.bits,
        header.spec.code_bytes,
        _BARE * header.bare,
        header.rows,
        header.extra,
        header.extra_sum,
        len(name),
    )
    page = (_FRONT.pack(_MAGIC, FORMAT_VERSION) + fields + name).ljust(
        HEADER_BYTES - _SUM.size, b"\0"
    )
    return page + _SUM.pack(zlib.crc32(page))


def read_header(page: bytes, path: str) -> Header:
    """Read the first page of a file.

    Parameters
    ----------
    page : bytes
        The first ``HEADER_BYTES`` bytes, or fewer if there are no more.
    path : str
        For messages.

    Raises
    ------
    NewerFormat
        If a later version of sokkuri wrote it.
    FormatError
        If it is no segment, or damaged.
    """
    if page[: len(_MAGIC)] != _MAGIC:
        raise FormatError(path, "this is no segment of codes")
    if len(page) < HEADER_BYTES:
        raise FormatError(path, "the file ends within its header")
    (found,) = _SUM.unpack(page[-_SUM.size :])
    if found != zlib.crc32(page[: -_SUM.size]):
        raise FormatError(path, "the header's checksum is wrong")
    _, version = _FRONT.unpack_from(page)
    if version > FORMAT_VERSION:
        raise NewerFormat(path, version, FORMAT_VERSION)
    return _fields(page, path)


def _fields(page: bytes, path: str) -> Header:
    kind, stamp, version, bits, width, flags, rows, extra, extra_sum, length = _FIELDS.unpack_from(
        page, _FRONT.size
    )
    start = _FRONT.size + _FIELDS.size
    try:
        name = page[start : start + min(length, _LONGEST_NAME)].decode()
    except UnicodeDecodeError as error:
        raise FormatError(path, "the name of its hash is no text") from error
    spec = HashSpec(name, bits, version)
    # The checksum was right, so these are for files that somebody made on purpose.
    if bits < 1 or width != spec.code_bytes or rows > _MOST_ROWS or extra > _MOST_ROWS:
        raise FormatError(path, "the header contradicts itself")
    return Header(kind, spec, stamp, bool(flags & _BARE), rows, extra, extra_sum)


def rows_in_a_block(spec: HashSpec) -> int:
    """Return how many rows are under one checksum at most."""
    return max(1, BLOCK_BYTES // spec.code_bytes)


def record_sums(records: NDArray[Any]) -> list[int]:
    """Return the CRC-32 that each record of shape (M,), ``RECORD``, should carry."""
    size = RECORD.itemsize
    data = memoryview(np.ascontiguousarray(records).tobytes())
    return [zlib.crc32(data[at : at + size - 4]) for at in range(0, len(data), size)]


def aligned(offset: int) -> int:
    """Return the first multiple of a page at or behind ``offset``."""
    return -(-offset // HEADER_BYTES) * HEADER_BYTES
