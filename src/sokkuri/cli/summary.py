"""The summary of a run: matches as a table, notes in words."""

from __future__ import annotations

import math
import os
from collections import Counter
from typing import TYPE_CHECKING, Final

import click

from sokkuri.cli.output import write_lines
from sokkuri.cli.terminal import BOLD, DIM, PLAIN, RED
from sokkuri.language import REASON, language, say, say_count, translated, word_of
from sokkuri.names import escape
from sokkuri.settings import LOW_QUALITY
from sokkuri.show.captions import (
    badge,
    display_width,
    links_words,
    listed,
    padded,
    percent,
    recipe_words,
    unused_words,
)

_TYPED: Final = click.core.ParameterSource.COMMANDLINE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sokkuri.api.results import Results
    from sokkuri.cli.terminal import TextStyle
    from sokkuri.images import Rejected
    from sokkuri.library import Refreshed
    from sokkuri.matches import FilesSeen, Match, Outcome


def print_matches(*outcomes: Results, below: str = "") -> None:
    """Print one table a query to the terminal.

    Parameters
    ----------
    *outcomes : Results
    below : str
        The folder from which paths are told; those elsewhere are shown whole.
    """
    rated = any(outcome.rated for outcome in outcomes)
    heads = ("#", *["rate"] * rated, say("distance"), say("alike"))
    columns = [*((head, "right") for head in heads), (say("same"), "left"), (say("file"), "left")]
    for outcome in outcomes:
        if len(outcomes) > 1 and outcome.matches:
            write_lines([[(escape(outcome.query), BOLD)]])
        rows = [
            (
                str(rank),
                *[f"{match.rate:.3f}"] * rated,
                f"{match.distance:,}",
                percent(outcome, match.distance),
                _mark(match),
                seen_from(below, match.path),
            )
            for rank, match in enumerate(outcome.matches, start=1)
        ]
        if rows:
            styles = [RED if match.same else PLAIN for match in outcome.matches]
            print_rows(columns, zip(rows, styles, strict=True))


def _mark(match: Match) -> str:
    """Return what the table says of a match beside its distance."""
    if match.same is None:
        return say("simple") if match.too_simple else ""
    # In English it is the word that JSON has.
    return match.same if language() == "en" else badge(match.same)


def seen_from(folder: str, path: str) -> str:
    """Return a path as it is told from a folder; whole where it lies elsewhere.

    Parameters
    ----------
    folder, path : str
    """
    start = os.path.join(os.path.realpath(folder), "") if folder else ""
    for begin in (os.path.join(folder, ""), start):
        if folder and path.startswith(begin):
            return path[len(begin) :]
    return path


def print_rows(
    columns: Iterable[tuple[str, str]], rows: Iterable[tuple[Sequence[str], TextStyle]]
) -> None:
    """Print a table whose rows are lines, each of them whole.

    A row that is wider than the window is left to the terminal to wrap, so that a path stays whole
    for whoever copies it.

    Parameters
    ----------
    columns : iterable of (head, {"left", "right"})
    rows : iterable of (cells, TextStyle)
    """
    cells, styles = zip(*rows, strict=True)
    lines = zip(aligned(columns, cells), (DIM, *styles), strict=True)
    write_lines([line] for line in lines)


def aligned(columns: Iterable[tuple[str, str]], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield the head and the rows of a table as lines.

    Parameters
    ----------
    columns : iterable of (head, {"left", "right"})
    rows : iterable of sequence of str
    """
    heads, ways = zip(*columns, strict=True)
    lines = [heads, *([escape(cell) for cell in row] for row in rows)]
    widths = [max(map(display_width, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = (padded(*cell) for cell in zip(line, widths, ways, strict=True))
        yield "  ".join(cells).rstrip()


def summary_line(outcome: Outcome) -> str:
    """Say which hash ran, under which threshold, and how much was found."""
    matched, searched, shown = outcome.matched, outcome.searched, len(outcome.matches)
    found = say("{matched:,} of {searched:,} match", matched=matched, searched=searched)
    if outcome.max_distance is None:
        found = say("{number:,} compared", number=searched)
    elif not shown:
        found = say("0 matches")
    elif shown < matched:
        found = say("{found}, {number:,} shown", found=found, number=shown)
    if outcome.max_distance is not None and outcome.max_distance >= outcome.spec.bits:
        found = say("{found}; no two photos are farther apart than that", found=found)
    return f"{recipe_words(outcome)} · {found}"


def chance_lines(outcome: Outcome) -> Iterator[str]:
    """Say how many of the matches are there by chance, where that is known and some are."""
    number = round(outcome.by_chance or 0)
    if 0 < number <= outcome.matched:
        matched = outcome.matched
        yield "  " + say(
            "about {number:,} of {matched:,} by chance", number=number, matched=matched
        )
    elif number:
        yield "  " + say("a usual photo has about {number:,} there by chance", number=number)


def nearest_lines(outcome: Outcome, below: str = "") -> Iterator[str]:
    """Name the nearest photo where no other than the query itself was found, and a way to it.

    Parameters
    ----------
    outcome : Outcome
    below : str
        As of :func:`print_matches`.
    """
    if outcome.nearest_other is not None:
        photo, options = _way_to(outcome, outcome.nearest_other, below)
        told = say("the nearest other is {photo}: try {options}", photo=photo, options=options)
        yield f"  {told}"
    elif not outcome.matches and outcome.nearest is not None:
        photo, options = _way_to(outcome, outcome.nearest, below)
        yield f"  {say('the nearest is {photo}: try {options}', photo=photo, options=options)}"
    elif not outcome.matches and outcome.hashed:
        yield f"  {say('there was nothing to compare with')}"


def seen_lines(outcome: FilesSeen, remarks: Iterable[str] = ()) -> Iterator[str]:
    """Count the files that were seen; hashed, rejected and other files always add up to it.

    Parameters
    ----------
    outcome : FilesSeen
    remarks : iterable of str
        What is to be said besides.
    """
    yield counts_line(outcome.hashed, len(outcome.rejected), len(outcome.other_files))
    yield from (f"  {line}" for line in _remarks(outcome, remarks))


def _remarks(outcome: FilesSeen, remarks: Iterable[str]) -> Iterator[str]:
    """Say what a reader should know of the query, the matches and the files."""
    if not outcome.hashed and outcome.rejected:
        yield say("no file could be read as a picture; see the reasons")
    elif not outcome.hashed:
        yield say("no file is a picture")
    if outcome.quality is not None and outcome.quality < LOW_QUALITY:
        yield say(
            "the query says little (quality {quality} of 100): solid, two-tone or nearly empty",
            quality=outcome.quality,
        )
    yield from remarks
    if outcome.skipped:
        yield say_count(
            "not entered: {count:,} folder of trash, thumbnails or links, such as {path}; --follow "
            "enters links",
            "not entered: {count:,} folders of trash, thumbnails or links, such as {path}; "
            "--follow enters links",
            len(outcome.skipped),
            path=outcome.skipped[0],
        )


def match_remarks(outcome: Outcome) -> Iterator[str]:
    """Say what a reader should know of the matches of a search."""
    if simple := sum(match.too_simple for match in outcome.matches):
        yield say_count(
            "{count:,} of the matches says little; --min-quality {least} leaves such photos out",
            "{count:,} of the matches say little; --min-quality {least} leaves such photos out",
            simple,
            least=LOW_QUALITY,
        )
    if links := links_words(outcome):
        yield say("{links}: other names of files that are there", links=links)


def counts_line(hashed: int, rejected: int, other_files: int) -> str:
    """Return ``seen N = hashed H + rejected R``, and the other files where there are any.

    Parameters
    ----------
    hashed, rejected, other_files : int
    """
    return _sum(
        hashed + rejected + other_files,
        say("hashed {number:,}", number=hashed),
        say("rejected {number:,}", number=rejected),
        other_files=other_files,
    )


def _sum(seen: int, *terms: str, other_files: int) -> str:
    """Return what the files that were seen add up of."""
    if other_files:
        terms = (*terms, say("other files {number:,}", number=other_files))
    return say("seen {number:,} = {terms}", number=seen, terms=" + ".join(terms))


def unused_lines(patterns: Sequence[str]) -> Iterator[str]:
    """Name the patterns of ``-E`` that left nothing out.

    Those of a configuration file are for other folders, too.
    """
    context = click.get_current_context(silent=True)
    typed = context is None or context.get_parameter_source("exclude") is _TYPED
    if patterns and typed:
        yield f"  -E: {unused_words(patterns)}"


def size_words(count: int) -> str:
    """Return a number of bytes as ``900 bytes`` or ``4.9 MB``, each unit a thousand of the last."""
    if count < 1000:
        return say_count("{count:,} byte", "{count:,} bytes", count)
    units = ("kB", "MB", "GB", "TB")
    sizes = {unit: count / 1000**power for power, unit in enumerate(units, start=1)}
    unit = next((unit for unit in units if round(sizes[unit], 1) < 1000), units[-1])
    return f"{sizes[unit]:,.1f} {unit}"


def refreshed_lines(done: Refreshed) -> Iterator[str]:
    """Say how many files were seen and the fate of each; the numbers add up."""
    line = _sum(
        done.seen,
        say("unchanged {number:,}", number=done.unchanged),
        say("hashed {number:,}", number=done.hashed),
        say("known {number:,}", number=done.known),
        say("rejected {number:,}", number=done.rejected),
        other_files=done.other_files,
    )
    if done.vanished:
        line += " · " + say("{number:,} gone", number=done.vanished)
    if done.kept:
        line += " · " + say("{number:,} out of reach, and kept", number=done.kept)
    yield line
    yield from unused_lines(done.unused_exclude)


def rejected_lines(*rejected: Rejected, every: bool) -> Iterator[str]:
    """Yield a line for every rejected file, or for the first few and a count of the rest."""
    shown = rejected if every else rejected[:5]
    for item in shown:
        reason = translated(item.reason)
        yield "  " + say("rejected {path}: {reason}", path=item.path, reason=reason)
    if more := rejected[len(shown) :]:
        kinds = Counter(item.kind for item in more).most_common()
        words = ((count, word_of(language(), REASON, kind)) for kind, count in kinds)
        rest = listed(say("{number:,} {kind}", number=count, kind=kind) for count, kind in words)
        yield "  " + say(
            "and {number:,} more ({kinds}); --errors lists them all", number=len(more), kinds=rest
        )


def _way_to(outcome: Outcome, match: Match, below: str) -> tuple[str, str]:
    """Return a photo with its distance, and the options that let it in; a rate where it counts."""
    path, bits = seen_from(below, match.path), match.distance
    if outcome.rate is None:
        photo = say("{path} at {bits:,} bits", path=path, bits=bits)
    else:
        photo = say(
            "{path} at {bits:,} bits (rate {rate:.3f})", path=path, bits=bits, rate=match.rate
        )
    if bits < outcome.min_distance:
        return photo, f"--min-distance {bits}"
    options = f"--max-distance {bits}"
    if outcome.rate is None:
        return photo, options
    # The smallest rate with two decimals that lies strictly above that of the photo.
    rate = (math.floor(match.rate * 100) + 1) / 100
    return photo, say("{option} or {other}", option=options, other=f"--rate {rate:g}")
