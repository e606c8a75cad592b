"""The progress bar by itself: what it draws, what stays above it, what it leaves."""

from __future__ import annotations

import io
import os
import re
from types import SimpleNamespace

import pytest
from tests.cli.terminal import Screen

from sokkuri.cli import bar as bars
from sokkuri.cli.bar import Bar
from sokkuri.cli.terminal import Depth, Terminal
from sokkuri.show.captions import display_width


class _Window(io.StringIO):
    """A terminal of some width; what the bar drew last is its last row."""

    def __init__(self, columns: int, encoding: str) -> None:
        super().__init__()
        self.terminal = Terminal(columns, Depth.FULL, encoding)

    def screen(self) -> list[str]:
        screen = Screen(self.terminal.columns)
        screen.feed(self.getvalue())
        return screen.lines

    def drawn(self) -> str:
        """Return the last row, without colours."""
        return re.sub(r"\x1b\[[0-9;]*m", "", self.getvalue().split("\x1b[K")[-1])


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the time, which the test tells, and keep the bar's own thread from drawing."""
    now = [1000.0]
    monkeypatch.setattr("sokkuri.cli.bar.time", SimpleNamespace(monotonic=lambda: now[0]))
    monkeypatch.setattr(bars, "_TICK_SECONDS", 3600)
    monkeypatch.setattr(bars, "terminal_of", lambda stream: stream.terminal)
    return now


def _drawn(now: list[float], columns: int, *told: tuple[int, int | None], words: str = "hashing",
           encoding: str = "utf-8") -> str:  # fmt: skip
    """Return the row after each of these was told, one a second."""
    window = _Window(columns, encoding)
    with Bar(words, window) as bar:
        for done, total in told:
            now[0] += 1
            bar.tell(done, total)
        return window.drawn()


def test_a_row_says_how_far_and_how_long(clock: list[float]) -> None:
    row = _drawn(clock, 100, (0, 3_000), (1_000, 3_000), (1_500, 3_000))
    assert row == f"hashing {'━' * 30} 1,500/3,000 0:00:03 ETA 0:00:02"


def test_a_pace_is_not_known_at_once(clock: list[float]) -> None:
    assert "ETA" not in _drawn(clock, 100, (5, 10))
    assert _drawn(clock, 100, (10, 10)).endswith("10/10 0:00:01 ETA 0:00:00")
    # A count that begins anew knows nothing of the pace of the last.
    assert "ETA" not in _drawn(clock, 100, (0, 10), (9, 10), (1, 50))
    # Only the last half minute counts.
    slow_then_quick = [(0, 200), *((1, 200) for _ in range(60)), *((k, 200) for k in range(2, 102))]
    assert _drawn(clock, 100, *slow_then_quick).endswith("ETA 0:01:39")


def test_words_stand_where_no_total_is_known(clock: list[float]) -> None:
    row = _drawn(clock, 100, (1_234, None))
    assert row == f"looking for photos {'━' * 30} 1,234 found 0:00:01"
    assert "?" not in row
    # Nobody has counted yet.
    assert _drawn(clock, 100, (0, None)) == f"looking for photos {'━' * 30} 0:00:01"


@pytest.mark.parametrize("columns", [2, 12, 30, 40, 60, 80])
@pytest.mark.parametrize("words", ["hashing", "写真を読んでいます"])
def test_a_row_never_reaches_the_edge(clock: list[float], columns: int, words: str) -> None:
    for told in ((7, None), (1_234, 123_456), (0, 0)):
        row = _drawn(clock, columns, (0, told[1]), told, words=words)
        assert display_width(row) < columns
        if columns >= 60:
            assert "━━━" in row


def test_a_terminal_without_the_signs_gets_others(clock: list[float]) -> None:
    row = _drawn(clock, 100, (0, 4), (3, 4), encoding="ascii")
    assert row.isascii()
    assert row.startswith(f"hashing {'#' * 22}{'-' * 8} 3/4 ")


def test_lines_stay_above_and_the_bar_goes(clock: list[float]) -> None:
    window = _Window(40, "utf-8")
    with Bar("hashing", window) as bar:
        bar.tell(1, 3)
        bar.above("a line that is longer than the window of forty columns is")
        clock[0] += 1
        bar.tell(2, 3)
        assert "\x1b[?25l" in window.getvalue()
        assert [line.split()[0] for line in window.screen()] == ["a", "hashing"]
    assert window.screen() == ["a line that is longer than the window of forty columns is"]
    assert window.getvalue().endswith("\x1b[?25h\r\x1b[K")


def test_it_moves_while_nothing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = []
    monkeypatch.setattr(bars, "_TICK_SECONDS", 0.001)
    with open(os.devnull, "w", encoding="utf-8") as window, Bar("hashing", window) as bar:
        monkeypatch.setattr(bar, "_draw", lambda: drawn.append(1))
        while len(drawn) < 3:  # the test's own time limit ends a bar that stands still
            pass
