"""One canvas for every figure: items placed in inches, and the fonts that draw their text."""

from __future__ import annotations

import functools
import importlib.util
import itertools
import os
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, TypeAlias

from sokkuri.images import Rejected, load, thumbnail
from sokkuri.language import REASON, language, say, word_of
from sokkuri.names import escape
from sokkuri.show.captions import display_width, elide_middle
from sokkuri.show.export import DPI, require_matplotlib

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties
    from numpy.typing import NDArray
    from PIL.Image import Image

    from sokkuri._typing import ImageLike

    _Point: TypeAlias = tuple[float, float]
    _Edge: TypeAlias = tuple[str, float]

INK: Final = "#202124"
SOFT_INK: Final = "#5f6368"
RED: Final = "#d3222a"
TILE: Final = "#eeeff1"

STAND_IN: Final = "\ufffd"
"""Drawn for a character that no font at hand holds; DejaVu Sans, which is always there, has it."""

LATIN: Final = "DejaVu Sans"
"""Comes with matplotlib, so figures look alike everywhere."""

BUNDLED: Final = "IPAexGothic"

_CJK_BEGINS: Final = "\u2e80"

# In order of preference: Japanese first, then the families for Chinese and Korean.
_CJK: Final = (
    BUNDLED, "Noto Sans CJK JP", "Noto Sans JP", "Source Han Sans", "Source Han Sans JP",
    "Hiragino Sans", "Yu Gothic", "Meiryo", "IPAGothic", "TakaoGothic", "VL Gothic",
    "Noto Sans CJK SC", "Noto Sans SC", "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei",
    "Noto Sans CJK TC", "PingFang TC", "Microsoft JhengHei", "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei", "Droid Sans Fallback", "Noto Sans CJK KR", "Noto Sans KR",
    "Apple SD Gothic Neo", "Malgun Gothic", "NanumGothic", "UnDotum", "Arial Unicode MS",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in inches from the upper left corner; ``top`` grows downwards."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The right edge."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.top + self.height

    @property
    def middle(self) -> float:
        """Half way from left to right."""
        return self.left + self.width / 2

    def grown(self, by: float) -> Box:
        """Return the box with every side moved outwards."""
        return Box(self.left - by, self.top - by, self.width + 2 * by, self.height + 2 * by)

    def fitted(self, size: Sequence[int]) -> Box:
        """Return the largest box of the proportions of ``size`` inside this one, centred."""
        scale = min(self.width / size[0], self.height / size[1])
        width, height = size[0] * scale, size[1] * scale
        left, top = self.left + (self.width - width) / 2, self.top + (self.height - height) / 2
        return Box(left, top, width, height)

    def cells(self, shape: Sequence[int]) -> Iterator[tuple[int, int, Box]]:
        """Yield row, column and place of each of equal cells, rows and columns of them."""
        rows, columns = shape
        width, height = self.width / columns, self.height / rows
        for row, column in itertools.product(range(rows), range(columns)):
            place = Box(self.left + column * width, self.top + row * height, width, height)
            yield row, column, place


class Style(NamedTuple):
    """Size in points, colour and weight of text; only what Latin letters write is ever bold."""

    size: float
    colour: str = INK
    bold: bool = False


class Canvas:
    """A white page with one set of axes whose units are inches, counted from the upper left.

    Items are placed first and the page gets its size at the end.  One set of axes for everything
    keeps a page of many photos quick to draw, and no setting of the user's matplotlib counts.

    Parameters
    ----------
    box : Box
        Of methods: the place of an item.
    gid : str
        The name of an item.
    style : Style
        Of its text.
    edge : tuple of str and float
        Colour of sides, and how thick they are in points; so are the ``widths`` of strokes.
    level : float
        A higher one covers a lower one; photos are at 2, text at 4.

    Raises
    ------
    MissingExtra
        If matplotlib is not installed.
    """

    def __init__(self) -> None:
        require_matplotlib()
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        self._figure = Figure(figsize=(1, 1), dpi=DPI, facecolor="white", edgecolor="white")
        self._figure.set_layout_engine("none")
        # Photos stay photos in PDF and SVG instead of being pasted into one picture of the page.
        self._figure.suppressComposite = True
        agg: Any = FigureCanvasAgg(self._figure)
        self._renderer = agg.get_renderer()
        self._axes = self._figure.add_axes((0, 0, 1, 1))
        self._axes.set_axis_off()
        self._axes.set(autoscale_on=False)

    def finish(self, width: float, height: float) -> Figure:
        """Return the page as a figure with a canvas of its own: its ``savefig`` works anywhere.

        Parameters
        ----------
        width, height : float
            In inches.
        """
        self._figure.set_size_inches(width, height)
        self._axes.set(xlim=(0, width), ylim=(height, 0))
        return self._figure

    def rectangle(
        self, box: Box, *, gid: str, fill: str = "none", edge: _Edge = ("none", 0), level: float = 1
    ) -> None:
        """Fill a rectangle, or draw its four sides.  Parameters are those of the class."""
        from matplotlib.patches import Rectangle

        patch = Rectangle(
            (box.left, box.top), box.width, box.height, facecolor=fill, edgecolor=edge[0],
            linewidth=edge[1], joinstyle="miter", zorder=level, gid=gid,
        )  # fmt: skip
        self._axes.add_patch(patch)

    def strokes(
        self, lines: Sequence[tuple[_Point, _Point]], *, widths: Sequence[float], gid: str,
        colour: str = INK,
    ) -> None:  # fmt: skip
        """Draw many straight lines, each of two (x, y).  Parameters are those of the class."""
        from matplotlib.collections import LineCollection

        drawn = LineCollection(
            lines, linewidths=widths, colors=colour, capstyle="round", zorder=3, gid=gid
        )
        self._axes.add_collection(drawn, autolim=False)

    def polygon(
        self, corners: Sequence[_Point], box: Box, *, gid: str, edge: _Edge, level: float = 3
    ) -> None:
        """Draw the sides of a polygon, and of them what lies in a box.

        Parameters are those of the class.
        """
        from matplotlib.patches import Polygon, Rectangle

        patch = Polygon(
            list(corners), closed=True, facecolor="none", edgecolor=edge[0], linewidth=edge[1],
            joinstyle="miter", zorder=level, gid=gid,
        )  # fmt: skip
        self._axes.add_patch(patch)
        window = (box.left, box.top), box.width, box.height
        patch.set_clip_path(Rectangle(*window, transform=self._axes.transData))

    def image(
        self, pixels: Image | NDArray[np.uint8], box: Box, *, gid: str, smooth: bool = False
    ) -> None:
        """Fill a box with an image of shape (rows, columns, 3), uint8: sharp cells, or smooth.

        Parameters are those of the class.
        """
        self._axes.imshow(
            pixels, extent=(box.left, box.right, box.bottom, box.top), aspect="auto",
            origin="upper", interpolation="hanning" if smooth else "nearest", resample=True,
            zorder=2, gid=gid,
        )  # fmt: skip

    def photo(self, source: ImageLike, box: Box, style: Style, *, gid: str) -> Box | None:
        """Draw a photo whole on a tile and return its place, or say there why it cannot be read.

        Parameters are those of the class.
        """
        self.rectangle(box, fill=TILE, gid=f"tile-{gid}")
        picture = load(source)
        if not isinstance(picture, Rejected):
            # Twice the pixels of the usual page, for finer prints.
            image = thumbnail(picture, round(2 * DPI * box.width))
            place = box.fitted(image.size)
            self.image(image, place, gid=gid, smooth=True)
            return place
        baseline = box.top + box.height / 2
        for name, text in (
            ("reason", say("cannot be read")),
            ("kind", word_of(language(), REASON, picture.kind)),
        ):
            self.text(
                box.middle, baseline, text, style, align="center", room=box.width,
                gid=f"{name}-{gid}",
            )  # fmt: skip
            baseline += style.size / 72 * 1.4
        return None

    def text(
        self,
        x: float,
        baseline: float,
        text: str,
        style: Style,
        *,
        gid: str,
        align: Literal["left", "center", "right"] = "left",
        room: float | None = None,
    ) -> None:
        """Write one line of text; what the fonts cannot draw shows as a stand-in.

        Parameters are those of the class.  With ``room``, the middle is left out as far as so many
        inches demand.
        """
        words = drawable(text) if room is None else self.elided(text, room, style)
        self._axes.text(
            x, baseline, words, fontproperties=_font(style, words), color=style.colour,
            horizontalalignment=align, verticalalignment="baseline", parse_math=False,
            usetex=False, zorder=4, gid=gid,
        )  # fmt: skip

    def measure(self, text: str, style: Style) -> float:
        """Return the width of a line of text in inches.  Parameters are those of the class."""
        if not text:
            return 0.0
        words = drawable(text)
        pixels, _, _ = self._renderer.get_text_width_height_descent(
            words, _font(style, words), False
        )
        return float(pixels) / DPI

    def elided(self, text: str, width: float, style: Style) -> str:
        """Return text as drawn, its middle cut to a width.  Parameters are those of the class."""
        whole = shorter = drawable(text)
        # Letters grow a little wider than measured where a format does not fit them to pixels.
        columns, room = display_width(whole), 0.98 * width
        while columns > 1 and (taken := self.measure(shorter, style)) > room:
            columns = min(columns - 1, round(columns * room / taken))
            shorter = elide_middle(whole, max(columns, 1))
        return shorter


def _font(style: Style, text: str) -> FontProperties:
    from matplotlib.font_manager import FontProperties

    bold = style.bold and max(text, default="") < _CJK_BEGINS  # few families have others in bold

    # All is said, since what is left out would come from the user's settings.
    return FontProperties(
        family=[LATIN] if bold else list(font_families()),
        size=style.size,
        weight="bold" if bold else "normal",
        style="normal",
        variant="normal",
        stretch="normal",
    )


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
