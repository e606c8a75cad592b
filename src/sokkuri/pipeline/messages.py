"""Messages between a run and its worker processes: plain values and arrays behind a length.

No pickle: a worker that an odd file has damaged cannot make the run execute anything.
"""

from __future__ import annotations

import json
import math
import os
import select
import struct
import time
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LENGTH: Final = struct.Struct("<I")
_LARGEST: Final = 1 << 26
# As json.dumps and json.loads, which look at their options each time.
_encode: Final = json.JSONEncoder(separators=(",", ":")).encode
_decode: Final = json.JSONDecoder().decode
_TYPES: Final = frozenset({"|u1", "<i8", "<f8"})


class BadMessage(ValueError):
    """Bytes that are no message, or not one that was waited for."""


def pack(header: object, *parts: bytes | NDArray[Any]) -> bytes:
    """Return a message.

    Parameters
    ----------
    header : object
        Plain values, as JSON has them.
    *parts : bytes or ndarray of any shape
        Arrays of other types than uint8 become int64 or float64.
    """
    kinds: list[Any] = []
    data: list[bytes] = []
    for part in parts:
        if isinstance(part, bytes):
            kinds.append(len(part))
            data.append(part)
        else:
            wide = "<i8" if np.issubdtype(part.dtype, np.integer) else "<f8"
            array = part if part.dtype == np.uint8 else np.asarray(part, wide)
            kinds.append([array.dtype.str, *array.shape])
            data.append(array.tobytes())
    text = _encode([header, kinds]).encode("ascii")
    return b"".join([_LENGTH.pack(len(text)), text, *data])


def unpack(message: bytes) -> tuple[Any, list[Any]]:
    """Return what is in a message.

    Returns
    -------
    header : object
    parts : list of bytes or ndarray of any shape, uint8, int64 or float64

    Raises
    ------
    BadMessage
        If it is none, or not a whole one.
    """
    parts: list[Any] = []
    try:
        (length,) = _LENGTH.unpack_from(message)
        start = _LENGTH.size + length
        header, kinds = _decode(str(message[_LENGTH.size : start], "ascii"))
        for kind in kinds:
            if type(kind) is int and kind >= 0:
                parts.append(message[start : start + kind])
                start += kind
            else:
                parts.append(_array(message, start, *kind))
                start += parts[-1].nbytes
    except (ValueError, TypeError, LookupError, struct.error, RecursionError) as error:
        raise BadMessage(str(error)) from error
    if start != len(message):
        raise BadMessage("bytes are missing, or left over")
    return header, parts


def _array(message: bytes, start: int, name: str, *shape: Any) -> NDArray[Any]:
    if name not in _TYPES:
        raise ValueError(f"no array of {name}")
    if not all(type(side) is int and 0 <= side <= _LARGEST for side in shape):
        raise ValueError("a part is too large")
    return np.frombuffer(message, name, math.prod(shape), start).reshape(shape)


def write_frame(handle: int, data: bytes) -> None:
    """Send a message, whole.

    Parameters
    ----------
    handle : int
        File descriptor.
    data : bytes
    """
    rest = memoryview(_LENGTH.pack(len(data)) + data)
    while rest:
        rest = rest[os.write(handle, rest) :]


class Inbox:
    """The messages that arrive at a file descriptor of a pipe or socket, which stays open."""

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
            data = os.read(self.handle, 1 << 16)
            if not data:
                raise EOFError
            self._arrived += data
        return frames

    def header(self) -> Any:
        """Return the header of the one message under way.

        Raises
        ------
        EOFError
            As of :meth:`some`.
        """
        try:
            return unpack(self.some()[0])[0]
        except BadMessage as error:
            raise EOFError from error

    def nap(self, seconds: float) -> None:
        """Sleep while messages gather, but not once the other side is gone."""
        if hasattr(select, "poll"):
            hangups = select.poll()
            hangups.register(self.handle, 0)  # no events but the end, which is always told
            hangups.poll(seconds * 1000)
        else:
            time.sleep(seconds)

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
