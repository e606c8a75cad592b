"""Messages between a run and its worker processes: a length, and bytes of a fixed meaning.

No pickle: a worker that an odd file has damaged cannot make the run execute anything.
"""

from __future__ import annotations

import json
import os
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sokkuri.hashes import ImageHash
from sokkuri.images import Rejected, RejectKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sokkuri.hashes import HashSpec

__all__ = [
    "Answer",
    "Inbox",
    "decode_answer",
    "decode_paths",
    "encode_answer",
    "encode_paths",
    "read_json",
    "write_frame",
    "write_json",
]

_LENGTH: Final = struct.Struct("<I")
_LARGEST: Final = 1 << 26
_READ_AT_ONCE: Final = 1 << 16

# An answer begins with one of two bytes; hashes follow with the picture's width and height, the
# quality of each (-1 for none), and all codes in a row.
_HASHED: Final = b"h"
_REJECTED: Final = b"r"
_SIZE: Final = struct.Struct("<II")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a worker made of one file.

    Parameters
    ----------
    hashes : tuple of ImageHash
        In the order of the hashers.
    size : tuple of int
        Width and height of the upright picture in pixels.
    """

    hashes: tuple[ImageHash, ...]
    size: tuple[int, int]


def write_frame(handle: int, data: bytes) -> None:
    """Send one message, whole."""
    rest = memoryview(_LENGTH.pack(len(data)) + data)
    while rest:
        rest = rest[os.write(handle, rest) :]


def write_json(handle: int, value: object) -> None:
    """Send plain values as one message."""
    write_frame(handle, json.dumps(value).encode("ascii"))


class Inbox:
    """The messages that arrive at a file descriptor.

    Parameters
    ----------
    handle : int
        Of a pipe or socket; it stays the caller's.
    """

    def __init__(self, handle: int) -> None:
        self._handle = handle
        self._arrived = bytearray()

    def some(self) -> list[bytes]:
        """Wait for at least one message and return all that have arrived whole.

        Raises
        ------
        EOFError
            If the other side is gone, or what came is no message.
        """
        while not (frames := self._take()):
            data = os.read(self._handle, _READ_AT_ONCE)
            if not data:
                raise EOFError
            self._arrived += data
        return frames

    def _take(self) -> list[bytes]:
        frames = []
        start, end = 0, len(self._arrived)
        while end - start >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._arrived, start)
            if length > _LARGEST:
                raise EOFError
            if end - start < _LENGTH.size + length:
                break
            start += _LENGTH.size + length
            frames.append(bytes(self._arrived[start - length : start]))
        del self._arrived[:start]
        return frames


def read_json(inbox: Inbox) -> Any:
    """Receive plain values; the one message under way.

    Raises
    ------
    EOFError
        As :meth:`Inbox.some` does, or if the message is no JSON text.
    """
    try:
        return json.loads(inbox.some()[0])
    except ValueError as error:
        raise EOFError from error


def encode_paths(paths: Iterable[str]) -> bytes:
    """Return file names as one message."""
    names = map(os.fsencode, paths)
    return b"".join(part for name in names for part in (_LENGTH.pack(len(name)), name))


def decode_paths(data: bytes) -> Iterator[str]:
    """Return the file names in a message."""
    start = 0
    while start < len(data):
        (length,) = _LENGTH.unpack_from(data, start)
        start += _LENGTH.size + length
        yield os.fsdecode(data[start - length : start])


def encode_answer(answer: Answer | Rejected) -> bytes:
    """Return an answer as one message."""
    if isinstance(answer, Rejected):
        return _REJECTED + json.dumps([answer.kind.value, answer.detail]).encode("ascii")
    qualities = [-1 if value.quality is None else value.quality for value in answer.hashes]
    parts = [_HASHED, _SIZE.pack(*answer.size), struct.pack(f"<{len(qualities)}b", *qualities)]
    return b"".join([*parts, *(value.code for value in answer.hashes)])


def decode_answer(data: bytes, path: str, specs: Sequence[HashSpec]) -> Answer | Rejected:
    """Return the answer in a message.

    Raises
    ------
    EOFError
        If it is none: the worker is not to be trusted any more.
    """
    try:
        if data[:1] == _REJECTED:
            kind, detail = json.loads(data[1:])
            return Rejected(path, RejectKind(kind), str(detail))
        if data[:1] != _HASHED:
            raise EOFError(path)
        return _decode_hashes(data, specs)
    except (ValueError, TypeError, struct.error) as error:
        raise EOFError(path) from error


def _decode_hashes(data: bytes, specs: Sequence[HashSpec]) -> Answer:
    size = _SIZE.unpack_from(data, 1)
    start = 1 + _SIZE.size
    qualities = struct.unpack_from(f"<{len(specs)}b", data, start)
    start += len(specs)
    hashes = []
    for spec, quality in zip(specs, qualities, strict=True):
        code = data[start : start + spec.code_bytes]
        hashes.append(ImageHash(spec, code, None if quality < 0 else quality))
        start += spec.code_bytes
    if start != len(data):
        raise ValueError("bytes after the last code")
    return Answer(tuple(hashes), (size[0], size[1]))
