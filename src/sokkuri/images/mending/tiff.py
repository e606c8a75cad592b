"""TIFF: a directory of tags, rewritten behind the file with those that its pixels need.

Nothing else moves: what the tags point at stays where it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sokkuri.images.directories import Entry, TagDirectory, directories_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

__all__ = ["STORED_PHOTOMETRIC", "STORED_SAMPLE_FORMAT", "bare", "lean", "readable"]

# Private tags that hold what stood in the file where another value had to take its place.
STORED_PHOTOMETRIC: Final = 65_262
STORED_SAMPLE_FORMAT: Final = 65_339

_BITS: Final = 258
_PHOTOMETRIC: Final = 262
_WHITE_IS_ZERO: Final = 0
_BLACK_IS_ZERO: Final = 1
_SAMPLE_FORMAT: Final = 339
_UNSIGNED, _SIGNED = 1, 2
_SHORT: Final = 3
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


def readable(data: bytes) -> bytes:
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


def lean(data: bytes) -> bytes:
    """Return a TIFF of the tags that its pixels, their colours and their turning need."""
    return _of(data, _PIXELS | {_ORIENTATION, _PROFILE})


def bare(data: bytes) -> bytes:
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
    return Entry(tag, _SHORT, 1, held.ljust(directory.layout.offset.size, b"\0"))


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
