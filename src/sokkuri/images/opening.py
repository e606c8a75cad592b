"""The one place where Pillow is handed a file's bytes."""

from __future__ import annotations

import contextlib
import io
from typing import TYPE_CHECKING

from PIL import Image

from sokkuri.images.quiet import quiet_decoding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL.Image import Image as PillowImage

__all__ = ["opened"]


@contextlib.contextmanager
def opened(data: bytes, name: str) -> Iterator[PillowImage]:
    """Open encoded bytes as a picture of one format; its warnings are not heard meanwhile.

    Parameters
    ----------
    data : bytes
        A whole file.
    name : str
        Pillow's name of its format, from :func:`sokkuri.images.sniff.decoded_format`.

    Yields
    ------
    PIL.Image.Image
        Its header has been read, its pixels have not.

    Raises
    ------
    Exception
        Pillow raises errors of many classes for broken headers.
    """
    with quiet_decoding(), Image.open(io.BytesIO(data), formats=[name]) as image:
        yield image
