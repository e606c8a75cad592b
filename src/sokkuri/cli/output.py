"""Rows on stdout, notes, progress and errors on stderr, and the exit codes.

Rows go out as bytes: no file name is ever lost to an encoding.
"""

from __future__ import annotations

import codecs
import contextlib
import difflib
import os
import re
import sys
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final

import click

from sokkuri.errors import SokkuriError
from sokkuri.language import say, translated
from sokkuri.names import escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sokkuri._typing import Progress
    from sokkuri.cli.bar import Bar
    from sokkuri.cli.terminal import Line, Terminal

_SIMPLER: Final = {"·": "-", "≤": "<=", "…": "..."}
"""For terminals and log files of older encodings, such as cp932."""

_YES: Final = ("y", "yes", "はい")

_SIMPLY: Final = "sokkuri.simply"
"""How text is encoded that a person reads: what the encoding lacks is replaced, never refused."""

live_bar: Bar | None = None
"""The progress bar that lives right now and hides the cursor; lines must not be glued to it."""


class Exit(IntEnum):
    """As grep has them, and one more for strict runs; 130 after Ctrl-C."""

    FOUND = 0
    NONE = 1
    ERROR = 2
    REJECTED = 3


def report_failure(error: Exception) -> int:
    """Print in one clear line why a command failed, and return its exit code."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()  # the help of a group of verbs
    elif isinstance(error, click.NoSuchOption) and (near := _near_option(error)):
        option = error.option_name
        complain(say("there is no option {option}; did you mean {near}?", option=option, near=near))
    elif isinstance(error, click.ClickException):
        problem = translated(error.format_message()).rstrip(".。")
        if isinstance(error, click.UsageError) and error.ctx is not None:
            command = error.ctx.command_path
            problem = say("{problem}; see: {command} --help", problem=problem, command=command)
        complain(problem)
    elif isinstance(error, SokkuriError):
        complain(str(error))
    elif isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        complain(f"{where}{error.strerror or error}")
    else:
        import traceback

        traceback.print_exception(error)
        complain(say("this is a fault of sokkuri itself; please report the lines above"))
    return Exit.ERROR


def _near_option(error: click.NoSuchOption) -> str:
    """Return the option that may have been meant; empty if none is near."""
    near = difflib.get_close_matches(error.option_name, error.possibilities or (), 1)
    return near[0] if near else ""


def complain(message: str) -> None:
    """Write one error line to stderr, with control characters of file names spelt out."""
    click.echo(f"sokkuri: {escape(translated(message))}", err=True)


def _simply(error: UnicodeError) -> tuple[str | bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    simpler = _SIMPLER.get(error.object[error.start])
    if simpler is not None:
        return simpler, error.start + 1
    return codecs.backslashreplace_errors(error)


codecs.register_error(_SIMPLY, _simply)


def write(text: str) -> None:
    """Write text to stdout as UTF-8; bytes of odd file names go out as they are on the disk.

    A terminal gets what it can show, and nothing that would move its cursor or change its colours.
    """
    sys.stdout.flush()
    if stdout_is_terminal():
        # Lines and columns stay.
        shown = re.sub(r"[^\n\t]+", lambda found: escape(found[0]), text)
        data = shown.encode(sys.stdout.encoding or "utf-8", _SIMPLY)
    else:
        data = text.encode("utf-8", "surrogateescape")
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def write_json(fields: dict[str, Any]) -> None:
    """Write one JSON object, with the version of its schema, to stdout."""
    from sokkuri.show.export import SCHEMA, dump_json

    write(dump_json({"schema": SCHEMA, **fields}) + "\n")


def note(*lines: str) -> None:
    """Write lines about the run to stderr, above the progress bar if there is one."""
    encoding = sys.stderr.encoding or "utf-8"
    for line in lines:
        fitting = escape(line).encode(encoding, _SIMPLY).decode(encoding)
        if live_bar is None:
            click.echo(fitting, err=True)
        else:
            live_bar.above(fitting)


def ask(question: str) -> bool:
    """Ask on the terminal, and tell whether the answer is yes; an empty one is no.

    Raises
    ------
    click.UsageError
        If nobody is there to answer.
    """
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise click.UsageError("without a terminal there is nobody to ask; say --yes")
    encoding = sys.stderr.encoding or "utf-8"
    fitting = escape(question).encode(encoding, _SIMPLY).decode(encoding)
    click.echo(f"{fitting} [y/N] ", err=True, nl=False)
    return sys.stdin.readline().strip().lower() in _YES


def tell_of_decoder() -> None:
    """Note once for a run that the quick decoder of JPEGs cannot be used."""
    from sokkuri.images.jpeg import unlike_decoder

    if package := unlike_decoder():
        note(
            say(
                "{package} gives other pixels than Pillow here, so Pillow decodes all photos; "
                "hashes are the same, and take a little longer",
                package=package,
            )
        )


def stdout_is_terminal() -> bool:
    """Tell whether a person is looking at stdout."""
    return sys.stdout.isatty()


def stdout_terminal() -> Terminal:
    """Return the terminal behind stdout."""
    from sokkuri.cli.terminal import terminal_of

    return terminal_of(sys.stdout)


def write_lines(lines: Iterable[Line]) -> None:
    """Write styled lines to the terminal behind stdout; it wraps what is wider than its window."""
    terminal = stdout_terminal()
    sys.stdout.flush()
    for line in lines:
        data = f"{terminal.painted(line)}\n".encode(terminal.encoding, _SIMPLY)
        sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


@contextlib.contextmanager
def hidden_codec_noise() -> Iterator[None]:
    """Keep codec libraries from writing their own complaints to the terminal.

    libtiff and others print to file descriptor 2 from C, Pillow to its logger.  While the block
    runs that descriptor leads nowhere, and ``sys.stderr`` writes to a copy of the real one; every
    file's fate is told by its own reason instead.
    """
    import logging

    logging.getLogger("PIL").addHandler(logging.NullHandler())
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    usual = sys.stderr
    try:
        os.dup2(nowhere, 2)
        sys.stderr = os.fdopen(
            kept, "w", encoding=usual.encoding, errors=_SIMPLY, buffering=1, closefd=False
        )
        yield
    finally:
        if sys.stderr is not usual:
            sys.stderr.close()
        sys.stderr = usual
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


@contextlib.contextmanager
def progress_bar(words: str, *, kept: bool = False, quiet: bool = False) -> Iterator[Progress]:
    """Show a bar with an ETA on stderr while the block runs, only where a person looks.

    Codec libraries keep quiet meanwhile, as in :func:`hidden_codec_noise`.  The block gets what to
    call as ``progress(done, total)``; without a total files are still being looked for.

    Parameters
    ----------
    words : str
        What is under way.
    kept : bool
        Say after Ctrl-C that what was done so far is kept.
    quiet : bool
        Show and say nothing.
    """
    reached: tuple[int, int | None] = 0, None
    try:
        with hidden_codec_noise(), _drawn(words, quiet=quiet) as draw:

            def report(done: int, total: int | None) -> None:
                nonlocal reached
                reached = done, total
                if draw is not None:
                    draw(done, total)

            yield report
    except KeyboardInterrupt:
        done, total = reached
        if kept and total and not quiet:
            note(
                say(
                    "stopped: {done:,} of {total:,} are kept; the same command goes on from there",
                    done=done, total=total,
                )
            )  # fmt: skip
        raise


@contextlib.contextmanager
def _drawn(words: str, *, quiet: bool) -> Iterator[Progress | None]:
    """Draw a bar where it can be seen and taken back; else the block gets None."""
    global live_bar  # noqa: PLW0603 - there is one terminal
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from sokkuri.cli.bar import Bar
    from sokkuri.cli.terminal import terminal_of

    if not terminal_of(sys.stderr).depth:  # such as TERM=dumb, which cannot take back what it shows
        yield None
        return
    try:
        with Bar(words, sys.stderr) as live_bar:
            yield live_bar.tell
    finally:
        live_bar = None
