"""Is a match the query itself?  Beyond the hash, only bytes and pixels can tell."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from sokkuri.images import Rejected, load

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sokkuri._typing import ImageLike
    from sokkuri.images import Picture
    from sokkuri.matches import Same

__all__ = ["same_as"]


def same_as(source: ImageLike, candidates: Iterable[ImageLike]) -> list[Same | None]:
    """Tell which of ``candidates`` are the picture ``source`` itself.

    Parameters
    ----------
    source : ImageLike
        The query; a stream must have been read into bytes.
    candidates : iterable of ImageLike
        Pictures worth asking about; only those at distance 0 can be the same.

    Returns
    -------
    list of {"bytes", "pixels", None}
        ``"bytes"`` for equal encoded bytes, ``"pixels"`` for pictures of the same size and the
        same upright 8-bit pixels; None for all others, also those gone meanwhile.
    """
    reference = _Held(source)
    return [_compare(reference, _Held(candidate)) for candidate in candidates]


class _Held:
    """A picture held for comparing: bytes and pixels are fetched only if a comparison asks."""

    def __init__(self, source: ImageLike) -> None:
        self._source = source
        self._picture: Picture | Rejected | None = None
        self.path = os.fsdecode(source) if isinstance(source, str | os.PathLike) else None

    def size(self) -> int | None:
        """Return the encoded size in bytes, None for pictures that are not encoded."""
        if self.path is not None:
            return os.stat(self.path).st_size
        return len(self._data()) if self._is_binary() else None

    def same_bytes(self, other: _Held) -> bool:
        if self.path is not None and other.path is not None and _one_file(self.path, other.path):
            return True
        size = self.size()
        return size is not None and size == other.size() and self._data() == other._data()

    def picture(self) -> Picture | Rejected:
        if self._picture is None:
            self._picture = load(self._source)
        return self._picture

    def _is_binary(self) -> bool:
        return isinstance(self._source, bytes | bytearray | memoryview)

    def _data(self) -> bytes:
        if self.path is not None:
            with open(self.path, "rb") as file:
                return file.read()
        return bytes(self._source) if self._is_binary() else b""  # type: ignore[arg-type]


def _compare(left: _Held, right: _Held) -> Same | None:
    try:
        if left.same_bytes(right):
            return "bytes"
    except OSError:
        return None
    a, b = left.picture(), right.picture()
    if isinstance(a, Rejected) or isinstance(b, Rejected):
        return None
    return "pixels" if a.same_pixels(b) else None


def _one_file(a: str, b: str) -> bool:
    return os.path.samestat(os.stat(a), os.stat(b))
