"""Facts of a picture file from its header, and text from strangers made fit to be shown."""

from __future__ import annotations

import contextlib
import datetime as dt
from typing import Any, Final
from unicodedata import category

from sokkuri.images import Rejected
from sokkuri.images.decode import read_header

_CAMERA_LENGTH: Final = 80

# Controls, formats (bidi overrides among them), lone surrogates, unassigned and private ones,
# line and paragraph separators.
_HIDDEN: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
# The joiners of Persian and Indic words and of emoji; white space becomes one blank.
_KEPT: Final = "\u200c\u200d\t\n\r"


def facts_of(path: str) -> dict[str, Any] | Rejected:
    """Read the facts of a picture file, never raising for a bad one.

    The place where it was taken is none of them, only that the file names it.
    """
    header = read_header(path)
    if isinstance(header, Rejected):
        return header
    return {
        "format": header.format,
        "mode": header.mode,
        "orientation": header.orientation,
        "width": header.size[0],
        "height": header.size[1],
        "taken": _taken(header.taken),
        "camera": _camera(header.make, header.model),
        "gps": header.gps,
        "animated": header.animated,
    }


def _taken(text: str) -> str | None:
    """Return a date that makes sense as ISO text; cameras without a clock write zeros."""
    with contextlib.suppress(ValueError):
        return dt.datetime.strptime(text.strip("\0 "), "%Y:%m:%d %H:%M:%S").isoformat()
    return None


def _camera(*texts: str) -> str | None:
    make, model = (plain_text(text, _CAMERA_LENGTH) for text in texts)
    if model.casefold().startswith(make.casefold()):
        make = ""  # "Canon" and "Canon EOS 5D"
    return f"{make} {model}".strip() or None


def plain_text(text: str, most: int) -> str:
    """Return ``text`` on one line, without what would hide or disturb it, cut to ``most``.

    Parameters
    ----------
    text : str
        From anywhere.
    most : int
        The largest number of characters kept.
    """
    # What lies far beyond the cut is not even looked at.
    kept = (each for each in text[: 4 * most] if each in _KEPT or category(each) not in _HIDDEN)
    return " ".join("".join(kept).split())[:most].strip()
