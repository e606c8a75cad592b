"""File names as text that is compact to show, and the fonts that draw it.

Nothing but the fonts knows where the text goes, so terminal, figure and notebook share the rest.
"""

from __future__ import annotations

import functools
import importlib.util
import itertools
import os
import unicodedata
from typing import Final

from sokkuri.names import escape

_ELLIPSIS: Final = "…"

_ZERO_WIDTH: Final = frozenset({"Mn", "Me", "Cc", "Cf"})

STAND_IN: Final = "\ufffd"
"""Drawn for a character that no font at hand holds; DejaVu Sans, which is always there, has it."""

LATIN: Final = "DejaVu Sans"
"""Comes with matplotlib, so figures look alike everywhere."""

BUNDLED: Final = "IPAexGothic"

# In order of preference: Japanese first, then the families for Chinese and Korean.
_CJK: Final = (
    BUNDLED, "Noto Sans CJK JP", "Noto Sans JP", "Source Han Sans", "Source Han Sans JP",
    "Hiragino Sans", "Yu Gothic", "Meiryo", "IPAGothic", "TakaoGothic", "VL Gothic",
    "Noto Sans CJK SC", "Noto Sans SC", "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei",
    "Noto Sans CJK TC", "PingFang TC", "Microsoft JhengHei", "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei", "Droid Sans Fallback", "Noto Sans CJK KR", "Noto Sans KR",
    "Apple SD Gothic Neo", "Malgun Gothic", "NanumGothic", "UnDotum", "Arial Unicode MS",
)  # fmt: skip


def display_name(path: str) -> str:
    """Return the last part of a path, as ``os.fsdecode`` gives it, escaped for showing."""
    name = os.path.basename(path.rstrip(os.sep + (os.altsep or "")))
    return escape(name or path)


def display_width(text: str) -> int:
    """Return the number of terminal columns that ``text`` takes.

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
    width : int
        See :func:`display_width`; with none, the result is empty.
    """
    if display_width(text) <= width:
        return text
    if width < 1:
        return ""
    clusters = _clusters(text)
    room = width - display_width(_ELLIPSIS)
    tail = _fitting(clusters[::-1], room - room // 2)
    # What a wide character at the cut left over in the tail goes to the head.
    head = _fitting(clusters, room - sum(map(display_width, tail)))
    return "".join([*head, _ELLIPSIS, *tail[::-1]])


@functools.cache
def font_families() -> tuple[str, ...]:
    """Return the font families for drawing names in regular weight, all of them installed.

    matplotlib takes each character from the first family that holds it, and logs a complaint for
    each one that is not there in the weight asked for, so only those that are there are named.
    """
    from matplotlib.font_manager import fontManager, weight_dict

    installed = {
        font.name
        for font in fontManager.ttflist
        if weight_dict.get(str(font.weight), font.weight) == 400 and font.style == "normal"
    }
    bundled = _bundled_file()
    if BUNDLED not in installed and bundled is not None:
        fontManager.addfont(bundled)
        installed.add(BUNDLED)
    return (LATIN, *(name for name in _CJK if name in installed))


def drawable(text: str) -> str:
    """Return ``text`` with every character replaced that the fonts at hand cannot draw.

    Control characters and lone surrogates are escaped, what no font of :func:`font_families` holds
    becomes U+FFFD, and a letter followed by its marks becomes one letter where there is one, as
    fonts hold those more often.
    """
    held = _held()
    composed = unicodedata.normalize("NFC", escape(text))
    return "".join(character if ord(character) in held else STAND_IN for character in composed)


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
    ends = itertools.accumulate(map(display_width, clusters))
    return [cluster for cluster, end in zip(clusters, ends, strict=True) if end <= room]


@functools.cache
def _held() -> frozenset[int]:
    """Return the characters that the regular fonts of the families hold."""
    from matplotlib.font_manager import FontProperties, findfont, get_font

    files = {findfont(FontProperties(family=[name])) for name in font_families()}
    return frozenset(code for file in files for code in get_font(file).get_charmap())


def _bundled_file() -> str | None:
    # Importing the package would change the font settings of the whole process.
    spec = importlib.util.find_spec("matplotlib_fontja")
    for folder in (spec and spec.submodule_search_locations) or ():
        file = os.path.join(folder, "fonts", "ipaexg.ttf")
        if os.path.isfile(file):
            return file
    return None
