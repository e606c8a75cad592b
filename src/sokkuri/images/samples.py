"""The samples of one decoded picture as they are stored: all channels, the full depth.

Where :mod:`sokkuri.images.pixels` makes eight opaque bits of everything, nothing is put on white,
scaled or cut here; what the decoder has made narrower before is refused by name.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from PIL import Image

from sokkuri.images.rejected import RejectKind, Unusable
from sokkuri.images.strips import strips

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL.Image import Image as PillowImage

__all__ = ["DIGEST_BYTES", "digest_of_array", "digest_of_samples", "kind_of_layout", "kind_of_mode"]

DIGEST_BYTES: Final = 32

_COLOUR: Final = "colour"

# Layouts in a file, by Pillow's names, of which the decoded picture keeps every bit; "A;B" are the
# samples of B bits that become the mode A.  A letter X is a channel that is dropped, a small "a"
# one that the others were multiplied with, and 16 bits of several channels become eight.
_WHOLE: Final = frozenset(
    {
        "1", "1;I", "1;R", "1;IR", "L", "L;I", "L;R", "L;IR", "L;2", "L;2I", "L;2R", "L;2IR",
        "L;4", "L;4I", "L;4R", "L;4IR", "LA", "P", "P;R", "P;1", "P;1R", "P;2", "P;2R", "P;4",
        "P;4R", "PA", "RGB", "RGB;R", "BGR", "BGR;15", "BGR;16", "RGBA", "BGRA", "ABGR", "BGAR",
        "R", "G", "B", "A", "C", "M", "Y", "K",
    }
)  # fmt: skip
_CMYK: Final = frozenset({"CMYK", "CMYK;I"})
_DEEP: Final = {
    "I;16": "gray16", "I;16B": "gray16", "I;16N": "gray16", "I;16R": "gray16", "I;12": "gray12",
    "I;16S": "signed16", "I;16BS": "signed16", "I;32S": "signed32", "I;32BS": "signed32",
    "F;32F": "float32", "F;32BF": "float32",
    "I;16NS": "signed16", "I;32NS": "signed32", "F;32NF": "float32",
}  # fmt: skip
_DEEP_MODES: Final = {
    "I;16": "gray16", "I;16L": "gray16", "I;16B": "gray16", "I;16N": "gray16",
    "I": "signed32", "F": "float32",
}  # fmt: skip
_GRAY_AND_COLOUR: Final = frozenset({"1", "L", "RGB"})
_MODES: Final = frozenset({"1", "L", "LA", "P", "PA", "RGB", "RGBA"})
_WIDTHS: Final = {
    "gray16": "<u2", "gray12": "<u2", "signed16": "<i4", "signed32": "<i4", "float32": "<f4",
}  # fmt: skip


def kind_of_layout(layout: str) -> str:
    """Return what samples of a layout in a file are once they are decoded.

    Parameters
    ----------
    layout : str
        Pillow's name of it, its "raw mode".

    Returns
    -------
    str
        ``"colour"`` for eight bits a channel and less, ``"CMYK"``, or one of the deep kinds of
        gray.  Samples of two kinds are never the same.

    Raises
    ------
    Unusable
        If decoding drops a part of them, or may do so.
    """
    if layout in _WHOLE:
        return _COLOUR
    if layout in _CMYK:
        return "CMYK"
    if layout in _DEEP:
        return _DEEP[layout]
    raise _narrowed(layout)


def kind_of_mode(mode: str) -> str:
    """Return what the samples of an image in memory are, as :func:`kind_of_layout` does."""
    if mode in _MODES:
        return _COLOUR
    if mode == "CMYK":
        return mode
    if mode in _DEEP_MODES:
        return _DEEP_MODES[mode]
    raise _narrowed(mode)


def digest_of_samples(image: PillowImage, kind: str, clear: Any, meaning: bytes) -> bytes:
    """Return a digest of all samples of an upright picture: equal for equal ones, and only then.

    Gray, palettes and colour of eight bits are brought to one form, red, green, blue and alpha, so
    that it does not matter which of them stores a value.

    Parameters
    ----------
    image : PIL.Image.Image
        Decoded and upright.
    kind : str
        From :func:`kind_of_layout` or :func:`kind_of_mode`.
    clear : int, tuple or bytes, optional
        The values that are transparent, as Pillow has them in ``info["transparency"]``.
    meaning : bytes
        What else the values depend on, such as a colour profile.
    """
    state = hashlib.blake2b(digest_size=DIGEST_BYTES)
    beside = clear if kind != _COLOUR else None
    state.update(repr((kind, image.size, beside, meaning)).encode())
    for box in strips(image.size):
        strip = image.crop(box)
        if kind == _COLOUR:
            values: NDArray[Any] = _four_channels(strip, clear)
        else:
            values = np.asarray(strip)
            if kind in _WIDTHS:
                values = values.astype(_WIDTHS[kind])
        state.update(np.ascontiguousarray(values).data)
    return state.digest()


def digest_of_array(array: NDArray[np.generic], meaning: bytes) -> bytes:
    """Return the digest of an array of pixels; that of a file with just these samples, if any.

    Parameters
    ----------
    array : ndarray of shape (H, W), (H, W, 1), (H, W, 3) or (H, W, 4)
        As :func:`sokkuri.images.load` takes it.
    meaning : bytes
        As in :func:`digest_of_samples`.
    """
    values = array[..., 0] if array.ndim == 3 and array.shape[2] == 1 else array
    values = np.ascontiguousarray(values)
    if values.dtype in (np.uint8, np.bool_):
        return digest_of_samples(Image.fromarray(values), _COLOUR, None, meaning)
    plain = values.astype(values.dtype.newbyteorder("<"))
    kind = {"<u2": "gray16", "<f4": "float32"}.get(plain.dtype.str, plain.dtype.str)
    size = (values.shape[1], values.shape[0])
    state = hashlib.blake2b(digest_size=DIGEST_BYTES)
    state.update(repr((kind, size, None, meaning)).encode())
    state.update(plain.data)
    return state.digest()


def _four_channels(strip: PillowImage, clear: Any) -> NDArray[np.uint8]:
    """Return eight-bit samples as red, green, blue and alpha, shape (H, W, 4)."""
    if clear is None or strip.mode not in _GRAY_AND_COLOUR:
        if clear is not None:
            strip.info["transparency"] = clear
        return np.asarray(strip.convert("RGBA"))
    # Pillow would look for the value among samples that it has brought to eight bits.
    channels = np.asarray(strip.convert("L") if strip.mode == "1" else strip)
    channels = channels.reshape(*channels.shape[:2], -1)
    keys = np.array(clear, np.int64).reshape(-1)
    if len(keys) != channels.shape[2]:
        raise _narrowed(f"{strip.mode} with odd transparency")
    result = np.array(strip.convert("RGBA"))
    result[(channels == keys).all(axis=2), 3] = 0
    return result


def _narrowed(layout: str) -> Unusable:
    return Unusable(RejectKind.UNSUPPORTED, f"samples of {layout} are not decoded whole")
