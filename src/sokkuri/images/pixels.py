"""From any pixel layout to eight bits: mode "L" or "RGB", opaque.

Work runs in strips of rows, so that a picture near the size limit needs its own memory, the
result's, and a little more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image

from sokkuri.images.rejected import RejectKind, Unusable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from PIL.Image import Image as PillowImage

__all__ = ["eight_bit", "from_array"]

_STRIP_PIXELS: Final = 1 << 21
_WHITE: Final = (255, 255, 255)
_DEEP_MODES: Final = frozenset({"I", "F", "I;16", "I;16L", "I;16B", "I;16N"})
_ALPHA_MODES: Final = frozenset({"RGBA", "LA", "PA", "RGBa", "La"})
_PREMULTIPLIED: Final = {"RGBa": "RGBA", "La": "LA"}
_COLOUR_MODES: Final = frozenset({"P", "CMYK", "YCbCr", "HSV", "RGBX"})

_FULL_16_BIT: Final = 65_535
_FULL_8_BIT: Final = 255
_NARROW_SHARE: Final = 16


def eight_bit(image: PillowImage) -> PillowImage:
    """Return ``image`` as opaque "L" or "RGB"; the image itself where it is that already.

    Transparency is composited on white.  Deep gray is scaled by its depth, never clipped:
    Pillow's own ``convert("L")`` turns every 16-bit value over 255 to white.

    Raises
    ------
    Unusable
        For a pixel layout with no meaning here, such as CIE Lab.
    """
    mode = image.mode
    transparent = mode in _ALPHA_MODES or "transparency" in image.info
    if transparent and mode not in _DEEP_MODES:
        return _on_white(image)
    if mode in {"L", "RGB"}:
        return image
    if mode == "1":
        return image.convert("L")
    if mode in _COLOUR_MODES:
        return image.convert("RGB")
    if mode in _DEEP_MODES:
        return _deep_gray(image)
    raise Unusable(RejectKind.UNSUPPORTED, f"pixels of mode {mode}; convert it to JPEG or PNG")


def from_array(array: NDArray[np.generic]) -> PillowImage:
    """Return an array of pixels as a Pillow image, opaque "L" or "RGB".

    Parameters
    ----------
    array : ndarray of shape (H, W), (H, W, 1), (H, W, 3) or (H, W, 4)
        bool; uint8; uint16 (0 to 65,535); or float (0.0 to 1.0, clipped).  Row first; the fourth
        channel is alpha.

    Raises
    ------
    Unusable
        If shape or dtype is none of these.
    """
    values = array[..., 0] if array.ndim == 3 and array.shape[2] == 1 else array
    shape_fits = values.ndim == 2 or (values.ndim == 3 and values.shape[2] in (3, 4))
    if not shape_fits or 0 in values.shape:
        raise Unusable(
            RejectKind.NOT_AN_IMAGE,
            f"an array of shape {array.shape}; give (H, W), (H, W, 3) or (H, W, 4)",
        )
    return eight_bit(Image.fromarray(np.ascontiguousarray(_bytes_of(values))))


def _bytes_of(values: NDArray[np.generic]) -> NDArray[np.uint8]:
    kind = values.dtype
    if kind == np.uint8:
        return values.astype(np.uint8, copy=False)
    if kind == np.bool_:
        return values.astype(np.uint8) * np.uint8(_FULL_8_BIT)
    if kind == np.uint16:
        return _scaled(values.astype(np.float64), 0.0, float(_FULL_16_BIT))
    if np.issubdtype(kind, np.floating):
        return _scaled(values.astype(np.float64), 0.0, 1.0)
    raise Unusable(
        RejectKind.NOT_AN_IMAGE, f"an array of {kind}; give bool, uint8, uint16 or float (0 to 1)"
    )


def _on_white(image: PillowImage) -> PillowImage:
    result = Image.new("RGB", image.size, _WHITE)
    for box in _strips(image.size):
        strip = image.crop(box)
        if "transparency" in image.info:
            strip.info["transparency"] = image.info["transparency"]
        if strip.mode in _PREMULTIPLIED:
            strip = strip.convert(_PREMULTIPLIED[strip.mode])
        strip = strip.convert("RGBA")
        white = Image.new("RGBA", strip.size, (*_WHITE, _FULL_8_BIT))
        result.paste(Image.alpha_composite(white, strip).convert("RGB"), box[:2])
    return result


def _deep_gray(image: PillowImage) -> PillowImage:
    low, high = _range_of(image)
    result = Image.new("L", image.size)
    for box in _strips(image.size):
        values = np.asarray(image.crop(box)).astype(np.float64)
        result.paste(Image.fromarray(_scaled(values, low, high)), box[:2])
    return result


def _range_of(image: PillowImage) -> tuple[float, float]:
    """Return the values that become black and white.

    Sixteen-bit modes have a known depth.  "I" and "F" do not say theirs: values that fit a usual
    depth (0 to 255, 0 to 65,535, or 0 to 1 for floats) are taken to have it.  Two cases are
    stretched from their least to their greatest value instead, which keeps the order of all
    pixels: values that fit no usual depth, and values that span so little of a deep range that
    eight bits would show nearly nothing of them (12-bit data stored in 16, dark scans).
    """
    extremes = [_extremes(image.crop(box)) for box in _strips(image.size)]
    low, high = min(e[0] for e in extremes), max(e[1] for e in extremes)
    for full in _depths(image.mode):
        if low >= 0 and high <= full:
            narrow = full != _FULL_8_BIT and 0 < high - low < full / _NARROW_SHARE
            return (low, high) if narrow else (0.0, full)
    return low, high


def _depths(mode: str) -> tuple[float, ...]:
    if mode == "F":
        return (1.0,)
    deep = float(_FULL_16_BIT)
    return (deep,) if mode.startswith("I;16") else (float(_FULL_8_BIT), deep)


def _extremes(strip: PillowImage) -> tuple[float, float]:
    values = np.asarray(strip)
    finite = values[np.isfinite(values)]
    return (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)


def _scaled(values: NDArray[np.float64], low: float, high: float) -> NDArray[np.uint8]:
    span = high - low
    if not span > 0:
        return np.zeros(values.shape, np.uint8)
    # Not-a-number is black; infinities are clipped to the ends.
    scaled = np.nan_to_num((values - low) * (_FULL_8_BIT / span), nan=0.0)
    return np.floor(np.clip(scaled, 0, _FULL_8_BIT) + 0.5).astype(np.uint8)


def _strips(size: tuple[int, int]) -> Iterator[tuple[int, int, int, int]]:
    width, height = size
    rows = max(1, _STRIP_PIXELS // width)
    for top in range(0, height, rows):
        yield (0, top, width, min(top + rows, height))
