"""Write codes to disk: a whole sealed file at once, or batch by batch to a growing segment."""

from __future__ import annotations

import contextlib
import os
import secrets
import zlib
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from sokkuri.atomic import sync_folder, write_atomically
from sokkuri.stores import segment_format as fmt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import ArrayLike, NDArray

    from sokkuri._typing import Codes, PathLike
    from sokkuri.hashes import HashSpec


def write_segment(
    path: PathLike,
    spec: HashSpec,
    codes: Codes,
    *,
    owners: ArrayLike | None = None,
    qualities: ArrayLike | None = None,
    extra: bytes = b"",
) -> None:
    """Write a sealed segment: one file, there whole or not at all.

    Parameters
    ----------
    path : path
    spec : HashSpec
    codes : ndarray of shape (N, B), uint8
        May be mapped from another file; it is read a block at a time.
    owners, qualities : array-like of shape (N,), optional
        The photo of each row, and its quality (-1 for unknown).  Where both are None nothing is
        kept of the rows but their codes.
    extra : bytes
        Kept under a checksum for the caller, such as keys.

    Raises
    ------
    ValueError
        If shapes or types do not fit.
    OSError
        If the file cannot be written; an earlier one is left as it was.
    """
    _check_codes(spec, codes)
    bare = owners is None and qualities is None
    stamp = secrets.token_bytes(16)
    header = fmt.SegmentHeader(
        fmt.SEALED, spec, stamp, bare, len(codes), len(extra), zlib.crc32(extra)
    )
    rows = None if bare else _rows(len(codes), owners, qualities)
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
        file.write(_sealed_records(records))
        file.write(extra)
    sync_folder(os.path.dirname(os.path.abspath(path)))


def create_segment(stem: PathLike, spec: HashSpec) -> bytes:
    """Write the empty files of a growing segment and return its stamp.

    Parameters
    ----------
    stem : path
    spec : HashSpec
    """
    stamp = secrets.token_bytes(16)
    for kind, ending in fmt.PARTS.items():
        with open(f"{os.fspath(stem)}{ending}", "xb") as file:
            file.write(fmt.SegmentHeader(kind, spec, stamp).pack())
            file.flush()
            os.fsync(file.fileno())
    sync_folder(os.path.dirname(os.path.abspath(stem)))
    return stamp


class SegmentWriter:
    """Appends to a growing segment; of one at a time, which is for the caller to see to.

    What it appends counts from the moment the caller notes the new length somewhere safe.  Bytes
    past the length that was noted are cut off when the segment is next written to.

    Parameters
    ----------
    stem : path
        Of files that :func:`create_segment` made.
    spec : HashSpec
    rows, blocks : int
        Rows that were committed, and the blocks they are in.
    """

    def __init__(self, stem: PathLike, spec: HashSpec, rows: int, blocks: int) -> None:
        self.rows, self.blocks, self._spec = rows, blocks, spec
        widths = spec.code_bytes, fmt.ROW.itemsize, fmt.RECORD.itemsize
        self._widths = dict(zip(fmt.PARTS, widths, strict=True))
        with contextlib.ExitStack() as opened:
            self._files = {
                kind: opened.enter_context(open(f"{os.fspath(stem)}{ending}", "r+b", buffering=0))
                for kind, ending in fmt.PARTS.items()
            }
            self.close = opened.pop_all().close

    def append(
        self,
        codes: Codes,
        owners: ArrayLike,
        qualities: ArrayLike | None = None,
        *,
        views: ArrayLike = 0,
    ) -> int:
        """Append rows, have them on the disk, and return the new length.

        Parameters
        ----------
        codes : ndarray of shape (M, B), uint8
        owners, qualities : array-like of shape (M,)
            As in :func:`write_segment`.
        views : array-like of shape (M,)
            Taken over from another segment.

        Raises
        ------
        ValueError
            If shapes or types do not fit.
        OSError
            If it could not all be written; the length stays what it was.
        """
        _check_codes(self._spec, codes)
        rows = _rows(len(codes), owners, qualities)
        rows["view"] = views
        if not len(codes):
            return self.rows
        records = [record for _, record in _blocks(self._spec, codes, rows, self.rows)]
        self._put(fmt.CODES, self.rows, codes.tobytes())
        self._put(fmt.ROWS, self.rows, rows.tobytes())
        self._put(fmt.SUMS, self.blocks, _sealed_records(records))
        for file in self._files.values():
            os.fsync(file.fileno())
        self.rows += len(codes)
        self.blocks += len(records)
        return self.rows

    def _put(self, kind: bytes, place: int, data: bytes) -> None:
        file = self._files[kind]
        start = fmt.HEADER_BYTES + place * self._widths[kind]
        # Where another process has mapped the file Windows refuses to cut it; writing over what is
        # left there does as well.
        with contextlib.suppress(PermissionError):
            file.truncate(start)
        file.seek(start)
        rest = memoryview(data)
        while rest:
            rest = rest[file.write(rest) or 0 :]


def _check_codes(spec: HashSpec, codes: Codes) -> None:
    if codes.dtype != np.uint8 or codes.ndim != 2 or codes.shape[1] != spec.code_bytes:
        raise ValueError(
            f"codes of {spec.name} have shape (N, {spec.code_bytes}) and type uint8, "
            f"not {codes.shape} and {codes.dtype}"
        )


def _rows(count: int, owners: ArrayLike | None, qualities: ArrayLike | None) -> NDArray[Any]:
    rows = np.zeros(count, fmt.ROW)
    rows["owner"] = np.arange(count) if owners is None else _column(owners, count)
    rows["quality"] = fmt.NO_QUALITY if qualities is None else _column(qualities, count)
    return rows


def _column(values: ArrayLike, count: int) -> NDArray[Any]:
    column = np.asarray(values)
    if column.shape != (count,):
        raise ValueError(f"one value for each of {count} rows is needed, not shape {column.shape}")
    return column


def _blocks(
    spec: HashSpec, codes: Codes, rows: NDArray[Any] | None, start: int = 0
) -> Iterator[tuple[memoryview, tuple[int, ...]]]:
    """Yield the codes of each block, and its record without the record's own checksum."""
    step = fmt.rows_in_a_block(spec)
    for at in range(0, len(codes), step):
        end = min(at + step, len(codes))
        data = np.ascontiguousarray(codes[at:end]).data
        known = b"" if rows is None else rows[at:end].tobytes()
        yield data, (start + at, start + end, zlib.crc32(data), zlib.crc32(known), 0, 0)


def _sealed_records(records: list[tuple[int, ...]]) -> bytes:
    table = np.array(records, fmt.RECORD)
    table["sum"] = fmt.record_sums(table)
    return table.tobytes()


def _pad(file: IO[bytes]) -> None:
    at = file.tell()
    file.write(b"\0" * (fmt.aligned(at) - at))
