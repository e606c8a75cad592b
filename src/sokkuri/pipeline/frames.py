"""Messages between a run and its worker processes: a length, and bytes of a fixed meaning.

No pickle: a worker that an odd file has damaged cannot make the run execute anything.
"""

from __future__ import annotations

import json
import os
import select
import struct
import time
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = [
    "Inbox",
    "decode_paths",
    "encode_paths",
    "nap",
    "read_json",
    "write_frame",
    "write_json",
]

_LENGTH: Final = struct.Struct("<I")
_LARGEST: Final = 1 << 26
_READ_AT_ONCE: Final = 1 << 16


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
        self.handle = handle
        self._arrived = bytearray()

    def some(self) -> list[bytes]:
        """Wait for at least one message and return all that have arrived whole.

        Raises
        ------
        EOFError
            If the other side is gone, or what came is no message.
        """
        while not (frames := self._take()):
            data = os.read(self.handle, _READ_AT_ONCE)
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


def nap(inbox: Inbox, seconds: float) -> None:
    """Sleep while messages gather, but not once the other side is gone."""
    if not hasattr(select, "poll"):
        time.sleep(seconds)
        return
    hangups = select.poll()
    hangups.register(inbox.handle, 0)  # no events but the end, which is always told
    hangups.poll(seconds * 1000)


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
