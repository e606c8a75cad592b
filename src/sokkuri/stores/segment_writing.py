"""Write codes to disk: a whole sealed file at once, or batch by batch to a growing segment."""

from __future__ import annotations

import contextlib
import os
import secrets
import zlib
from typing import IO, TYPE_CHECKING, Any, Final

import numpy as np

from sokkuri.atomic import sync_folder, write_atomically
from sokkuri.stores.segment_layout import (
    CODES,
    HEADER_BYTES,
    NO_QUALITY,
    RECORD,
    ROW,
    ROWS,
    SEALED,
    SUMS,
    Header,
    aligned,
    pack_header,
    record_sums,
    rows_in_a_block,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from numpy.typing import ArrayLike, NDArray

    from sokkuri._typing import Codes, PathLike
    from sokkuri.hashes import HashSpec

__all__ = ["PARTS", "SegmentWriter", "create_segment", "write_segment"]

PARTS: Final = {CODES: ".codes", ROWS: ".rows", SUMS: ".sums"}
"""The endings of a growing segment's files."""

_STAMP_BYTES: Final = 16


def write_segment(
    path: PathLike,
    spec: HashSpec,
    codes: Codes,
    *,
    owners: ArrayLike | None = None,
    views: ArrayLike | None = None,
    qualities: ArrayLike | None = None,
    extra: bytes = b"",
) -> None:
    """Write a sealed segment: one file, there whole or not at all.

    Parameters
    ----------
    path : path
        The file to write or replace.
    spec : HashSpec
        The recipe.
    codes : ndarray of shape (N, B), uint8
        May be mapped from another file; it is read a block at a time.
    owners, views, qualities : array-like of shape (N,), optional
        The photo of each row, which view of it, and its quality (-1 for unknown).  Where all are
        None nothing is kept of the rows but their codes.
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
    columns = (owners, views, qualities)
    bare = all(column is None for column in columns)
    stamp = secrets.token_bytes(_STAMP_BYTES)
    header = Header(SEALED, spec, stamp, bare, len(codes), len(extra), zlib.crc32(extra))
    rows = None if bare else _rows(len(codes), *columns)
    records = []
    with write_atomically(path) as file:
        file.write(pack_header(header))
        for first, end in _blocks(spec, 0, len(codes)):
            data = np.ascontiguousarray(codes[first:end]).data
            file.write(data)
            known = None if rows is None else rows[first:end]
            records.append(_record(first, end - first, data, known))
        _pad(file)
        if rows is not None:
            file.write(rows.tobytes())
            _pad(file)
        file.write(_joined(records))
        file.write(extra)
    sync_folder(os.path.dirname(os.path.abspath(path)))


def create_segment(stem: PathLike, spec: HashSpec) -> bytes:
    """Write the empty files of a growing segment and return its stamp.

    Raises
    ------
    OSError
        If they cannot be written.
    """
    stamp = secrets.token_bytes(_STAMP_BYTES)
    for kind, ending in PARTS.items():
        with open(f"{os.fspath(stem)}{ending}", "xb") as file:
            file.write(pack_header(Header(kind, spec, stamp)))
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
        The recipe.
    rows : int
        How many rows were committed.
    blocks : int
        How many blocks they are in.

    Raises
    ------
    OSError
        If the files cannot be opened for writing.
    """

    def __init__(self, stem: PathLike, spec: HashSpec, rows: int, blocks: int) -> None:
        self.rows = rows
        self._spec = spec
        self.blocks = blocks
        self._widths = {CODES: spec.code_bytes, ROWS: ROW.itemsize, SUMS: RECORD.itemsize}
        self._files: dict[bytes, IO[bytes]] = {}
        with contextlib.ExitStack() as opened:
            for kind, ending in PARTS.items():
                file = opened.enter_context(open(f"{os.fspath(stem)}{ending}", "r+b", buffering=0))
                self._files[kind] = file
            self._close = opened.pop_all()

    def __enter__(self) -> SegmentWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the files."""
        self._close.close()

    def append(
        self,
        codes: Codes,
        owners: ArrayLike,
        views: ArrayLike | None = None,
        qualities: ArrayLike | None = None,
    ) -> int:
        """Append rows, have them on the disk, and return the new length.

        Parameters
        ----------
        codes : ndarray of shape (M, B), uint8
        owners, views, qualities : array-like of shape (M,)
            As in :func:`write_segment`.

        Raises
        ------
        ValueError
            If shapes or types do not fit.
        OSError
            If it could not all be written; the length stays what it was.
        """
        _check_codes(self._spec, codes)
        rows = _rows(len(codes), owners, views, qualities)
        if not len(codes):
            return self.rows
        codes = np.ascontiguousarray(codes)
        spans = list(_blocks(self._spec, 0, len(codes)))
        records = _joined(
            [_record(self.rows + a, b - a, codes[a:b].data, rows[a:b]) for a, b in spans]
        )
        self._put(CODES, self.rows, codes.tobytes())
        self._put(ROWS, self.rows, rows.tobytes())
        self._put(SUMS, self.blocks, records)
        for file in self._files.values():
            os.fsync(file.fileno())
        self.rows += len(codes)
        self.blocks += len(spans)
        return self.rows

    def _put(self, kind: bytes, place: int, data: bytes) -> None:
        file = self._files[kind]
        start = HEADER_BYTES + place * self._widths[kind]
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


def _rows(
    count: int,
    owners: ArrayLike | None,
    views: ArrayLike | None,
    qualities: ArrayLike | None,
) -> NDArray[Any]:
    rows = np.zeros(count, ROW)
    rows["owner"] = np.arange(count) if owners is None else _column(owners, count)
    rows["view"] = 0 if views is None else _column(views, count)
    rows["quality"] = NO_QUALITY if qualities is None else _column(qualities, count)
    return rows


def _column(values: ArrayLike, count: int) -> NDArray[Any]:
    column = np.asarray(values)
    if column.shape != (count,):
        raise ValueError(f"one value for each of {count} rows is needed, not shape {column.shape}")
    return column


def _blocks(spec: HashSpec, first: int, end: int) -> Iterator[tuple[int, int]]:
    step = rows_in_a_block(spec)
    for at in range(first, end, step):
        yield at, min(at + step, end)


def _record(
    first: int, count: int, data: memoryview, rows: NDArray[Any] | None
) -> tuple[int, int, int, int]:
    row_sum = 0 if rows is None else zlib.crc32(rows.tobytes())
    return first, first + count, zlib.crc32(data), row_sum


def _joined(records: list[tuple[int, int, int, int]]) -> bytes:
    table = np.zeros(len(records), RECORD)
    for index, record in enumerate(records):
        table[index] = (*record, 0, 0)
    table["sum"] = record_sums(table)
    return table.tobytes()


def _pad(file: IO[bytes]) -> None:
    at = file.tell()
    file.write(b"\0" * (aligned(at) - at))
