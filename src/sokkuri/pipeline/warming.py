"""What every process does once, before it is forked or timed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from sokkuri.images import Rejected, load
from sokkuri.images.jpeg import jpeg_decoder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sokkuri.protocols import Hasher

__all__ = ["warm_up"]


def warm_up(hashers: Sequence[Hasher]) -> None:
    """Import and compute what every picture needs, before memory is limited and time counts."""
    Image.preinit()
    jpeg_decoder()
    picture = load(np.zeros((64, 64, 3), np.uint8))
    if not isinstance(picture, Rejected):
        for hasher in hashers:
            hasher.hash(picture)
