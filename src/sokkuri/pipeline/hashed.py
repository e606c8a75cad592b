"""What became of one file: a value, and the message that carries it from a worker."""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sokkuri.brief import brief_repr
from sokkuri.hashes import ImageHash
from sokkuri.images import Rejected, RejectKind
from sokkuri.pipeline.companions import is_companion

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sokkuri.hashes import HashSpec

__all__ = ["Hashed", "decode_hashed", "decode_rejected", "encode_hashed", "encode_rejected"]

# A message begins with one of two bytes.  After the first come the picture's width, height and
# orientation, the quality of each hash (-1 for none), all codes in a row, and the thumbnail.
_HASHED: Final = b"h"
_REJECTED: Final = b"r"
_FACTS: Final = struct.Struct("<IIBI")


@dataclass(frozen=True, slots=True)
class Hashed:
    """One file after hashing: hashes or a reason, never both.

    Parameters
    ----------
    path : str
        The file as it was named.
    hashes : tuple of ImageHash
        One for each hasher, in their order; empty if the file was rejected.
    size : tuple of int, optional
        Width and height in pixels of the upright picture, before any scaling.
    rejected : Rejected, optional
        Why there are no hashes.
    orientation : int, optional
        The orientation tag that was followed, 1 to 8.
    thumbnail : bytes, optional
        The upright picture made small, as a JPEG file, where one was asked for.
    """

    path: str
    hashes: tuple[ImageHash, ...] = ()
    size: tuple[int, int] | None = None
    rejected: Rejected | None = None
    orientation: int | None = None
    thumbnail: bytes | None = None

    __repr__ = brief_repr

    @property
    def hash(self) -> ImageHash | None:
        """The first hash, None if the file was rejected."""
        return self.hashes[0] if self.hashes else None

    @property
    def companion(self) -> bool:
        """Whether it was rejected as a file that only goes with photos."""
        return self.rejected is not None and is_companion(self.path, self.rejected.kind)


def encode_rejected(rejected: Rejected) -> bytes:
    """Return a reason as a message."""
    return _REJECTED + json.dumps([rejected.kind.value, rejected.detail]).encode("ascii")


def decode_rejected(path: str, data: bytes) -> Rejected | None:
    """Return the reason in a message, None if it holds none.

    Raises
    ------
    EOFError
        If it is no message: the worker is not to be trusted any more.
    """
    if data[:1] != _REJECTED:
        return None
    try:
        kind, detail = json.loads(data[1:])
        return Rejected(path, RejectKind(kind), str(detail))
    except (ValueError, TypeError) as error:
        raise EOFError(path) from error


def encode_hashed(hashed: Hashed) -> bytes:
    """Return a value as a message; the path is known to who asked."""
    if hashed.rejected is not None:
        return encode_rejected(hashed.rejected)
    thumbnail = hashed.thumbnail or b""
    facts = _FACTS.pack(*(hashed.size or (0, 0)), hashed.orientation or 1, len(thumbnail))
    qualities = [-1 if value.quality is None else value.quality for value in hashed.hashes]
    parts = [_HASHED, facts, struct.pack(f"<{len(qualities)}b", *qualities)]
    return b"".join([*parts, *(value.code for value in hashed.hashes), thumbnail])


def decode_hashed(specs: Sequence[HashSpec], path: str, data: bytes) -> Hashed:
    """Return the value in a message.

    Raises
    ------
    EOFError
        If it is none.
    """
    rejected = decode_rejected(path, data)
    if rejected is not None:
        return Hashed(path, rejected=rejected)
    if data[:1] != _HASHED:
        raise EOFError(path)
    try:
        return _decode_hashes(specs, path, data)
    except (ValueError, struct.error) as error:
        raise EOFError(path) from error


def _decode_hashes(specs: Sequence[HashSpec], path: str, data: bytes) -> Hashed:
    width, height, orientation, small = _FACTS.unpack_from(data, 1)
    start = 1 + _FACTS.size
    qualities = struct.unpack_from(f"<{len(specs)}b", data, start)
    start += len(specs)
    hashes = []
    for spec, quality in zip(specs, qualities, strict=True):
        code = data[start : start + spec.code_bytes]
        hashes.append(ImageHash(spec, code, None if quality < 0 else quality))
        start += spec.code_bytes
    if start + small != len(data):
        raise ValueError("bytes missing, or left over")
    thumbnail = data[start:] if small else None
    return Hashed(path, tuple(hashes), (width, height), None, orientation, thumbnail)
