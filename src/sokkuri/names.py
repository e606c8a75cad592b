"""File names made safe to show: one line, nothing hidden, composed letters."""

from __future__ import annotations

import unicodedata
from typing import Final

# Controls, formats (bidi overrides among them), lone surrogates, line and paragraph separators.
_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})

# The two joiners are formats as well, but Persian and Indic words and joined emoji need them.
_JOINERS: Final = "\u200c\u200d"


def escape(text: str) -> str:
    r"""Return ``text`` on one line, with every character that would hide or disturb it spelt out.

    Control and bidi characters, line separators and lone surrogates become escapes such as
    ``\n``, ``\x1b`` or ``\u202e``; a byte that was not UTF-8 (as ``os.fsdecode`` keeps it) becomes
    ``\xff``.  Everything else stays as it is, so the result can always be encoded as UTF-8.
    """
    if text.isprintable():  # as nearly every name is, and told a hundred times quicker
        return text
    return "".join(_escaped(character) for character in text)


def shown_name(name: str) -> str:
    """Return a part of a path as it is shown: nothing hidden in it, and composed (NFC).

    Some systems take names apart, into letters and marks; people write them, and look for them, in
    one piece.
    """
    return unicodedata.normalize("NFC", escape(name))


def _escaped(character: str) -> str:
    code = ord(character)
    noncharacter = code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
    hidden = noncharacter or unicodedata.category(character) in _HIDDEN
    if not hidden or character in _JOINERS:
        return character
    if 0xDC80 <= code <= 0xDCFF:  # os.fsdecode keeps the byte 0xNN as U+DCNN
        return f"\\x{code - 0xDC00:02x}"
    if 0x80 <= code <= 0xFF:  # four digits, so that they differ from the bytes above
        return f"\\u{code:04x}"
    return character.encode("unicode_escape").decode()
