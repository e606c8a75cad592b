"""Codes on disk, mapped and read-only: opened in no time, checked block by block before use.

A segment is either *growing*, three files that share a stem (``.codes``, ``.rows``, ``.sums``) and
only ever get longer, or *sealed*: one file, written whole.  Both give the same value.
"""

from __future__ import annotations

import contextlib
import math
import mmap
import os
import threading
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from sokkuri.errors import FormatError
from sokkuri.stores import segment_format as fmt

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import DTypeLike, NDArray

    from sokkuri._typing import Codes, PathLike
    from sokkuri.hashes import HashSpec

_THREADS: Final = 2
_BLOCKS_A_TURN: Final = 16


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

    @classmethod
    def open(cls, path: PathLike, rows: int | None = None) -> Segment:
        """Map a segment; headers, lengths and the records of blocks are checked, the codes not yet.

        Parameters
        ----------
        path : path
            A sealed file, or the stem of a growing segment.
        rows : int, optional
            How many rows were committed; all whole blocks of a growing segment if None.

        Raises
        ------
        FormatError
            If a file is damaged, cut, or none of ours; NewerFormat if a later version wrote it.
        OSError
            If a file is missing or may not be read.
        """
        name = os.fsdecode(path)
        return _open_sealed(name) if os.path.isfile(name) else _open_growing(name, rows)

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def owners(self) -> NDArray[np.int64]:
        """The photo each row belongs to, shape (N,), int64; empty where that was not kept."""
        return self.rows["owner"].astype(np.int64)

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
            more = f" and {len(bad) - 1} blocks more" if len(bad) > 1 else ""
            rows = f"rows {bad[0].first:,} to {bad[0].end - 1:,}{more}"
            raise FormatError(self.path, f"{rows} are damaged")
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
        if len(turns) < _THREADS:
            found = [self._check(turn) for turn in turns]
        else:
            with ThreadPoolExecutor(_THREADS) as pool:
                found = list(pool.map(self._check, turns))
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


def _open_growing(stem: str, rows: int | None) -> Segment:
    codes_map, header = _mapped_file(stem + ".codes", fmt.CODES)
    sums_map, _ = _mapped_file(stem + ".sums", fmt.SUMS, header)
    whole = (len(sums_map) - fmt.HEADER_BYTES) // fmt.RECORD.itemsize
    blocks = np.frombuffer(sums_map, fmt.RECORD, whole, fmt.HEADER_BYTES)
    blocks = _checked(blocks, rows, header.spec, stem + ".sums")
    count = int(blocks["end"][-1]) if len(blocks) else 0
    shape = count, header.spec.code_bytes
    codes = _array_in(codes_map, np.uint8, shape, fmt.HEADER_BYTES, stem + ".codes")
    rows_map, _ = _mapped_file(stem + ".rows", fmt.ROWS, header)
    known = _array_in(rows_map, fmt.ROW, (count,), fmt.HEADER_BYTES, stem + ".rows")
    return Segment(stem, header.spec, header.stamp, codes, known, blocks)


def _open_sealed(path: str) -> Segment:
    data, header = _mapped_file(path, fmt.SEALED)
    spec, count = header.spec, header.rows
    codes = _array_in(data, np.uint8, (count, spec.code_bytes), fmt.HEADER_BYTES, path)
    at = fmt.aligned(fmt.HEADER_BYTES + count * spec.code_bytes)
    known = _array_in(data, fmt.ROW, (0 if header.bare else count,), at, path)
    at = fmt.aligned(at + known.nbytes)
    number = -(-count // fmt.rows_in_a_block(spec))
    if len(data) != at + number * fmt.RECORD.itemsize + header.extra:
        raise FormatError(path, "the file has another length than its header says")
    blocks = _checked(np.frombuffer(data, fmt.RECORD, number, at), count, spec, path)
    extra = memoryview(data)[len(data) - header.extra :]
    if zlib.crc32(extra) != header.extra_sum:
        raise FormatError(path, f"its last {header.extra:,} bytes are damaged")
    return Segment(path, spec, header.stamp, codes, known, blocks, extra)


def _mapped_file(
    path: str, kind: bytes, like: fmt.SegmentHeader | None = None
) -> tuple[mmap.mmap, fmt.SegmentHeader]:
    """Map a whole file and read its header; ``like`` is that of the file beside it."""
    with open(path, "rb") as file:
        page = file.read(fmt.HEADER_BYTES)
        header = fmt.read_header(page, path)
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


def _checked(blocks: NDArray[Any], rows: int | None, spec: HashSpec, path: str) -> NDArray[Any]:
    """Return the records that cover the committed rows, or refuse them."""
    if rows is not None:
        blocks = blocks[: int(np.searchsorted(blocks["end"], rows, side="left")) + 1 if rows else 0]
    wrong = np.flatnonzero(blocks["sum"] != np.array(fmt.record_sums(blocks), np.uint32))
    if len(wrong):
        raise FormatError(path, f"the checksum of block {int(wrong[0]):,} is damaged")
    edges = np.concatenate([np.zeros(1, np.uint64), blocks["end"]])
    sizes = np.diff(edges.astype(np.int64))
    if (blocks["first"] != edges[:-1]).any() or (sizes < 1).any():
        raise FormatError(path, "its blocks do not follow one another")
    if (sizes > fmt.rows_in_a_block(spec)).any():
        raise FormatError(path, "one of its blocks is too large")
    if rows is not None and int(edges[-1]) != rows:
        raise FormatError(path, f"{rows:,} rows were committed, and {int(edges[-1]):,} are there")
    return blocks


def good_blocks(stem: str, spec: HashSpec, rows: int) -> Iterator[tuple[Codes, NDArray[Any]]]:
    """Yield what can still be read of a damaged segment, without trusting its headers.

    Parameters
    ----------
    stem : str
        Of a growing segment; files that are missing are as good as damaged.
    spec, rows : HashSpec, int
        The recipe, and the rows that were committed, as the catalogue has noted them.

    Yields
    ------
    codes, rows : ndarrays of shape (M, B), uint8, and (M,), ``ROW``
        Of a block whose checksums are all right.
    """
    width, start = spec.code_bytes, fmt.HEADER_BYTES
    with contextlib.suppress(OSError):
        records = np.fromfile(f"{stem}.sums", fmt.RECORD, offset=start)
        for record, found in zip(records, fmt.record_sums(records), strict=True):
            first, count = int(record["first"]), int(record["end"]) - int(record["first"])
            plausible = 0 < count <= min(rows - first, fmt.rows_in_a_block(spec))
            if found != record["sum"] or not plausible:
                continue
            at = start + first * width
            codes = np.fromfile(f"{stem}.codes", np.uint8, count * width, offset=at)
            at = start + first * fmt.ROW.itemsize
            known = np.fromfile(f"{stem}.rows", fmt.ROW, count, offset=at)
            sums = zlib.crc32(codes.data), zlib.crc32(known.data)
            if sums == (record["codes"], record["rows"]):
                yield codes.reshape(-1, width), known
