"""The same name in another Unicode form: what a keyboard types is not always what a disk holds."""

from __future__ import annotations

import os
import re
import unicodedata
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sokkuri._typing import PathLike

__all__ = ["as_on_disk"]

_SEPARATORS: Final = os.sep + (os.altsep or "")
_EITHER: Final = re.escape(_SEPARATORS)
# A name with the separators before it; the last has those behind it, too.
_PART: Final = re.compile(f"[{_EITHER}]*[^{_EITHER}]+(?:[{_EITHER}]+$)?")


def as_on_disk(path: PathLike) -> PathLike:
    """Return a path as its parts are spelled on the disk.

    macOS writes ``が`` as two characters, other systems as one, and archives carry names from one
    to the other.  Where a part of the path does not exist, and there is exactly one that differs
    from it in nothing but that, it is meant.

    Parameters
    ----------
    path : path

    Returns
    -------
    path
        The same object where it exists, or where nothing else can be meant.
    """
    name = os.fsdecode(path)
    if name.isascii() or os.path.lexists(name):
        return path
    drive, rest = os.path.splitdrive(name)
    found = drive
    for part in _PART.findall(rest):
        spelled = _spelled(found, part)
        if spelled is None:
            return path
        found += spelled
    return found


def _spelled(parent: str, part: str) -> str | None:
    if part.isascii() or os.path.lexists(parent + part):
        return part
    bare = part.strip(_SEPARATORS)
    wanted = unicodedata.normalize("NFC", bare)
    folder = parent + part[: part.index(bare)]
    try:
        names = os.listdir(folder or os.curdir)
    except (OSError, ValueError):
        return None
    same = [name for name in names if unicodedata.normalize("NFC", name) == wanted]
    return part.replace(bare, same[0]) if len(same) == 1 else None
