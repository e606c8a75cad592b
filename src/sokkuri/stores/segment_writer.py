"""Write codes to disk: a whole sealed file at once, or batch by batch to a growing segment."""

from __future__ import annotations

import contextlib
import os
import secrets
import zlib
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from sokkuri.atomic import sync_folder, write_atomically
from sokkuri.stores import segment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import ArrayLike, NDArray

    from sokkuri._typing import Codes, PathLike
    from sokkuri.hashes import HashSpec


def rows_of(owners: ArrayLike, qualities: ArrayLike = segment.NO_QUALITY) -> NDArray[Any]:
    """Return what is kept of rows, shape (N,), ``ROW``.

    Parameters
    ----------
    owners, qualities : array-like of shape (N,)
        The photo of each row, and its quality, -1 for unknown.
    """
    rows = np.zeros(np.shape(owners), segment.ROW)
    rows["owner"], rows["quality"] = owners, qualities
    return rows


def write_segment(
    path: PathLike,
    spec: HashSpec,
    codes: Codes,
    *,
    rows: NDArray[Any] | None = None,
    extra: Sequence[bytes | memoryview] = (),
) -> None:
    """Write a sealed segment: one file, there whole or not at all.

    Parameters
    ----------
    path : path
    spec : HashSpec
    codes : ndarray of shape (N, B), uint8
        May be mapped from another file; it is read a block at a time.
    rows : ndarray of shape (N,), ``ROW``, optional
        What is kept of each; nothing but its codes if None.
    extra : sequence of bytes-like
        Kept one after the other, under a checksum, for the caller: keys, tables.

    Raises
    ------
    OSError
        If the file cannot be written; an earlier one is left as it was.
    """
    _check(spec, codes, rows)
    total = 0
    for part in extra:
        total = zlib.crc32(part, total)
    stamp, sizes = secrets.token_bytes(16), (len(codes), sum(map(len, extra)), total)
    header = segment.SegmentHeader(segment.SEALED, spec, stamp, rows is None, *sizes)
    records = []
    with write_atomically(path) as file:
        file.write(header.pack())
        for data, record in _blocks(spec, codes, rows):
            file.write(data)
            records.append(record)
        _pad(file)
        if rows is not None:
            file.write(rows.tobytes())
            _pad(file)
        file.write(_table(records).tobytes())
        for part in extra:
            file.write(part)
    sync_folder(os.path.dirname(os.path.abspath(path)))


def create_segment(stem: PathLike, spec: HashSpec) -> bytes:
    """Write the empty files of a growing segment and return its stamp.

    Parameters
    ----------
    stem : path
    spec : HashSpec
    """
    stamp = secrets.token_bytes(16)
    for kind, ending in segment.PARTS.items():
        with open(f"{os.fspath(stem)}{ending}", "xb") as file:
            file.write(segment.SegmentHeader(kind, spec, stamp).pack())
            file.flush()
            os.fsync(file.fileno())
    sync_folder(os.path.dirname(os.path.abspath(stem)))
    return stamp


class SegmentWriter:
    """Appends to a growing segment; of one at a time, which is for the caller to see to.

    What it appends counts from the moment the caller notes ``rows`` and ``blocks``, the new length,
    somewhere safe.  Bytes past the length that was noted are cut off when the segment is next
    written to.
    """

    def __init__(self, stem: PathLike, spec: HashSpec, rows: int = 0, blocks: int = 0) -> None:
        self.rows, self.blocks, self._spec = rows, blocks, spec
        with contextlib.ExitStack() as opened:
            self._files = {
                kind: opened.enter_context(open(f"{os.fspath(stem)}{ending}", "r+b", buffering=0))
                for kind, ending in segment.PARTS.items()
            }
            self.close = opened.pop_all().close

    def append(self, codes: Codes, rows: NDArray[Any]) -> None:
        """Append rows, and have them on the disk.

        Parameters
        ----------
        codes : ndarray of shape (M, B), uint8
        rows : ndarray of shape (M,), ``ROW``

        Raises
        ------
        OSError
            If it could not all be written; the length stays what it was.
        """
        _check(self._spec, codes, rows)
        if not len(codes):
            return
        records = _table([record for _, record in _blocks(self._spec, codes, rows, self.rows)])
        self._put(segment.CODES, self.rows, codes)
        self._put(segment.ROWS, self.rows, rows)
        self._put(segment.SUMS, self.blocks, records)
        for file in self._files.values():
            os.fsync(file.fileno())
        self.rows += len(codes)
        self.blocks += len(records)

    def _put(self, kind: bytes, place: int, values: NDArray[Any]) -> None:
        file = self._files[kind]
        start = segment.HEADER_BYTES + place * (values.nbytes // len(values))
        # Where another process has mapped the file Windows refuses to cut it; writing over what is
        # left there does as well.
        with contextlib.suppress(PermissionError):
            file.truncate(start)
        file.seek(start)
        rest = memoryview(values.tobytes())
        while rest:
            rest = rest[file.write(rest) or 0 :]


def _check(spec: HashSpec, codes: Codes, rows: NDArray[Any] | None) -> None:
    if codes.dtype != np.uint8 or codes.ndim != 2 or codes.shape[1] != spec.code_bytes:
        raise ValueError(
            f"codes of {spec.name} have shape (N, {spec.code_bytes}) and type uint8, "
            f"not {codes.shape} and {codes.dtype}"
        )
    if rows is not None and rows.shape != (len(codes),):
        raise ValueError(
            f"one value for each of {len(codes)} rows is needed, not shape {rows.shape}"
        )


def _blocks(
    spec: HashSpec, codes: Codes, rows: NDArray[Any] | None, start: int = 0
) -> Iterator[tuple[memoryview, tuple[int, ...]]]:
    """Yield the codes of each block, and its record without the record's own checksum."""
    step = segment.rows_in_a_block(spec)
    for at in range(0, len(codes), step):
        end = min(at + step, len(codes))
        data = np.ascontiguousarray(codes[at:end]).data
        known = b"" if rows is None else rows[at:end].tobytes()
        yield data, (start + at, start + end, zlib.crc32(data), zlib.crc32(known), 0, 0)


def _table(records: list[tuple[int, ...]]) -> NDArray[Any]:
    table = np.array(records, segment.RECORD)
    table["sum"] = segment.record_sums(table)
    return table


def _pad(file: IO[bytes]) -> None:
    at = file.tell()
    file.write(b"\0" * (segment.aligned(at) - at))
