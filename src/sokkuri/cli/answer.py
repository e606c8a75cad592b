"""Parts that the verbs that search share: options, the form of an answer, how a run ends."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Protocol

import click

from sokkuri.cli import options, output
from sokkuri.cli.options import WHOLE, option
from sokkuri.cli.output import Exit
from sokkuri.language import say, translated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.figure import Figure

    from sokkuri.images import Rejected

filter_options = options.all_of(
    option("--exclude-query", "Leave the query's own file out."),
    option(
        "--min-quality Q",
        "Leave out photos that say less than this, 0 to 100; 35 drops the flagged.",
        click.IntRange(0, 100),
        default=0,
    ),
    option("--no-links links", "Show each file under one name: no hard or symbolic links."),
    option("--folder PATH", "Only photos in this folder within DIR, or below it.", default=""),
    option("--after DAY", "Only photos changed on this day or later (2026-01-31), in UTC."),
    option("--before DAY", "Only photos changed on this day or earlier, in UTC."),
    option("--min-bytes N", "Only files of at least so many bytes.", WHOLE),
    option("--max-bytes N", "Only files of at most so many bytes.", WHOLE),
)
"""The photos that take part."""

lines_options = options.all_of(
    option("--csv form", "A table with commas.", flag_value="csv"),
    option("--tsv form", "A table with tabs.", flag_value="tsv"),
)
paths_options = options.all_of(
    option("-l --paths form", "The paths alone, a line each.", flag_value="paths"),
    option("-0 null", "The paths alone, each ended with NUL."),
    option("--ascii ascii_only", "Escape everything beyond ASCII in JSON."),
)
"""The form of the answer."""

kept_options = options.all_of(
    options.errors_option,
    options.library_option,
    option("--no-refresh", "Search what the library knows, without a look at DIR."),
    option("--no-library", "Read every photo again, and keep nothing."),
)


class Answered(Protocol):
    """The answer to one query."""

    @property
    def query(self) -> str:
        """The query's path, or a word for it."""

    @property
    def error(self) -> str | None:
        """Why it could not be read."""

    @property
    def rejected(self) -> tuple[Rejected, ...]:
        """Files that were rejected."""

    def __len__(self) -> int:
        """Return how much was found."""

    def figure(self) -> Figure:
        """Draw it."""


def chosen_form(form: str | None, *, null: bool, ascii_only: bool) -> str | None:
    """Return the form of the output that its options name.

    Parameters
    ----------
    form : str, optional
    null, ascii_only : bool

    Raises
    ------
    click.UsageError
        If they contradict each other.
    """
    if null and form not in (None, "paths"):
        raise click.UsageError("-0 ends paths; it goes with --paths alone")
    form = "paths" if null else form
    if ascii_only and form not in ("json", "nl", "arrays"):
        raise click.UsageError("--ascii goes with --json, --nl or --arrays")
    return form


def chosen_library(
    library: str | None, *, no_refresh: bool, no_library: bool
) -> tuple[str | None, bool]:
    """Return the library to use, None for none, and whether it is brought up to date.

    Parameters
    ----------
    library : str, optional
    no_refresh, no_library : bool

    Raises
    ------
    click.UsageError
        If they contradict each other.
    """
    said = options.strongest("library", "no_refresh", "no_library")
    no_library = no_library and "no_library" in said
    if no_library and said != {"no_library"}:
        word = "--library" if "library" in said else "--no-refresh"
        raise click.UsageError(f"--no-library leaves nothing for {word} to mean")
    return None if no_library else library or "auto", no_library or not no_refresh


def save_figures(found: Sequence[Answered], path: str, *, quiet: bool) -> None:
    """Write a figure of each answer; of several, numbered ones.

    Parameters
    ----------
    found : sequence of Answered
    path : str
    quiet : bool
    """
    from sokkuri.show.export import write_figure

    stem, extension = os.path.splitext(path)
    for number, answer in enumerate(found, start=1):
        target = path if len(found) == 1 else f"{stem}-{number}{extension}"
        if answer.error is None:
            with output.hidden_codec_noise():
                write_figure(answer.figure(), target)
            if not quiet:
                output.note(say("saved {path}", path=target))


def exit_code(found: Sequence[Answered], *, strict: bool) -> Exit:
    """Name the queries that could not be read; return how the command ends.

    Parameters
    ----------
    found : sequence of Answered
    strict : bool
        Rejected files are an end of their own.
    """
    failed = [answer for answer in found if answer.error is not None]
    for answer in failed:
        query, error = answer.query, translated(answer.error or "")
        output.complain(say("cannot read the query {query}: {error}", query=query, error=error))
    if failed:
        return Exit.ERROR
    if strict and found[0].rejected:
        return Exit.REJECTED
    return Exit.FOUND if any(len(answer) for answer in found) else Exit.NONE
