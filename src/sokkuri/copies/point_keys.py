"""The keys of the points of many photos, sorted into tables, and kept beside their codes."""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from sokkuri.errors import FormatError
from sokkuri.hashers.copies_layout import point_starts, points_in_turns, records_of
from sokkuri.hashes import HashSpec
from sokkuri.kernels.mih import HashTable
from sokkuri.searchers.flat import FlatSearcher
from sokkuri.searchers.mih import MihSearcher
from sokkuri.stores.segment import open_sealed, read_header
from sokkuri.stores.segment_writer import write_segment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import DTypeLike, NDArray

    from sokkuri._typing import Codes, PathLike

_SPEC: Final = HashSpec("point-keys", 64)
_KEY_BYTES: Final = 8
_WHOLE_BYTES: Final = 16
# Below that a scan of all keys is as quick as tables.
_LEAST_FOR_TABLES: Final = 50_000

# In front of what is kept beside the keys: what tells their codes from others, photos, and tables;
# then the first bit and the bits of each table.
_HEAD: Final = struct.Struct("<16sQI4x")
_TABLE: Final = struct.Struct("<II")
_ALIGNED: Final = 8
_NO_KEYS: Final = "these are no keys of points"
_MOST_BITS: Final = 28

# A key has the bits "brighter to the right" on the black squares of a chessboard, and "brighter
# below" on the white ones: what a neighbour would tell again is left out.
_BLACK: Final = np.packbits(np.indices((8, 8)).sum(0) % 2 == 0, axis=1, bitorder="little")[:, 0]

# Rows that lie side by side look alike.  A table is about 21 bits in succession, and is looked into
# the quicker the less these say the same: in this order a third of the keys are met.
_APART: Final = [0, 3, 6, 1, 4, 7, 2, 5]


@dataclass(frozen=True, eq=False)
class PointKeys:
    """The keys of all points of some photos, and the photos' whole codes.

    Parameters
    ----------
    starts : ndarray of shape (N + 1,), int64
        The number of the first point of each photo, then that of all points.
    whole : ndarray of shape (N, 16), uint8
        Codes of the whole photos.
    searcher : MihSearcher or FlatSearcher
        Over the keys of all P points, shape (P, 8), those of the first photo first.
    """

    starts: NDArray[np.int64]
    whole: Codes
    searcher: MihSearcher | FlatSearcher

    @classmethod
    def of(cls, codes: Codes, room: int, workers: int | None = None) -> PointKeys:
        """Take the keys out of codes, and sort them.

        Parameters
        ----------
        codes : ndarray of shape (N, B), uint8
            Of a ``copies`` hash.
        room : int
            Points that each has room for.
        workers : int, optional
            Threads to use at most; as many as there are cores if not given.
        """
        records = records_of(codes, room)
        starts = point_starts(records["count"], room)
        keys = np.empty((int(starts[-1]), _KEY_BYTES), np.uint8)
        for where, own, _ in points_in_turns(records, starts, room):
            keys[where] = keys_of(own)
        return cls(starts, np.ascontiguousarray(records["whole"]), _searcher(keys, workers))

    def __len__(self) -> int:
        return len(self.whole)

    def save(self, path: PathLike, source: bytes) -> None:
        """Write them to one file, whole or not at all.

        Parameters
        ----------
        path : path
        source : bytes of length 16
            Tells the codes that they are of from any others.

        Raises
        ------
        OSError
            If it cannot be written; an earlier file is left as it was.
        """
        searcher = self.searcher
        tables = searcher.tables if isinstance(searcher, MihSearcher) else ()
        head = _HEAD.pack(source, len(self), len(tables))
        head += b"".join(_TABLE.pack(table.first, table.bits) for table in tables)
        arrays: list[NDArray[Any]] = [self.starts, self.whole]
        for table in tables:
            arrays += [table.starts, table.ids]
        extra = [_padded(head), *(part for array in arrays for part in _bytes_of(array))]
        write_segment(path, _SPEC, searcher.codes, extra=extra)

    @classmethod
    def open(cls, path: PathLike, source: bytes, workers: int | None = None) -> PointKeys:
        """Map what :meth:`save` wrote; all of it is checked.

        Parameters
        ----------
        path : path
        source : bytes of length 16
        workers : int, optional

        Raises
        ------
        FormatError
            If the file is damaged, or of other codes; OSError if it cannot be read.
        """
        segment = open_sealed(path)
        data = memoryview(segment.extra)
        if segment.spec != _SPEC or len(data) < _HEAD.size:
            raise FormatError(segment.path, _NO_KEYS)
        stamp, photos, count = _HEAD.unpack_from(data)
        if stamp != source:
            raise FormatError(segment.path, "these are the keys of other codes")
        keys = segment.verified_codes()
        parts = _Parts(data, _HEAD.size + count * _TABLE.size, segment.path)
        starts = parts.take(np.int64, photos + 1)
        whole = parts.take(np.uint8, _WHOLE_BYTES * photos).reshape(photos, _WHOLE_BYTES)
        if starts[0] != 0 or starts[-1] != len(keys) or (np.diff(starts) < 0).any():
            raise FormatError(segment.path, "its keys do not follow one another")
        tables = []
        for number in range(count):
            first, bits = _TABLE.unpack_from(data, _HEAD.size + number * _TABLE.size)
            edges = parts.take(np.uint32, (1 << min(bits, _MOST_BITS)) + 1)
            table = HashTable(first, bits, edges, parts.take(np.uint32, len(keys)))
            if not _is_sound(table, len(keys)):
                raise FormatError(segment.path, "its tables contradict themselves")
            tables.append(table)
        found = MihSearcher(keys, tuple(tables), workers) if tables else FlatSearcher(keys, workers)
        return cls(starts, whole, found)


def source_and_photos(path: PathLike) -> tuple[bytes, int]:
    """Return of which codes a file has the keys, and of how many photos; nothing is checked.

    Raises
    ------
    FormatError
        If it is no such file, or from a later version; OSError if it cannot be read.
    """
    with open(path, "rb") as file:
        header = read_header(file)
        file.seek(-header.extra, os.SEEK_END)
        head = file.read(_HEAD.size)
    if header.spec != _SPEC or len(head) < _HEAD.size:
        raise FormatError(os.fsdecode(path), _NO_KEYS)
    source, photos, _ = _HEAD.unpack(head)
    return source, photos


def keys_of(codes: Codes) -> Codes:
    """Return the keys of points from their codes, of shapes (P, 16) and (P, 8), uint8."""
    keys = (codes[:, :8] & _BLACK) | (codes[:, 8:] & ~_BLACK)
    return np.asarray(keys[:, _APART])


def _searcher(keys: Codes, workers: int | None) -> MihSearcher | FlatSearcher:
    if len(keys) < _LEAST_FOR_TABLES:
        return FlatSearcher(keys, workers)
    return MihSearcher.build(keys, workers=workers)


def _is_sound(table: HashTable, rows: int) -> bool:
    """Tell whether nothing outside the keys is looked into; a checksum does not tell that."""
    if table.bits > _MOST_BITS or table.first + table.bits > 8 * _KEY_BYTES:
        return False
    if table.starts[0] != 0 or table.starts[-1] != rows:
        return False
    ascending = bool((table.starts[1:] >= table.starts[:-1]).all())
    return ascending and (not rows or int(table.ids.max()) < rows)


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % _ALIGNED)


def _bytes_of(array: NDArray[Any]) -> Iterator[memoryview | bytes]:
    data = np.ascontiguousarray(array).reshape(-1).view(np.uint8).data
    yield data
    yield bytes(-len(data) % _ALIGNED)


class _Parts:
    """Arrays that follow one another, each at a place that they can be used from as they are."""

    def __init__(self, data: memoryview, start: int, path: str) -> None:
        self._data, self._at, self._path = data, start + -start % _ALIGNED, path

    def take(self, kind: DTypeLike, count: int) -> NDArray[Any]:
        size = count * np.dtype(kind).itemsize
        if self._at + size > len(self._data):
            raise FormatError(self._path, "its tables are cut off")
        found = np.frombuffer(self._data, kind, count, self._at)
        self._at += size + -size % _ALIGNED
        return found
