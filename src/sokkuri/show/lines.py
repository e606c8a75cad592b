"""Texts broken into lines, in languages with blanks between words and without."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from sokkuri.show.captions import clusters

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_PIECES: Final = re.compile(
    r"\s+\[[^\[\]]{1,24}\]|[「『（［]*(?:[!-~]+|\s|.)"
    r"[、。，．」』）］：；！？ー…々ぁぃぅぇぉっゃゅょァィゥェォッャュョ]*"
)
"""A line may end between any two of these: words, and the letters of Japanese.

No line begins or ends with a wrong sign, and a short remark in brackets stays whole.
"""


def broken(text: str, fits: Callable[[str], bool]) -> Iterator[str]:
    """Break a text into lines, within a word only where it is longer than a line.

    Parameters
    ----------
    text : str
    fits : callable
        Tells whether a text has room in a line.
    """
    line = ""
    for piece in _PIECES.findall(text):
        if line and not fits((line + piece).rstrip()) and fits(piece.strip()):
            yield line.rstrip()
            line = ""
        line += piece if line else piece.lstrip()
        while not fits(line.rstrip()) and (end := _end(line, fits)):
            yield line[:end].rstrip()
            line = line[end:].lstrip()
    yield line.rstrip()


def _end(line: str, fits: Callable[[str], bool]) -> int:
    """Return how much of a line that is too long fits; 0 where nothing can be cut off."""
    end = 0
    for letter in clusters(line):
        if not fits(line[: end + len(letter)]):
            break
        end += len(letter)
    return end
