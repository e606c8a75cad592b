"""Is a match the query itself?  Beyond the hash, only files, bytes and pixels can tell."""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING

from sokkuri.images import exact_digest
from sokkuri.pipeline.links import file_key, is_one_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sokkuri._typing import ImageLike
    from sokkuri.matches import Same

__all__ = ["same_as", "same_file"]


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
    list of {"bytes", "link", "pixels", None}
        ``"bytes"`` for equal encoded bytes, ``"link"`` for the very file under another name,
        ``"pixels"`` for pictures that store the same, as
        :func:`~sokkuri.images.exact_digest` has it; None for all others, also those gone
        meanwhile and those of which it cannot be told.
    """
    reference = _Held(source)
    return [_compare(reference, _Held(candidate)) for candidate in candidates]


def same_file(a: str, b: str) -> Same | None:
    """Tell whether two paths lead to one file: under one name, or as a link.

    Raises
    ------
    OSError
        If one of them leads to none.
    """
    if file_key(a) != file_key(b):
        return None
    return "bytes" if is_one_name(a, b) else "link"


class _Held:
    """A picture held for comparing: bytes and pixels are fetched only if a comparison asks."""

    def __init__(self, source: ImageLike) -> None:
        self._source = source
        self.path = os.fsdecode(source) if isinstance(source, str | os.PathLike) else None

    def size(self) -> int | None:
        """Return the encoded size in bytes, None for pictures that are not encoded."""
        if self.path is not None:
            return os.stat(self.path).st_size
        return len(self._data()) if self._is_binary() else None

    def same_bytes(self, other: _Held) -> bool:
        size = self.size()
        return size is not None and size == other.size() and self._data() == other._data()

    @cached_property
    def digest(self) -> bytes | None:
        return exact_digest(self._source)

    def _is_binary(self) -> bool:
        return isinstance(self._source, bytes | bytearray | memoryview)

    def _data(self) -> bytes:
        if self.path is not None:
            with open(self.path, "rb") as file:
                return file.read()
        return bytes(self._source) if self._is_binary() else b""  # type: ignore[arg-type]


def _compare(left: _Held, right: _Held) -> Same | None:
    try:
        if left.path is not None and right.path is not None:
            found = same_file(left.path, right.path)
            if found is not None:
                return found
        if left.same_bytes(right):
            return "bytes"
    except (OSError, ValueError):
        return None
    return "pixels" if left.digest is not None and left.digest == right.digest else None
