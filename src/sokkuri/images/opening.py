"""The one place where Pillow is handed a file's bytes."""

from __future__ import annotations

import contextlib
import io
import struct
from typing import TYPE_CHECKING, Final

from PIL import Image, UnidentifiedImageError

from sokkuri.images.mending import bared, fitted
from sokkuri.images.quiet import quiet_decoding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL.ImageFile import ImageFile

__all__ = ["opened"]

# libtiff gives values in the byte order of the machine; Pillow knows that of unsigned 16 bits.
_NATIVE: Final = {
    "I;16S": "I;16NS", "I;16BS": "I;16NS", "I;32S": "I;32NS", "I;32BS": "I;32NS",
    "F;32F": "F;32NF", "F;32BF": "F;32NF",
}  # fmt: skip


@contextlib.contextmanager
def opened(data: bytes, name: str, *, mend: bool = True) -> Iterator[ImageFile]:
    """Open encoded bytes as a picture of one format; its warnings are not heard meanwhile.

    Parameters
    ----------
    data : bytes
        A whole file.
    name : str
        Pillow's name of its format, from :func:`sokkuri.images.sniff.decoded_format`.
    mend : bool
        Leave out metadata that keeps Pillow from opening a file, and what else is broken beside
        its first picture.

    Yields
    ------
    PIL.Image.Image
        Its header has been read, its pixels have not.

    Raises
    ------
    Exception
        Pillow raises errors of many classes for broken headers.
    """
    with quiet_decoding():
        image = _opened(fitted(data, name), name) if mend else _by_pillow(data, name)
        with image:
            yield image


def _opened(data: bytes, name: str) -> ImageFile:
    try:
        return _by_pillow(data, name)
    except Image.DecompressionBombError:
        raise
    except Exception:
        for less in bared(data, name):
            with contextlib.suppress(Exception):
                return _by_pillow(less, name)
        raise


def _by_pillow(data: bytes, name: str) -> ImageFile:
    """Do what ``Image.open`` does for one format, but for its limit, which is one for all."""
    if name not in Image.OPEN:
        Image.init()
    factory, accepts = Image.OPEN[name]
    if accepts is not None and accepts(data[:16]) is not True:
        raise UnidentifiedImageError(name)
    try:
        return _in_native_order(factory(io.BytesIO(data), ""))
    except (SyntaxError, IndexError, TypeError, struct.error) as error:
        raise UnidentifiedImageError(name) from error


def _in_native_order(image: ImageFile) -> ImageFile:
    """Have compressed TIFF values taken in the order that they are given in."""
    for number, tile in enumerate(image.tile):
        if tile.codec_name == "libtiff" and isinstance(tile.args, tuple):
            mode, *rest = tile.args
            image.tile[number] = tile._replace(args=(_NATIVE.get(mode, mode), *rest))
    return image
