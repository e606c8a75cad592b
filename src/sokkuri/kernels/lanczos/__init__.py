"""Lanczos resampling in fixed point, bit for bit what Pillow's ``resize`` does.

Pillow is the truth that the C kernel must equal: output ``i`` of an axis sums the inputs within
three lobes of the Lanczos window around its centre, times weights that add up to one, rounded to 22
fractional bits.  Along rows, then along columns, rounded to eight bits after each; columns first
where the height shrinks by more than twice as many pixels as the width.

References
----------
C. Duchon, "Lanczos Filtering in One and Two Dimensions", J. Applied Meteorology 18 (1979), for the
window; the fixed-point form and the order of the axes are those of Pillow 13.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from sokkuri.kernels import NATIVE, native

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SPLIT_BITS: Final = 11
# The step of the C kernels; taps come in multiples of it where the picture is large enough.
_STEP: Final = 8
# The other form: four inputs at a time, weights in digits of eight bits.
_GROUP: Final = 4
_DIGITS: Final = 3

FAST_LANCZOS: Final = NATIVE and native.isa() in {"avx2", "avx512"}
"""True where the C resampling is quicker than Pillow's; the plain C loops are not."""


def lanczos_native(
    source: Any, size: tuple[int, int], channels: int, target: tuple[int, int]
) -> NDArray[np.uint8]:
    """Resample pixels with the C kernel.

    Parameters
    ----------
    source : buffer or arrow_array capsule
        ``width * height`` pixels of ``channels`` bytes, row by row without gaps.
    size, target : tuple of int
        Width and height of the source and of the result.
    channels : {1, 4}
        Bytes a pixel.

    Returns
    -------
    ndarray of shape (target height, target width, channels), uint8

    Raises
    ------
    ValueError
        If the source does not fit its size.
    """
    across, down = _axis_weights(size[0], target[0]), _axis_weights(size[1], target[1])
    lost_width, lost_height = size[0] - target[0], size[1] - target[1]
    columns_first = lost_height > max(0, 2 * lost_width)
    values = native.lanczos(source, *size, channels, across, down, columns_first)
    return np.frombuffer(values, np.uint8).reshape(target[1], target[0], channels)


class _AxisWeights(NamedTuple):
    """The weights with which the outputs of one axis are made of its inputs, as the C kernel reads.

    All inputs that it reads exist.  Weights have 22 fractional bits.
    """

    starts: NDArray[np.int32]  # (outputs,): the first input of each
    whole: NDArray[np.int32]  # (outputs, taps): the weights from there on
    low: NDArray[np.int16]  # (outputs, taps): whole == (high << 11) + low
    high: NDArray[np.int16]
    firsts: NDArray[np.int32]  # (outputs,): the first group of four inputs of each
    digits: NDArray[np.int8]  # (outputs, groups, 3, 4): d0 + 256 d1 + 65536 d2 from there on


@lru_cache(maxsize=1024)
def _axis_weights(inputs: int, outputs: int) -> _AxisWeights:
    firsts, lengths, weights = _spans(inputs, outputs)
    taps = min(-(-int(lengths.max()) // _STEP) * _STEP, inputs)
    starts = np.minimum(firsts, inputs - taps)
    whole = _laid_out(weights, firsts - starts, taps)
    low = (whole & ((1 << _SPLIT_BITS) - 1)).astype(np.int16)
    high = (whole >> _SPLIT_BITS).astype(np.int16)
    begins, ends = firsts // _GROUP, -(-(firsts + lengths) // _GROUP)
    groups = int((ends - begins).max())
    begins = np.minimum(begins, -(-inputs // _GROUP) - groups)
    rest = _laid_out(weights, firsts - begins * _GROUP, groups * _GROUP)
    digits = np.empty((outputs, groups, _DIGITS, _GROUP), np.int8)
    for digit in range(_DIGITS):
        signed = rest.astype(np.int8)  # the low eight bits, -128 to 127
        digits[:, :, digit] = signed.reshape(outputs, groups, _GROUP)
        rest = (rest - signed) >> 8
    return _AxisWeights(starts, whole, low, high, begins, digits)


def _spans(inputs: int, outputs: int) -> list[NDArray[np.int32]]:
    """Return the first input of each output, their number, and their weights, noughts after."""
    parts = [np.frombuffer(part, np.int32) for part in native.lanczos_spans(inputs, outputs)]
    return [*parts[:2], parts[2].reshape(outputs, -1)]


def _laid_out(
    weights: NDArray[np.int32], skipped: NDArray[np.int32], taps: int
) -> NDArray[np.int32]:
    """Spread the weights of each output over ``taps`` inputs, after so many that it skips."""
    place = np.arange(taps) - skipped[:, None]
    inside = (place >= 0) & (place < weights.shape[1])
    found = np.take_along_axis(weights, np.where(inside, place, 0), axis=1)
    return np.where(inside, found, np.int32(0))
