"""The bytes of a segment: its files, the header, a row, and the record of a block."""

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

FORMAT_VERSION: Final = 1
# One page, so that the codes behind it begin at a page of their own.
HEADER_BYTES: Final = 4096
# So many bytes of codes at most are under one checksum.
BLOCK_BYTES: Final = 1 << 20
# What a file holds: one of the three parts of a growing segment, or all of a sealed one.
CODES, ROWS, SUMS, SEALED = b"c", b"r", b"s", b"1"
PARTS: Final = {CODES: ".codes", ROWS: ".rows", SUMS: ".sums"}
NO_QUALITY: Final = -1

ROW: Final = np.dtype([("owner", "<i8"), ("view", "<u2"), ("quality", "<i1"), ("pad", "V5")])
"""What is kept of a row: the photo it belongs to, and its quality; ``view`` is reserved, and 0."""

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
class SegmentHeader:
    """The first page of each file."""

    kind: bytes  # ``CODES``, ``ROWS``, ``SUMS`` or ``SEALED``
    spec: HashSpec
    stamp: bytes  # 16 random bytes of this segment; those of its files are equal
    bare: bool = False  # nothing is kept of the rows but their codes
    # Of a sealed segment: its rows, bytes of the caller's own behind them, and their CRC-32.
    rows: int = 0
    extra: int = 0
    extra_sum: int = 0

    def pack(self) -> bytes:
        """Return the page, ``HEADER_BYTES`` bytes.

        Raises
        ------
        ValueError
            If the name of the recipe is too long.
        """
        spec, name = self.spec, self.spec.name.encode()
        if len(name) > _LONGEST_NAME:
            raise ValueError(f"a hash's name has at most {_LONGEST_NAME} bytes, not {len(name)}")
        recipe = (spec.version, spec.bits, spec.code_bytes)
        tail = (_BARE * self.bare, self.rows, self.extra, self.extra_sum, len(name))
        fields = _FIELDS.pack(self.kind, self.stamp, *recipe, *tail)
        page = _FRONT.pack(_MAGIC, FORMAT_VERSION) + fields + name
        page = page.ljust(HEADER_BYTES - _SUM.size, b"\0")
        return page + _SUM.pack(zlib.crc32(page))


def read_header(page: bytes, path: str) -> SegmentHeader:
    """Read the first page of a file.

    Parameters
    ----------
    page : bytes
        The first ``HEADER_BYTES`` bytes, or fewer if there are no more.
    path : str
        For messages.

    Raises
    ------
    FormatError
        If it is no segment, or damaged; NewerFormat if a later version of sokkuri wrote it.
    """
    if page[: len(_MAGIC)] != _MAGIC:
        raise FormatError(path, "this is no segment of codes")
    if len(page) < HEADER_BYTES:
        raise FormatError(path, "the file ends within its header")
    (found,) = _SUM.unpack(page[-_SUM.size :])
    if found != zlib.crc32(page[: -_SUM.size]):
        raise FormatError(path, "the header's checksum is wrong")
    _, format_version = _FRONT.unpack_from(page)
    if format_version > FORMAT_VERSION:
        raise NewerFormat(path, format_version, FORMAT_VERSION)
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
    return SegmentHeader(kind, spec, stamp, bool(flags & _BARE), rows, extra, extra_sum)


def rows_in_a_block(spec: HashSpec) -> int:
    """Return the largest number of rows under one checksum."""
    return max(1, BLOCK_BYTES // spec.code_bytes)


def record_sums(records: NDArray[Any]) -> list[int]:
    """Return the CRC-32 that each record of shape (M,), ``RECORD``, should carry."""
    size = RECORD.itemsize
    data = memoryview(np.ascontiguousarray(records).tobytes())
    return [zlib.crc32(data[at : at + size - 4]) for at in range(0, len(data), size)]


def aligned(offset: int) -> int:
    """Return the first multiple of a page at or behind ``offset``."""
    return -(-offset // HEADER_BYTES) * HEADER_BYTES
