"""The summary of a run: matches as a table, notes in words."""

from __future__ import annotations

import math
import os
from collections import Counter
from typing import TYPE_CHECKING, Final

import click

from sokkuri.cli.output import write_lines
from sokkuri.cli.terminal import BOLD, DIM, PLAIN, RED
from sokkuri.language import say
from sokkuri.names import escape
from sokkuri.settings import LOW_QUALITY
from sokkuri.show.captions import (
    display_width,
    links_words,
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
    from sokkuri.matches import Match, Outcome


def print_matches(*outcomes: Results, below: str = "") -> None:
    """Print one table a query to the terminal.

    Parameters
    ----------
    *outcomes : Results
    below : str
        The folder from which paths are told; those elsewhere are shown whole.
    """
    rated = any(outcome.rated for outcome in outcomes)
    heads = ("#", *["rate"] * rated, "distance", "alike")
    columns = [*((head, "right") for head in heads), ("same", "left"), ("file", "left")]
    for outcome in outcomes:
        if len(outcomes) > 1 and outcome.matches:
            write_lines([[(escape(outcome.query), BOLD)]])
        rows = [
            (
                str(rank),
                *[f"{match.rate:.3f}"] * rated,
                f"{match.distance:,}",
                percent(outcome, match.distance),
                match.same or ("simple" if match.too_simple else ""),
                _seen_from(below, match.path),
            )
            for rank, match in enumerate(outcome.matches, start=1)
        ]
        if rows:
            styles = [RED if match.same else PLAIN for match in outcome.matches]
            print_rows(columns, zip(rows, styles, strict=True))


def _seen_from(folder: str, path: str) -> str:
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
    found = f"{outcome.matched:,} of {outcome.searched:,} match"
    if outcome.max_distance is None:
        found = f"{outcome.searched:,} compared"
    elif not outcome.matches:
        found = "0 matches"
    elif len(outcome.matches) < outcome.matched:
        found += f", {len(outcome.matches):,} shown"
    if outcome.max_distance is not None and outcome.max_distance >= outcome.spec.bits:
        found += "; no two photos are farther apart than that"
    return f"{recipe_words(outcome)} · {found}"


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


def seen_lines(outcome: Outcome) -> Iterator[str]:
    """Count the files that were seen; hashed, rejected and other files always add up to it."""
    yield counts_line(outcome.hashed, len(outcome.rejected), len(outcome.other_files))
    if not outcome.hashed and outcome.rejected:
        yield "  no file could be read as a picture; see the reasons"
    elif not outcome.hashed:
        yield "  no file is a picture"
    if outcome.quality is not None and outcome.quality < LOW_QUALITY:
        yield (
            f"  the query says little (quality {outcome.quality} of 100): "
            "solid, two-tone or nearly empty"
        )
    if simple := sum(match.too_simple for match in outcome.matches):
        yield (
            f"  {simple:,} of the matches {'say' if simple > 1 else 'says'} little; "
            f"--min-quality {LOW_QUALITY} leaves such photos out"
        )
    if left_out := links_words(outcome):
        yield f"  {left_out}: other names of files that are there"
    if outcome.skipped:
        count = len(outcome.skipped)
        yield (
            f"  not entered: {count:,} folder{'s' if count > 1 else ''} of trash, thumbnails or "
            f"links, such as {outcome.skipped[0]}; --follow enters links"
        )


def counts_line(hashed: int, rejected: int, other_files: int) -> str:
    """Return ``seen N = hashed H + rejected R``, and the other files where there are any.

    Parameters
    ----------
    hashed, rejected, other_files : int
    """
    seen = hashed + rejected + other_files
    return f"seen {seen:,} = hashed {hashed:,} + rejected {rejected:,}{_beside(other_files)}"


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
        return f"{count:,} byte{'' if count == 1 else 's'}"
    units = ("kB", "MB", "GB", "TB")
    sizes = {unit: count / 1000**power for power, unit in enumerate(units, start=1)}
    unit = next((unit for unit in units if round(sizes[unit], 1) < 1000), units[-1])
    return f"{sizes[unit]:,.1f} {unit}"


def _beside(other_files: int) -> str:
    return f" + other files {other_files:,}" if other_files else ""


def refreshed_lines(done: Refreshed) -> Iterator[str]:
    """Say how many files were seen and the fate of each; the numbers add up."""
    line = (
        f"seen {done.seen:,} = unchanged {done.unchanged:,} + hashed {done.hashed:,} "
        f"+ known {done.known:,} + rejected {done.rejected:,}{_beside(done.other_files)}"
    )
    if done.vanished:
        line += f" · {done.vanished:,} gone"
    if done.kept:
        line += f" · {done.kept:,} out of reach, and kept"
    yield line
    yield from unused_lines(done.unused_exclude)


def rejected_lines(*rejected: Rejected, every: bool) -> Iterator[str]:
    """Yield a line for every rejected file, or for the first few and a count of the rest."""
    shown = rejected if every else rejected[:5]
    for item in shown:
        yield f"  rejected {item.path}: {item.reason}"
    if len(shown) < len(rejected):
        kinds = Counter(str(item.kind) for item in rejected[len(shown) :])
        rest = ", ".join(f"{count:,} {kind}" for kind, count in kinds.most_common())
        yield f"  and {len(rejected) - len(shown):,} more ({rest}); --errors lists them all"


def _way_to(outcome: Outcome, match: Match, below: str) -> tuple[str, str]:
    """Return a photo with its distance, and the options that let it in; a rate where it counts."""
    path, bits = _seen_from(below, match.path), match.distance
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
