"""``sokkuri search``: the tutorial's job."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click

from sokkuri.cli.exits import Exit
from sokkuri.cli.options import (
    check_figure,
    chosen_hash,
    hash_options,
    library_option,
    measure_options,
    scan_options,
    usage_errors,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sokkuri.api.results import Results

__all__ = ["command"]

_FORMATS = ("json", "nl", "csv", "tsv", "arrays", "paths")


def _format_flags(verb: Any) -> Any:
    texts = {
        "json": "One JSON object (a list of them for several queries).",
        "nl": "One JSON object a match, a line each.",
        "csv": "A table with commas.",
        "tsv": "A table with tabs.",
        "arrays": "The tutorial's list: [[rate, path], ...].",
        "paths": "The paths alone, a line each.",
    }
    for name in reversed(_FORMATS):
        flags = ["-l", "--paths"] if name == "paths" else [f"--{name}"]
        verb = click.option(*flags, "form", flag_value=name, help=texts[name])(verb)
    return verb


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
@click.option(
    "--figure",
    type=click.Path(dir_okay=False),
    metavar="FILE",
    help="Draw the query above its matches: .png, .pdf or .svg.",
)
@_format_flags
@click.option("-0", "null", is_flag=True, help="The paths alone, each ended with NUL.")
@click.option("--ascii", "ascii_only", is_flag=True, help="Escape everything beyond ASCII in JSON.")
@click.option("--errors", is_flag=True, help="List every rejected file, not only a few.")
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
def command(**options: Any) -> int:  # fmt: skip
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
    *queries, folder = options["paths"]
    if not queries:
        raise click.UsageError("give a QUERY and then the DIR to search")
    _check_words(queries, options)
    check_figure(options["figure"])
    outcomes = _search(queries, folder, options)
    _print(outcomes, options)
    if options["figure"]:
        _save_figures(outcomes, options["figure"], quiet=options["quiet"])
    if not options["quiet"]:
        _notes(outcomes, options)
    return _exit_code(outcomes, strict=options["strict"])


def _check_words(queries: list[str], options: dict[str, Any]) -> None:
    """Refuse words that contradict each other, or that would have no effect."""
    for query in queries:
        if os.path.isdir(query):
            raise click.UsageError(f"{query} is a folder; only the last word names the folder")
    if options["null"] and options["form"] not in (None, "paths"):
        raise click.UsageError("-0 ends paths; it goes with --paths alone")
    if options["null"]:
        options["form"] = "paths"
    if options["no_library"] and (options["library"] or options["no_refresh"]):
        word = "--library" if options["library"] else "--no-refresh"
        raise click.UsageError(f"--no-library leaves nothing for {word} to mean")
    if options["ascii_only"] and options["form"] not in ("json", "nl", "arrays"):
        raise click.UsageError("--ascii goes with --json, --nl or --arrays")


def _search(queries: list[str], folder: str, options: dict[str, Any]) -> list[Results]:
    from sokkuri.api.searching import search_many
    from sokkuri.cli.output import hidden_codec_noise
    from sokkuri.cli.progress import progress_bar

    bar = progress_bar("hashing", quiet=options["quiet"])
    with usage_errors(), hidden_codec_noise(), bar as progress:
        return search_many(
            queries,
            folder,
            hash=chosen_hash(options),
            emphasis=options["emphasis"],
            mirror=options["mirror"],
            rate=options["rate"],
            max_distance=options["max_distance"],
            min_distance=options["min_distance"],
            k=options["k"],
            exclude_query=options["exclude_query"],
            min_quality=options["min_quality"],
            links=options["links"],
            exclude=options["exclude"],
            follow=options["follow"],
            library=options["library"],
            use_library=not options["no_library"],
            refresh=not options["no_refresh"],
            searcher=options["searcher"],
            workers=options["workers"],
            progress=progress,
        )


def _print(outcomes: Sequence[Results], options: dict[str, Any]) -> None:
    from sokkuri.cli.output import stdout_is_terminal, write

    form = options["form"]
    if form is None and stdout_is_terminal():
        from sokkuri.cli.tables import print_matches

        print_matches(outcomes)
    else:
        write(_text(outcomes, form, options))


def _text(outcomes: Sequence[Results], form: str | None, options: dict[str, Any]) -> str:
    from sokkuri.show import export

    def dump(value: object) -> str:
        return export.dump_json(value, ascii_only=options["ascii_only"]) + "\n"

    if form == "json":
        documents = [export.json_document(outcome) for outcome in outcomes]
        return dump(documents[0] if len(documents) == 1 else documents)
    if form == "arrays":
        lists = [export.pairs(outcome) for outcome in outcomes]
        return dump(lists[0] if len(lists) == 1 else lists)
    if form == "nl":
        return "".join(dump(line) for outcome in outcomes for line in export.json_lines(outcome))
    if form == "paths":
        end = "\0" if options["null"] else "\n"
        return "".join(f"{match.path}{end}" for outcome in outcomes for match in outcome.matches)
    if form in ("csv", "tsv"):
        return export.separated(outcomes, "," if form == "csv" else "\t")
    return export.rate_lines(outcomes)


def _save_figures(outcomes: Sequence[Results], path: str, *, quiet: bool) -> None:
    from sokkuri.cli.output import hidden_codec_noise, note

    stem, extension = os.path.splitext(path)
    for number, outcome in enumerate(outcomes, start=1):
        target = path if len(outcomes) == 1 else f"{stem}-{number}{extension}"
        if outcome.error is None:
            with hidden_codec_noise():
                outcome.save_figure(target)
            if not quiet:
                note(f"saved {target}")


def _notes(outcomes: Sequence[Results], options: dict[str, Any]) -> None:
    from sokkuri.cli.output import note
    from sokkuri.cli.summary import rejected_lines, seen_lines, summary_line, unused_lines
    from sokkuri.kernels import MISSING

    for line in outcomes[0].notes:
        note(line)
    if MISSING:
        note("the C kernels were not built here, so NumPy does their work, slower: sokkuri doctor")
    readable = [outcome for outcome in outcomes if outcome.error is None]
    for outcome in readable:
        note(summary_line(outcome, named=len(outcomes) > 1))
        if options["explain_plan"]:
            note(f"  compared by {outcome.plan}")
    if readable:
        for line in (*seen_lines(readable[0]), *unused_lines(readable[0].unused_exclude)):
            note(line)
        for line in rejected_lines(readable[0].rejected, every=options["errors"]):
            note(line)


def _exit_code(outcomes: Sequence[Results], *, strict: bool) -> int:
    from sokkuri.cli.failures import complain

    for outcome in outcomes:
        if outcome.error is not None:
            complain(f"cannot read the query {outcome.query}: {outcome.error}")
    if any(outcome.error is not None for outcome in outcomes):
        return Exit.ERROR
    if strict and outcomes[0].rejected:
        return Exit.REJECTED
    return Exit.FOUND if any(outcome.matches for outcome in outcomes) else Exit.NONE
