"""A progress bar with an ETA, on stderr, only where a person looks."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console
    from rich.progress import Progress as Bar

    from sokkuri._typing import Progress

__all__ = ["progress_bar", "shown_on"]

shown_on: Final[list[int]] = []
"""Descriptors of terminals on which a bar hides the cursor, for an end without unwinding."""

_REDRAW_SECONDS: Final = 0.05
_BAR: Final = 30
_ROOMY: Final = 80


@contextlib.contextmanager
def progress_bar(words: str, *, quiet: bool = False) -> Iterator[Progress | None]:
    """Show a bar while the block runs.

    Yields
    ------
    callable or None
        To be called as ``progress(done, total)``; None where no bar is shown.
    """
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console

    console = Console(stderr=True)
    console.width = _columns()
    if not console.is_interactive:  # such as TERM=dumb, which cannot take back what it shows
        yield None
        return
    from sokkuri.cli.output import notes_above

    bar = _bar_on(console)
    with _known_to_be_shown(), bar, notes_above(console):
        task = bar.add_task(words, total=None)
        drawn = 0.0

        def report(done: int, total: int | None) -> None:
            nonlocal drawn
            now = time.monotonic()
            # Drawing costs more than hashing a small picture, so it goes by the clock.
            if now - drawn >= _REDRAW_SECONDS or done == total:
                drawn = now
                console.width = _columns()
                bar.update(task, completed=done, total=total)

        yield report


def _bar_on(console: Console) -> Bar:
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as Bar

    return Bar(
        TextColumn("{task.description}"),
        # In a narrow window it gets what the others leave: a row too long could not be taken back.
        BarColumn(bar_width=_BAR if console.width >= _ROOMY else None),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("ETA"),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        # Bytes for stdout must not pass through a stand-in for it.
        redirect_stdout=False,
    )


def _columns() -> int:
    """Return how wide the window is; other descriptors than that of stderr may lead elsewhere."""
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or _ROOMY
    except OSError:
        return _ROOMY


@contextlib.contextmanager
def _known_to_be_shown() -> Iterator[None]:
    shown_on.append(sys.stderr.fileno())
    try:
        yield
    finally:
        shown_on.pop()
