"""Names for the shapes that pass between the floors."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import IO, TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from PIL.Image import Image

Codes: TypeAlias = NDArray[np.uint8]
"""Packed hash codes, shape (N, B) with B = ceil(bits / 8), dtype uint8, big-endian bit order."""

Distances: TypeAlias = NDArray[np.uint32]
"""Hamming distances in bits, shape (Q, N), dtype uint32."""

PathLike: TypeAlias = str | os.PathLike[str]
"""A file name; names that are not UTF-8 arrive through ``os.fsdecode``."""

ImageLike: TypeAlias = (
    "str | bytes | bytearray | memoryview | os.PathLike[str] | IO[bytes] | Image | NDArray[Any]"
)
"""Anything that can be read as a picture: a path, encoded bytes, a binary file object, a Pillow
image, or an array of shape (H, W), (H, W, 1), (H, W, 3) or (H, W, 4)."""

Progress: TypeAlias = Callable[[int, int | None], None]
"""Called as ``progress(done, total)``; ``total`` is None while it is not known.  Raising inside it
stops the work and leaves every result already given out valid."""
