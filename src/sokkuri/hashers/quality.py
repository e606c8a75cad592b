"""How much information a picture gives a hash: 0 for a solid colour, 100 for most photos."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from PIL import Image

from sokkuri.kernels import NATIVE
from sokkuri.kernels.average import quality_counts, quality_counts_native
from sokkuri.settings import LOW_QUALITY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sokkuri.images import Picture

__all__ = ["colour_quality", "gray_quality", "quality_of"]

_SIDE: Final = 64

# PDQ: the sum over 2 x 64 x 63 differences, divided by 90.
_PAIRS: Final = _SIDE * (_SIDE - 1)
_PDQ_DIVISOR: Final = 90

_TONES: Final = 32
_TONE_SHIFT: Final = 3  # 256 values in 32 tones
_POOR_BITS: Final = 1.0
_RICH_BITS: Final = 4.0


def gray_quality(picture: Picture) -> int:
    """Return the quality of a picture for hashes that look at luma; use it by ``picture.once``.

    Every family but PDQ uses this or :func:`colour_quality`, so that a picture has one quality,
    whichever hash is asked.  64 x 64 pixels are picked, which costs the same for every size, and
    nothing is averaged, so that two tones stay two tones.

    Returns
    -------
    int
        0 to 100.
    """
    return _score(picture.once(_luma_counts), _SIDE, _SIDE)


def colour_quality(picture: Picture) -> int:
    """Return the quality of a picture for hashes that look at colour; use it by ``picture.once``.

    Luma decides; only a picture whose luma is flat is judged by its best colour channel.  One of
    strong edges and few tones is a sign or an icon, whatever a JPEG has made of its colours.

    Returns
    -------
    int
        0 to 100.
    """
    quality = picture.once(gray_quality)
    if quality >= LOW_QUALITY or picture.gray:
        return quality
    if _gradient_score(picture.once(_luma_counts), _SIDE, _SIDE) >= LOW_QUALITY:
        return quality
    return max(quality, quality_of(np.asarray(_picked(picture.image))))


def _luma_counts(picture: Picture) -> NDArray[np.signedinteger[Any]]:
    raster = picture.raster
    if NATIVE and raster is not None:
        columns, rows = _positions(raster.size[0]), _positions(raster.size[1])
        return quality_counts_native(raster.source, raster.size, raster.channels, columns, rows)
    # Half of the time of np.asarray, which every hash of every photo would wait for.
    luma = np.frombuffer(_picked(picture.image).convert("L").tobytes(), np.uint8)
    return quality_counts(luma.reshape(_SIDE, _SIDE))


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
    if values.shape == (_SIDE, _SIDE):
        return _score(quality_counts(values), _SIDE, _SIDE)
    wide = values.astype(np.int32)
    height, width = values.shape
    sums = [
        int((np.abs(steps) * (100 * side) // (255 * _SIDE)).sum())
        for side, steps in ((height, wide[1:] - wide[:-1]), (width, wide[:, 1:] - wide[:, :-1]))
    ]
    tones = np.bincount((values >> _TONE_SHIFT).ravel(), minlength=_TONES)
    return _score(np.array([*sums, *tones]), height, width)


def _score(counts: NDArray[np.signedinteger[Any]], height: int, width: int) -> int:
    """Return the smaller of both scores from the sums of steps and the tones of a channel."""
    tones, size = counts[2:], height * width
    # The entropy of shares c / n is log2(n) less the mean of log2(c).
    bits = math.log2(size) - float(tones @ np.log2(np.maximum(tones, 1))) / size
    entropy = 100 * (bits - _POOR_BITS) / (_RICH_BITS - _POOR_BITS)
    return int(max(0.0, min(100.0, _gradient_score(counts, height, width), entropy)))


def _gradient_score(counts: NDArray[np.signedinteger[Any]], height: int, width: int) -> float:
    total = 0.0
    for steps, pairs in zip(counts[:2], ((height - 1) * width, (width - 1) * height), strict=True):
        if pairs:
            total += int(steps) * (_PAIRS / pairs)
    return total // _PDQ_DIVISOR


def _picked(image: Image.Image) -> Image.Image:
    return image.resize((_SIDE, _SIDE), Image.Resampling.NEAREST)


@lru_cache(maxsize=1024)
def _positions(side: int) -> bytes:
    """Return which of ``side`` pixels Pillow's nearest resize picks, as 64 numbers of int32."""
    step = side / _SIDE
    place, found = step * 0.5, []
    for _ in range(_SIDE):
        found.append(int(place))
        place += step  # added up as Pillow does: the rounding of a product would be another
    return np.array(found, np.int32).tobytes()
