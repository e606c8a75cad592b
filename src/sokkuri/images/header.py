"""The header of a picture file, read without decoding a pixel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from PIL import Image

from sokkuri.images.decode import read_picture_file
from sokkuri.images.limits import limits_now
from sokkuri.images.picture import orientation_of, swaps_sides
from sokkuri.images.reader import opened
from sokkuri.images.rejected import Rejected, RejectKind
from sokkuri.images.sniff import HEAD_BYTES, decoded_format
from sokkuri.images.tiff import Tag

if TYPE_CHECKING:
    from collections.abc import Callable

    from PIL.Image import Exif
    from PIL.Image import Image as PillowImage


_TAKEN: Final = 0x9003  # EXIF 2.3


@dataclass(frozen=True, slots=True)
class _PhotoHeader:
    """Facts that stand before the pixels; texts are as the file has them, empty if it has none."""

    format: str  # Pillow's names of the container and of the pixel layout
    mode: str
    orientation: int
    size: tuple[int, int]  # in pixels, upright
    taken: str
    make: str
    model: str
    gps: bool
    animated: bool


def read_header(path: str) -> _PhotoHeader | Rejected:
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


def _header(image: PillowImage, name: str) -> _PhotoHeader:
    # To look for a tag behind the pixels of a PNG, Pillow decodes them.
    orientation = orientation_of(image) if limits_now().allow(image.size) else 1
    width, height = image.size
    # Pillow counts the sides of a TIFF as they are to be seen.
    if swaps_sides(orientation) and image.format != "TIFF":
        width, height = height, width
    exif = _tried(image.getexif, Image.Exif())
    animated = _tried(lambda: getattr(image, "is_animated", False), False)  # does not count frames
    return _PhotoHeader(
        format=image.format or name,
        mode=image.mode,
        orientation=orientation,
        size=(width, height),
        taken=_text(_tried(lambda: exif.get_ifd(Tag.EXIF), {}), _TAKEN),
        make=_text(exif, Tag.MAKE),
        model=_text(exif, Tag.MODEL),
        gps=bool(_tried(lambda: exif.get_ifd(Tag.GPS), {})),
        animated=bool(animated),
    )


def _text(tags: Exif | dict[int, Any], number: int) -> str:
    value = _tried(lambda: tags.get(number), "")
    return value if isinstance(value, str) else ""


def _tried(read: Callable[[], Any], otherwise: Any) -> Any:
    """Return what can be read; metadata is broken in many ways, each of which Pillow raises for."""
    try:
        return read()
    except Exception:
        return otherwise
