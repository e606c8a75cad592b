"""What stands beside the pixels must not lose them: files made fit for the decoder.

Decoders refuse whole files for a comment that is too long or a resolution that is too short.  Here
a file is taken apart into its parts, and put together again from those that its picture needs.
What holds pixels is copied as it is, so damage to it stays damage.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sokkuri.images.mending import boxes, gif, ico, jpeg, png, tiff, webp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["bared", "fitted"]

_FITTED: dict[str, Callable[[bytes], bytes]] = {
    "PNG": png.lean,
    "ICO": ico.lean,
    "TIFF": tiff.readable,
}

# From what is kept gladly to what the pixels cannot do without.
_BARED: dict[str, tuple[Callable[[bytes], bytes], ...]] = {
    "PNG": (png.bare,),
    "JPEG": (jpeg.lean, jpeg.bare),
    "WEBP": (webp.lean, webp.bare),
    "GIF": (gif.bare,),
    "TIFF": (tiff.lean, tiff.bare),
    "AVIF": (boxes.without_avif_profile, boxes.bare_avif),
    "JPEG2000": (boxes.bare_jp2,),
}


def fitted(data: bytes, name: str) -> bytes:
    """Return a file as the decoder should get it at first; the file itself where nothing is odd.

    Parameters
    ----------
    data : bytes
        A whole file.
    name : str
        Pillow's name of its format.
    """
    fit = _FITTED.get(name)
    return data if fit is None else fit(data)


def bared(data: bytes, name: str) -> Iterator[bytes]:
    """Yield a file that could not be decoded in other forms, each with less beside its pixels.

    What would be no other file than before is left out.
    """
    before = data
    for bare in _BARED.get(name, ()):
        found = bare(data)
        if found != before:
            yield found
            before = found
