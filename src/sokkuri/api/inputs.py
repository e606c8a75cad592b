"""How the calls understand their arguments."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, cast

from sokkuri import limits, settings
from sokkuri.matches import max_distance_of_rate
from sokkuri.pipeline import as_on_disk
from sokkuri.registry import hasher

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sokkuri._typing import ImageLike, PathLike
    from sokkuri.protocols import Hasher

__all__ = ["Threshold", "hasher_for", "rereadable", "roots_of"]


@dataclass(frozen=True, slots=True)
class Threshold:
    """How far a search reaches, with the tutorial's rate already turned into bits."""

    rate: float | None
    max_distance: int | None
    k: int | None
    min_distance: int = 0

    @classmethod
    def of(
        cls,
        rate: float | None,
        max_distance: int | None,
        k: int | None,
        min_distance: int = 0,
    ) -> Threshold:
        """Check the arguments of a search and fill in the default.

        Raises
        ------
        ValueError
            If both thresholds are given, or a number is out of bounds.
        """
        if rate is not None and max_distance is not None:
            raise ValueError("give `rate` or `max_distance`, not both")
        if max_distance is not None and max_distance < 0:
            raise ValueError(f"`max_distance` must be 0 or more, not {max_distance}")
        if min_distance < 0:
            raise ValueError(f"`min_distance` must be 0 or more, not {min_distance}")
        if k is not None and k < 1:
            raise ValueError(f"`k` must be 1 or more, not {k}")
        if rate is not None:
            max_distance = max_distance_of_rate(rate)
        if max_distance is None and k is None:
            k = settings.DEFAULT_NEAREST
        return cls(rate, max_distance, k, min_distance)


def hasher_for(name: str | None, *, rgb: bool, gray: bool = False) -> Hasher:
    """Return the hasher that ``hash=``, ``rgb=`` and ``gray=`` ask for."""
    short = settings.RGB_HASH if rgb else settings.GRAY_HASH if gray else None
    if short is not None and (name not in (None, short) or (rgb and gray)):
        word = "rgb" if rgb else "gray"
        raise ValueError(f"`{word}` means {short!r}; do not give another hash beside it")
    return hasher(short or name or settings.DEFAULT_HASH)


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
