"""A page to draw on in inches: rectangles, photos and text, whatever the user's settings are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from sokkuri.show.fonts import LATIN, drawable, families
from sokkuri.show.text import display_width, elide_middle

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties
    from numpy.typing import NDArray
    from PIL.Image import Image

    from sokkuri.show.layout import Box

__all__ = ["Sheet"]

# Letters grow a little wider than measured where a format does not fit them to pixels.
_SLACK = 0.98


class Sheet:
    """A white page with one set of axes whose units are inches, counted from the upper left.

    One set of axes for everything keeps a page of many photos quick to draw.

    Parameters
    ----------
    width, height : float
        The page in inches.
    dpi : int
        Pixels per inch, for measuring text and for the figure's own resolution.
    """

    def __init__(self, width: float, height: float, dpi: int) -> None:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        self.figure: Figure = Figure(
            figsize=(width, height), dpi=dpi, facecolor="white", edgecolor="white"
        )
        self.figure.set_layout_engine("none")
        # Photos stay photos in PDF and SVG instead of being pasted into one picture of the page.
        self.figure.suppressComposite = True
        canvas: Any = FigureCanvasAgg(self.figure)
        self._renderer = canvas.get_renderer()
        self._axes = self.figure.add_axes((0, 0, 1, 1))
        self._axes.set_axis_off()
        self._axes.set(xlim=(0, width), ylim=(height, 0), autoscale_on=False)

    def rectangle(self, box: Box, *, fill: str, gid: str, level: float = 1) -> None:
        """Fill a rectangle; a higher ``level`` covers a lower one."""
        from matplotlib.patches import Rectangle

        self._axes.add_patch(
            Rectangle(
                (box.left, box.top),
                box.width,
                box.height,
                facecolor=fill,
                edgecolor="none",
                linewidth=0,
                zorder=level,
                gid=gid,
            )
        )

    def outline(self, box: Box, *, colour: str, line: float, gid: str) -> None:
        """Draw the four sides of a rectangle, ``line`` points thick."""
        from matplotlib.patches import Rectangle

        self._axes.add_patch(
            Rectangle(
                (box.left, box.top),
                box.width,
                box.height,
                facecolor="none",
                edgecolor=colour,
                linewidth=line,
                joinstyle="miter",
                zorder=3,
                gid=gid,
            )
        )

    def strokes(
        self,
        lines: Sequence[tuple[tuple[float, float], tuple[float, float]]],
        *,
        widths: Sequence[float],
        colour: str,
        gid: str,
    ) -> None:
        """Draw many straight lines at once, each as thick in points as ``widths`` say."""
        from matplotlib.collections import LineCollection

        self._axes.add_collection(
            LineCollection(
                lines,
                linewidths=widths,
                colors=colour,
                capstyle="round",
                zorder=3,
                gid=gid,
            ),
            autolim=False,
        )

    def cells(self, pixels: NDArray[np.uint8], box: Box, *, gid: str) -> None:
        """Draw an array of shape (rows, columns, 3) with sharp cells that fill ``box``."""
        self._axes.imshow(
            pixels,
            extent=(box.left, box.right, box.bottom, box.top),
            aspect="auto",
            origin="upper",
            interpolation="nearest",
            resample=True,
            zorder=2,
            gid=gid,
        )

    def photo(self, image: Image, box: Box, *, gid: str) -> None:
        """Draw a picture whole and in its proportions, as large as ``box`` allows."""
        place = box.fitted(image.size)
        self._axes.imshow(
            image,
            extent=(place.left, place.right, place.bottom, place.top),
            aspect="auto",
            origin="upper",
            interpolation="hanning",
            resample=True,
            zorder=2,
            gid=gid,
        )

    def text(
        self,
        x: float,
        baseline: float,
        text: str,
        *,
        size: float,
        colour: str,
        gid: str,
        align: Literal["left", "center", "right"] = "left",
        bold: bool = False,
    ) -> None:
        """Write one line of text; what the fonts cannot draw shows as a stand-in.

        Bold is for words and numbers of ours: names come in the regular weight, which is the only
        one that every family has.
        """
        self._axes.text(
            x,
            baseline,
            drawable(text),
            fontproperties=_font(size, bold=bold),
            color=colour,
            horizontalalignment=align,
            verticalalignment="baseline",
            parse_math=False,
            usetex=False,
            zorder=4,
            gid=gid,
        )

    def measure(self, text: str, *, size: float, bold: bool = False) -> float:
        """Return how wide a line of text will be, in inches."""
        if not text:
            return 0.0
        font = _font(size, bold=bold)
        pixels, _, _ = self._renderer.get_text_width_height_descent(drawable(text), font, False)
        return float(pixels) / self.figure.dpi

    def elided(self, text: str, width: float, *, size: float) -> str:
        """Return ``text`` as drawn, its middle left out as far as ``width`` inches demand."""
        whole = shorter = drawable(text)
        columns = display_width(whole)
        room = width * _SLACK
        while columns > 1 and (taken := self.measure(shorter, size=size)) > room:
            columns = min(columns - 1, round(columns * room / taken))
            shorter = elide_middle(whole, max(columns, 1))
        return shorter


def _font(size: float, *, bold: bool) -> FontProperties:
    from matplotlib.font_manager import FontProperties

    # All is said, since what is left out would come from the user's settings.
    return FontProperties(
        family=[LATIN] if bold else list(families()),
        size=size,
        weight="bold" if bold else "normal",
        style="normal",
        variant="normal",
        stretch="normal",
    )
