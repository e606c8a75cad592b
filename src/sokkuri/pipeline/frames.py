"""Messages between a run and its worker processes: a length and a JSON text.

No pickle: a worker that an odd file has damaged cannot make the run execute anything.
"""

from __future__ import annotations

import json
import os
import struct
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

from sokkuri.hashes import ImageHash
from sokkuri.images import Rejected, RejectKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sokkuri.hashes import HashSpec

__all__ = ["Answer", "decode_answer", "encode_answer", "read_frame", "write_frame"]

_LENGTH = struct.Struct("<I")
_LARGEST = 1 << 26


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


def write_frame(stream: IO[bytes], value: object) -> None:
    """Send one value."""
    data = json.dumps(value).encode("ascii")
    stream.write(_LENGTH.pack(len(data)) + data)
    stream.flush()


def read_frame(stream: IO[bytes]) -> Any:
    """Receive one value.

    Raises
    ------
    EOFError
        If the other side is gone, or what came is no message.
    """
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    (length,) = _LENGTH.unpack(head)
    data = stream.read(length) if length <= _LARGEST else b""
    if len(data) < length:
        raise EOFError
    try:
        return json.loads(data)
    except ValueError as error:
        raise EOFError from error


def encode_answer(answer: Answer | Rejected) -> dict[str, Any]:
    """Return an answer as plain values."""
    if isinstance(answer, Rejected):
        return {"kind": answer.kind.value, "detail": answer.detail}
    codes = [[value.hex, value.quality] for value in answer.hashes]
    return {"codes": codes, "size": answer.size}


def decode_answer(value: Any, path: str, specs: Sequence[HashSpec]) -> Answer | Rejected:
    """Return the answer behind plain values.

    Raises
    ------
    EOFError
        If the values are no answer: the worker is not to be trusted any more.
    """
    try:
        if "kind" in value:
            return Rejected(path, RejectKind(value["kind"]), str(value["detail"]))
        hashes = tuple(
            ImageHash(spec, bytes.fromhex(code), quality)
            for spec, (code, quality) in zip(specs, value["codes"], strict=True)
        )
        width, height = value["size"]
        return Answer(hashes, (int(width), int(height)))
    except (ValueError, TypeError, KeyError) as error:
        raise EOFError(os.fsdecode(path)) from error
