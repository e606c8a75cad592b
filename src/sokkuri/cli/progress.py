"""A progress bar with an ETA, on stderr, only where a person looks."""

from __future__ import annotations

import contextlib
import sys
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sokkuri._typing import Progress

__all__ = ["progress_bar"]

_REDRAW_SECONDS: Final = 0.05


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
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("ETA"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    with bar:
        task = bar.add_task(words, total=None)
        drawn = 0.0

        def report(done: int, total: int | None) -> None:
            nonlocal drawn
            now = time.monotonic()
            # Drawing costs more than hashing a small picture, so it goes by the clock.
            if now - drawn >= _REDRAW_SECONDS or done == total:
                drawn = now
                bar.update(task, completed=done, total=total)

        yield report
