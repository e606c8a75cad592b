"""Files that cameras, phones, systems and photo programs leave beside photos.

They are no photos that could not be read: nobody expects them to be read.  They are counted, and no
more is said of them.  Name and content decide together: a picture is a photo under any name, and a
text that is called ``IMG_1.jpg`` is a photo that is lost.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Final

from sokkuri.images import RejectKind
from sokkuri.pipeline.exclude import IGNORE_FILE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from sokkuri.images import Rejected

__all__ = ["has_companion_name", "is_companion", "parted"]

_KINDS: Final = frozenset({RejectKind.NOT_AN_IMAGE, RejectKind.EMPTY})
"""What a companion is found to be; one that is out of reach may be anything."""

_NAMES: Final = frozenset(
    {
        # macOS, Windows, Linux
        ".ds_store", ".localized", ".apdisk", ".volumeicon.icns", "icon\r",
        "thumbs.db", "ehthumbs.db", "ehthumbs_vista.db", "desktop.ini", "autorun.inf", ".directory",
        # phones, cameras, photo programs
        ".nomedia", ".picasa.ini", "picasa.ini", "zbthumbnail.info", ".bridgesort",
        # Google Takeout, in a folder of its own
        "metadata.json",
        IGNORE_FILE,
    }
)  # fmt: skip
"""Whole names, in lower case."""

_ENDINGS: Final = frozenset(
    {
        # what was done to a photo, and what is said of it
        ".xmp", ".aae", ".thm", ".pp3", ".dop", ".cos", ".on1", ".nksc", ".mie",
        ".bridgecache", ".bridgecachet",
        # videos, alone or the moving half of a live photo
        ".mov", ".mp4", ".m4v", ".3gp", ".3g2", ".avi", ".mts", ".m2ts", ".mkv", ".webm", ".mpg",
        ".mpeg", ".wmv", ".lrv", ".insv",
    }
)  # fmt: skip
"""Endings of names, in lower case."""

# IMG_1.jpg.json, IMG_1.jpg.supplemental-metadata.json and how Google cuts that short.
_TAKEOUT: Final = re.compile(
    r"\.(jpe?g|png|gif|webp|bmp|tiff?|avif|hei[cf]|dng|cr[23]|nef|arw|mp|mp4|mov|m4v|3gp)"
    r"(\(\d+\))?(\.s[a-z-]*)?(\(\d+\))?\.json$"
)
# What Synology writes into its folders of thumbnails.
_SYNOLOGY: Final = re.compile(r"^syno(index|photo|video|audio)_|@syno(eastream|resource)$")


def is_companion(path: str, kind: str) -> bool:
    """Tell whether a file that could not be read only goes with photos.

    Parameters
    ----------
    path : str
    kind : str
        The :class:`~sokkuri.images.RejectKind` of why it could not be read.
    """
    return kind in _KINDS and has_companion_name(path)


def has_companion_name(path: str) -> bool:
    """Tell whether a file that is no picture would be a companion by its name."""
    folder, name = os.path.split(path.lower())
    return (
        name in _NAMES
        or name.startswith("._")
        or os.path.splitext(name)[1] in _ENDINGS
        or os.path.basename(folder) == "@eadir"
        or _TAKEOUT.search(name) is not None
        or _SYNOLOGY.search(name) is not None
    )


def parted(
    rejected: Iterable[Rejected], named: Collection[str] = ()
) -> tuple[tuple[Rejected, ...], tuple[str, ...]]:
    """Part files that could not be read from those that nobody expects to be read.

    Parameters
    ----------
    rejected : iterable of Rejected
    named : collection of str
        Files that the caller asked for by name: there is no companion among them.

    Returns
    -------
    rejected : tuple of Rejected
        Those that should have been read.
    companions : tuple of str
        The paths of the others.
    """
    lost: list[Rejected] = []
    companions: list[str] = []
    for each in rejected:
        if each.path not in named and is_companion(each.path, each.kind):
            companions.append(each.path)
        else:
            lost.append(each)
    return tuple(lost), tuple(companions)
