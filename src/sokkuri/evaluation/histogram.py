"""How far apart copies and strangers are: two histograms back to back for each hash."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from sokkuri.evaluation.panel import HEADING, INK, SOFT_INK
from sokkuri.show.layout import Box

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sokkuri.evaluation.results import Robustness
    from sokkuri.show.sheet import Sheet

__all__ = ["binned", "draw_histograms"]

_COPIES: Final = "#15437a"
_STRANGERS: Final = "#b9c0c9"
_LIMIT: Final = "#d3222a"

_BINS: Final = 64
_TICKS: Final = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
_AXIS: Final = 0.3
_CAPTION: Final = 0.26
_TALLEST: Final = 1.7

_TITLE_SIZE: Final = 9.5
_TEXT_SIZE: Final = 7.4
_NOTE_SIZE: Final = 6.6


def draw_histograms(
    sheet: Sheet,
    measured: Sequence[Robustness],
    left: float,
    top: float,
    width: float,
    height: float,
) -> None:
    """Draw one pair of histograms for each hash, below each other.

    Parameters
    ----------
    sheet : Sheet
        The page.
    measured : sequence of Robustness
        One for each hash.
    left, top, width, height : float
        Where, in inches.
    """
    title = "Distances, as share of the bits"
    sheet.text(left, top + 0.1, title, size=_TITLE_SIZE, colour=INK, bold=True, gid="distances")
    _draw_key(sheet, left, top + 0.27)
    each = min((height - HEADING + 0.2 - _AXIS) / len(measured), _TALLEST)
    upper = top + HEADING - 0.2
    for item in measured:
        _draw_pair(sheet, item, Box(left, upper, width, each))
        upper += each
    for tick in _TICKS:
        sheet.text(
            left + width * tick,
            upper + 0.14,
            f"{tick:.0%}",
            size=_NOTE_SIZE,
            colour=SOFT_INK,
            align="center" if 0 < tick < 1 else ("left" if tick == 0 else "right"),
            gid=f"tick-{tick}",
        )


def binned(counts: Sequence[int]) -> NDArray[np.float64]:
    """Gather counts by distance into bins that hold equally many distances each.

    Returns
    -------
    ndarray of float64
        The share of each bin; distance ``d`` lies in bin ``d // step`` for one even step.
    """
    values = np.asarray(counts, np.float64)
    places = np.arange(len(counts)) // _step(len(counts) - 1)
    shares: NDArray[np.float64] = np.bincount(places, weights=values) / max(1.0, values.sum())
    return shares


def _step(bits: int) -> int:
    """Return how many distances share a bin.

    An even number: hashes with as many ones as zeros have even distances only, and an odd step
    would draw a comb.
    """
    return max(2, 2 * round(bits / _BINS / 2))


def _draw_key(sheet: Sheet, left: float, baseline: float) -> None:
    words = (
        ("unrelated photos", _STRANGERS),
        ("edited copies", _COPIES),
        ("threshold", _LIMIT),
    )
    for text, colour in words:
        sheet.rectangle(Box(left, baseline - 0.075, 0.09, 0.08), fill=colour, gid=f"key-{text}")
        sheet.text(
            left + 0.13, baseline, text, size=_NOTE_SIZE, colour=SOFT_INK, gid=f"words-{text}"
        )
        left += 0.13 + sheet.measure(text, size=_NOTE_SIZE) + 0.14
    sheet.text(left, baseline, "√ of shares", size=_NOTE_SIZE, colour=SOFT_INK, gid="key-scale")


def _draw_pair(sheet: Sheet, item: Robustness, box: Box) -> None:
    name = item.spec.name
    sheet.text(box.left, box.top + 0.17, name, size=_TEXT_SIZE, colour=INK, gid=f"{name}-name")
    limit = f"distance ≤ {item.threshold:,} of {item.spec.bits:,}"
    words = limit if item.threshold >= 0 else "no distance is safe"
    sheet.text(
        box.right, box.top + 0.17, words, size=_NOTE_SIZE, colour=_LIMIT, align="right",
        gid=f"{name}-limit",
    )  # fmt: skip
    plot = Box(box.left, box.top + _CAPTION, box.width, box.height - _CAPTION)
    middle = plot.top + plot.height / 2
    half = plot.height / 2 - 0.03
    for counts, colour, upwards in (
        (item.unrelated, _STRANGERS, True),
        (item.genuine, _COPIES, False),
    ):
        # Roots, or the many copies that hardly differ would hide all others; and each side has a
        # scale of its own, since there are far fewer copies.
        roots = np.sqrt(binned(counts))
        heights = roots / max(roots.max(), 1e-9) * half
        wide = plot.width * _step(item.spec.bits) / item.spec.bits
        for number, tall in enumerate(heights.tolist()):
            if tall > 0:
                upper = middle - tall if upwards else middle
                at = plot.left + number * wide
                bar = Box(at, upper, min(wide, plot.right - at), tall)
                sheet.rectangle(bar, fill=colour, gid=f"{name}-{colour}-{number}")
    sheet.rectangle(Box(plot.left, middle - 0.004, plot.width, 0.008), fill=INK, gid=f"{name}-axis")
    if item.threshold >= 0:
        # The threshold itself still passes, so the line stands behind it.
        at = plot.left + plot.width * min(1.0, (item.threshold + 1) / item.spec.bits)
        line = Box(at - 0.007, plot.top, 0.014, plot.height)
        sheet.rectangle(line, fill=_LIMIT, gid=f"{name}-line", level=2)
