"""The figure of a threshold: how many pairs are how near, and how many of them by chance."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from sokkuri.language import say, say_count
from sokkuri.names import escape
from sokkuri.show.canvas import INK, RED, SOFT_INK, Box, Canvas, Style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from sokkuri.engine.thresholds import ThresholdOutcome

_WIDTH: Final = 8.0
_PLOT: Final = Box(0.95, 1.25, 6.65, 3.6)
_MEASURED: Final = "#15437a"
_CHANCE: Final = "#9aa3ad"
_WIDEST_SHARE: Final = 0.1
"""The figure shows distances up to this share of pairs; above are those of any two photos."""

_TITLE: Final = Style(14.0)
_NOTE: Final = Style(8.0, SOFT_INK)
_TICK: Final = Style(7.0, SOFT_INK)
_LIMIT: Final = Style(8.0, RED)


def threshold_words(outcome: ThresholdOutcome, distance: int) -> str:
    """Say how many pairs are within a distance, and how many of them by chance.

    Parameters
    ----------
    outcome : ThresholdOutcome
    distance : int
    """
    found, chance = outcome.found(distance), outcome.by_chance(distance)
    bits, pairs = _bits(distance), say_count("{count:,} pair", "{count:,} pairs", found)
    if chance is None:
        return say("at {bits}: {pairs}", bits=bits, pairs=pairs)
    number = round(chance)
    if not number:
        return say("at {bits}: {pairs}, fewer than one by chance", bits=bits, pairs=pairs)
    if number > found:
        return say(
            "at {bits}: {pairs}, where chance would make about {number:,}",
            bits=bits, pairs=pairs, number=number,
        )  # fmt: skip
    return say(
        "at {bits}: {pairs}, about {number:,} of them by chance",
        bits=bits, pairs=pairs, number=number,
    )  # fmt: skip


def _bits(count: int) -> str:
    return say_count("{count:,} bit", "{count:,} bits", count)


def choice_words(outcome: ThresholdOutcome) -> str:
    """Say which threshold was chosen, and why that one.

    Parameters
    ----------
    outcome : ThresholdOutcome
    """
    if outcome.max_distance is None:
        return say(
            "no distance is safe: among so many photos even equal hashes are there by chance; take "
            "a hash of more bits"
        )
    if outcome.basis == "few photos":
        return say(
            "{photos:,} photos are too few to tell what chance makes; a careful threshold is one "
            "bit in 64: {bits}",
            photos=outcome.photos, bits=_bits(outcome.max_distance),
        )  # fmt: skip
    return threshold_words(outcome, outcome.max_distance)


def draw_threshold(outcome: ThresholdOutcome) -> Figure:
    """Draw pairs by distance on a scale of powers of ten, chance beside them, and the threshold.

    Parameters
    ----------
    outcome : ThresholdOutcome

    Raises
    ------
    MissingExtra
        If matplotlib is not installed.
    """
    canvas = Canvas()
    name, room = escape(outcome.spec.name), _WIDTH - 1.0
    title = say("How near photos come by chance: {name}", name=name)
    canvas.text(0.5, 0.5, title, _TITLE, room=room, gid="title")
    canvas.text(0.5, 0.76, choice_words(outcome), _NOTE, room=room, gid="choice")
    if outcome.model is None:
        return canvas.finish(_WIDTH, 1.05)
    _draw_key(canvas)
    _Plot(canvas, outcome).draw()
    return canvas.finish(_WIDTH, _PLOT.bottom + 0.65)


def _draw_key(canvas: Canvas) -> None:
    left = _PLOT.left
    for gid, words, colour in (
        ("found", say("pairs of photos within a distance"), _MEASURED),
        ("chance", say("by chance"), _CHANCE),
        ("threshold", say("threshold"), RED),
    ):
        canvas.rectangle(Box(left, 1.0, 0.1, 0.09), fill=colour, gid=f"key-{gid}")
        canvas.text(left + 0.15, 1.085, words, _TICK, gid=f"words-{gid}")
        left += 0.15 + canvas.measure(words, _TICK) + 0.25


class _Plot:
    """The plot itself: distances to the right, numbers of pairs upwards in powers of ten."""

    def __init__(self, canvas: Canvas, outcome: ThresholdOutcome) -> None:
        assert outcome.model is not None  # noqa: S101 - there is nothing to draw without one
        self._canvas, self._outcome, self._model = canvas, outcome, outcome.model
        shares = self._model.measured
        least = max(2, self._model.fitted[1], len(outcome.counts))
        self._last = max(least, int(np.searchsorted(shares, _WIDEST_SHARE)))
        self._last = min(self._last, outcome.spec.bits)
        top = float(shares[self._last]) * max(1, outcome.pairs)
        self._powers = range(-1, max(1, math.ceil(math.log10(max(top, 1.0)))) + 1)

    def draw(self) -> None:
        """Draw grid, bars, curve and threshold."""
        self._draw_grid()
        distances = np.arange(self._last + 1)
        pairs = self._outcome.pairs
        # Where all pairs were looked at they are counted, beyond they are those of a sample.
        found = self._model.measured[: self._last + 1] * pairs
        counted = np.cumsum(self._outcome.counts)[: self._last + 1]
        found[: len(counted)] = counted
        self._draw_line(distances, self._model.shares[: self._last + 1] * pairs, "chance", 2.6)
        self._draw_line(distances, found, "found", 1.3)
        if self._outcome.max_distance is not None:
            self._draw_limit(self._outcome.max_distance)

    def _across(self, distance: float) -> float:
        return _PLOT.left + _PLOT.width * distance / self._last

    def _down(self, pairs: float) -> float:
        low, high = self._powers[0], self._powers[-1]
        share = (math.log10(max(pairs, 10.0**low)) - low) / (high - low)
        return _PLOT.bottom - _PLOT.height * min(1.0, share)

    def _draw_grid(self) -> None:
        canvas, plot = self._canvas, _PLOT
        for power in self._powers:
            down = self._down(10.0**power)
            line = Box(plot.left, down - 0.002, plot.width, 0.004)
            canvas.rectangle(line, fill="#e3e5e8", level=1, gid=f"grid-{power}")
            words = f"{10.0**power:,.{max(0, -power)}f}"
            canvas.text(
                plot.left - 0.08, down + 0.035, words, _TICK, align="right", gid=f"pairs-{power}"
            )
        for distance in _ticks(self._last):
            at = self._across(distance)
            canvas.text(
                at, plot.bottom + 0.17, f"{distance:,}", _TICK, align="center",
                gid=f"distance-{distance}",
            )  # fmt: skip
        canvas.rectangle(
            Box(plot.left, plot.bottom - 0.004, plot.width, 0.008), fill=INK, gid="axis"
        )
        words = say("distance in bits")
        canvas.text(plot.middle, plot.bottom + 0.38, words, _TICK, align="center", gid="across")

    def _draw_line(
        self, distances: NDArray[np.int64], pairs: NDArray[np.float64], gid: str, width: float
    ) -> None:
        """Draw a line through what can be seen; ``distances`` and ``pairs`` have shape (N,)."""
        floor = 10.0 ** self._powers[0]
        seen = np.flatnonzero(pairs > floor)
        every = max(1, len(seen) // 400)
        places = [
            (self._across(float(distances[at])), self._down(float(pairs[at])))
            for at in seen[::every].tolist()
        ]
        strokes = list(pairwise(places))
        colour = _CHANCE if gid == "chance" else _MEASURED
        if strokes:
            self._canvas.strokes(strokes, widths=[width], gid=gid, colour=colour)

    def _draw_limit(self, limit: int) -> None:
        at, plot = self._across(min(limit, self._last)), _PLOT
        line = Box(at - 0.007, plot.top, 0.014, plot.height)
        self._canvas.rectangle(line, fill=RED, level=3, gid="threshold")
        self._canvas.text(at + 0.06, plot.top + 0.1, _bits(limit), _LIMIT, gid="threshold-words")


def _ticks(last: int) -> Sequence[int]:
    """Return some round distances up to the last."""
    rough = max(1, last / 6)
    power = 10 ** math.floor(math.log10(rough))
    step = next(power * times for times in (1, 2, 5, 10) if power * times >= rough)
    return range(0, last + 1, step)
