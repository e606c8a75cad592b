"""Codes on disk, mapped and read-only: opened in no time, checked block by block before use.

A segment is either *growing*, three files that share a stem (``.codes``, ``.rows``, ``.sums``) and
only ever get longer, or *sealed*: one file, written whole.  Both give the same value.
"""

from __future__ import annotations

import contextlib
import math
import mmap
import os
import struct
import threading
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import IO, TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from sokkuri.errors import FormatError, NewerFormat
from sokkuri.hashes import HashSpec

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import DTypeLike, NDArray

    from sokkuri._typing import Codes, PathLike

FORMAT_VERSION: Final = 1
# One page, so that the codes behind it begin at a page of their own.
HEADER_BYTES: Final = 4096
# So many bytes of codes at most are under one checksum.
BLOCK_BYTES: Final = 1 << 20
# What a file holds: one of the three parts of a growing segment, or all of a sealed one.
CODES, ROWS, SUMS, SEALED = b"c", b"r", b"s", b"1"
PARTS: Final = {CODES: ".codes", ROWS: ".rows", SUMS: ".sums"}
# A sealed file of keys made from the codes beside it, which may be missing.
KEYS: Final = ".keys"
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

_THREADS: Final = 2
_BLOCKS_A_TURN: Final = 16


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


def read_header(file: IO[bytes]) -> SegmentHeader:
    """Read the first page of a file.

    Raises
    ------
    FormatError
        If it is no segment, or damaged; NewerFormat if a later version of sokkuri wrote it.
    """
    page, path = file.read(HEADER_BYTES), file.name
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


class BadBlock(NamedTuple):
    """The rows ``first`` to ``end - 1``, of which the codes or the owners are damaged, or both."""

    first: int
    end: int
    codes: bool
    rows: bool


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """The codes of one recipe, as they lie on the disk."""

    path: str  # the sealed file, or the stem of the three files
    spec: HashSpec
    stamp: bytes  # 16 random bytes that tell this segment from every other
    # Of shape (N, B), mapped and read-only; nothing has been checked yet: see `verified_codes`.
    codes: Codes
    # What is known of each, ``ROW`` of shape (N,), mapped too; empty where only codes were kept.
    rows: NDArray[Any]
    # ``RECORD`` of shape (M,), already checked; they cover all rows, in order.
    blocks: NDArray[Any]
    # The writer's own bytes, checked; empty in growing segments.
    extra: memoryview | bytes = b""
    _good: set[int] = field(default_factory=set, repr=False)
    _turn: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def owners(self) -> NDArray[np.int64]:
        """The photo each row belongs to, shape (N,), int64; empty where that was not kept."""
        return self.rows["owner"].astype(np.int64)

    def digest(self, rows: int) -> bytes | None:
        """Return 16 bytes that tell the first rows from any others; None if no block ends there."""
        blocks = self.blocks[: int(np.searchsorted(self.blocks["end"], rows, side="right"))]
        if rows != (int(blocks["end"][-1]) if len(blocks) else 0):
            return None
        return blake2b(self.stamp + blocks.tobytes(), digest_size=16).digest()

    def verified_codes(self) -> Codes:
        """Return the codes, of shape (N, B), uint8, once every block has its checksum.

        The first call reads everything, in two threads; later ones cost nothing.

        Raises
        ------
        FormatError
            If a block is damaged; it names the rows.
        """
        with self._turn:
            bad = self._bad_among(set(range(len(self.blocks))) - self._good)
        if bad:
            first, last, more = bad[0].first, bad[0].end - 1, len(bad) - 1
            problem = f"rows {first:,} to {last:,} are damaged"
            if more:
                problem = f"rows {first:,} to {last:,} and {more} blocks more are damaged"
            raise FormatError(self.path, problem)
        return self.codes

    def damaged_blocks(self) -> list[BadBlock]:
        """Read every block again and return those whose checksum is wrong, in order."""
        with self._turn:
            self._good.clear()
            return self._bad_among(range(len(self.blocks)))

    def trust(self, earlier: Segment) -> Segment:
        """Take over what ``earlier``, the same segment opened before, has found good already."""
        shared = min(len(self.blocks), len(earlier.blocks))
        if self.stamp == earlier.stamp:
            same = self.blocks[:shared] == earlier.blocks[:shared]
            self._good.update(index for index in earlier._good if index < shared and same[index])
        return self

    def _bad_among(self, blocks: Iterable[int]) -> list[BadBlock]:
        order = sorted(blocks)
        turns = [order[at : at + _BLOCKS_A_TURN] for at in range(0, len(order), _BLOCKS_A_TURN)]
        with ThreadPoolExecutor(_THREADS) as pool:
            do_all = map if len(turns) < _THREADS else pool.map
            found = list(do_all(self._check, turns))
        bad = dict(pair for part in found for pair in part)
        self._good.update(set(order).difference(bad))
        return list(bad.values())

    def _check(self, blocks: list[int]) -> list[tuple[int, BadBlock]]:
        bad = []
        for index in blocks:
            record = self.blocks[index]
            first, end = int(record["first"]), int(record["end"])
            codes = zlib.crc32(self.codes[first:end].data) != int(record["codes"])
            rows = zlib.crc32(self.rows[first:end].data) != int(record["rows"])
            if codes or rows:
                bad.append((index, BadBlock(first, end, codes, rows)))
        return bad


def open_growing(stem: PathLike, rows: int) -> Segment:
    """Map a growing segment; all but the codes is checked.

    Parameters
    ----------
    stem : path
    rows : int
        How many were committed; what lies behind them does not count.
    """
    stem = os.fsdecode(stem)
    codes_map, header = _mapped_file(stem + ".codes", CODES)
    sums_map, _ = _mapped_file(stem + ".sums", SUMS, header)
    whole = (len(sums_map) - HEADER_BYTES) // RECORD.itemsize
    blocks = np.frombuffer(sums_map, RECORD, whole, HEADER_BYTES)
    blocks = _checked(blocks, rows, header.spec, stem + ".sums")
    shape = rows, header.spec.code_bytes
    codes = _array_in(codes_map, np.uint8, shape, HEADER_BYTES, stem + ".codes")
    rows_map, _ = _mapped_file(stem + ".rows", ROWS, header)
    known = _array_in(rows_map, ROW, (rows,), HEADER_BYTES, stem + ".rows")
    return Segment(stem, header.spec, header.stamp, codes, known, blocks)


def open_sealed(path: PathLike) -> Segment:
    """Map a sealed segment; all but the codes and rows is checked.

    Raises
    ------
    FormatError
        If the file is damaged, cut, or none of ours; NewerFormat if a later version wrote it.
    """
    path = os.fsdecode(path)
    data, header = _mapped_file(path, SEALED)
    spec, count = header.spec, header.rows
    codes = _array_in(data, np.uint8, (count, spec.code_bytes), HEADER_BYTES, path)
    at = aligned(HEADER_BYTES + count * spec.code_bytes)
    known = _array_in(data, ROW, (0 if header.bare else count,), at, path)
    at = aligned(at + known.nbytes)
    number = -(-count // rows_in_a_block(spec))
    if len(data) != at + number * RECORD.itemsize + header.extra:
        raise FormatError(path, "the file has another length than its header says")
    blocks = _checked(np.frombuffer(data, RECORD, number, at), count, spec, path)
    extra = memoryview(data)[len(data) - header.extra :]
    if zlib.crc32(extra) != header.extra_sum:
        raise FormatError(path, f"its last {header.extra:,} bytes are damaged")
    return Segment(path, spec, header.stamp, codes, known, blocks, extra)


def _mapped_file(
    path: str, kind: bytes, like: SegmentHeader | None = None
) -> tuple[mmap.mmap, SegmentHeader]:
    """Map a whole file and read its header; ``like`` is that of the file beside it."""
    with open(path, "rb") as file:
        header = read_header(file)
        if header.kind != kind:
            raise FormatError(path, "the file stands in another one's place")
        if like is not None and (header.stamp, header.spec) != (like.stamp, like.spec):
            raise FormatError(path, "the file belongs to another segment")
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ), header


def _array_in(
    data: mmap.mmap, kind: DTypeLike, shape: tuple[int, ...], at: int, path: str
) -> NDArray[Any]:
    if len(data) < at + math.prod(shape) * np.dtype(kind).itemsize:
        raise FormatError(path, f"the file ends before row {shape[0] - 1:,}")
    return np.frombuffer(data, kind, math.prod(shape), at).reshape(shape)


def _checked(blocks: NDArray[Any], rows: int, spec: HashSpec, path: str) -> NDArray[Any]:
    """Return the records that cover the committed rows, or refuse them."""
    blocks = blocks[: int(np.searchsorted(blocks["end"], rows, side="left")) + 1 if rows else 0]
    wrong = np.flatnonzero(blocks["sum"] != np.array(record_sums(blocks), np.uint32))
    if len(wrong):
        raise FormatError(path, f"the checksum of block {int(wrong[0]):,} is damaged")
    edges = np.concatenate([np.zeros(1, np.uint64), blocks["end"]])
    sizes = np.diff(edges.astype(np.int64))
    if (blocks["first"] != edges[:-1]).any() or (sizes < 1).any():
        raise FormatError(path, "its blocks do not follow one another")
    if (sizes > rows_in_a_block(spec)).any():
        raise FormatError(path, "one of its blocks is too large")
    if int(edges[-1]) != rows:
        raise FormatError(path, f"{rows:,} rows were committed, and {int(edges[-1]):,} are there")
    return blocks


def good_blocks(stem: str, spec: HashSpec, rows: int) -> Iterator[tuple[Codes, NDArray[Any]]]:
    """Yield what can still be read of a damaged segment, without trusting its headers.

    Parameters
    ----------
    stem : str
        Of a growing segment; files that are missing are as good as damaged.
    spec, rows : HashSpec, int
        As the catalogue has noted them.

    Yields
    ------
    codes, rows : ndarrays of shape (M, B), uint8, and (M,), ``ROW``
        Of a block whose checksums are all right.
    """
    width, start = spec.code_bytes, HEADER_BYTES
    with contextlib.suppress(OSError):
        records = np.fromfile(f"{stem}.sums", RECORD, offset=start)
        for record, found in zip(records, record_sums(records), strict=True):
            first, count = int(record["first"]), int(record["end"]) - int(record["first"])
            plausible = 0 < count <= min(rows - first, rows_in_a_block(spec))
            if found != record["sum"] or not plausible:
                continue
            at = start + first * width
            codes = np.fromfile(f"{stem}.codes", np.uint8, count * width, offset=at)
            at = start + first * ROW.itemsize
            known = np.fromfile(f"{stem}.rows", ROW, count, offset=at)
            sums = zlib.crc32(codes.data), zlib.crc32(known.data)
            if sums == (record["codes"], record["rows"]):
                yield codes.reshape(-1, width), known
