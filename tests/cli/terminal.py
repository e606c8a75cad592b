"""A terminal for tests: a process in it, and what a person then sees."""

from __future__ import annotations

import contextlib
import os
import re
import select
import signal
import struct
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sokkuri.show.captions import display_width

PATIENCE = 120
"""Seconds without a byte after which a process is taken to hang."""

_TAB = 8

_PIECE = re.compile(
    r"\x1b\[(?P<numbers>[?0-9;]*)(?P<verb>[A-Za-z])|(?P<sign>[\r\n\b\t])|(?P<letter>.)", re.DOTALL
)


class Screen:
    """The part of a terminal that a command with a progress bar needs; others fail the test.

    Rows are never scrolled away, and a line that is wrapped at the edge is known to be one.
    """

    def __init__(self, columns: int) -> None:
        self.columns = columns
        self.cursor_shown = True
        self._rows: list[list[str]] = [[]]
        self._goes_on: set[int] = set()
        self._row = self._column = 0

    @property
    def lines(self) -> list[str]:
        """What stands there, line by line, however the window breaks them."""
        lines: list[str] = []
        joined = False
        for number, row in enumerate(self._rows):
            text = "".join(row)
            lines = [*lines[:-1], lines[-1] + text] if joined else [*lines, text]
            joined = number in self._goes_on
        return [line.rstrip() for line in lines if line.strip()]

    @property
    def rows(self) -> Iterator[tuple[str, bool]]:
        """Each row of the window from the top, and whether it goes on in the next one."""
        for number, row in enumerate(self._rows):
            yield "".join(row).rstrip(), number in self._goes_on

    def feed(self, text: str) -> None:
        """Take what a process wrote."""
        for piece in _PIECE.finditer(text):
            if piece["verb"]:
                self._obey(piece["verb"], piece["numbers"])
            elif piece["sign"]:
                self._move(piece["sign"])
            else:
                self._put(piece["letter"])

    def _obey(self, verb: str, numbers: str) -> None:
        number = int(numbers) if numbers.isdigit() else 0
        row = self._rows[self._row]
        if verb == "m":
            return
        if verb in "lh" and numbers == "?25":
            self.cursor_shown = verb == "h"
        elif verb == "K" and number == 0:
            del row[self._column :]
            self._goes_on.discard(self._row)
        elif verb == "K" and number == 2:
            row.clear()
            self._goes_on.discard(self._row)
        elif verb == "A":
            self._row = max(0, self._row - max(1, number))
        else:
            raise AssertionError(f"nobody taught this terminal ESC[{numbers}{verb}")

    def _move(self, sign: str) -> None:
        if sign == "\n":
            self._down()
        elif sign == "\b":
            self._column = max(0, self._column - 1)
        elif sign == "\t":
            self._column = min(self.columns - 1, self._column // _TAB * _TAB + _TAB)
        else:
            self._column = 0

    def _down(self) -> None:
        self._row += 1
        if self._row == len(self._rows):
            self._rows.append([])

    def _put(self, letter: str) -> None:
        assert letter >= " ", f"a raw control character: {letter!r}"
        width = display_width(letter)
        if self._column + width > self.columns:
            self._goes_on.add(self._row)
            self._down()
            self._column = 0
        row = self._rows[self._row]
        row.extend(" " * (self._column + width - len(row)))
        # A wide letter takes two cells, of which the second is empty.
        row[self._column : self._column + width] = [letter, *[""] * (width - 1)]
        self._column += width


@dataclass
class Seen:
    """What became of a process in a terminal: its exit code, the screen, and what was piped."""

    screen: Screen
    code: int = -1
    raw: bytes = b""
    piped: bytes = field(default=b"")

    @property
    def lines(self) -> list[str]:
        """The lines that stand on the screen."""
        return self.screen.lines


def run_in_terminal(
    *words: object,
    columns: int = 80,
    stdout_too: bool = True,
    stop_at: bytes = b"",
    stop_with: signal.Signals = signal.SIGINT,
    answer: str = "",
    surroundings: Mapping[str, str] | None = None,
    folder: str | None = None,
) -> Seen:
    """Run ``sokkuri`` with its stderr, and its stdout unless it is piped, on a terminal.

    Parameters
    ----------
    *words
    columns : int
        How wide the window is.
    stdout_too : bool
        Whether stdout is the terminal too; otherwise it is a file.
    stop_at : bytes
        Send a signal to the process and its children, as Ctrl-C does, when these bytes were seen.
    stop_with : Signals
    answer : str
        Type this instead, and Enter.
    surroundings : mapping, optional
        Variables of the environment.
    folder : str, optional
        Where it runs; by default, where the tests do.
    """
    return watched(
        [sys.executable, "-m", "sokkuri", *map(str, words)], columns=columns,
        stdout_too=stdout_too, stop_at=stop_at, stop_with=stop_with, answer=answer,
        folder=folder, environment=_environment(surroundings or {}),
    )  # fmt: skip


def watched(
    command: Sequence[str],
    *,
    columns: int,
    environment: Mapping[str, str],
    stdout_too: bool = True,
    stop_at: bytes = b"",
    stop_with: signal.Signals = signal.SIGINT,
    answer: str = "",
    folder: str | None = None,
) -> Seen:
    """Run any command as :func:`run_in_terminal` runs ``sokkuri``, with just these variables."""
    seen = Seen(Screen(columns))
    master, slave = _terminal(columns)
    read, write = os.pipe()  # closed at once where it is not used
    with contextlib.ExitStack() as stack:
        process = stack.enter_context(
            subprocess.Popen(
                command,
                stdin=slave if answer else subprocess.DEVNULL,
                stdout=slave if stdout_too else write, stderr=slave,
                env=environment, start_new_session=True, cwd=folder,
            )
        )  # fmt: skip
        stack.callback(process.kill)
        os.close(slave)
        os.close(write)
        told = not stop_at
        for descriptor, data in _read_all([master, read]):
            if descriptor == read:
                seen.piped += data
                continue
            seen.raw += data
            if not told and stop_at in seen.raw:
                told = True
                if answer:
                    os.write(master, f"{answer}\n".encode())
                else:
                    os.killpg(process.pid, stop_with)
        seen.code = process.wait(PATIENCE)
    encoding = environment.get("PYTHONIOENCODING", "utf-8")
    seen.screen.feed(seen.raw.decode(encoding, "backslashreplace"))
    return seen


def _environment(surroundings: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a usual terminal, whatever that of the tests is."""
    ours = {"NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "CI", "PYTHONIOENCODING"}
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return kept | {"TERM": "xterm-256color", "LANG": "C.UTF-8"} | dict(surroundings)


def _terminal(columns: int) -> tuple[int, int]:
    import fcntl
    import termios

    master, slave = os.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    return master, slave


def _read_all(descriptors: Sequence[int]) -> Iterator[tuple[int, bytes]]:
    """Yield what comes, until all are closed at the other end."""
    open_ones = list(descriptors)
    while open_ones:
        ready, _, _ = select.select(open_ones, [], [], PATIENCE)
        assert ready, f"nothing came for {PATIENCE} seconds"
        for descriptor in ready:
            try:
                data = os.read(descriptor, 1 << 16)
            except OSError:  # how Linux says that nobody holds the terminal any more
                data = b""
            if data:
                yield descriptor, data
            else:
                open_ones.remove(descriptor)
                os.close(descriptor)
