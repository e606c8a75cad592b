"""Colour profiles: what the numbers of a picture mean, and the same colours in sRGB.

A photo from a phone is often in Display P3, one from a camera in Adobe RGB, one from a press in
inks.  Read as if they were sRGB, their numbers show other colours than every viewer does.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL.Image import Image as PillowImage

__all__ = ["INKS", "in_srgb", "telling_profile"]

INKS: Final = "CMYK"
"""The mode of pictures whose numbers are inks; only a profile can say which colours they make."""

_GRAY_MODES: Final = frozenset({"1", "L", "LA", "La", "I", "F"})
# Presses write 0.5 to 3 MB; what is larger is no profile that a photo needs.
_MOST_BYTES: Final = 8 << 20
_SPACE_AT: Final = slice(16, 20)
# The space a profile must be of, by the kind of numbers.  Gray pictures often carry that of the
# colour picture they were made from.
_SPACES: Final = {"gray": (b"GRAY", b"RGB "), "colour": (b"RGB ",), "inks": (b"CMYK",)}
_MODES: Final = {b"GRAY": "L", b"RGB ": "RGB", b"CMYK": "CMYK"}

# Of 255.  Every sRGB profile in use stays within it, and none of another space does.
_NOTHING: Final = 2
# Dark must stay dark and light be light, in the middle too: profiles in use have at least 128
# between black and white, and 80 between the quarters.  With much less a profile is broken.
_LEAST_CONTRAST: Final = 128
_LEAST_MIDDLE: Final = 40


@dataclass(frozen=True, slots=True, eq=False)
class _Conversion:
    """How numbers become sRGB: a table of 256 bytes for gray ones, a transform for others."""

    table: bytes = b""
    transform: Any = None


def telling_profile(profile: object, mode: str) -> bytes | None:
    """Return a profile if pixels need it to be shown as they are meant.

    Parameters
    ----------
    profile : object
        What a file has as its ICC profile, whatever that is.
    mode : str
        Pillow's mode of the pixels as they were stored.

    Returns
    -------
    bytes or None
        None for sRGB, whichever of its many profiles says so, for profiles of another kind of
        numbers, and for broken ones: then the pixels are taken as they are.
    """
    if not isinstance(profile, bytes) or not 0 < len(profile) <= _MOST_BYTES:
        return None
    return profile if _conversion(profile, _kind_of(mode)) is not None else None


def in_srgb(image: PillowImage, profile: bytes, mode: str) -> PillowImage:
    """Convert pixels to sRGB, relative to white and with black kept black.

    Parameters
    ----------
    image : PIL.Image.Image
        Mode "L" or "RGB", or "CMYK" where ``mode`` is.
    profile : bytes
        As :func:`telling_profile` returned it.
    mode : str
        The mode that it was returned for.

    Returns
    -------
    PIL.Image.Image
        Mode "L" if the image was that, "RGB" else; a new image.
    """
    conversion = _conversion(profile, _kind_of(mode))
    if conversion is None:
        return image
    if conversion.table:
        return image.point(list(conversion.table) * len(image.getbands()))
    from PIL import ImageCms

    converted = ImageCms.applyTransform(image, conversion.transform)
    assert converted is not None  # noqa: S101 - it is not changed in place
    converted.info = {}  # the library notes there that these are sRGB
    return converted


def _kind_of(mode: str) -> str:
    if mode == INKS:
        return "inks"
    return "gray" if mode in _GRAY_MODES or mode.startswith("I;16") else "colour"


# Photos of one camera share a profile; what it means is found out once.
@lru_cache(maxsize=16)
def _conversion(profile: bytes, kind: str) -> _Conversion | None:
    space = profile[_SPACE_AT]
    if space not in _SPACES[kind]:
        return None
    try:
        transform = _transform(profile, _MODES[space], exact=kind == "gray")
        ramp = _converted(transform, _neutral_ramp(space), _MODES[space])
        if not _is_sane(ramp):
            return None
        if kind == "gray":
            table = np.asarray(Image.fromarray(ramp).convert("L")).ravel()
            return None if _is_close(table, np.arange(256)) else _Conversion(table=table.tobytes())
        samples = _samples()
        if kind == "colour" and _is_close(_converted(transform, samples, "RGB"), samples):
            return None
    except Exception:
        # Whatever a broken profile makes of the library that reads it, the pixels are good.
        return None
    return _Conversion(transform=transform)


def _transform(profile: bytes, mode: str, *, exact: bool) -> Any:
    import io

    from PIL import ImageCms

    flags = ImageCms.Flags.BLACKPOINTCOMPENSATION
    if exact:  # the quick way with gray loses half of the light of dark values
        flags |= ImageCms.Flags.NOOPTIMIZE
    return ImageCms.buildTransform(
        ImageCms.ImageCmsProfile(io.BytesIO(profile)),
        ImageCms.createProfile("sRGB"),
        mode,
        "RGB",
        ImageCms.Intent.RELATIVE_COLORIMETRIC,
        flags,
    )


def _converted(transform: Any, pixels: NDArray[np.uint8], mode: str) -> NDArray[np.uint8]:
    from PIL import ImageCms

    image = Image.frombytes(mode, (pixels.shape[1], pixels.shape[0]), pixels.tobytes())
    return np.asarray(ImageCms.applyTransform(image, transform))


def _neutral_ramp(space: bytes) -> NDArray[np.uint8]:
    """Return 256 pixels from black to white, shape (1, 256) or (1, 256, channels)."""
    light = np.arange(256, dtype=np.uint8)[None]
    if space == b"GRAY":
        return light
    if space == b"RGB ":
        return np.repeat(light[..., None], 3, axis=2)
    inks = np.zeros((1, 256, 4), np.uint8)
    inks[..., 3] = 255 - light  # less and less black ink on white paper
    return inks


def _samples() -> NDArray[np.uint8]:
    """Return pixels of 729 colours all over the cube, shape (27, 27, 3)."""
    levels = np.linspace(0, 255, 9).round().astype(np.uint8)
    return np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(27, 27, 3)


def _is_sane(ramp: NDArray[np.uint8]) -> bool:
    """Tell whether what was a way from black to white still is one."""
    luma = np.asarray(Image.fromarray(ramp).convert("L")).ravel().astype(np.int64)
    whole, middle = luma[-1] - luma[0], luma[192] - luma[64]
    falls = (np.diff(luma) < -1).any()
    return bool(whole >= _LEAST_CONTRAST and middle >= _LEAST_MIDDLE and not falls)


def _is_close(found: NDArray[Any], wanted: NDArray[Any]) -> bool:
    return bool((np.abs(found.astype(np.int64) - wanted) <= _NOTHING).all())
