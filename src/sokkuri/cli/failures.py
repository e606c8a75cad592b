"""From an exception to one clear line: what, why, and what to do."""

from __future__ import annotations

import traceback

import click

from sokkuri.cli.exits import Exit
from sokkuri.errors import MissingExtra, SokkuriError

__all__ = ["complain", "report_failure"]


def complain(message: str) -> None:
    """Write one error line to stderr, with control characters of file names spelt out."""
    from sokkuri.names import escape

    click.echo(f"sokkuri: {escape(message)}", err=True)


def report_failure(error: Exception) -> int:
    """Print why a command failed and return its exit code."""
    if isinstance(error, click.ClickException):
        error.show()
        return Exit.ERROR
    if isinstance(error, MissingExtra | SokkuriError):
        complain(str(error))
        return Exit.ERROR
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        complain(f"{where}{error.strerror or error}")
        return Exit.ERROR
    traceback.print_exception(error)
    complain("this is a fault of sokkuri itself; please report the lines above")
    return Exit.ERROR
