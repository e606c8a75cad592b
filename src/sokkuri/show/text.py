"""File names as text that is compact to show: escaping, width, eliding.

Nothing here knows where the text goes, so terminal, figure and notebook share it.
"""

from __future__ import annotations

import os
import unicodedata
from typing import Final

from sokkuri.names import escape

__all__ = ["display_name", "display_path", "display_width", "elide_middle"]

ELLIPSIS: Final = "…"

_ZERO_WIDTH: Final = frozenset({"Mn", "Me", "Cc", "Cf"})


def display_path(path: str) -> str:
    """Return a whole path, as ``os.fsdecode`` gives it, escaped for showing."""
    return escape(path)


def display_name(path: str) -> str:
    """Return the last part of a path, as ``os.fsdecode`` gives it, escaped for showing."""
    name = os.path.basename(path.rstrip(os.sep + (os.altsep or "")))
    return escape(name or path)


def display_width(text: str) -> int:
    """Return how many terminal columns ``text`` takes.

    Wide East-Asian characters take two, combining marks and joiners none, all others one.
    """
    return sum(map(_width, text))


def elide_middle(text: str, width: int) -> str:
    """Shorten ``text`` to at most ``width`` columns, keeping its beginning and its end.

    The end gets the odd column: names of one camera differ there, and the extension is there too.
    A combining mark is never parted from its letter.

    Parameters
    ----------
    text : str
        What to shorten; see :func:`display_width` for how it is counted.
    width : int
        The columns there are; with none, the result is empty.

    Returns
    -------
    str
        ``text`` itself where it fits.
    """
    if display_width(text) <= width:
        return text
    if width < 1:
        return ""
    clusters = _clusters(text)
    room = width - display_width(ELLIPSIS)
    tail = _fitting(clusters[::-1], room - room // 2)
    # What a wide character at the cut left over in the tail goes to the head.
    head = _fitting(clusters, room - sum(map(display_width, tail)))
    return "".join([*head, ELLIPSIS, *tail[::-1]])


def _width(character: str) -> int:
    if character.isascii():
        return int(character.isprintable())
    if unicodedata.category(character) in _ZERO_WIDTH:
        return 0
    # The vowels and finals of Hangul in parts join the syllable before them.
    if "\u1160" <= character <= "\u11ff":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _clusters(text: str) -> list[str]:
    """Part ``text`` where it may be cut: each piece is a character with its marks."""
    clusters: list[str] = []
    for character in text:
        if clusters and (_width(character) == 0 or clusters[-1].endswith("\u200d")):
            clusters[-1] += character
        else:
            clusters.append(character)
    return clusters


def _fitting(clusters: list[str], room: int) -> list[str]:
    """Return the longest beginning of ``clusters`` that takes no more than ``room`` columns."""
    taken: list[str] = []
    for cluster in clusters:
        room -= display_width(cluster)
        if room < 0:
            break
        taken.append(cluster)
    return taken
