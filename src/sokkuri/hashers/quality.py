"""How much information a picture gives a hash: 0 for a solid colour, 100 for most photos."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image

from sokkuri.settings import LOW_QUALITY

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["picture_quality", "quality_of"]

_SIDE: Final = 64

# PDQ: the sum over 2 x 64 x 63 differences, divided by 90.
_PAIRS: Final = _SIDE * (_SIDE - 1)
_PDQ_DIVISOR: Final = 90

_TONES: Final = 32
_TONE_SHIFT: Final = 3  # 256 values in 32 tones
_POOR_BITS: Final = 1.0
_RICH_BITS: Final = 4.0


def picture_quality(image: Image.Image) -> int:
    """Return the quality of a whole picture from a few samples of it.

    Every family but PDQ uses this, so that a picture has one quality, whichever hash is asked.
    64 x 64 pixels are picked, which costs the same for every size, and nothing is averaged, so
    that two tones stay two tones.  Luma decides; only a picture that is poor in luma is judged by
    its best colour channel.

    Parameters
    ----------
    image : PIL.Image.Image
        Mode "L" or "RGB": what the hash looks at.

    Returns
    -------
    int
        0 to 100.
    """
    picked = image.resize((_SIDE, _SIDE), Image.Resampling.NEAREST)
    # Half of the time of np.asarray, which every hash of every photo would wait for.
    luma = np.frombuffer(picked.convert("L").tobytes(), np.uint8).reshape(_SIDE, _SIDE)
    quality = quality_of(luma)
    if quality < LOW_QUALITY and image.mode != "L":
        quality = max(quality, quality_of(np.asarray(picked)))
    return quality


def quality_of(values: NDArray[np.uint8]) -> int:
    """Return the smaller of a gradient score and an entropy score; of colour, the best channel.

    *Gradient*, after PDQ: differences between neighbours in whole percent of full scale, summed
    and divided by 90.  For other sides than 64 a difference counts in proportion, as a slope that
    is spread over twice the pixels is the same slope, and the sum is that of a 64 x 64 picture.
    It finds solid and nearly empty pictures.

    *Entropy* of the histogram in 32 tones: 0 at one bit, which is what two tones have at most,
    100 at four bits and above.  It finds logos, line drawings and text, whose gradients are high.

    Parameters
    ----------
    values : ndarray of shape (H, W) or (H, W, 3), uint8
        Pixels, usually of a small picture; sides beyond 127 are thinned out first.

    Returns
    -------
    int
        0 to 100; below :data:`sokkuri.matches.LOW_QUALITY` for solid colours, two tones, or a few
        words on white paper.

    References
    ----------
    "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm", Facebook, 2019,
    for the gradients; C. E. Shannon, "A Mathematical Theory of Communication", 1948.
    """
    if not values.size:
        return 0
    step = max(1, min(values.shape[:2]) // _SIDE)
    thinned = values[::step, ::step]
    if thinned.ndim == 2:
        return _quality_of_channel(thinned)
    return max(_quality_of_channel(thinned[..., channel]) for channel in range(thinned.shape[2]))


def _quality_of_channel(values: NDArray[np.uint8]) -> int:
    return int(max(0.0, min(100.0, _gradient_score(values), _entropy_score(values))))


def _gradient_score(values: NDArray[np.uint8]) -> float:
    wide = values.astype(np.int32)
    total = 0.0
    height, width = values.shape
    for side, steps in ((height, wide[1:] - wide[:-1]), (width, wide[:, 1:] - wide[:, :-1])):
        if not steps.size:
            continue
        percent = np.abs(steps) * (100 * side) // (255 * _SIDE)
        total += int(percent.sum()) * (_PAIRS / steps.size)
    return total // _PDQ_DIVISOR


def _entropy_score(values: NDArray[np.uint8]) -> float:
    counts = np.bincount((values >> _TONE_SHIFT).ravel())
    # The entropy of shares c / n is log2(n) less the mean of log2(c).
    bits = math.log2(values.size) - float(counts @ np.log2(np.maximum(counts, 1))) / values.size
    return 100 * (bits - _POOR_BITS) / (_RICH_BITS - _POOR_BITS)
