"""Bytes on stdout and notes on stderr; no file name is ever lost to an encoding."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

__all__ = ["hidden_codec_noise", "note", "stdout_console", "stdout_is_terminal", "write"]

_SIMPLER: Final = str.maketrans({"·": "-", "≤": "<=", "…": "..."})
"""For terminals and log files of older encodings, such as cp932."""


def write(text: str) -> None:
    """Write text to stdout as UTF-8; bytes of odd file names go out as they are on the disk."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "surrogateescape"))
    sys.stdout.buffer.flush()


def note(text: str) -> None:
    """Write one line about the run to stderr."""
    from sokkuri.show.text import escape

    plain = escape(text)
    if not _fits(plain, sys.stderr.encoding):
        plain = plain.translate(_SIMPLER)
    click.echo(plain, err=True)


def _fits(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def stdout_is_terminal() -> bool:
    """Tell whether a person is looking at stdout."""
    return sys.stdout.isatty()


def stdout_console() -> Console:
    """Return a console on stdout; it honours NO_COLOR."""
    from rich.console import Console

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
            kept, "w", encoding=usual.encoding, errors="backslashreplace", buffering=1,
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
