"""Deep gray and deep arrays, scaled to eight bits.

Few pixels must not decide which values become black and white: a hot pixel, a burnt-in label or a
mark for "no data" lies far from everything else, and would leave the rest one shade.  So the ends
are those of what is left without them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image

from sokkuri.images.limits import STRIP_PIXELS, strips
from sokkuri.images.tiff import STORED_PHOTOMETRIC, STORED_SAMPLE_FORMAT

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from PIL.Image import Image as PillowImage


EIGHT_BITS: Final = 255.0
SIXTEEN_BITS: Final = 65_535.0

# So many pixels of each thousand, and one at least, do not count at either end.
_SPARED: Final = 1 / 1000
_LEAST_TO_SPARE: Final = 64
# What lies alone at an end is a label if it has no more of the picture than this.
_LABEL_SHARE: Final = 1 / 10
# What is left must be a picture: two tones stay two tones.
_LEAST_TONES: Final = 16
# Nobody stores 15 bits: what does not fit 14 has 16, however dark it is.
_FEWEST_BITS, _MOST_BITS = 8, 14
# Pixels that do not count are let in where they move an end of a stretch by no more than this.
_CLOSE: Final = 1 / 8
# Of a range that is spanned by less than this, eight bits would show nearly nothing.
_NARROW_SHARE: Final = 1 / 16


@dataclass(frozen=True, slots=True)
class Ends:
    """The values that become black and white.

    Parameters
    ----------
    low, high : float
        Equal where there is nothing to tell apart.
    full : float
        The greatest value of the depth that the values have; ``high`` if they fit no usual one.
    """

    low: float
    high: float
    full: float


def ends_of(values: NDArray[np.float64], depths: tuple[float, ...]) -> Ends:
    """Return the ends of a picture's values.

    Values that fit a usual depth are taken to have it, from 0 on.  Sixteen bits often hold fewer,
    so their depth is the least, 8 to 14 bits or 16, that holds all but the few that do not count.
    Two kinds are stretched from end to end instead: values that fit no usual depth, and values that
    span so little of a deep range that eight bits would show nearly nothing of them.

    Parameters
    ----------
    values : ndarray of shape (n,)
        All finite, in ascending order.
    depths : tuple of float
        The greatest values of the usual depths, least first.
    """
    if not values.size:
        return Ends(0.0, 0.0, 0.0)
    body = _without_marks(values, depths[-1])
    low, high = -_top(-body[::-1]), _top(body)
    full = next((depth for depth in depths if low >= 0 and high <= depth), None)
    if full is None:
        low, high = _reached(body, low, high)
        return Ends(low, high, high)
    if full == SIXTEEN_BITS:
        full = _depth_of(high)
    if full != EIGHT_BITS and 0 < high - low < full * _NARROW_SHARE:
        return Ends(*_reached(body, low, high), full)
    return Ends(0.0, full, full)


def _reached(values: NDArray[np.float64], low: float, high: float) -> tuple[float, float]:
    """Return the least and the greatest value, as far as they lie close to the ends."""
    close = (high - low) * _CLOSE
    inside = values[np.searchsorted(values, low - close) :]
    inside = inside[: np.searchsorted(inside, high + close, side="right")]
    return float(inside[0]), float(inside[-1])


def _depth_of(high: float) -> float:
    bits = max(_FEWEST_BITS, int(high).bit_length())
    return float((1 << bits) - 1) if bits <= _MOST_BITS else SIXTEEN_BITS


def _spared(values: NDArray[np.float64]) -> int:
    count = int(values.size * _SPARED)
    return max(1, count) if values.size >= _LEAST_TO_SPARE else 0


def _without_marks(values: NDArray[np.float64], most: float) -> NDArray[np.float64]:
    """Leave out a value for "no data" at either end, however much of the picture has it.

    It is one that no usual depth holds, such as -9999, and it lies farther from the rest than the
    rest spans.
    """
    spared = _spared(values)
    low, high = values[spared], values[-1 - spared]
    if low < 0:
        rest = values[np.searchsorted(values, low, side="right") :]
        if rest.size > spared and rest[0] - low > high - rest[0] and _is_picture(rest):
            return _without_marks(rest, most)
    if high > most:
        rest = values[: np.searchsorted(values, high, side="left")]
        if rest.size > spared and high - rest[-1] > rest[-1] - low and _is_picture(rest):
            return _without_marks(rest, most)
    return values


def _top(values: NDArray[np.float64]) -> float:
    """Return the greatest value that counts, of values in ascending order.

    A label is told from highlights by two marks: nearly nothing lies between it and the rest,
    within the span of the rest, and most of what lies beyond has one value.
    """
    spared = _spared(values)
    plain = float(values[-1 - spared])
    low = float(values[spared])
    reached = float(values[int((values.size - 1) * (1 - _LABEL_SHARE))])
    while reached < plain:
        inside = int(np.searchsorted(values, reached, side="right"))
        within = int(np.searchsorted(values, reached + (reached - low), side="right"))
        if within - inside <= spared:
            beyond = values[within:]
            alike = beyond.size - int(np.searchsorted(beyond, plain, side="left"))
            is_label = 2 * alike >= beyond.size and _is_picture(values[:inside])
            return reached if is_label else plain
        reached = float(values[within - 1])
    return plain


def _is_picture(values: NDArray[np.float64]) -> bool:
    """Tell whether there are more than a few tones."""
    return int((np.diff(values) > 0).sum()) + 1 >= _LEAST_TONES


_FULL_8_BIT: Final = 255
# The ends of a deep picture are those of so many pixels at most, whole rows at even distances.
_ASKED_PIXELS: Final = 1 << 22
_FULL_UNSIGNED_LONG: Final = float((1 << 32) - 1)
_PHOTOMETRIC, _WHITE_IS_ZERO = 262, 0
_SAMPLE_FORMAT, _UNSIGNED = 339, 1
_BITS, _LONG_BITS = 258, 32


def deep_gray(image: PillowImage) -> PillowImage:
    """Scale deep gray by its depth; what is stored white-is-zero is turned around before.

    Sixteen-bit modes have a known depth.  "I" and "F" do not say theirs: values that fit a usual
    one (0 to 255, 0 to 65,535, or 0 to 1 for floats) are taken to have it.
    """
    read = _reader(image)
    width, height = image.size
    step = -(-width * height // _ASKED_PIXELS)
    rows = (read(box)[-box[1] % step :: step] for box in strips(image.size))
    found = np.concatenate([values[np.isfinite(values)] for values in rows])
    found.sort()
    depths = _depths(image.mode)
    white = _white(image, found, depths)
    ends = ends_of(found if white is None else white - found[::-1], depths)
    result = Image.new("L", image.size)
    for box in strips(image.size):
        values = read(box)
        turned = values if white is None else white - values
        result.paste(Image.fromarray(scaled(turned, ends.low, ends.high)), box[:2])
    return result


def deep_bytes(values: NDArray[np.generic]) -> NDArray[np.uint8]:
    """Scale integers by their depth, all colours alike; alpha has that depth too.

    Parameters
    ----------
    values : ndarray of shape (H, W), (H, W, 3) or (H, W, 4), integers of 16 or 32 bits

    Returns
    -------
    ndarray of that shape, uint8
    """
    colours = values[..., :3] if values.ndim == 3 else values
    step = -(-values.shape[0] * values.shape[1] // _ASKED_PIXELS)
    depths = (SIXTEEN_BITS,) if values.dtype == np.uint16 else (EIGHT_BITS, SIXTEEN_BITS)
    ends = ends_of(np.sort(colours[::step].astype(np.float64), axis=None), depths)
    result = np.empty(values.shape, np.uint8)
    rows = max(1, STRIP_PIXELS // values.shape[1])
    for top in range(0, values.shape[0], rows):
        strip = values[top : top + rows].astype(np.float64)
        result[top : top + rows] = scaled(strip, ends.low, ends.high)
        if colours is not values:
            result[top : top + rows, :, 3:] = scaled(strip[..., 3:], 0.0, ends.full)
    return result


def scaled(values: NDArray[np.float64], low: float, high: float) -> NDArray[np.uint8]:
    """Return values as 0 at ``low`` and below, to 255 at ``high`` and above.

    Parameters
    ----------
    values : ndarray of any shape, float64
        Not-a-number becomes 0.
    low, high : float

    Returns
    -------
    ndarray of that shape, uint8
    """
    span = high - low
    if not span > 0:
        return np.zeros(values.shape, np.uint8)
    # Not-a-number is black; infinities are clipped to the ends.
    found = np.nan_to_num((values - low) * (_FULL_8_BIT / span), nan=0.0)
    return np.floor(np.clip(found, 0, _FULL_8_BIT) + 0.5).astype(np.uint8)


def _reader(image: PillowImage) -> Callable[[tuple[int, int, int, int]], NDArray[np.float64]]:
    """Return what reads a part of an image, as the numbers that are stored."""
    tags = _tags(image)
    stored = tags.get(STORED_SAMPLE_FORMAT, tags.get(_SAMPLE_FORMAT, _UNSIGNED))
    unsigned = image.mode == "I" and _first(tags.get(_BITS)) == _LONG_BITS
    unsigned = unsigned and _first(stored) == _UNSIGNED

    def read(box: tuple[int, int, int, int]) -> NDArray[np.float64]:
        values = np.asarray(image.crop(box))
        return (values.view(np.uint32) if unsigned else values).astype(np.float64)

    return read


def _white(
    image: PillowImage, values: NDArray[np.float64], depths: tuple[float, ...]
) -> float | None:
    """Return what stored values are to be taken from; None where black is zero.

    That is the greatest value of the depth they have: the least one that holds them, or all 32
    bits.  Where none does, only the order of the values is left to turn around.
    """
    tags = _tags(image)
    stored = tags.get(STORED_PHOTOMETRIC, tags.get(_PHOTOMETRIC))
    if _first(stored) != _WHITE_IS_ZERO:
        return None
    possible = (*depths, -1.0, _FULL_UNSIGNED_LONG) if image.mode == "I" else depths
    for white in possible:
        ends = ends_of(white - values[::-1], depths)
        if ends.full in depths or ends.low == 0:
            return white
    return 0.0


def _tags(image: PillowImage) -> dict[int, object]:
    return getattr(image, "tag_v2", None) or {}


def _first(value: object) -> object:
    return value[0] if isinstance(value, tuple) and value else value


def _depths(mode: str) -> tuple[float, ...]:
    if mode == "F":
        return (1.0,)
    return (SIXTEEN_BITS,) if mode.startswith("I;16") else (EIGHT_BITS, SIXTEEN_BITS)
