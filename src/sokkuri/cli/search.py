"""``sokkuri search``: the tutorial's job."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Unpack

import click

from sokkuri.cli.options import (
    ScanArguments,
    all_of,
    check_figure,
    errors_option,
    figure_option,
    hash_options,
    library_option,
    measure_options,
    scan_options,
    usage_errors,
)
from sokkuri.cli.output import (
    Exit,
    complain,
    hidden_codec_noise,
    note,
    progress_bar,
    stdout_is_terminal,
    write,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sokkuri.api.results import Results
    from sokkuri.cli.options import Verb
    from sokkuri.engine.options import SearchArguments

_SORTS = ("nearest", "farthest", "newest", "oldest", "biggest", "smallest", "name")

_filter_options = all_of(
    click.option("--folder", default="", metavar="PATH",
                 help="Only photos in this folder within DIR, or below it."),
    click.option("--after", metavar="DAY",
                 help="Only photos changed on this day or later (2026-01-31), in UTC."),
    click.option("--before", metavar="DAY",
                 help="Only photos changed on this day or earlier, in UTC."),
    click.option("--min-bytes", type=click.IntRange(min=0), metavar="N",
                 help="Only files of at least so many bytes."),
    click.option("--max-bytes", type=click.IntRange(min=0), metavar="N",
                 help="Only files of at most so many bytes."),
)  # fmt: skip


def _form(*flags: str, value: str, text: str) -> Callable[[Verb], Verb]:
    return click.option(*flags, "form", flag_value=value, help=text)


_form_options = all_of(
    _form("--json", value="json", text="One JSON object (a list of them for several queries)."),
    _form("--nl", value="nl", text="One JSON object a match, a line each."),
    _form("--csv", value="csv", text="A table with commas."),
    _form("--tsv", value="tsv", text="A table with tabs."),
    _form("--arrays", value="arrays", text="The tutorial's list: [[rate, path], ...]."),
    _form("-l", "--paths", value="paths", text="The paths alone, a line each."),
)


@click.command("search", short_help="Find the photos that look like a photo.")
@click.argument("paths", nargs=-1, required=True, metavar="QUERY... DIR")
@click.option(
    "--rate",
    type=float,
    metavar="R",
    help="The tutorial's threshold: distance / 256 strictly below R.",
)
@click.option(
    "--max-distance",
    type=click.IntRange(min=0),
    metavar="BITS",
    help="At most so many differing bits, inclusive.",
)
@click.option(
    "--min-distance",
    type=click.IntRange(min=0),
    default=0,
    metavar="BITS",
    help="At least so many, inclusive: leaves copies out.",
)
@click.option(
    "-k",
    type=click.IntRange(min=1),
    metavar="N",
    help="At most N matches.  [default: 20, if no threshold is given]",
)
@hash_options
@measure_options
@click.option("--exclude-query", is_flag=True, help="Leave the query's own file out.")
@click.option(
    "--min-quality",
    type=click.IntRange(0, 100),
    default=0,
    metavar="Q",
    help="Leave out photos that say less than this, 0 to 100; 35 drops the flagged.",
)
@click.option(
    "--no-links",
    "links",
    flag_value=False,
    default=True,
    help="Show each file under one name: no hard or symbolic links.",
)
@_filter_options
@click.option(
    "--sort",
    type=click.Choice(_SORTS),
    default=_SORTS[0],
    help="The order of the matches; which ones they are it does not change.",
)
@figure_option("Draw the query above its matches")
@_form_options
@click.option("-0", "null", is_flag=True, help="The paths alone, each ended with NUL.")
@click.option("--ascii", "ascii_only", is_flag=True, help="Escape everything beyond ASCII in JSON.")
@errors_option
@library_option
@click.option(
    "--no-refresh", is_flag=True, help="Search what the library knows, without a look at DIR."
)
@click.option("--no-library", is_flag=True, help="Read every photo again, and keep nothing.")
@click.option(
    "--searcher",
    type=click.Choice(["flat", "pruned", "mih"]),
    help="Compare codes so, instead of the cheapest way; the answer is the same.",
)
@click.option("--explain-plan", is_flag=True, help="Say how the codes were compared, and why.")
@scan_options
def _search(
    paths: tuple[str, ...],
    *,
    figure: str | None,
    form: str | None,
    null: bool,
    ascii_only: bool,
    errors: bool,
    library: str | None,
    no_refresh: bool,
    no_library: bool,
    explain_plan: bool,
    scan: ScanArguments,
    strict: bool,
    quiet: bool,
    **asked: Unpack[SearchArguments],
) -> int:
    """Find the photos under DIR that look like QUERY.

    The query may lie in DIR or outside it. Without a threshold the 20 nearest are shown. The hashes
    of DIR are kept in its library, so that the next search reads only what is new.

    \b
    sokkuri search sample.jpg photos --figure result.png
    sokkuri search sample.jpg photos --emphasis colour -k 50
    sokkuri search sample.jpg photos --rgb --rate 2.0
    sokkuri search new1.jpg new2.jpg photos -k 5 --json

    Exit status: 0 something was found, 1 nothing was, 2 error, 3 files were rejected (--strict).
    """  # noqa: D301 - the escape is click's mark
    from sokkuri.api.search import search_many

    *queries, folder = paths
    if not queries:
        raise click.UsageError("give a QUERY and then the DIR to search")
    for query in queries:
        if os.path.isdir(query):
            raise click.UsageError(f"{query} is a folder; only the last word names the folder")
    form = _checked_form(form, null=null, ascii_only=ascii_only)
    if no_library and (library or no_refresh):
        word = "--library" if library else "--no-refresh"
        raise click.UsageError(f"--no-library leaves nothing for {word} to mean")
    check_figure(figure)
    bar = progress_bar("hashing", quiet=quiet)
    with usage_errors(), hidden_codec_noise(), bar as progress:
        outcomes = search_many(
            queries,
            folder,
            **asked,
            **scan,
            library=None if no_library else library or "auto",
            refresh=not no_refresh,
            progress=progress,
        )
    if form is None and stdout_is_terminal():
        from sokkuri.cli.summary import print_matches

        print_matches(outcomes)
    else:
        write(_text(outcomes, form, end="\0" if null else "\n", ascii_only=ascii_only))
    if figure:
        _save_figures(outcomes, figure, quiet=quiet)
    if not quiet:
        note(*_notes(outcomes, explain_plan=explain_plan, errors=errors))
    return _exit_code(outcomes, strict=strict)


def _checked_form(form: str | None, *, null: bool, ascii_only: bool) -> str | None:
    """Return the form of the output; refuse words that contradict it or would have no effect."""
    if null and form not in (None, "paths"):
        raise click.UsageError("-0 ends paths; it goes with --paths alone")
    if null:
        form = "paths"
    if ascii_only and form not in ("json", "nl", "arrays"):
        raise click.UsageError("--ascii goes with --json, --nl or --arrays")
    return form


def _text(outcomes: Sequence[Results], form: str | None, *, end: str, ascii_only: bool) -> str:
    from sokkuri.show import export

    def dump(value: object) -> str:
        return export.dump_json(value, ascii_only=ascii_only) + "\n"

    if form == "json":
        documents = [export.json_document(outcome) for outcome in outcomes]
        return dump(documents[0] if len(documents) == 1 else documents)
    if form == "arrays":
        lists = [outcome.pairs() for outcome in outcomes]
        return dump(lists[0] if len(lists) == 1 else lists)
    if form == "nl":
        return "".join(dump(line) for outcome in outcomes for line in export.json_lines(outcome))
    if form == "paths":
        return "".join(f"{match.path}{end}" for outcome in outcomes for match in outcome.matches)
    if form in ("csv", "tsv"):
        return export.separated(outcomes, "," if form == "csv" else "\t")
    return export.rate_lines(outcomes)


def _save_figures(outcomes: Sequence[Results], path: str, *, quiet: bool) -> None:
    stem, extension = os.path.splitext(path)
    for number, outcome in enumerate(outcomes, start=1):
        target = path if len(outcomes) == 1 else f"{stem}-{number}{extension}"
        if outcome.error is None:
            with hidden_codec_noise():
                outcome.save_figure(target)
            if not quiet:
                note(f"saved {target}")


def _notes(outcomes: Sequence[Results], *, explain_plan: bool, errors: bool) -> Iterator[str]:
    from sokkuri.cli.summary import rejected_lines, seen_lines, summary_line, unused_lines
    from sokkuri.kernels import MISSING

    yield from outcomes[0].notes
    if MISSING:
        yield "the C kernels were not built here, so NumPy does their work, slower: sokkuri doctor"
    readable = [outcome for outcome in outcomes if outcome.error is None]
    for outcome in readable:
        yield summary_line(outcome, named=len(outcomes) > 1)
        if explain_plan:
            yield f"  compared by {outcome.plan}"
    for outcome in readable[:1]:
        yield from seen_lines(outcome)
        yield from unused_lines(outcome.unused_exclude)
        yield from rejected_lines(outcome.rejected, every=errors)


def _exit_code(outcomes: Sequence[Results], *, strict: bool) -> int:
    for outcome in outcomes:
        if outcome.error is not None:
            complain(f"cannot read the query {outcome.query}: {outcome.error}")
    if any(outcome.error is not None for outcome in outcomes):
        return Exit.ERROR
    if strict and outcomes[0].rejected:
        return Exit.REJECTED
    return Exit.FOUND if any(outcome.matches for outcome in outcomes) else Exit.NONE
