"""How the calls understand their arguments."""

from __future__ import annotations

import contextlib
import os
from typing import IO, TYPE_CHECKING, cast

from sokkuri import limits, settings
from sokkuri.pipeline import as_on_disk
from sokkuri.registry import hasher

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sokkuri._typing import ImageLike, PathLike
    from sokkuri.protocols import Hasher

__all__ = ["chosen_hash", "hasher_for", "rereadable", "roots_of"]


def chosen_hash(name: str | None, *, rgb: bool = False, gray: bool = False) -> str:
    """Return the name of the hash that ``hash=``, ``rgb=`` and ``gray=`` ask for."""
    short = settings.RGB_HASH if rgb else settings.GRAY_HASH if gray else None
    if short is not None and (name not in (None, short) or (rgb and gray)):
        word = "rgb" if rgb else "gray"
        raise ValueError(f"`{word}` means {short!r}; do not give another hash beside it")
    return short or name or settings.DEFAULT_HASH


def hasher_for(name: str | None, *, rgb: bool, gray: bool = False) -> Hasher:
    """Return the hasher that ``hash=``, ``rgb=`` and ``gray=`` ask for."""
    return hasher(chosen_hash(name, rgb=rgb, gray=gray))


def roots_of(where: PathLike | Iterable[PathLike]) -> list[PathLike]:
    """Return one or several places as a list, each as it is spelled on the disk."""
    places = [where] if isinstance(where, str | os.PathLike) else where
    return [as_on_disk(place) for place in places]


def rereadable(source: ImageLike) -> ImageLike:
    """Return a source that can be read more than once: a stream is taken into memory.

    A stream that fails is returned as it is; the decoder then gives the reason.  A path is returned
    as it is spelled on the disk.
    """
    if isinstance(source, str | os.PathLike):
        return as_on_disk(source)
    if not hasattr(source, "read"):
        return source
    stream = cast("IO[bytes]", source)
    with contextlib.suppress(Exception):
        if stream.seekable():
            stream.seek(0)
        data = stream.read(limits.MAX_FILE_SIZE.count() + 1)
        if isinstance(data, bytes):
            return data
    return source
