"""Lanczos resampling in fixed point, bit for bit what Pillow's ``resize`` does.

The definition, which the C kernel must equal: output ``i`` of an axis sums the inputs within three
lobes of the Lanczos window around its centre, times weights that add up to one, rounded to 22
fractional bits.  Along rows, then along columns, rounded to eight bits after each; columns first
where the height shrinks by more than twice as many pixels as the width.

References
----------
C. Duchon, "Lanczos Filtering in One and Two Dimensions", J. Applied Meteorology 18 (1979), for the
window; the fixed-point form and the order of the axes are those of Pillow 13.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from sokkuri.kernels.loader import NATIVE, native

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LOBES: Final = 3.0
_WEIGHT_BITS: Final = 22
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
    """Resample pixels with the C kernel; equal to :func:`_lanczos_reference` bit for bit.

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
    values = native.lanczos(source, *size, channels, across, down, _columns_first(size, target))
    return np.frombuffer(values, np.uint8).reshape(target[1], target[0], channels)


def _lanczos_reference(pixels: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """Resample (H, W, C) pixels in plain NumPy: the truth the C kernel must equal."""
    across = _axis_weights(pixels.shape[1], width)
    down = _axis_weights(pixels.shape[0], height)
    if _columns_first((pixels.shape[1], pixels.shape[0]), (width, height)):
        return _along_rows(_along(pixels, down), across)
    return _along(_along_rows(pixels, across), down)


def _columns_first(size: tuple[int, int], target: tuple[int, int]) -> bool:
    """Tell which axis goes first; the rounding in between makes it part of the result."""
    lost_width, lost_height = size[0] - target[0], size[1] - target[1]
    return lost_height > max(0, 2 * lost_width)


def _along_rows(values: NDArray[np.uint8], axis: _AxisWeights) -> NDArray[np.uint8]:
    return np.swapaxes(_along(np.swapaxes(values, 0, 1), axis), 0, 1)


def _along(values: NDArray[np.uint8], axis: _AxisWeights) -> NDArray[np.uint8]:
    """Resample the first axis."""
    taps = axis.whole.shape[1]
    result = np.empty((len(axis.starts), *values.shape[1:]), np.uint8)
    for output, start in enumerate(axis.starts.tolist()):
        window = values[start : start + taps].astype(np.int64)
        sums = np.tensordot(axis.whole[output].astype(np.int64), window, axes=1)
        half = 1 << (_WEIGHT_BITS - 1)
        result[output] = np.clip((sums + half) >> _WEIGHT_BITS, 0, 255)
    return result


class _AxisWeights(NamedTuple):
    """The weights with which the outputs of one axis are made of its inputs, as the C kernel reads.

    Parameters
    ----------
    starts : ndarray of shape (outputs,), int32
        The first input of each output.
    whole : ndarray of shape (outputs, taps), int32
        The weight of each input from there on, with 22 fractional bits; all inputs exist.
    low, high : ndarray of shape (outputs, taps), int16
        ``whole`` split at bit 11: ``whole == (high << 11) + low``.
    firsts : ndarray of shape (outputs,), int32
        The first of the groups of four inputs that each output reads.
    digits : ndarray of shape (outputs, groups, 3, 4), int8
        The weights from there on in three digits, the lowest first:
        ``d0 + 256 * d1 + 65536 * d2``.
    """

    starts: NDArray[np.int32]
    whole: NDArray[np.int32]
    low: NDArray[np.int16]
    high: NDArray[np.int16]
    firsts: NDArray[np.int32]
    digits: NDArray[np.int8]


@lru_cache(maxsize=1024)
def _axis_weights(inputs: int, outputs: int) -> _AxisWeights:
    """Compute the weights; an axis that keeps its length is copied: one tap of weight one."""
    spans = _spans_of(inputs, outputs)
    taps = min(-(-int(spans.lengths.max()) // _STEP) * _STEP, inputs)
    starts = np.minimum(spans.firsts, inputs - taps).astype(np.int32)
    whole = _laid_out(spans, starts, taps)
    low = (whole & ((1 << _SPLIT_BITS) - 1)).astype(np.int16)
    high = (whole >> _SPLIT_BITS).astype(np.int16)
    return _AxisWeights(starts, whole, low, high, *_grouped(spans, inputs))


class _Spans(NamedTuple):
    """The inputs that each output reads, and their weights with 22 fractional bits."""

    firsts: NDArray[np.int32]
    lengths: NDArray[np.int32]
    weights: NDArray[np.int32]  # a row for each output, noughts after the last


def _spans_of(inputs: int, outputs: int) -> _Spans:
    if not NATIVE or inputs == outputs:
        return _spans_reference(inputs, outputs)
    parts = [np.frombuffer(part, np.int32) for part in native.lanczos_spans(inputs, outputs)]
    return _Spans(parts[0], parts[1], parts[2].reshape(outputs, -1))


def _spans_reference(inputs: int, outputs: int) -> _Spans:
    """Compute the weights of an axis in plain Python: the truth the C kernel must equal."""
    spans = [_span(inputs, outputs, output) for output in range(outputs)]
    lengths = np.array([len(weights) for _, weights in spans], np.int32)
    table = np.zeros((outputs, int(lengths.max())), np.int32)
    for output, (_, weights) in enumerate(spans):
        table[output, : len(weights)] = weights
    return _Spans(np.array([first for first, _ in spans], np.int32), lengths, table)


def _laid_out(spans: _Spans, starts: NDArray[np.int32], taps: int) -> NDArray[np.int32]:
    """Spread the weights over ``taps`` inputs from ``starts`` on."""
    place = np.arange(taps) - (spans.firsts - starts)[:, None]
    inside = (place >= 0) & (place < spans.lengths[:, None])
    found = np.take_along_axis(spans.weights, np.where(inside, place, 0), axis=1)
    return np.where(inside, found, np.int32(0))


def _grouped(spans: _Spans, inputs: int) -> tuple[NDArray[np.int32], NDArray[np.int8]]:
    """Return the first groups of all outputs, and the digits of their weights."""
    total = -(-inputs // _GROUP)
    begins, ends = spans.firsts // _GROUP, -(-(spans.firsts + spans.lengths) // _GROUP)
    groups = int((ends - begins).max())
    firsts = np.minimum(begins, total - groups).astype(np.int32)
    rest = _laid_out(spans, firsts * np.int32(_GROUP), groups * _GROUP)
    digits = np.empty((len(firsts), groups, _DIGITS, _GROUP), np.int8)
    for digit in range(_DIGITS):
        signed = rest.astype(np.int8)  # the low eight bits, -128 to 127
        digits[:, :, digit] = signed.reshape(len(firsts), groups, _GROUP)
        rest = (rest - signed) >> 8
    return firsts, digits


def _span(inputs: int, outputs: int, output: int) -> tuple[int, list[int]]:
    """Return the first input of an output, and the fixed-point weights from there on."""
    if inputs == outputs:
        return output, [1 << _WEIGHT_BITS]
    scale = inputs / outputs
    stretch = max(scale, 1.0)
    support = _LOBES * stretch
    centre = (output + 0.5) * scale
    first = max(int(centre - support + 0.5), 0)
    last = min(int(centre + support + 0.5), inputs)
    inverse = 1.0 / stretch
    window = [_lanczos((x - centre + 0.5) * inverse) for x in range(first, last)]
    total = 0.0
    for weight in window:  # in this order: a sum of doubles depends on it
        total += weight
    return first, [_fixed(weight / total if total else weight) for weight in window]


def _lanczos(x: float) -> float:
    return _sinc(x) * _sinc(x / _LOBES) if -_LOBES <= x < _LOBES else 0.0


def _sinc(x: float) -> float:
    return math.sin(x * math.pi) / (x * math.pi) if x else 1.0


def _fixed(weight: float) -> int:
    scaled = weight * (1 << _WEIGHT_BITS)
    return int(scaled - 0.5) if weight < 0 else int(scaled + 0.5)
