"""TIFF and BigTIFF: directories of tags, read without pixels, and rewritten for the decoder.

A rewritten directory stands behind the file and has the tags that its pixels need.  Nothing else
moves: what the tags point at stays where it is (TIFF 6.0, BigTIFF).
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from PIL.ExifTags import Base

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

Reader = Callable[[int, int], bytes]
"""``reader(start, count)`` returns so many bytes of a file, or fewer at its end."""


def reader_of(data: bytes) -> Reader:
    """Return a reader of bytes in memory."""
    return lambda start, count: data[start : start + count]


STORED_PHOTOMETRIC, STORED_SAMPLE_FORMAT = 65262, 65339
"""Private tags, for what stood in the file where another value had to take its place."""

WHITE_IS_ZERO, _BLACK_IS_ZERO = 0, 1
UNSIGNED, _SIGNED = 1, 2
_ASCII, _SHORT = 2, 3
_SIZES: Final = {
    1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4,
    16: 8, 17: 8, 18: 8,
}  # fmt: skip
_CODES: Final = {1: "B", _SHORT: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}
_MOST_ENTRIES: Final = 4096
_MOST_DIRECTORIES: Final = 32
_MOST_VALUES: Final = 64


class _TiffLayout(NamedTuple):
    """The numbers of a TIFF as :mod:`struct` has them, larger in a BigTIFF."""

    order: str
    first: int  # where the first directory begins
    length: struct.Struct  # the number before the entries
    entry: struct.Struct  # tag, type, count, and its values or where they lie
    offset: struct.Struct  # a place in the file


class _Entry(NamedTuple):
    """A tag as it stands: ``held`` are its values if they fit there, their place otherwise."""

    tag: int
    kind: int
    length: int
    held: bytes


@dataclass(frozen=True, slots=True)
class TagDirectory:
    """The tags of one picture, and where the next directory lies; 0 if there is none."""

    layout: _TiffLayout
    entries: dict[int, _Entry]
    next: int
    reader: Reader

    def numbers(self, tag: int) -> tuple[int, ...]:
        """Return the whole numbers of a tag; none if it is missing, of another type, or cut."""
        entry = self.entries.get(tag)
        if entry is None or entry.kind not in _CODES:
            return ()
        count = min(entry.length, _MOST_VALUES)
        size = count * _SIZES[entry.kind]
        data = self._data(entry, size)
        if len(data) < size:
            return ()
        return struct.unpack_from(f"{self.layout.order}{count}{_CODES[entry.kind]}", data)

    def number(self, tag: int) -> int:
        """Return the first number of a tag, or 0."""
        return next(iter(self.numbers(tag)), 0)

    def text(self, tag: int) -> str:
        """Return a tag's text, up to its first NUL; empty if it is missing."""
        entry = self.entries.get(tag)
        if entry is None or entry.kind != _ASCII:
            return ""
        data = self._data(entry, min(entry.length, _MOST_VALUES))
        return data.partition(b"\0")[0].decode("ascii", "replace").strip()

    def _data(self, entry: _Entry, size: int) -> bytes:
        if entry.length * _SIZES[entry.kind] <= len(entry.held):
            return entry.held[:size]
        return self.reader(self.layout.offset.unpack(entry.held)[0], size)


def _layout_of(head: bytes) -> _TiffLayout | None:
    """Return how a TIFF is written, from its first 16 bytes; None if they begin no TIFF."""
    order = {b"II": "<", b"MM": ">"}.get(head[:2])
    if order is None or len(head) < 16:
        return None
    big = struct.unpack_from(order + "H", head, 2)[0] == 43
    names = ("Q", "HHQ8s", "Q") if big else ("H", "HHI4s", "I")
    count, entry, offset = (struct.Struct(order + name) for name in names)
    first = offset.unpack_from(head, 8 if big else 4)[0]
    return _TiffLayout(order, first, count, entry, offset)


def directories_of(reader: Reader) -> Iterator[TagDirectory]:
    """Yield the directories of a TIFF: the first, what hangs below it, the second, and so on.

    What is broken is left out, and no file can make this endless.
    """
    layout = _layout_of(reader(0, 16))
    seen = {0}
    waiting = [] if layout is None else [layout.first]
    while layout is not None and waiting and len(seen) <= _MOST_DIRECTORIES:
        place = waiting.pop(0)
        found = None if place in seen else _directory(reader, layout, place)
        seen.add(place)
        if found is not None:
            yield found
            waiting = [*found.numbers(Base.SubIFDs), *waiting, found.next]


def _directory(reader: Reader, layout: _TiffLayout, place: int) -> TagDirectory | None:
    head = reader(place, layout.length.size)
    if len(head) < layout.length.size:
        return None
    count = layout.length.unpack(head)[0]
    if count > _MOST_ENTRIES:
        return None
    size = layout.entry.size
    body = reader(place + len(head), count * size + layout.offset.size)
    entries: dict[int, _Entry] = {}
    for start in range(0, min(count * size, len(body) - size + 1), size):
        entry = _Entry(*layout.entry.unpack_from(body, start))
        if entry.kind in _SIZES:
            entries.setdefault(entry.tag, entry)
    following = body[count * size :]
    after = layout.offset.unpack(following)[0] if len(following) == layout.offset.size else 0
    return TagDirectory(layout, entries, after, reader)


PIXEL_TAGS: Final = frozenset(
    {
        *range(254, 260), 262, 266, 273, 277, 278, 279, 284, 292, 293, 317, 320, 322, 323, 324, 325,
        338, 339, 347, *range(512, 522), *range(529, 533), STORED_PHOTOMETRIC, STORED_SAMPLE_FORMAT,
    }
)  # fmt: skip
"""The tags that pixels need: what they are, how they are packed, and where they lie."""


def readable_tiff(data: bytes) -> bytes:
    """Return a TIFF in a pixel layout that the decoder has, with the same stored values.

    It lacks deep gray that is white-is-zero or, in one byte order, unsigned at 32 bits.  So the
    values are asked for as if they were not, and whoever asks takes them for what they are.
    """
    first = _first(data)
    bits = first.numbers(Base.BitsPerSample) if first else ()
    if first is None or not bits or not {12, 16, 32}.issuperset(bits):
        return data
    photometric: int = Base.PhotometricInterpretation
    changed: dict[int, int] = {}
    if first.numbers(photometric)[:1] == (WHITE_IS_ZERO,):
        changed |= {photometric: _BLACK_IS_ZERO, STORED_PHOTOMETRIC: WHITE_IS_ZERO}
    if (first.number(Base.SampleFormat) or UNSIGNED) == UNSIGNED and bits == (32,):
        changed |= {Base.SampleFormat: _SIGNED, STORED_SAMPLE_FORMAT: UNSIGNED}
    if not changed:
        return data
    size = first.layout.offset.size
    short = struct.Struct(f"{first.layout.order}H{size - 2}x")
    entries = {tag: _Entry(tag, _SHORT, 1, short.pack(value)) for tag, value in changed.items()}
    return _with(data, first, (first.entries | entries).values(), first.next)


def tiff_of(data: bytes, tags: Collection[int]) -> bytes:
    """Return a TIFF of its first picture alone, with none but some of its tags.

    Parameters
    ----------
    data : bytes
    tags : collection of int
    """
    first = _first(data)
    if first is None:
        return data
    return _with(data, first, [first.entries[tag] for tag in first.entries.keys() & tags], 0)


def _first(data: bytes) -> TagDirectory | None:
    return next(directories_of(reader_of(data)), None)


def _with(data: bytes, old: TagDirectory, entries: Iterable[_Entry], following: int) -> bytes:
    layout = old.layout
    rows = sorted(entries)
    place = len(data) + len(data) % 2
    half = layout.offset.size  # of the header: the place of the first directory is the other
    return b"".join(
        [
            data[:half],
            layout.offset.pack(place),
            data[2 * half :],
            bytes(place - len(data)),
            layout.length.pack(len(rows)),
            *(layout.entry.pack(*row) for row in rows),
            layout.offset.pack(following),
        ]
    )
