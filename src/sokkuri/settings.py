"""The one set of defaults behind the command, the library and every figure."""

from __future__ import annotations

import os
from typing import Final

DEFAULT_HASH: Final = "look-2"
"""Similar as a person means it."""

DEFAULT_EMPHASIS: Final = "balanced"
"""Shape and colour as the look hash weighs them, unless somebody turns the dial."""

GRAY_HASH: Final = "ahash-gray-64"
"""What ``--gray`` and ``gray=True`` stand for: the tutorial's first hash."""

RGB_HASH: Final = "ahash-rgb-64"
"""What ``--rgb`` and ``rgb=True`` stand for: the tutorial's colour hash."""

DEFAULT_NEAREST: Final = 20
"""Number of matches where no threshold was given."""

FIGURE_COLUMNS: Final = 8
FIGURE_TILES: Final = 64
"""The tutorial's figure: eight rows of eight."""

LOW_QUALITY: Final = 35
"""Below it a hash says little, and being near to it says less: solid colours, two tones, a few
words on white paper."""

MAX_FILE_BYTES: Final = 256 * 1024 * 1024
"""A larger file is rejected before it is read."""

MAX_PIXELS: Final = 120_000_000
"""A picture of which more pixels would be decoded is rejected from its header.  Decoding takes four
bytes a pixel in Pillow and normalising a copy of that, so this bounds one picture at 1 GiB."""

MAX_SIDE: Final = 1_000_000
"""A picture with a longer side is rejected, however few its pixels are: resizing takes some two
hundred bytes for each pixel of a side."""

MOST_SEARCHER_BYTES: Final = 1 << 30
"""What would hold more than this beside the codes is built only where it is asked for by name."""

START_SECONDS: Final = 30.0
"""Longest time of a worker process to start, besides what it may take for a file."""


def worker_count(workers: int | None) -> int:
    """Return the number of threads or processes that are meant: as many as cores if None."""
    return cpu_count() if workers is None else max(1, workers)


def cpu_count() -> int:
    """Return the number of cores this process may run on, at least 1."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1
