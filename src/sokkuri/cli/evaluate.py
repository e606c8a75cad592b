"""``sokkuri evaluate``: the benchmark of hashes."""

from __future__ import annotations

from itertools import compress
from typing import TYPE_CHECKING, Any, Final

import click

from sokkuri.cli import options
from sokkuri.cli.help import VerbCommand
from sokkuri.cli.options import COUNT, option
from sokkuri.cli.output import Exit, note, progress_bar, stdout_is_terminal, write
from sokkuri.cli.summary import counts_line, print_rows, rejected_lines, seen_from, unused_lines
from sokkuri.cli.terminal import BOLD, PLAIN
from sokkuri.language import say, translated

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sokkuri.evaluation import Evaluation
    from sokkuri.evaluation.false_finds import FinderRecall
    from sokkuri.evaluation.rows import Row

_LISTED: Final = 10
"""False finds that a terminal gets; JSON has more."""


@click.command("evaluate", cls=VerbCommand, short_help="Measure how well hashes find photos.")
@click.argument("folder", metavar="DIR")
@option(
    "--hash hashes NAME",
    "A hash to measure, such as look-2 or look-2@shape; may be repeated.  [default: one of "
    "each kind]",
    multiple=True,
)
@options.mirror_option
@option(
    "--classes/--no-classes",
    "Measure by class, or not.  [default: where DIR holds two folders with photos]",
    default=None,
)
@option("--edits/--no-edits", "Measure edited copies, or not.", default=True)
@option(
    "--harder harder_edits", "Thirteen edits more: screenshots, collages, crops by half, and so on."
)
@option("--sample N", "Edit at most N photos.", COUNT, default=200, show_default=True)
@option("--seed N", "Chooses which photos.", int, default=0, show_default=True)
@option("--figure FILE", "Draw the results: .png, .pdf or .svg.", options.FIGURE)
@options.json_option
@options.errors_option
@options.scan_options
def _evaluate(
    folder: str,
    *,
    hashes: tuple[str, ...],
    classes: bool | None,
    edits: bool,
    harder_edits: bool,
    figure: str | None,
    as_json: bool,
    errors: bool,
    strict: bool,
    quiet: bool,
    **asked: Any,
) -> int:
    """Measure how well hashes find photos of the same class, and edited copies.

    The folders directly below DIR are the classes. For every photo all others are ranked, and
    counted is who shares its class and its colour. Then photos are edited in eighteen ways, and
    counted is which copies are still nearer than unrelated photos; --harder adds thirteen. With
    copies-150 the finder of `sokkuri copies` looks for them; other photos that it takes for copies
    are listed, and what it tells apart as the same scene is counted.

    \b
    sokkuri evaluate photos
    sokkuri evaluate photos --hash look-2 --hash ahash-rgb-64
    sokkuri evaluate photos --hash copies-150 --harder --figure result.png
    sokkuri evaluate photos --no-edits --json

    Exit status: 0 something was measured, 2 error, 3 files were rejected (--strict).
    """  # noqa: D301 - the escape is click's mark
    from sokkuri.evaluation import evaluate

    if classes is False and not edits:
        raise click.UsageError("--no-classes and --no-edits leave nothing to measure")
    if harder_edits and not edits:
        raise click.UsageError("--harder goes with --edits")
    options.check_figure(figure)
    with progress_bar(say("measuring"), quiet=quiet) as progress:
        evaluation = evaluate(
            folder,
            hashes or None,
            classes=classes,
            edits=edits,
            harder=harder_edits,
            **asked,
            progress=progress,
        )
    if as_json:
        write(evaluation.to_json() + "\n")
    elif stdout_is_terminal():
        _print_tables(evaluation)
    else:
        write(evaluation.to_tsv())
    if figure:
        evaluation.save_figure(figure)
    if not quiet:
        saved = [say("saved {path}", path=figure)] if figure else []
        note(*saved, *_summary(evaluation))
        note(*rejected_lines(*evaluation.rejected, every=errors))
    return Exit.REJECTED if strict and evaluation.rejected else Exit.FOUND


def _print_tables(evaluation: Evaluation) -> None:
    """Print a table for all photos, one for the classes, one for the edits, one for the finders."""
    from sokkuri.evaluation.rows import LEAST_SCORE, measure_words

    columns, rows = evaluation.rows()
    if evaluation.rankings:
        overall = [(measure_words(row.measure), row) for row in rows if row.overall]
        _print_table(say("same class, same colour"), columns, overall)
        classes = [(row.of, row) for row in rows if row.measure == "P@10" and not row.overall]
        _print_table(say("P@10 by class"), columns, classes)
    if evaluation.robustness or evaluation.finders:
        words = {"threshold": say("threshold (bits)"), LEAST_SCORE: say("score, at least")}
        recall = [(measure_words(row.of), row) for row in rows if row.measure == "recall"]
        limits = [(words[row.measure], row) for row in rows if row.measure in words]
        _print_table(say("edited copies recognised"), columns, [*recall, *limits])
    for finder in evaluation.finders:
        _print_false_finds(finder, evaluation.where)
        _print_scenes(finder, evaluation)


def _print_table(title: str, columns: Sequence[str], lines: Sequence[tuple[str, Row]]) -> None:
    """Print the lines with the columns that have a value."""
    from sokkuri.evaluation.rows import MEANS, measure_words

    filled = [any(row.values[at] is not None for _, row in lines) for at in range(len(columns))]
    rows = ([label, *compress(_cells(row), filled)] for label, row in lines)
    styles = (BOLD if (row.measure, row.of) in MEANS else PLAIN for _, row in lines)
    names = compress(map(measure_words, columns), filled)
    heads = [(title, "left"), *((name, "right") for name in names)]
    print_rows(heads, zip(rows, styles, strict=True))
    write("\n")


def _cells(row: Row) -> Iterator[str]:
    from sokkuri.evaluation.rows import LEAST_SCORE

    for value in row.values:
        if isinstance(value, float):
            yield f"{value:.2f}" if row.measure == LEAST_SCORE else f"{100 * value:.1f} %"
        else:
            yield "" if value is None else f"{value:,}"


def _print_false_finds(finder: FinderRecall, where: str) -> None:
    """Print how many other photos were taken for copies, and the first of them."""
    rates = (say("photos as they are"), finder.plain), (say("edited copies"), finder.edited)
    rows = [
        ([name, f"{rate.number:,}", f"{rate.pairs:,}", f"{rate.per_million:,.1f}"], PLAIN)
        for name, rate in rates
    ]
    title = say("other photos taken for copies by {name}", name=finder.spec.name)
    heads = (say("number"), say("pairs"), say("in a million"))
    print_rows([(title, "left"), *((head, "right") for head in heads)], rows)
    write("\n")
    if finds := finder.false_finds[:_LISTED]:
        rows = [
            ([f"{find.score:.2f}", seen_from(where, find.query), seen_from(where, find.photo),
              find.edits[0] + (f" + {len(find.edits) - 1}" if find.edits[1:] else "")], PLAIN)
            for find in finds
        ]  # fmt: skip
        names = say("photo"), say("taken for"), say("edit")
        print_rows([(say("score"), "right"), *((name, "left") for name in names)], rows)
        write("\n")


def _print_scenes(finder: FinderRecall, evaluation: Evaluation) -> None:
    """Print how much of what matches is told apart as the same scene, and the copies it costs."""
    least, (plain, edited) = finder.least_score, (finder.plain, finder.edited)
    counts = [
        (say("photos as they are"), least, plain.told_apart, plain.told_apart + plain.number),
        (say("edited copies"), least, edited.told_apart, edited.told_apart + edited.number),
    ]
    for name, (score, number, apart) in (
        (say("photos as they are, 10 in a million"), plain.at_rate),
        (say("edited copies, 10 in a million"), edited.at_rate),
    ):
        counts.append((name, score, apart, number))
    names = say("copies lost, eighteen edits"), say("copies lost, harder edits")
    for name, recall, lost in zip(names, finder.kinds, finder.lost_by_edit, strict=True):
        if recall:
            counts.append((name, least, sum(lost.values()), evaluation.sampled * len(recall)))
    rows = [
        ([name, f"{score:.2f}", f"{apart:,}", f"{number:,}"], PLAIN)
        for name, score, apart, number in counts
    ]
    title = say("told apart as the same scene by {name}", name=finder.spec.name)
    heads = (say("score, at least"), say("number"), say("of all"))
    print_rows([(title, "left"), *((head, "right") for head in heads)], rows)
    write("\n")
    if copies := finder.lost[:_LISTED]:
        rows = [
            ([f"{copy.score:.2f}", seen_from(evaluation.where, copy.photo), copy.edit], PLAIN)
            for copy in copies
        ]
        names = say("lost copy of"), say("edit")
        print_rows([(say("score"), "right"), *((name, "left") for name in names)], rows)
        write("\n")


def _summary(evaluation: Evaluation) -> Iterator[str]:
    from sokkuri.evaluation.robustness import FALSE_POSITIVE_RATE

    if evaluation.rankings:
        ranked = say("{photos:,} photos ranked", photos=evaluation.ranked)
        classes = say("{classes:,} classes", classes=len(evaluation.rankings[0].classes))
        yield f"{ranked} · {classes}"
    if evaluation.robustness or evaluation.finders:
        edited = say(
            "{photos:,} photos edited (seed {seed})",
            photos=evaluation.sampled, seed=evaluation.parameters.seed,
        )  # fmt: skip
        if not evaluation.robustness:
            pairs = say("{pairs:,} unrelated pairs", pairs=evaluation.pairs)
        elif evaluation.pairs < 1 / FALSE_POSITIVE_RATE:
            pairs = say("{pairs:,} unrelated pairs, of which none passes", pairs=evaluation.pairs)
        else:
            pairs = say(
                "{pairs:,} unrelated pairs, of which at most 1 in 100,000 passes",
                pairs=evaluation.pairs,
            )
        yield f"{edited} · {pairs}"
    if evaluation.same_pixels:
        number = evaluation.same_pixels
        yield "  " + say("left out: {number:,} pairs that show the same pixels", number=number)
    if evaluation.failed:
        first = evaluation.failed[0]
        yield "  " + say(
            "{number:,} copies could not be made, such as {path}: {reason}",
            number=len(evaluation.failed), path=first.path, reason=translated(first.reason),
        )  # fmt: skip
    yield counts_line(evaluation.photos, len(evaluation.rejected), len(evaluation.other_files))
    yield from unused_lines(evaluation.unused_exclude)
