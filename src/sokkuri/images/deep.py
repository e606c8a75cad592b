"""Deep gray, and deep arrays, scaled to eight bits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image

from sokkuri.images.depth import EIGHT_BITS, SIXTEEN_BITS, ends_of
from sokkuri.images.mending import tiff
from sokkuri.images.strips import STRIP_PIXELS, strips

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from PIL.Image import Image as PillowImage

__all__ = ["deep_bytes", "deep_gray", "scaled"]

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
    """Scale integers by their depth, all colours alike; alpha has that depth too."""
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
    """Return values as 0 at ``low`` and below, to 255 at ``high`` and above."""
    span = high - low
    if not span > 0:
        return np.zeros(values.shape, np.uint8)
    # Not-a-number is black; infinities are clipped to the ends.
    found = np.nan_to_num((values - low) * (_FULL_8_BIT / span), nan=0.0)
    return np.floor(np.clip(found, 0, _FULL_8_BIT) + 0.5).astype(np.uint8)


def _reader(image: PillowImage) -> Callable[[tuple[int, int, int, int]], NDArray[np.float64]]:
    """Return what reads a part of an image, as the numbers that are stored."""
    tags = _tags(image)
    stored = tags.get(tiff.STORED_SAMPLE_FORMAT, tags.get(_SAMPLE_FORMAT, _UNSIGNED))
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
    stored = tags.get(tiff.STORED_PHOTOMETRIC, tags.get(_PHOTOMETRIC))
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
