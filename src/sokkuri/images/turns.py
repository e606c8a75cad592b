"""One large picture at a time, so that n threads never need n times the largest memory."""

from __future__ import annotations

import contextlib
import threading
from typing import Final

__all__ = ["turn"]

_LARGE_PIXELS: Final = 30_000_000
_large_turn = threading.Lock()


def turn(size: tuple[int, int]) -> contextlib.AbstractContextManager[object]:
    """Return what to decode a picture of a width and height in; a large one waits for others."""
    width, height = size
    return _large_turn if width * height > _LARGE_PIXELS else contextlib.nullcontext()
