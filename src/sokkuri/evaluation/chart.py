"""Measured shares on one page: tables shaded by value, and histograms of distances beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from sokkuri.evaluation.pairs import draw_pairs
from sokkuri.language import say
from sokkuri.show.canvas import INK, RED, SOFT_INK, Box, Canvas, Style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from sokkuri.evaluation.false_finds import FinderRecall
    from sokkuri.evaluation.robustness import Robustness

_MARGIN: Final = 0.4
_GAP: Final = 0.5
_TOP: Final = 1.0

_HEADING: Final = 0.62  # from the title of a table down to its first row
_ROW: Final = 0.245
_GROUP_GAP: Final = 0.14
_LABEL_GAP: Final = 0.12

_HISTOGRAM_WIDTH: Final = 3.9
_CAPTION: Final = 0.26

# From nearly white to a deep blue; single-hued, so it also reads in grey and to every eye.
_PALE: Final = (240, 243, 247)
_DEEP: Final = (21, 67, 122)
_COPIES: Final = "#15437a"
_STRANGERS: Final = "#b9c0c9"

_TITLE: Final = Style(9.5, INK, bold=True)
_TEXT: Final = Style(7.4)
_NOTE: Final = Style(6.6, SOFT_INK)
_LIMIT: Final = Style(6.6, RED)


class ShareTable(NamedTuple):
    """A table of shares, one column a hash, one row a measure; each group of rows stands apart."""

    title: str
    note: str
    columns: Sequence[str]
    groups: Sequence[Sequence[tuple[str, Sequence[float]]]]


def draw_chart(
    title: str,
    note: str,
    tables: Sequence[ShareTable],
    measured: Sequence[Robustness],
    finders: Sequence[FinderRecall] = (),
) -> Figure:
    """Draw tables side by side, the histograms below each other to their right, then pairs.

    Parameters
    ----------
    title, note : str
    tables : sequence of ShareTable
        At least one.
    measured : sequence of Robustness
        Distances of unrelated photos are drawn above, those of copies below.
    finders : sequence of FinderRecall
        Their first false finds and same scenes are drawn as pairs of photos, below all else.
    """
    canvas = Canvas()
    groups = [[len(group) for group in table.groups] for table in tables]
    height = max(_HEADING + sum(rows) * _ROW + (len(rows) - 1) * _GROUP_GAP for rows in groups)
    left = _MARGIN
    for table in tables:
        left = _draw_table(canvas, table, left) + _GAP
    if measured:
        _draw_histograms(canvas, measured, Box(left, _TOP, _HISTOGRAM_WIDTH, height))
        left += _HISTOGRAM_WIDTH + _GAP
    width = max(left - _GAP + _MARGIN, 6.0)
    room = width - 2 * _MARGIN
    canvas.text(_MARGIN, 0.46, title, Style(14.0), room=room, gid="title")
    canvas.text(_MARGIN, 0.68, note, Style(8.0, SOFT_INK), room=room, gid="counts")
    bottom = _TOP + height
    if finders:
        bottom = draw_pairs(canvas, finders, _MARGIN, bottom + _GAP, room)
    return canvas.finish(width, bottom + 0.35)


def _share_words(share: float) -> str:
    """Return a share in percent with one decimal; only the whole is called ``100``."""
    if share == 1:
        return "100"
    # Rounding must not make all out of nearly all, nor nothing out of a little.
    percent = min(round(100 * share, 1), 99.9)
    return "0" if share == 0 else f"{max(percent, 0.1):.1f}"


def _binned(counts: Sequence[int]) -> NDArray[np.float64]:
    """Return the share of counts in each bin of equally many distances."""
    values = np.asarray(counts, np.float64)
    places = np.arange(len(counts)) // _step(len(counts) - 1)
    return np.asarray(np.bincount(places, weights=values) / max(1.0, values.sum()))


def _draw_table(canvas: Canvas, table: ShareTable, left: float) -> float:
    """Draw a table and return its right edge."""
    labels = (label for group in table.groups for label, _ in group)
    widest = max(canvas.measure(label, _TEXT) for label in labels)
    # A little more than measured, which is what eliding asks for.
    indent = min(widest * 1.04, 1.9) + _LABEL_GAP
    column = max(
        0.8,
        max(canvas.measure(name, _TEXT) for name in table.columns) + 0.16,
        (canvas.measure(table.title, _TITLE) - indent) / len(table.columns),
    )
    right = left + indent + column * len(table.columns)
    gid = table.title
    canvas.text(left, _TOP + 0.1, table.title, _TITLE, gid=gid)
    canvas.text(left, _TOP + 0.27, table.note, _NOTE, room=right - left, gid=f"{gid}-note")
    upper = _TOP + _HEADING
    for number, name in enumerate(table.columns):
        middle = left + indent + (number + 0.5) * column
        canvas.text(middle, upper - 0.08, name, _TEXT, align="center", gid=f"{gid}-column-{number}")
    for group in table.groups:
        for label, shares in group:
            room = indent - _LABEL_GAP
            canvas.text(left, upper + 0.165, label, _TEXT, room=room, gid=f"{gid}-row-{label}")
            for number, share in enumerate(shares):
                box = Box(left + indent + number * column, upper, column, _ROW)
                _draw_share(canvas, share, box, f"{gid}-{label}-{number}")
            upper += _ROW
        upper += _GROUP_GAP
    return right


def _draw_share(canvas: Canvas, share: float, box: Box, gid: str) -> None:
    shades = zip(_PALE, _DEEP, strict=True)
    fill = "#{:02x}{:02x}{:02x}".format(
        *(round(pale + (deep - pale) * share) for pale, deep in shades)
    )
    canvas.rectangle(box.grown(-0.0125), fill=fill, gid=f"{gid}-cell")
    style = _TEXT._replace(colour="white" if share >= 0.5 else INK)
    words = _share_words(share)
    canvas.text(box.middle, box.top + 0.165, words, style, align="center", gid=f"{gid}-value")


def _draw_histograms(canvas: Canvas, measured: Sequence[Robustness], box: Box) -> None:
    title, baseline, left = say("Distances, as share of the bits"), box.top + 0.27, box.left
    canvas.text(left, box.top + 0.1, title, _TITLE, gid="distances")
    key = (
        ("unrelated photos", say("unrelated photos"), _STRANGERS),
        ("edited copies", say("edited copies"), _COPIES),
        ("threshold", say("threshold"), RED),
    )
    for name, text, colour in key:
        dot = Box(left, baseline - 0.075, 0.09, 0.08)
        canvas.rectangle(dot, fill=colour, gid=f"key-{name}")
        canvas.text(left + 0.13, baseline, text, _NOTE, gid=f"words-{name}")
        left += 0.13 + canvas.measure(text, _NOTE) + 0.14
    canvas.text(left, baseline, say("√ of shares"), _NOTE, gid="key-scale")
    upper = box.top + _HEADING - 0.2
    each = min((box.bottom - upper - 0.3) / len(measured), 1.7)
    for item in measured:
        _draw_histogram(canvas, item, Box(box.left, upper, box.width, each))
        upper += each
    for tick in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0):
        canvas.text(
            box.left + box.width * tick, upper + 0.14, f"{tick:.0%}", _NOTE, gid=f"tick-{tick}",
            align="center" if 0 < tick < 1 else ("left" if tick == 0 else "right"),
        )  # fmt: skip


def _draw_histogram(canvas: Canvas, item: Robustness, box: Box) -> None:
    name, bits = item.spec.name, item.spec.bits
    words = say("no distance is safe")
    if item.threshold >= 0:
        words = say("distance ≤ {limit:,} of {bits:,}", limit=item.threshold, bits=bits)
    canvas.text(box.left, box.top + 0.17, name, _TEXT, gid=f"{name}-name")
    canvas.text(box.right, box.top + 0.17, words, _LIMIT, align="right", gid=f"{name}-limit")
    plot = Box(box.left, box.top + _CAPTION, box.width, box.height - _CAPTION)
    middle, half = plot.top + plot.height / 2, plot.height / 2 - 0.03
    wide = plot.width * _step(bits) / bits
    for counts, colour in ((item.unrelated, _STRANGERS), (item.genuine, _COPIES)):
        # Roots, or the many copies that hardly differ would hide all others; and each side has a
        # scale of its own, since there are far fewer copies.
        roots = np.sqrt(_binned(counts))
        for number, tall in enumerate((roots / max(roots.max(), 1e-9) * half).tolist()):
            if tall > 0:
                at = plot.left + number * wide
                upper = middle - tall if colour == _STRANGERS else middle
                bar = Box(at, upper, min(wide, plot.right - at), tall)
                canvas.rectangle(bar, fill=colour, gid=f"{name}-{colour}-{number}")
    axis = Box(plot.left, middle - 0.004, plot.width, 0.008)
    canvas.rectangle(axis, fill=INK, gid=f"{name}-axis")
    if item.threshold >= 0:
        # The threshold itself still passes, so the line stands behind it.
        at = plot.left + plot.width * min(1.0, (item.threshold + 1) / bits)
        line = Box(at - 0.007, plot.top, 0.014, plot.height)
        canvas.rectangle(line, fill=RED, level=2, gid=f"{name}-line")


def _step(bits: int) -> int:
    """Return the number of distances in each of some 64 bins.

    An even number: hashes with as many ones as zeros have even distances only, and an odd step
    would draw a comb.
    """
    return max(2, 2 * round(bits / 128))
