"""From any pixel layout to eight bits: mode "L" or "RGB", opaque.

Work runs in strips of rows, so that a picture near the size limit needs its own memory, the
result's, and a little more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image

from sokkuri.images.depth import deep_bytes, deep_gray, scaled
from sokkuri.images.limits import strips
from sokkuri.images.rejected import RejectKind, Unusable

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL.Image import Image as PillowImage


_WHITE: Final = (255, 255, 255)
_DEEP_MODES: Final = frozenset({"I", "F", "I;16", "I;16L", "I;16B", "I;16N"})
_ALPHA_MODES: Final = frozenset({"RGBA", "LA", "PA", "RGBa", "La"})
_PREMULTIPLIED: Final = {"RGBa": "RGBA", "La": "LA"}
_COLOUR_MODES: Final = frozenset({"P", "CMYK", "YCbCr", "HSV", "RGBX"})

_FULL_8_BIT: Final = 255
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
    if mode in {"L", "RGB"}:
        return image
    if mode == "1":
        return image.convert("L")
    if mode in _COLOUR_MODES:
        return image.convert("RGB")
    if mode in _DEEP_MODES:
        return deep_gray(image)
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
    if kind in _DEEP_KINDS:
        return deep_bytes(values)
    if np.issubdtype(kind, np.floating):
        return scaled(values.astype(np.float64), 0.0, 1.0)
    raise Unusable(
        RejectKind.NOT_AN_IMAGE, f"an array of {kind}; give bool, uint8, uint16 or float (0 to 1)"
    )


def _on_white(image: PillowImage) -> PillowImage:
    result = Image.new("RGB", image.size, _WHITE)
    for box in strips(image.size):
        strip = image.crop(box)
        if "transparency" in image.info:
            strip.info["transparency"] = image.info["transparency"]
        if strip.mode in _PREMULTIPLIED:
            strip = strip.convert(_PREMULTIPLIED[strip.mode])
        strip = strip.convert("RGBA")
        white = Image.new("RGBA", strip.size, (*_WHITE, _FULL_8_BIT))
        result.paste(Image.alpha_composite(white, strip).convert("RGB"), box[:2])
    return result
