"""What the page tells of a picture file: its header, made fit to be shown."""

from __future__ import annotations

import contextlib
import datetime as dt
from typing import Final, TypedDict

from sokkuri.images import Rejected
from sokkuri.images.header import read_header
from sokkuri.web.plain import plain_text

__all__ = ["Facts", "facts_of"]

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
    header = read_header(path)
    if isinstance(header, Rejected):
        return header
    return Facts(
        format=header.format,
        mode=header.mode,
        orientation=header.orientation,
        width=header.size[0],
        height=header.size[1],
        taken=_taken(header.taken),
        camera=_camera(header.make, header.model),
        gps=header.gps,
        animated=header.animated,
    )


def _taken(text: str) -> str | None:
    """Return a date that makes sense as ISO text; cameras without a clock write zeros."""
    with contextlib.suppress(ValueError):
        return dt.datetime.strptime(text.strip("\0 "), _TAKEN_FORMAT).isoformat()
    return None


def _camera(*texts: str) -> str | None:
    make, model = (plain_text(text, _CAMERA_LENGTH) for text in texts)
    if model.casefold().startswith(make.casefold()):
        make = ""  # "Canon" and "Canon EOS 5D"
    return f"{make} {model}".strip() or None
