"""The progress bar: a line at the foot of a terminal, which is taken away at the end."""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Final, Self, TextIO

from sokkuri.cli.terminal import DIM, PLAIN, TextStyle, cut, terminal_of
from sokkuri.language import say
from sokkuri.show.captions import display_width

if TYPE_CHECKING:
    from types import TracebackType

    from sokkuri.cli.terminal import Line, Terminal

_REDRAW_SECONDS: Final = 0.05
_TICK_SECONDS: Final = 0.2
_PACE_SECONDS: Final = 30
_WIDEST: Final = 30
_NARROWEST: Final = 5
_PIECE: Final = 3
_DONE: Final = TextStyle(ink="cyan")
_SIGNS: Final = "━╸━"
_SIMPLE_SIGNS: Final = "#--"
"""For what is done, for half a cell of it, and for the rest."""

_BACK: Final = "\r\x1b[K"
_HIDE: Final = "\x1b[?25l"
_SHOW: Final = "\x1b[?25h"

TAKEN_AWAY: Final = f"{_SHOW}{_BACK}"
"""What takes a bar away and shows the cursor that it hid."""


class Bar:
    """A line that tells how far work is, with an ETA; a clock of its own keeps it moving.

    Parameters
    ----------
    words : str
        What is under way.
    stream : TextIO
        A terminal that can take back what it shows.
    """

    def __init__(self, words: str, stream: TextIO) -> None:
        self.stream = stream
        self._words = words
        # What the clock's thread says is in the language of the one that made the bar.
        self._looking, self._found = (
            say("looking for photos"),
            say("{count} found", count="{count:,}"),
        )
        self._done: int = 0
        self._total: int | None = None
        self._began = time.monotonic()
        self._drawn = 0.0
        self._pace: deque[tuple[float, int]] = deque()  # how much was done at which time
        self._lock = threading.RLock()
        self._ended = threading.Event()
        self._clock = threading.Thread(target=self._tick, name="bar", daemon=True)

    def __enter__(self) -> Self:
        self._write(_HIDE)
        self._clock.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._clock.join()
        self._write(TAKEN_AWAY)

    def tell(self, done: int, total: int | None) -> None:
        """Say how far the work is.

        Parameters
        ----------
        done : int
        total : int, optional
            None while photos are still being looked for.
        """
        with self._lock:
            self._done, self._total = done, total
            # Drawing costs more than hashing a small picture, so it goes by the clock.
            if done == total or time.monotonic() - self._drawn >= _REDRAW_SECONDS:
                self._draw()

    def above(self, text: str) -> None:
        """Write a line above the bar; however narrow the window is, it stays one line."""
        with self._lock:
            self._write(f"{_BACK}{text}\n")
            self._draw()

    def _tick(self) -> None:
        with contextlib.suppress(OSError, ValueError):  # the window may have been closed
            while not self._ended.wait(_TICK_SECONDS):
                with self._lock:
                    self._draw()

    def _draw(self) -> None:
        now = self._drawn = time.monotonic()
        terminal = terminal_of(self.stream)
        self._write(_BACK + terminal.painted(self._line(terminal, now)))

    def _write(self, text: str) -> None:
        self.stream.write(text)
        self.stream.flush()

    def _line(self, terminal: Terminal, now: float) -> Line:
        """Lay the line out; of what does not fit, the clock goes first, then the ETA."""
        # A line that reaches the edge could not be taken back.
        room = terminal.columns - 1
        if self._total is None:
            words, eta = self._looking, ""
            counts = self._found.format(count=self._done) if self._done else ""
        else:
            words, counts = self._words, f"{self._done:,}/{self._total:,}"
            eta = self._eta(now, self._total)
        elapsed = _clock_words(now - self._began)
        for right in (f"{counts} {elapsed} {eta}", f"{counts} {eta}", counts):
            right = right.strip()  # noqa: PLW2901
            left = room - display_width(f"{words}  {right}")
            if left >= _NARROWEST:
                bar = self._bar(terminal, min(left, _WIDEST), now)
                return [(f"{words} ", PLAIN), *bar, (f" {right}", PLAIN)]
        return cut([(f"{words} {counts}", PLAIN)], room)

    def _bar(self, terminal: Terminal, width: int, now: float) -> Line:
        full, half, rest = _SIGNS if terminal.shows(_SIGNS) else _SIMPLE_SIGNS
        if self._total is None:  # nobody knows how far: a piece that wanders
            at = int(8 * (now - self._began)) % (width - _PIECE + 1)
            return [
                (rest * at, DIM), (full * _PIECE, _DONE), (rest * (width - at - _PIECE), DIM),
            ]  # fmt: skip
        halves = 2 * width * self._done // self._total if self._total else 2 * width
        whole, odd = divmod(min(halves, 2 * width), 2)
        return [(full * whole + half * odd, _DONE), (rest * (width - whole - odd), DIM)]

    def _eta(self, now: float, total: int) -> str:
        """Return when all will be done at the pace of the last half minute, if that is known."""
        if self._pace and self._pace[-1][1] > self._done:
            self._pace.clear()  # another count has begun
        self._pace.append((now, self._done))
        while now - self._pace[0][0] > _PACE_SECONDS:
            self._pace.popleft()
        since, before = self._pace[0]
        left = total - self._done
        if left and self._done == before:
            return ""
        return f"ETA {_clock_words((now - since) * left / max(self._done - before, 1))}"


def _clock_words(seconds: float) -> str:
    minutes, whole = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{whole:02}"
