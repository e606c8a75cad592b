"""Bytes on stdout and notes on stderr; no file name is ever lost to an encoding."""

from __future__ import annotations

import codecs
import contextlib
import io
import logging
import os
import re
import sys
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

__all__ = [
    "hidden_codec_noise",
    "note",
    "notes_above",
    "stdout_console",
    "stdout_is_terminal",
    "write",
]

_SIMPLER: Final = {"·": "-", "≤": "<=", "…": "..."}
"""For terminals and log files of older encodings, such as cp932."""

_SIMPLY: Final = "sokkuri.simply"
"""How text is encoded that a person reads: what the encoding lacks is replaced, never refused."""


def _simply(error: UnicodeError) -> tuple[str | bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    simpler = _SIMPLER.get(error.object[error.start])
    if simpler is not None:
        return simpler, error.start + 1
    return codecs.backslashreplace_errors(error)


codecs.register_error(_SIMPLY, _simply)

_bar: Console | None = None
"""Where a progress bar lives right now, which lines must not be glued to."""


def write(text: str) -> None:
    """Write text to stdout as UTF-8; bytes of odd file names go out as they are on the disk.

    A terminal gets what it can show, and nothing that would move its cursor or change its colours.
    """
    sys.stdout.flush()
    if stdout_is_terminal():
        data = _shown(text).encode(sys.stdout.encoding or "utf-8", _SIMPLY)
    else:
        data = text.encode("utf-8", "surrogateescape")
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def _shown(text: str) -> str:
    from sokkuri.names import escape

    pieces = re.split(r"([\n\t])", text)  # lines and columns stay
    return "".join(piece if piece in "\n\t" else escape(piece) for piece in pieces)


def note(text: str) -> None:
    """Write one line about the run to stderr, above the progress bar if there is one."""
    from sokkuri.names import escape

    plain = escape(text)
    if _bar is not None:
        from rich.text import Text

        # The line stays one line, however narrow the window is.
        _bar.print(Text(_fitting(plain, _bar.encoding)), soft_wrap=True)
        return
    # What stands in for stderr need not know its encoding.
    click.echo(_fitting(plain, sys.stderr.encoding or "utf-8"), err=True)


@contextlib.contextmanager
def notes_above(bar: Console) -> Iterator[None]:
    """Let :func:`note` write above what lives at the foot of a console on stderr."""
    global _bar  # noqa: PLW0603 - there is one terminal
    _bar = bar
    try:
        yield
    finally:
        _bar = None


def _fitting(text: str, encoding: str) -> str:
    """Return text that an encoding holds, with simpler signs and escapes for what it lacks."""
    return text.encode(encoding, _SIMPLY).decode(encoding)


def stdout_is_terminal() -> bool:
    """Tell whether a person is looking at stdout."""
    return sys.stdout.isatty()


def stdout_console() -> Console:
    """Return a console on stdout; it honours NO_COLOR, and no file name is beyond it."""
    from rich.console import Console

    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors=_SIMPLY)
    return Console(highlight=False, soft_wrap=False)


@contextlib.contextmanager
def hidden_codec_noise() -> Iterator[None]:
    """Keep codec libraries from writing their own complaints to the terminal.

    libtiff and others print to file descriptor 2 from C, Pillow to its logger.  While the block
    runs that descriptor leads nowhere, and ``sys.stderr`` writes to a copy of the real one; every
    file's fate is told by its own reason instead.
    """
    logging.getLogger("PIL").addHandler(logging.NullHandler())
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    usual = sys.stderr
    try:
        os.dup2(nowhere, 2)
        sys.stderr = os.fdopen(
            kept, "w", encoding=usual.encoding, errors=_SIMPLY, buffering=1,
            closefd=False,
        )  # fmt: skip
        yield
    finally:
        if sys.stderr is not usual:
            sys.stderr.close()
        sys.stderr = usual
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
