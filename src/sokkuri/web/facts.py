"""What a picture file says of itself, read from its header without decoding a pixel."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
from typing import TYPE_CHECKING, Any, Final, TypedDict

from PIL import Image

from sokkuri.images import Rejected, RejectKind, read_picture_file
from sokkuri.images.orientation import orientation_of, swaps_sides
from sokkuri.images.quiet import quiet_decoding
from sokkuri.images.sniff import HEAD_BYTES, decoded_format
from sokkuri.web.plain import plain_text

if TYPE_CHECKING:
    from PIL.Image import Exif
    from PIL.Image import Image as PillowImage

__all__ = ["Facts", "facts_of"]

# Numbers of EXIF 2.3.
_MAKE: Final = 0x010F
_MODEL: Final = 0x0110
_EXIF_IFD: Final = 0x8769
_GPS_IFD: Final = 0x8825
_TAKEN: Final = 0x9003
_TAKEN_FORMAT: Final = "%Y:%m:%d %H:%M:%S"
_CAMERA_LENGTH: Final = 80


class Facts(TypedDict):
    """What is told of a picture; where it was taken is not, only whether the file says so."""

    format: str
    mode: str
    orientation: int
    width: int
    height: int
    taken: str | None
    camera: str | None
    gps: bool
    animated: bool


def facts_of(path: str) -> Facts | Rejected:
    """Read the facts of a picture file; never raises for a bad one.

    Parameters
    ----------
    path : str
        The file.
    """
    data = read_picture_file(path)
    if isinstance(data, Rejected):
        return data
    name = decoded_format(data[:HEAD_BYTES]) or ""
    try:
        with quiet_decoding(), Image.open(io.BytesIO(data), formats=[name]) as image:
            return _facts(image, name)
    except Exception:
        # Pillow raises errors of many classes for broken headers.
        return Rejected(path, RejectKind.DAMAGED, f"its {name} header is broken")


def _facts(image: PillowImage, name: str) -> Facts:
    orientation = orientation_of(image)
    width, height = image.size
    # Pillow counts the sides of a TIFF as they are to be seen.
    if swaps_sides(orientation) and image.format != "TIFF":
        width, height = height, width
    exif = _exif(image)
    return Facts(
        format=image.format or name,
        mode=image.mode,
        orientation=orientation,
        width=width,
        height=height,
        taken=_taken(_part(exif, _EXIF_IFD).get(_TAKEN)),
        camera=_camera(exif),
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


def _taken(value: object) -> str | None:
    """Return a date that makes sense as ISO text; cameras without a clock write zeros."""
    if not isinstance(value, str):
        return None
    with contextlib.suppress(ValueError):
        moment = dt.datetime.strptime(value.strip("\0 "), _TAKEN_FORMAT)
        return moment.isoformat()
    return None


def _camera(exif: Exif) -> str | None:
    make, model = (_words(exif, number) for number in (_MAKE, _MODEL))
    if model.casefold().startswith(make.casefold()):
        make = ""  # "Canon" and "Canon EOS 5D"
    return f"{make} {model}".strip() or None


def _words(exif: Exif, number: int) -> str:
    with contextlib.suppress(Exception):
        value = exif.get(number)
        return plain_text(value, _CAMERA_LENGTH) if isinstance(value, str) else ""
    return ""


def _is_animated(image: PillowImage) -> bool:
    """Tell whether a second frame follows, without counting them all."""
    with contextlib.suppress(Exception):
        return bool(getattr(image, "is_animated", False))
    return False
