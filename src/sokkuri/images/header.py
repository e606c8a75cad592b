"""The header of a picture file, read without decoding a pixel."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from PIL import Image

from sokkuri.images.decode import read_picture_file
from sokkuri.images.limits import limits_now
from sokkuri.images.picture import orientation_of, swaps_sides
from sokkuri.images.reader import opened
from sokkuri.images.rejected import Rejected, RejectKind
from sokkuri.images.sniff import HEAD_BYTES, decoded_format

if TYPE_CHECKING:
    from PIL.Image import Exif
    from PIL.Image import Image as PillowImage


# Numbers of EXIF 2.3.
_MAKE: Final = 0x010F
_MODEL: Final = 0x0110
_EXIF_IFD: Final = 0x8769
_GPS_IFD: Final = 0x8825
_TAKEN: Final = 0x9003


@dataclass(frozen=True, slots=True)
class PhotoHeader:
    """Facts that stand before the pixels; texts are as the file has them, whatever is in them.

    Parameters
    ----------
    format, mode : str
        Pillow's names of the container and of the pixel layout.
    orientation : int
        The orientation tag, 1 to 8.
    size : tuple of int
        Width and height in pixels, upright.
    taken, make, model : str
        EXIF's DateTimeOriginal, Make and Model; empty if there are none.
    gps : bool
        Whether it says where it was taken.
    animated : bool
        Whether a second frame follows.
    """

    format: str
    mode: str
    orientation: int
    size: tuple[int, int]
    taken: str
    make: str
    model: str
    gps: bool
    animated: bool


def read_header(path: str) -> PhotoHeader | Rejected:
    """Read the header of a picture file; never raises for a bad one."""
    data = read_picture_file(path)
    if isinstance(data, Rejected):
        return data
    name = decoded_format(data[:HEAD_BYTES]) or ""
    try:
        with opened(data, name) as image:
            return _header(image, name)
    except Exception:
        # Pillow raises errors of many classes for broken headers.
        return Rejected(path, RejectKind.DAMAGED, f"its {name} header is broken")


def _header(image: PillowImage, name: str) -> PhotoHeader:
    # To look for a tag behind the pixels of a PNG, Pillow decodes them.
    orientation = orientation_of(image) if limits_now().allow(image.size) else 1
    width, height = image.size
    # Pillow counts the sides of a TIFF as they are to be seen.
    if swaps_sides(orientation) and image.format != "TIFF":
        width, height = height, width
    exif = _exif(image)
    return PhotoHeader(
        format=image.format or name,
        mode=image.mode,
        orientation=orientation,
        size=(width, height),
        taken=_text(_part(exif, _EXIF_IFD), _TAKEN),
        make=_text(exif, _MAKE),
        model=_text(exif, _MODEL),
        gps=bool(_part(exif, _GPS_IFD)),
        animated=_is_animated(image),
    )


def _exif(image: PillowImage) -> Exif:
    with contextlib.suppress(Exception):
        return image.getexif()
    return Image.Exif()


def _part(exif: Exif, number: int) -> dict[int, Any]:
    with contextlib.suppress(Exception):
        return exif.get_ifd(number)
    return {}


def _text(tags: Exif | dict[int, Any], number: int) -> str:
    with contextlib.suppress(Exception):
        value = tags.get(number)
        return value if isinstance(value, str) else ""
    return ""


def _is_animated(image: PillowImage) -> bool:
    """Tell whether a second frame follows, without counting them all."""
    with contextlib.suppress(Exception):
        return bool(getattr(image, "is_animated", False))
    return False
