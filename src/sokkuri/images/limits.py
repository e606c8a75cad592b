"""Reasons why a file does not become a picture, and bounds checked before a pixel is decoded."""

from __future__ import annotations

import contextlib
import os
import threading
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from sokkuri import limits as everywhere
from sokkuri import settings
from sokkuri.brief import brief_repr

if TYPE_CHECKING:
    from collections.abc import Iterator


class RejectKind(StrEnum):
    """Class of what kept a file from becoming a picture; the first words of every reason."""

    MISSING = "missing"
    UNREADABLE = "unreadable"
    NOT_A_FILE = "not a regular file"
    EMPTY = "empty"
    NOT_AN_IMAGE = "not an image"
    UNSUPPORTED = "unsupported"
    TOO_LARGE = "too large"
    DAMAGED = "damaged"
    CRASHED = "crashed"


@dataclass(frozen=True, slots=True)
class Rejected:
    """A file that could not be read as a picture.

    Parameters
    ----------
    path : str
        The file as the caller named it, or a word such as ``"<bytes>"``.
    kind : RejectKind
    detail : str
        The cause in words, and what to do where something can be done.
    """

    path: str
    kind: RejectKind
    detail: str

    __repr__ = brief_repr

    @property
    def reason(self) -> str:
        """Kind and detail on one line, such as ``"empty: the file has no bytes"``."""
        return f"{self.kind}: {self.detail}"


class Unusable(Exception):
    """Kind and detail on their way out of the decoding steps; never leaves this package."""


Size = tuple[int, int]
"""Width and height in pixels."""

_LIMITS: Final = (everywhere.MAX_FILE_SIZE, everywhere.MAX_PIXELS, everywhere.MAX_SIDE)
# A decoder that scales down still reads every coefficient, which takes time and no memory.
_SCALED_TIMES: Final = 8


@dataclass(frozen=True, slots=True)
class Limits:
    """Largest encoded size in bytes; largest area, and width and height in pixels, to decode."""

    file_bytes: int = settings.MAX_FILE_BYTES
    pixels: int = settings.MAX_PIXELS
    side: int = settings.MAX_SIDE

    def check_bytes(self, count: int) -> None:
        """Refuse an encoded size over the limit.

        Raises
        ------
        Unusable
        """
        if count > self.file_bytes:
            most, ways = self.file_bytes, everywhere.MAX_FILE_SIZE.ways
            detail = f"{count:,} bytes, over the limit of {most:,} bytes for a file; {ways}"
            raise Unusable(RejectKind.TOO_LARGE, detail)

    def allow(self, size: Size) -> bool:
        """Tell whether a picture of a width and height may be decoded in full."""
        return size[0] * size[1] <= self.pixels and max(size) <= self.side

    def check_size(self, size: Size, *, in_scans: bool = False) -> None:
        """Refuse a picture whose header announces too many pixels to decode, or none.

        Parameters
        ----------
        size : tuple of int
        in_scans : bool
            It is held whole for that its file has several scans.

        Raises
        ------
        Unusable
        """
        width, height = size
        if width < 1 or height < 1:
            raise Unusable(RejectKind.DAMAGED, f"the header says {width} x {height} pixels")
        detail = ""
        if width * height > self.pixels:
            most, ways = self.pixels, everywhere.MAX_PIXELS.ways
            detail = f"{width:,} x {height:,} pixels, over the limit of {most:,} pixels; {ways}"
            if in_scans:
                detail = (
                    f"{width:,} x {height:,} pixels in several scans, which are held whole, "
                    f"over the limit of {most:,} pixels; {ways}"
                )
        elif max(size) > self.side:
            most, ways = self.side, everywhere.MAX_SIDE.ways
            detail = (
                f"{width:,} x {height:,} pixels, over the limit of {most:,} pixels a side; {ways}"
            )
        if detail:
            raise Unusable(RejectKind.TOO_LARGE, detail)

    def check_scaled(self, size: Size) -> None:
        """Refuse a picture that is decoded smaller by the width and height in its file.

        Raises
        ------
        Unusable
        """
        (width, height), times = size, _SCALED_TIMES
        most, ways = times * self.pixels, everywhere.MAX_PIXELS.ways
        if width * height > most:
            detail = (
                f"{width:,} x {height:,} pixels, over the limit of {most:,} pixels for a JPEG "
                f"that is decoded smaller, {times} times that of others; {ways}"
            )
            raise Unusable(RejectKind.TOO_LARGE, detail)


def limits_now() -> Limits:
    """Return the limits that are set for this process.

    Raises
    ------
    BadLimit
        If one is set to what is no limit.
    """
    return _limits(*(os.environ.get(limit.variable) for limit in _LIMITS))


@lru_cache(maxsize=8)
def _limits(*_texts: str | None) -> Limits:
    """Return what the variables say; asked for every photo, so each wording is parsed once."""
    return Limits(*(limit.count() for limit in _LIMITS))


def strips(size: Size) -> Iterator[tuple[int, int, int, int]]:
    """Yield boxes of whole rows that cover a picture, each small beside a large one."""
    width, height = size
    rows = max(1, (1 << 21) // width)
    for top in range(0, height, rows):
        yield (0, top, width, min(top + rows, height))


_large_turn = threading.Lock()


def turn(size: Size) -> contextlib.AbstractContextManager[object]:
    """Return what to decode a picture of a width and height in; a large one waits for others."""
    return _large_turn if size[0] * size[1] > 30_000_000 else contextlib.nullcontext()
