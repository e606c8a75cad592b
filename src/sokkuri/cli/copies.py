"""``sokkuri copies``: the same photo, whatever was done to it."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from sokkuri.cli import answer, options, output, summary
from sokkuri.cli.help import VerbCommand
from sokkuri.cli.options import option
from sokkuri.cli.places import STDIN, parted_words
from sokkuri.cli.terminal import BOLD, PLAIN, RED
from sokkuri.language import say, say_count, translated
from sokkuri.names import escape
from sokkuri.show.captions import edit_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sokkuri.api.results import Copies
    from sokkuri.copies.copy import Copy


@click.command("copies", cls=VerbCommand, short_help="Find copies of a photo, however edited.")
@click.argument("paths", nargs=-1, required=True, metavar="QUERY... [DIR...]")
@option("--sure", "Only what is sure to be a copy: a score of 1.3 or more.")
@option("--harder", "Describe photos by more points: finds smaller parts, for twice the room.")
@answer.filter_options
@option("--figure FILE", "Draw the query above its copies: .png, .pdf or .svg.", options.FIGURE)
@option("--json form", "One JSON object (a list of them for several queries).", flag_value="json")
@option("--nl form", "One JSON object a copy, a line each.", flag_value="nl")
@answer.lines_options
@answer.paths_options
@option("--explain", "Say of each copy where it lies and how well it agrees.")
@answer.kept_options
@options.scan_options
def _copies(
    paths: tuple[str, ...],
    *,
    figure: str | None,
    form: str | None,
    null: bool,
    ascii_only: bool,
    explain: bool,
    errors: bool,
    library: str | None,
    no_refresh: bool,
    no_library: bool,
    strict: bool,
    quiet: bool,
    **asked: Any,
) -> int:
    """Find the photos under DIR that are copies of QUERY, whatever was done to them.

    Cropped, turned, mirrored, framed, squeezed, pasted into another picture, written on or changed
    in tone: each copy is verified on its pixels, and its edits are told. The first search describes
    all photos and keeps that in the library of DIR; `sokkuri index DIR --copies` does so before.

    \b
    sokkuri copies sample.jpg photos
    sokkuri copies sample.jpg photos --sure --paths
    sokkuri copies new1.jpg new2.jpg photos --json

    Exit status: 0 a copy was found, 1 none was, 2 error, 3 files were rejected (--strict).
    """  # noqa: D301 - the escape is click's mark
    from sokkuri.api.copies import find_copies

    queries, places = parted_words(paths)
    form = answer.chosen_form(form, null=null, ascii_only=ascii_only)
    kept, refresh = answer.chosen_library(library, no_refresh=no_refresh, no_library=no_library)
    options.check_figure(figure)
    with (
        options.usage_errors(),
        output.progress_bar(say("hashing"), kept=kept is not None, quiet=quiet) as progress,
    ):
        found = find_copies(
            queries, places, **asked, library=kept, refresh=refresh, progress=progress
        )
    found = [replace(each, query=STDIN) if each.query == "<bytes>" else each for each in found]
    if form is None and output.stdout_is_terminal():
        below = places[0] if len(places) == 1 and os.path.isdir(places[0]) else ""
        _print_copies(found, below)
    else:
        output.write(_text(found, form, end="\0" if null else "\n", ascii_only=ascii_only))
    if figure:
        answer.save_figures(found, figure, quiet=quiet)
    if not quiet:
        output.note(*_notes(found, explain=explain, errors=errors))
    return answer.exit_code(found, strict=strict)


def _print_copies(found: Sequence[Copies], below: str) -> None:
    """Print one table a query to the terminal."""
    heads = ("#", say("score"), say("points"))
    columns = [*((head, "right") for head in heads), (say("edits"), "left"), (say("file"), "left")]
    for copies in found:
        if len(found) > 1 and copies:
            output.write_lines([[(escape(copies.query), BOLD)]])
        rows = [
            (
                str(rank), f"{copy.score:.2f}", f"{copy.points:,}", edit_words(copy),
                summary.seen_from(below, copy.path),
            )
            for rank, copy in enumerate(copies, start=1)
        ]  # fmt: skip
        if rows:
            styles = [RED if copy.same else PLAIN for copy in copies]
            summary.print_rows(columns, zip(rows, styles, strict=True))


def _text(found: Sequence[Copies], form: str | None, *, end: str, ascii_only: bool) -> str:
    from sokkuri.show import export, export_copies

    def dump(value: object) -> str:
        return export.dump_json(value, ascii_only=ascii_only) + "\n"

    if form == "json":
        values = [export_copies.copies_document(copies) for copies in found]
        return dump(values[0] if len(values) == 1 else values)
    if form == "nl":
        return "".join(dump(line) for copies in found for line in export_copies.copy_lines(copies))
    if form == "paths":
        return "".join(f"{copy.path}{end}" for copies in found for copy in copies)
    if form in ("csv", "tsv"):
        return export_copies.separated_copies(found, "," if form == "csv" else "\t")
    return export_copies.score_lines(found)


def _notes(found: Sequence[Copies], *, explain: bool, errors: bool) -> Iterator[str]:
    yield from map(translated, found[0].notes)
    readable = [copies for copies in found if copies.error is None]
    for copies in readable:
        named = f"{copies.query}: " if len(found) > 1 else ""
        yield named + _summary(copies)
        if copies.too_little:
            yield "  " + say(
                "too little to tell: hardly anything stands out in the query, so only itself is "
                "found"
            )
        if explain:
            yield from (line for copy in copies for line in _explained(copy))
        for photo in copies.same_scene:
            yield "  " + say(
                "no copy, but the same scene: {path} (score {score:.2f})",
                path=photo.path, score=photo.score,
            )  # fmt: skip
    for copies in readable[:1]:
        yield from summary.seen_lines(copies)
        yield from summary.unused_lines(copies.unused_exclude)
        yield from summary.rejected_lines(*copies.rejected, every=errors)


def _summary(copies: Copies) -> str:
    sure = sum(copy.sure for copy in copies)
    found = say_count("{count:,} copy", "{count:,} copies", len(copies))
    if sure < len(copies):
        found = say("{found}, {number:,} of them sure", found=found, number=sure)
    return say("{found} among {number:,} photos", found=found, number=copies.searched)


def _explained(copy: Copy) -> Iterator[str]:
    corners = "  ".join(
        f"({round(x, 2) + 0.0:.2f}, {round(y, 2) + 0.0:.2f})" for x, y in copy.outline.query
    )
    yield f"  {copy.path}: {edit_words(copy)}"
    yield "    " + say("corners of the query in it: {corners}", corners=corners)
    yield "    " + say(
        "score {score:.2f}: {points:,} points match", score=copy.score, points=copy.points
    )
