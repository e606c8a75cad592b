"""TIFF and BigTIFF: directories of tags, read without pixels, and rewritten for the decoder.

A rewritten directory stands behind the file and has the tags that its pixels need.  Nothing else
moves: what the tags point at stays where it is (TIFF 6.0, BigTIFF).
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator


Reader = Callable[[int, int], bytes]
"""``reader(start, count)`` returns so many bytes of a file, or fewer at its end."""

_BYTE, _ASCII, _SHORT, _LONG, _IFD, _LONG8, _IFD8 = 1, 2, 3, 4, 13, 16, 18
_SIZES: Final = {
    1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4,
    16: 8, 17: 8, 18: 8,
}  # fmt: skip
_CODES: Final = {_BYTE: "B", _SHORT: "H", _LONG: "I", _IFD: "I", _LONG8: "Q", _IFD8: "Q"}
_SUB_DIRECTORIES: Final = 330
_MOST_ENTRIES: Final = 4096
_MOST_DIRECTORIES: Final = 32
_MOST_VALUES: Final = 64
_BIG: Final = 43


@dataclass(frozen=True, slots=True)
class TiffLayout:
    """Byte order and offset size of a TIFF.

    Parameters
    ----------
    order : {"<", ">"}
        The byte order, as :mod:`struct` has it.
    big : bool
        Whether offsets have eight bytes (BigTIFF).
    first : int
        Where the first directory begins.
    """

    order: str
    big: bool
    first: int

    @property
    def count(self) -> struct.Struct:
        """The number before the entries."""
        return struct.Struct(self.order + ("Q" if self.big else "H"))

    @property
    def entry(self) -> struct.Struct:
        """An entry: tag, type, count, and its values or where they lie."""
        return struct.Struct(self.order + ("HHQ8s" if self.big else "HHI4s"))

    @property
    def offset(self) -> struct.Struct:
        """A place in the file."""
        return struct.Struct(self.order + ("Q" if self.big else "I"))


@dataclass(frozen=True, slots=True)
class Entry:
    """A tag as it stands: ``held`` are its values if they fit there, their place otherwise."""

    tag: int
    kind: int
    count: int
    held: bytes


@dataclass(frozen=True, slots=True)
class TagDirectory:
    """The tags of one picture, and where the next directory lies; 0 if there is none."""

    layout: TiffLayout
    entries: dict[int, Entry]
    next: int
    reader: Reader

    def numbers(self, tag: int) -> tuple[int, ...]:
        """Return the whole numbers of a tag; none if it is missing, of another type, or cut."""
        entry = self.entries.get(tag)
        if entry is None or entry.kind not in _CODES:
            return ()
        count = min(entry.count, _MOST_VALUES)
        data = self._data(entry, count * _SIZES[entry.kind])
        if len(data) < count * _SIZES[entry.kind]:
            return ()
        return struct.unpack_from(f"{self.layout.order}{count}{_CODES[entry.kind]}", data)

    def number(self, tag: int, default: int) -> int:
        """Return the first number of a tag.

        Parameters
        ----------
        tag : int
        default : int
            Returned where the tag has none.
        """
        return next(iter(self.numbers(tag)), default)

    def text(self, tag: int) -> str:
        """Return a tag's text, up to its first NUL; empty if it is missing."""
        entry = self.entries.get(tag)
        if entry is None or entry.kind != _ASCII:
            return ""
        data = self._data(entry, min(entry.count, _MOST_VALUES))
        return data.partition(b"\0")[0].decode("ascii", "replace").strip()

    def _data(self, entry: Entry, size: int) -> bytes:
        if entry.count * _SIZES[entry.kind] <= len(entry.held):
            return entry.held[:size]
        return self.reader(self.layout.offset.unpack(entry.held)[0], size)


def layout_of(head: bytes) -> TiffLayout | None:
    """Return how a TIFF is written, from its first 16 bytes; None if they begin no TIFF."""
    order = {b"II": "<", b"MM": ">"}.get(head[:2])
    if order is None or len(head) < 16:
        return None
    big = struct.unpack_from(order + "H", head, 2)[0] == _BIG
    first = struct.unpack_from(order + ("Q" if big else "I"), head, 8 if big else 4)[0]
    return TiffLayout(order, big, first)


def directories_of(reader: Reader) -> Iterator[TagDirectory]:
    """Yield the directories of a TIFF: the first, what hangs below it, the second, and so on.

    What is broken is left out, and no file can make this endless.
    """
    layout = layout_of(reader(0, 16))
    seen: set[int] = set()
    waiting = [] if layout is None else [layout.first]
    while waiting and len(seen) < _MOST_DIRECTORIES:
        place = waiting.pop(0)
        if place in seen or layout is None:
            continue
        seen.add(place)
        found = _directory(reader, layout, place)
        if found is None:
            continue
        yield found
        waiting = [*found.numbers(_SUB_DIRECTORIES), *waiting]
        if found.next:
            waiting.append(found.next)


def _directory(reader: Reader, layout: TiffLayout, place: int) -> TagDirectory | None:
    head = reader(place, layout.count.size) if place else b""
    if len(head) < layout.count.size:
        return None
    count = layout.count.unpack(head)[0]
    if count > _MOST_ENTRIES:
        return None
    size = layout.entry.size
    body = reader(place + len(head), count * size + layout.offset.size)
    entries: dict[int, Entry] = {}
    for start in range(0, min(count * size, len(body) - size + 1), size):
        entry = Entry(*layout.entry.unpack_from(body, start))
        if entry.kind in _SIZES:
            entries.setdefault(entry.tag, entry)
    following = body[count * size :]
    after = layout.offset.unpack(following)[0] if len(following) == layout.offset.size else 0
    return TagDirectory(layout, entries, after, reader)


# Private tags that hold what stood in the file where another value had to take its place.
STORED_PHOTOMETRIC: Final = 65_262
STORED_SAMPLE_FORMAT: Final = 65_339

_BITS: Final = 258
_PHOTOMETRIC: Final = 262
_WHITE_IS_ZERO: Final = 0
_BLACK_IS_ZERO: Final = 1
_SAMPLE_FORMAT: Final = 339
_UNSIGNED, _SIGNED = 1, 2
_SHORT_TYPE: Final = 3
_DEEP: Final = frozenset({12, 16, 32})
_LONG_BITS: Final = 32

_PIXELS: Final = frozenset(
    {
        254, 255, 256, 257, _BITS, 259, _PHOTOMETRIC, 266, 273, 277, 278, 279, 284, 292, 293, 317,
        320, 322, 323, 324, 325, 338, _SAMPLE_FORMAT, 347, *range(512, 522), *range(529, 533),
        STORED_PHOTOMETRIC, STORED_SAMPLE_FORMAT,
    }
)  # fmt: skip
_ORIENTATION: Final = 274
_PROFILE: Final = 34675


def readable_tiff(data: bytes) -> bytes:
    """Return a TIFF in a pixel layout that the decoder has, with the same stored values.

    It lacks deep gray that is white-is-zero or, in one byte order, unsigned at 32 bits.  So the
    values are asked for as if they were not, and whoever asks takes them for what they are.
    """
    first = _first(data)
    if first is None or set(first.numbers(_BITS)) - _DEEP or not first.numbers(_BITS):
        return data
    changed = dict(first.entries)
    if first.number(_PHOTOMETRIC, _BLACK_IS_ZERO) == _WHITE_IS_ZERO:
        changed[_PHOTOMETRIC] = _short(first, _PHOTOMETRIC, _BLACK_IS_ZERO)
        changed[STORED_PHOTOMETRIC] = _short(first, STORED_PHOTOMETRIC, _WHITE_IS_ZERO)
    unsigned = first.number(_SAMPLE_FORMAT, _UNSIGNED) == _UNSIGNED
    if unsigned and first.numbers(_BITS) == (_LONG_BITS,):
        changed[_SAMPLE_FORMAT] = _short(first, _SAMPLE_FORMAT, _SIGNED)
        changed[STORED_SAMPLE_FORMAT] = _short(first, STORED_SAMPLE_FORMAT, _UNSIGNED)
    if changed == first.entries:
        return data
    return _with(data, first, changed.values(), first.next)


def lean_tiff(data: bytes) -> bytes:
    """Return a TIFF of the tags that its pixels, their colours and their turning need."""
    return _of(data, _PIXELS | {_ORIENTATION, _PROFILE})


def bare_tiff(data: bytes) -> bytes:
    """Return a TIFF of the tags that its pixels need; its further pages are left out."""
    return _of(data, _PIXELS)


def _of(data: bytes, tags: Collection[int]) -> bytes:
    first = _first(data)
    if first is None:
        return data
    kept = [entry for tag, entry in first.entries.items() if tag in tags]
    return _with(data, first, kept, 0)


def _first(data: bytes) -> TagDirectory | None:
    return next(directories_of(lambda start, count: data[start : start + count]), None)


def _short(directory: TagDirectory, tag: int, value: int) -> Entry:
    order = "little" if directory.layout.order == "<" else "big"
    held = value.to_bytes(2, order)  # type: ignore[arg-type]
    return Entry(tag, _SHORT_TYPE, 1, held.ljust(directory.layout.offset.size, b"\0"))


def _with(data: bytes, old: TagDirectory, entries: Iterable[Entry], following: int) -> bytes:
    layout = old.layout
    rows = sorted(entries, key=lambda entry: entry.tag)
    place = len(data) + len(data) % 2
    header = data[:8] if layout.big else data[:4]
    return b"".join(
        [
            header,
            layout.offset.pack(place),
            data[len(header) + layout.offset.size :],
            bytes(place - len(data)),
            layout.count.pack(len(rows)),
            *(layout.entry.pack(row.tag, row.kind, row.count, row.held) for row in rows),
            layout.offset.pack(following),
        ]
    )
