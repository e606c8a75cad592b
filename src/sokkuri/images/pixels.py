"""From any pixel layout to eight bits: mode "L" or "RGB", opaque.

Deep gray and deep arrays are scaled.  Few pixels must not decide which values become black and
white: a hot pixel, a burnt-in label or a mark for "no data" lies far from everything else, and
would leave the rest one shade.  So the ends are those of what is left without them.

Work runs in strips of rows, so that a picture near the size limit needs its own memory, the
result's, and a little more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from PIL import Image
from PIL.ExifTags import Base

from sokkuri.images.limits import RejectKind, Unusable, strips
from sokkuri.images.tiff import STORED_PHOTOMETRIC, STORED_SAMPLE_FORMAT, UNSIGNED, WHITE_IS_ZERO

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL.Image import Image as PillowImage

_DEEP_MODES: Final = frozenset({"I", "F", "I;16", "I;16L", "I;16B", "I;16N"})
_ALPHA_MODES: Final = frozenset({"RGBA", "LA", "PA", "RGBa", "La"})
_OPAQUE_MODES: Final = {"L": "L", "1": "L"} | dict.fromkeys(
    ("RGB", "P", "CMYK", "YCbCr", "HSV", "RGBX"), "RGB"
)

# Of other integers, as of those that have eight bytes by habit, nobody knows what they mean.
_DEEP_KINDS: Final = (np.uint16, np.int16, np.uint32, np.int32)


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
    if mode in _OPAQUE_MODES:
        return image if _OPAQUE_MODES[mode] == mode else image.convert(_OPAQUE_MODES[mode])
    if mode in _DEEP_MODES:
        return _deep_gray(image)
    raise Unusable(RejectKind.UNSUPPORTED, f"pixels of mode {mode}; convert it to JPEG or PNG")


def from_array(array: NDArray[np.generic]) -> PillowImage:
    """Return an array of pixels as a Pillow image, opaque "L" or "RGB".

    Parameters
    ----------
    array : ndarray of shape (H, W), (H, W, 1), (H, W, 3) or (H, W, 4)
        bool; uint8; integers of 16 or 32 bits, scaled by the depth that their values have; or
        float (0.0 to 1.0, clipped; not-a-number is black).  Row first; the fourth channel is alpha.

    Raises
    ------
    Unusable
        If shape or dtype is none of these.
    """
    values = array[..., 0] if array.ndim == 3 and array.shape[2] == 1 else array
    shape_fits = values.ndim == 2 or (values.ndim == 3 and values.shape[2] in (3, 4))
    if not shape_fits or 0 in values.shape:
        detail = f"an array of shape {array.shape}; give (H, W), (H, W, 3) or (H, W, 4)"
        raise Unusable(RejectKind.NOT_AN_IMAGE, detail)
    kind = values.dtype
    if kind == np.uint8:
        pixels: NDArray[Any] = values
    elif kind == np.bool_:
        pixels = values.astype(np.uint8) * np.uint8(255)
    elif kind in _DEEP_KINDS:
        pixels = _deep_bytes(values)
    elif np.issubdtype(kind, np.floating):
        pixels = _scaled(values.astype(np.float64), 0.0, 1.0)
    else:
        detail = f"an array of {kind}; give bool, uint8, uint16 or float (0 to 1)"
        raise Unusable(RejectKind.NOT_AN_IMAGE, detail)
    return eight_bit(Image.fromarray(np.ascontiguousarray(pixels)))


def _on_white(image: PillowImage) -> PillowImage:
    result = Image.new("RGB", image.size, "white")
    for box in strips(image.size):
        strip = image.crop(box)
        if "transparency" in image.info:
            strip.info["transparency"] = image.info["transparency"]
        if strip.mode in ("RGBa", "La"):  # premultiplied
            strip = strip.convert(strip.mode.upper())
        white = Image.new("RGBA", strip.size, "white")
        result.paste(Image.alpha_composite(white, strip.convert("RGBA")).convert("RGB"), box[:2])
    return result


_EIGHT_BITS: Final = 255.0
_SIXTEEN_BITS: Final = 65_535.0

# So many pixels of each thousand, and one at least, do not count at either end.
_SPARED: Final = 1 / 1000
_LEAST_TO_SPARE: Final = 64
# What lies alone at an end is a label if it has no more of the picture than this.
_LABEL_SHARE: Final = 1 / 10
# What is left must be a picture: two tones stay two tones.
_LEAST_TONES: Final = 16
# Pixels that do not count are let in where they move an end of a stretch by no more than this.
_CLOSE: Final = 1 / 8
# Of a range that is spanned by less than this, eight bits would show nearly nothing.
_NARROW_SHARE: Final = 1 / 16


class _Ends(NamedTuple):
    """The values that become black and white; equal where there is nothing to tell apart."""

    low: float
    high: float
    full: float  # the greatest value of the values' depth; ``high`` if they fit no usual one


def _ends_of(values: NDArray[np.float64], depths: tuple[float, ...]) -> _Ends:
    """Return the ends of a picture's values.

    Values that fit a usual depth are taken to have it, from 0 on.  Sixteen bits often hold fewer,
    so their depth is the least, 8 to 14 bits or 16, that holds all but the few that do not count.
    Two kinds are stretched from end to end instead: values that fit no usual depth, and values that
    span so little of a deep range that eight bits would show nearly nothing of them.

    The values are finite and ascend; so do ``depths``, the greatest values of the usual depths.
    """
    if not values.size:
        return _Ends(0.0, 0.0, 0.0)
    body = _without_marks(values, depths[-1])
    low, high = -_top(-body[::-1]), _top(body)
    full = next((depth for depth in depths if low >= 0 and high <= depth), None)
    if full is None:
        low, high = _reached(body, low, high)
        return _Ends(low, high, high)
    if full == _SIXTEEN_BITS:
        # Nobody stores 15 bits: what does not fit 14 has 16, however dark it is.
        bits = max(8, int(high).bit_length())
        full = float((1 << bits) - 1) if bits <= 14 else full
    if full != _EIGHT_BITS and 0 < high - low < full * _NARROW_SHARE:
        return _Ends(*_reached(body, low, high), full)
    return _Ends(0.0, full, full)


def _reached(values: NDArray[np.float64], low: float, high: float) -> tuple[float, float]:
    """Return the least and the greatest value, as far as they lie close to the ends."""
    close = (high - low) * _CLOSE
    inside = values[np.searchsorted(values, low - close) :]
    inside = inside[: np.searchsorted(inside, high + close, side="right")]
    return float(inside[0]), float(inside[-1])


def _spared(values: NDArray[np.float64]) -> int:
    return max(1, int(values.size * _SPARED)) if values.size >= _LEAST_TO_SPARE else 0


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


# The ends of a deep picture are those of so many pixels at most, whole rows at even distances.
_ASKED_PIXELS: Final = 1 << 22


def _deep_gray(image: PillowImage) -> PillowImage:
    """Scale deep gray by its depth; what is stored white-is-zero is turned around before.

    Sixteen-bit modes have a known depth.  "I" and "F" do not say theirs: values that fit a usual
    one (0 to 255, 0 to 65,535, or 0 to 1 for floats) are taken to have it.
    """
    mode, (width, height) = image.mode, image.size
    unsigned = (
        mode == "I"
        and _told(image, Base.BitsPerSample) == 32
        and _told(image, STORED_SAMPLE_FORMAT, Base.SampleFormat) in (None, UNSIGNED)
    )

    def read(box: tuple[int, int, int, int]) -> NDArray[np.float64]:
        values = np.asarray(image.crop(box))
        return (values.view(np.uint32) if unsigned else values).astype(np.float64)

    step = -(-width * height // _ASKED_PIXELS)
    rows = (read(box)[-box[1] % step :: step] for box in strips(image.size))
    found = np.concatenate([values[np.isfinite(values)] for values in rows])
    found.sort()
    depths: tuple[float, ...] = (_EIGHT_BITS, _SIXTEEN_BITS)
    if mode != "I":
        depths = (1.0,) if mode == "F" else (_SIXTEEN_BITS,)
    white = _white(image, found, depths)
    ends = _ends_of(found if white is None else white - found[::-1], depths)
    result = Image.new("L", image.size)
    for box in strips(image.size):
        values = read(box)
        turned = values if white is None else white - values
        result.paste(Image.fromarray(_scaled(turned, ends.low, ends.high)), box[:2])
    return result


def _deep_bytes(values: NDArray[np.generic]) -> NDArray[np.uint8]:
    """Scale integers by their depth, all colours alike; alpha has that depth too."""
    colours = values[..., :3] if values.ndim == 3 else values
    step = -(-values.shape[0] * values.shape[1] // _ASKED_PIXELS)
    depths = (_SIXTEEN_BITS,) if values.dtype == np.uint16 else (_EIGHT_BITS, _SIXTEEN_BITS)
    ends = _ends_of(np.sort(colours[::step].astype(np.float64), axis=None), depths)
    result = np.empty(values.shape, np.uint8)
    for _, top, _, end in strips((values.shape[1], values.shape[0])):
        strip = values[top:end].astype(np.float64)
        result[top:end] = _scaled(strip, ends.low, ends.high)
        if colours is not values:
            result[top:end, :, 3:] = _scaled(strip[..., 3:], 0.0, ends.full)
    return result


def _scaled(values: NDArray[np.float64], low: float, high: float) -> NDArray[np.uint8]:
    """Return values as 0 at ``low`` and below, to 255 at ``high`` and above."""
    span = high - low
    if not span > 0:
        return np.zeros(values.shape, np.uint8)
    # Not-a-number is black; infinities are clipped to the ends.
    found = np.nan_to_num((values - low) * (_EIGHT_BITS / span), nan=0.0)
    return np.floor(np.clip(found, 0, 255) + 0.5).astype(np.uint8)


def _white(
    image: PillowImage, values: NDArray[np.float64], depths: tuple[float, ...]
) -> float | None:
    """Return what stored values are to be taken from; None where black is zero.

    That is the greatest value of the depth they have: the least one that holds them, or all 32
    bits.  Where none does, only the order of the values is left to turn around.
    """
    if _told(image, STORED_PHOTOMETRIC, Base.PhotometricInterpretation) != WHITE_IS_ZERO:
        return None
    for white in (*depths, -1.0, float((1 << 32) - 1)) if image.mode == "I" else depths:
        ends = _ends_of(white - values[::-1], depths)
        if ends.full in depths or ends.low == 0:
            return white
    return 0.0


def _told(image: PillowImage, *tags: int) -> object:
    """Return the first value of the first of these tags that a TIFF has."""
    held: dict[int, object] = getattr(image, "tag_v2", None) or {}
    value = next((held[tag] for tag in tags if tag in held), None)
    return value[0] if isinstance(value, tuple) and value else value
