"""Text from strangers made fit to be shown: file names, and what cameras wrote into photos."""

from __future__ import annotations

import unicodedata
from typing import Final

__all__ = ["plain_text"]

# Controls, formats (bidi overrides among them), lone surrogates, unassigned and private ones,
# line and paragraph separators.
_HIDDEN: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
# Persian and Indic words and joined emoji need them.
_JOINERS: Final = "\u200c\u200d"


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
    kept = ("" if _is_hidden(character) else character for character in text[: 4 * most])
    return " ".join("".join(kept).split())[:most].strip()


def _is_hidden(character: str) -> bool:
    if character in _JOINERS or character in "\t\n\r":
        return False  # white space becomes one blank
    return unicodedata.category(character) in _HIDDEN
