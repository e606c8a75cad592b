"""Quality of a picture, the information it gives a hash: 0 for a solid colour, 100 for most.

The smaller of two scores of 64 x 64 pixels:

*Gradient*, after PDQ: differences between neighbours in whole percent of full scale, summed and
divided by 90.  It finds solid and nearly empty pictures.

*Entropy* of the histogram in 32 tones: 0 at one bit, which is what two tones have at most, 100 at
four bits and above.  It finds logos, line drawings and text, whose gradients are high.

Below :data:`sokkuri.settings.LOW_QUALITY` are solid colours, two tones, a few words on white paper.

References
----------
"The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm", Facebook, 2019, for the
gradients; C. E. Shannon, "A Mathematical Theory of Communication", 1948.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image

from sokkuri.kernels import NATIVE, native
from sokkuri.settings import LOW_QUALITY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sokkuri.images import Picture

_SIDE: Final = 64
_PDQ_DIVISOR: Final = 90
_POOR_BITS: Final = 1.0
_RICH_BITS: Final = 4.0


def gray_quality(picture: Picture) -> int:
    """Return the quality for hashes that look at luma, 0 to 100; use it by ``picture.once``.

    Every family but PDQ uses this or :func:`colour_quality`, so that a picture has one quality,
    whichever hash is asked.  64 x 64 pixels are picked, which costs the same for every size, and
    nothing is averaged, so that two tones stay two tones.
    """
    return _score(picture.once(_luma_counts))


def colour_quality(picture: Picture) -> int:
    """Return the quality for hashes that look at colour, 0 to 100; use it by ``picture.once``.

    Luma decides; only a picture whose luma is flat is judged by its best colour channel.  One of
    strong edges and few tones is a sign or an icon, whatever a JPEG has made of its colours.
    """
    quality, edges = picture.once(gray_quality), _gradient_score(picture.once(_luma_counts))
    if quality >= LOW_QUALITY or edges >= LOW_QUALITY or picture.gray:
        return quality
    channels = _picked(picture.image).split()
    return max(quality, *(_score(_counts(np.asarray(channel))) for channel in channels))


def _luma_counts(picture: Picture) -> NDArray[np.int32]:
    raster = picture.raster
    if NATIVE and raster is not None:
        picked = (_positions(side) for side in raster.size)
        counts = native.quality_counts(raster.source, *raster.size, raster.channels, *picked)
        return np.frombuffer(counts, np.int32)
    # Half of the time of np.asarray, which every hash of every photo would wait for.
    luma = np.frombuffer(_picked(picture.image).convert("L").tobytes(), np.uint8)
    return _counts(luma.reshape(_SIDE, _SIDE))


def _counts(luma: NDArray[np.uint8]) -> NDArray[np.int32]:
    """Sum the steps between rows and between columns in whole percent; count each of 32 tones."""
    wide = luma.astype(np.int32)
    steps = [int((np.abs(np.diff(wide, axis=axis)) * 100 // 255).sum()) for axis in (0, 1)]
    return np.array([*steps, *np.bincount((luma >> 3).ravel(), minlength=32)], np.int32)


def _score(counts: NDArray[np.int32]) -> int:
    """Return the smaller of both scores from the sums of steps and the tones of a channel."""
    tones, size = counts[2:], _SIDE**2
    # The entropy of shares c / n is log2(n) less the mean of log2(c).
    bits = math.log2(size) - float(tones @ np.log2(np.maximum(tones, 1))) / size
    entropy = 100 * (bits - _POOR_BITS) / (_RICH_BITS - _POOR_BITS)
    return int(max(0.0, min(100.0, _gradient_score(counts), entropy)))


def _gradient_score(counts: NDArray[np.int32]) -> int:
    return int(counts[0] + counts[1]) // _PDQ_DIVISOR


def _picked(image: Image.Image) -> Image.Image:
    return image.resize((_SIDE, _SIDE), Image.Resampling.NEAREST)


@lru_cache(maxsize=1024)
def _positions(side: int) -> NDArray[np.int32]:
    """Return which of ``side`` pixels Pillow's nearest resize picks."""
    steps = np.full(_SIDE, side / _SIDE)
    steps[0] *= 0.5
    # Added up as Pillow does: the rounding of a product would be another.
    return np.cumsum(steps).astype(np.int32)
