"""The tables of the catalogue and their rows, each row under a checksum of its own.

SQLite notices neither a changed value nor a lost row, so every row carries the CRC-32 of its
values, and every table has a row in ``totals`` with the number of its rows and the sum of theirs.
"""

from __future__ import annotations

import struct
import zlib
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar, get_type_hints

import numpy as np

from sokkuri.hashes import HashSpec

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence


class FileRow(NamedTuple):
    """A file under the root, as it was when it was last looked at."""

    id: int
    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int
    content: int  # 0 where its bytes could not be read
    doubt: int  # of the bits ``_YOUNG`` and ``_AWAY``
    path: bytes
    sum: int

    @property
    def is_young(self) -> bool:
        """True where it was so young that it may have changed since without a trace in its stat."""
        return bool(self.doubt & _YOUNG)

    @property
    def is_away(self) -> bool:
        """True where it was out of reach when it was last looked for, and is kept."""
        return bool(self.doubt & _AWAY)

    def set_aside(self) -> FileRow:
        """Return the row of the same file out of reach."""
        return resealed(self, doubt=self.doubt | _AWAY)


class ContentRow(NamedTuple):
    """Bytes that some file had: BLAKE2b, length, and the upright picture's size (0 if unknown)."""

    id: int
    size: int
    width: int
    height: int
    digest: bytes
    sum: int


class RejectionRow(NamedTuple):
    """Why a content has no code of a segment, or, with ``file``, why a file has no content."""

    id: int
    file: int
    content: int
    segment: int
    kind: bytes
    detail: bytes
    decoder: bytes
    sum: int


class SegmentRow(NamedTuple):
    """The codes of one recipe: where they lie, and how much of them was committed."""

    id: int
    version: int
    bits: int
    rows: int
    blocks: int
    name: bytes
    stem: bytes
    stamp: bytes
    sum: int

    @property
    def spec(self) -> HashSpec:
        """The recipe."""
        return HashSpec(self.name.decode(), self.bits, self.version)


class FactRow(NamedTuple):
    """Something about the library itself."""

    id: int
    name: bytes
    value: bytes
    sum: int


class TotalRow(NamedTuple):
    """Number of rows of a table, and the sum of their checksums."""

    id: int
    rows: int
    total: int
    name: bytes
    sum: int


class FolderRow(NamedTuple):
    """A folder that held files: its inode, and 1 in ``mount`` where a file system began there."""

    id: int
    inode: int
    mount: int
    path: bytes
    sum: int


class SampleRow(NamedTuple):
    """Digests of a few blocks of many contents: the contents' numbers, and their samples."""

    id: int
    contents: bytes
    samples: bytes
    sum: int


Row = FileRow | ContentRow | RejectionRow | SegmentRow | FactRow | TotalRow | FolderRow | SampleRow
AnyRow = TypeVar("AnyRow", bound=Row)

TABLES: Final[dict[str, type[Row]]] = {
    "files": FileRow,
    "contents": ContentRow,
    "rejections": RejectionRow,
    "segments": SegmentRow,
    "facts": FactRow,
    "totals": TotalRow,
    "folders": FolderRow,
    "samples": SampleRow,
}
"""Every table and its kind of row; new ones come last, for their places are their numbers."""

LATER_TABLES: Final = frozenset({"folders", "samples"})
"""Tables that the first libraries have not; those that do not know them pass them by."""

_YOUNG: Final = 1
_AWAY: Final = 2

# So many of a row's first columns are integers; bytes follow, and the checksum.
_NUMBERS: Final = {
    kind: [*get_type_hints(kind).values()].count(int) - 1 for kind in TABLES.values()
}
_PACK: Final = {kind: struct.Struct(f"<{count}q").pack for kind, count in _NUMBERS.items()}
# A shifted boundary between two words moves this sign, and so shows.
_BETWEEN: Final = b"\x1f"
_SAMPLES_IN_A_ROW: Final = 4096
_CONTENT: Final = np.dtype("<i8")


def create_statement(name: str) -> str:
    """Return the SQL that makes a table of ``TABLES``, where it is not there yet."""
    kind = TABLES[name]
    columns = [
        f"{column} {'INTEGER' if index < _NUMBERS[kind] or column == 'sum' else 'BLOB'} NOT NULL"
        for index, column in enumerate(kind._fields)
    ]
    columns[0] = "id INTEGER PRIMARY KEY"
    return f"CREATE TABLE IF NOT EXISTS {name} ({', '.join(columns)}) STRICT"


def clamped(number: int) -> int:
    """Return the nearest number that a row can hold: times after the year 2262 are its end."""
    return min(max(number, -(1 << 63)), (1 << 63) - 1)


def seal(kind: type[AnyRow], *values: Any) -> AnyRow:
    """Return a row of some kind from all columns but the last, its checksum."""
    return kind(*values, *_sums(kind, [values]))


def resealed(row: AnyRow, **values: Any) -> AnyRow:
    """Return a row with some of its columns changed."""
    return seal(type(row), *row._replace(**values)[:-1])


def good_rows(kind: type[Row], raw: Sequence[tuple[Any, ...]]) -> tuple[list[Any], list[int]]:
    """Return the rows whose checksum is right, and the numbers of the others.

    Parameters
    ----------
    kind : type
    raw : sequence of tuple
        The table of that kind, as SQLite gave it.
    """
    try:
        wanted = _sums(kind, raw)
        right = [found == row[-1] for found, row in zip(wanted, raw, strict=True)]
    except (struct.error, TypeError):  # a value is of another type than was written
        right = [_is_good(kind, row) for row in raw]
    make: Any = partial(tuple.__new__, kind)  # four times as quick as calling it
    if all(right):
        return list(map(make, raw)), []
    pairs = list(zip(raw, right, strict=True))
    bad = [row[0] if isinstance(row[0], int) else 0 for row, is_right in pairs if not is_right]
    return [make(row) for row, is_right in pairs if is_right], bad


def _is_good(kind: type[Row], row: tuple[Any, ...]) -> bool:
    try:
        return _sums(kind, [row]) == [row[-1]]
    except (struct.error, TypeError):
        return False


def _sums(kind: type[Any], rows: Iterable[tuple[Any, ...]]) -> list[int]:
    # Column by column, so that all loops are those of C: a library may have a million files.
    columns = list(zip(*rows, strict=True))
    if not columns:
        return []
    numbers = _NUMBERS[kind]
    words = columns[numbers : len(kind._fields) - 1]
    joined = words[0] if len(words) == 1 else map(_BETWEEN.join, zip(*words, strict=True))
    return list(map(zlib.crc32, joined, map(zlib.crc32, map(_PACK[kind], *columns[:numbers]))))


def packed_samples(samples: Mapping[int, bytes], contents: Collection[int]) -> Iterator[SampleRow]:
    """Yield rows of samples, many to a row, for they are rarely asked for and always read.

    Parameters
    ----------
    samples : mapping of int to bytes
        By content.
    contents : collection of int
        Those whose samples are wanted.
    """
    items = sorted((content, samples[content]) for content in samples.keys() & contents)
    for number, at in enumerate(range(0, len(items), _SAMPLES_IN_A_ROW), start=1):
        contents, values = zip(*items[at : at + _SAMPLES_IN_A_ROW], strict=True)
        yield seal(SampleRow, number, np.array(contents, _CONTENT).tobytes(), b"".join(values))


def samples_in(rows: Iterable[SampleRow]) -> dict[int, bytes]:
    """Return the samples that rows hold, by content."""
    found: dict[int, bytes] = {}
    for row in rows:
        contents = np.frombuffer(row.contents, _CONTENT).tolist()
        width = len(row.samples) // max(len(contents), 1)
        for place, content in enumerate(contents):
            found[content] = row.samples[place * width : (place + 1) * width]
    return found
