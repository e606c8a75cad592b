"""What every process does once, before it is forked or timed."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from sokkuri.pipeline.sources import hash_source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sokkuri.protocols import Hasher

__all__ = ["warm_up"]


def warm_up(hashers: Sequence[Hasher]) -> None:
    """Import and compute what every picture needs, before memory is limited and time counts.

    Pages of memory that are touched here need no copy in forked processes either, so a photo like
    any other is decoded and hashed.
    """
    rows, columns = np.mgrid[0:400, 0:300]
    pixels = np.stack([rows, columns, (rows * columns) % 251], axis=2).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG")
    for _ in range(2):
        hash_source(hashers, file.getvalue())
