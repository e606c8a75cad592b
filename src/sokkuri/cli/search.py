"""``sokkuri search``: the tutorial's job."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from sokkuri.cli import answer, options, output, summary
from sokkuri.cli.help import VerbCommand
from sokkuri.cli.options import COUNT, WHOLE, option
from sokkuri.cli.places import STDIN, parted_words
from sokkuri.language import say, translated

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sokkuri.api.results import Results

_SORTS = ("nearest", "farthest", "newest", "oldest", "biggest", "smallest", "name")


@click.command("search", cls=VerbCommand, short_help="Find the photos that look like a photo.")
@click.argument("paths", nargs=-1, required=True, metavar="QUERY... [DIR...]")
@option("--rate R", "The tutorial's threshold: distance / 256 strictly below R.", float)
@option("--max-distance BITS", "At most so many differing bits, inclusive.", WHOLE)
@option("--min-distance BITS", "At least so many, inclusive: leaves copies out.", WHOLE, default=0)
@option("-k N", "At most N matches.  [default: 20, if no threshold is given]", COUNT)
@options.hash_options
@options.measure_options
@answer.filter_options
@option(
    "--sort",
    "The order of the matches; which ones they are it does not change.",
    click.Choice(_SORTS),
    default=_SORTS[0],
)
@option("--figure FILE", "Draw the query above its matches: .png, .pdf or .svg.", options.FIGURE)
@option("--json form", "One JSON object (a list of them for several queries).", flag_value="json")
@option("--nl form", "One JSON object a match, a line each.", flag_value="nl")
@answer.lines_options
@option("--arrays form", "The tutorial's list: [[rate, path], ...].", flag_value="arrays")
@answer.paths_options
@answer.kept_options
@option(
    "--searcher",
    "Compare codes so, instead of the cheapest way; the answer is the same.",
    click.Choice(["flat", "pruned", "mih"]),
)
@option("--explain-plan", "Say how the codes were compared, and why.")
@options.scan_options
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
    strict: bool,
    quiet: bool,
    **asked: Any,
) -> int:
    """Find the photos under DIR that look like QUERY.

    The query may lie in DIR or outside it; - is a picture on stdin. Without DIR the current folder
    is searched, without a threshold the 20 nearest are shown. The hashes of one DIR are kept in its
    library, so that the next search reads only what is new; several are read every time.

    \b
    sokkuri search sample.jpg photos --figure result.png
    sokkuri search sample.jpg photos --emphasis colour -k 50
    sokkuri search sample.jpg photos --rgb --rate 2.0
    sokkuri search new1.jpg new2.jpg photos -k 5 --json

    Exit status: 0 something was found, 1 nothing was, 2 error, 3 files were rejected (--strict).
    """  # noqa: D301 - the escape is click's mark
    from sokkuri.api.search import search_many

    queries, places = parted_words(paths)
    form = answer.chosen_form(form, null=null, ascii_only=ascii_only)
    kept, refresh = answer.chosen_library(library, no_refresh=no_refresh, no_library=no_library)
    options.check_figure(figure)
    with (
        options.usage_errors(),
        output.progress_bar(say("hashing"), kept=kept is not None, quiet=quiet) as progress,
    ):
        outcomes = search_many(
            queries, places, **asked, library=kept, refresh=refresh, progress=progress,
            chance=form == "json" or (form is None and not quiet),
        )  # fmt: skip
    outcomes = [
        replace(each, query=STDIN) if each.query == "<bytes>" else each for each in outcomes
    ]
    below = ""
    if form is None and output.stdout_is_terminal():
        below = places[0] if len(places) == 1 and os.path.isdir(places[0]) else ""
        summary.print_matches(*outcomes, below=below)
    else:
        output.write(_text(outcomes, form, end="\0" if null else "\n", ascii_only=ascii_only))
    if figure:
        answer.save_figures(outcomes, figure, quiet=quiet)
    if not quiet:
        output.note(*_notes(outcomes, below, explain_plan=explain_plan, errors=errors))
    return answer.exit_code(outcomes, strict=strict)


def _text(outcomes: Sequence[Results], form: str | None, *, end: str, ascii_only: bool) -> str:
    from sokkuri.show import export

    def dump(value: object) -> str:
        return export.dump_json(value, ascii_only=ascii_only) + "\n"

    if form in ("json", "arrays"):
        values = [o.pairs() if form == "arrays" else export.json_document(o) for o in outcomes]
        return dump(values[0] if len(values) == 1 else values)
    if form == "nl":
        return "".join(dump(line) for outcome in outcomes for line in export.json_lines(outcome))
    if form == "paths":
        return "".join(f"{match.path}{end}" for outcome in outcomes for match in outcome.matches)
    if form in ("csv", "tsv"):
        return export.separated(outcomes, "," if form == "csv" else "\t")
    return export.rate_lines(outcomes)


def _notes(
    outcomes: Sequence[Results], below: str, *, explain_plan: bool, errors: bool
) -> Iterator[str]:
    from sokkuri.kernels import MISSING

    yield from map(translated, outcomes[0].notes)
    if MISSING:
        yield say(
            "the C kernels were not built here, so NumPy does their work, slower: sokkuri doctor"
        )
    readable = [outcome for outcome in outcomes if outcome.error is None]
    for outcome in readable:
        named = f"{outcome.query}: " if len(outcomes) > 1 else ""
        yield named + summary.summary_line(outcome)
        yield from summary.chance_lines(outcome)
        yield from summary.nearest_lines(outcome, below)
        if explain_plan:
            yield "  " + say("compared by {plan}", plan=translated(str(outcome.plan)))
    for outcome in readable[:1]:
        yield from summary.seen_lines(outcome, summary.match_remarks(outcome))
        yield from summary.unused_lines(outcome.unused_exclude)
        yield from summary.rejected_lines(*outcome.rejected, every=errors)
