"""Fonts that draw names of any script, as far as they are there, and a stand-in for the rest."""

from __future__ import annotations

import functools
import importlib.util
import os
import unicodedata
from typing import Final

from sokkuri.names import escape

__all__ = ["LATIN", "drawable", "families"]

STAND_IN: Final = "\ufffd"
"""Drawn for a character that no font at hand holds; DejaVu Sans, which is always there, has it."""

LATIN: Final = "DejaVu Sans"
"""Comes with matplotlib, so figures look alike everywhere."""

BUNDLED: Final = "IPAexGothic"

_REGULAR: Final = 400

# In order of preference: Japanese first, then the families for Chinese and Korean.
_CJK: Final = (
    BUNDLED,
    "Noto Sans CJK JP",
    "Noto Sans JP",
    "Source Han Sans",
    "Source Han Sans JP",
    "Hiragino Sans",
    "Yu Gothic",
    "Meiryo",
    "IPAGothic",
    "TakaoGothic",
    "VL Gothic",
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "PingFang SC",
    "Hiragino Sans GB",
    "Microsoft YaHei",
    "Noto Sans CJK TC",
    "PingFang TC",
    "Microsoft JhengHei",
    "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei",
    "Droid Sans Fallback",
    "Noto Sans CJK KR",
    "Noto Sans KR",
    "Apple SD Gothic Neo",
    "Malgun Gothic",
    "NanumGothic",
    "UnDotum",
    "Arial Unicode MS",
)


@functools.cache
def families() -> tuple[str, ...]:
    """Return the font families for drawing names in regular weight, all of them installed.

    matplotlib takes each character from the first family that holds it, and logs a complaint for
    each one that is not there in the weight asked for, so only those that are there are named.
    """
    from matplotlib.font_manager import fontManager, weight_dict

    installed = {
        font.name
        for font in fontManager.ttflist
        if weight_dict.get(str(font.weight), font.weight) == _REGULAR and font.style == "normal"
    }
    bundled = _bundled_file()
    if BUNDLED not in installed and bundled is not None:
        fontManager.addfont(bundled)
        installed.add(BUNDLED)
    return (LATIN, *(name for name in _CJK if name in installed))


def drawable(text: str) -> str:
    """Return ``text`` with every character replaced that the fonts at hand cannot draw.

    Control characters and lone surrogates are escaped, what no font of :func:`families` holds
    becomes U+FFFD, and a letter followed by its marks becomes one letter where there is one, as
    fonts hold those more often.
    """
    held = _held()
    composed = unicodedata.normalize("NFC", escape(text))
    return "".join(character if ord(character) in held else STAND_IN for character in composed)


@functools.cache
def _held() -> frozenset[int]:
    """Return the characters that the regular fonts of the families hold."""
    from matplotlib.font_manager import FontProperties, findfont, get_font

    files = {findfont(FontProperties(family=[name])) for name in families()}
    return frozenset(code for file in files for code in get_font(file).get_charmap())


def _bundled_file() -> str | None:
    # Importing the package would change the font settings of the whole process.
    spec = importlib.util.find_spec("matplotlib_fontja")
    for folder in (spec and spec.submodule_search_locations) or ():
        file = os.path.join(folder, "fonts", "ipaexg.ttf")
        if os.path.isfile(file):
            return file
    return None
