"""The colour hash: shares of the picture that are black, gray, and of each hue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np

from sokkuri.hashers.quality import colour_quality
from sokkuri.hashers.values import luma_raster
from sokkuri.hashes import HashSpec, ImageHash
from sokkuri.kernels import native

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL.Image import Image

    from sokkuri.images import Picture

_SHARES: Final = 14

_BLACK_BELOW: Final = 32  # luma
_GRAY_BELOW: Final = 85  # saturation
_BRIGHT_ABOVE: Final = 170  # saturation
_HUE_STARTS: Final = [0, 43, 85, 128, 170, 213]  # six equal parts of 0 to 255

# What a pixel is, six hues of each colour first; "between" has a saturation of exactly 170.
_FAINT, _BRIGHT, _BETWEEN, _GRAY, _BLACK = 0, 6, 12, 13, 14
_KINDS: Final = 15

# Large pictures are counted in strips, which bounds the memory.
_PIXELS_AT_A_TIME: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class ColorHash:
    """Colour hash: 14 shares of the picture's area in ``binbits`` bits each.

    The shares are: black (luma below 32); gray (not black, saturation below 85); then, of the
    pixels that are neither, those of faint colour in six hues, and those of bright colour in six
    hues.  It knows no places, so turning and mirroring change nothing; it finds pictures of like
    colours and tells little else.

    Parameters
    ----------
    binbits : int
        Bits a share, 1 to 8.

    Notes
    -----
    A share ``v`` of B bits is not written in binary: its bit ``i`` is 1 where ``v >> (B-1-i)``,
    modulo ``2**(B-i)``, is not zero.  So it is in imagehash, and ``imagehash.colorhash(binbits=B)``
    gives the same bits.
    """

    binbits: int = 3
    working_side: ClassVar[int] = 64  # enough for shares of area as fine as the bits can tell
    fast: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if not 1 <= self.binbits <= 8:
            raise ValueError(f"`binbits` must be 1 to 8, not {self.binbits}")

    @property
    def spec(self) -> HashSpec:
        """The recipe: ``colorhash-B`` with 14 B bits."""
        return HashSpec(f"colorhash-{self.binbits}", _SHARES * self.binbits)

    def hash(self, picture: Picture) -> ImageHash:
        """Hash one picture."""
        counts, steps = _counts(picture), 1 << self.binbits
        plain = counts[[_BLACK, _GRAY]] / counts.sum() * steps
        hues = counts[:_BETWEEN] * steps / max(1, counts[:_GRAY].sum())  # shares of what has colour
        shares = np.minimum(np.concatenate([plain, hues]).astype(np.int64), steps - 1)
        place = np.arange(self.binbits)
        bits = (shares[:, None] >> place[::-1]) % (steps >> place) > 0
        code = np.packbits(bits).tobytes()
        return ImageHash(self.spec, code, picture.once(colour_quality))


def _counts(picture: Picture) -> NDArray[np.int64]:
    raster, luma = picture.raster, picture.once(luma_raster)
    if raster is None or luma is None or picture.gray:
        return _colour_counts(picture.rgb())
    counts = native.colour_counts(raster.source, luma.source, *raster.size)
    return np.frombuffer(counts, np.uint32).astype(np.int64)


def _colour_counts(image: Image) -> NDArray[np.int64]:
    """Count pixels by kind: six hues of faint and of bright colour, between, gray, black."""
    counts = np.zeros(_KINDS, np.int64)
    sector = np.searchsorted(_HUE_STARTS, np.arange(256), side="right").astype(np.uint8) - 1
    first_of = np.full(256, _BETWEEN, np.uint8)
    first_of[:_GRAY_BELOW] = _GRAY
    first_of[_GRAY_BELOW:_BRIGHT_ABOVE] = _FAINT
    first_of[_BRIGHT_ABOVE + 1 :] = _BRIGHT
    rows = max(1, _PIXELS_AT_A_TIME // image.width)
    for top in range(0, image.height, rows):
        part = image.crop((0, top, image.width, min(top + rows, image.height)))
        hue, saturation, _ = (np.asarray(channel) for channel in part.convert("HSV").split())
        kinds = first_of[saturation]
        kinds += np.where(kinds <= _BRIGHT, sector[hue], np.uint8(0))
        kinds[np.asarray(part.convert("L")) < _BLACK_BELOW] = _BLACK
        counts += np.bincount(kinds.ravel(), minlength=_KINDS)
    return counts
