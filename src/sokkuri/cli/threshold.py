"""``sokkuri threshold``: the distance up to which the photos of a folder are alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from sokkuri.cli import answer, options, output, summary
from sokkuri.cli.help import VerbCommand
from sokkuri.cli.options import option
from sokkuri.cli.output import Exit
from sokkuri.cli.terminal import BOLD, PLAIN
from sokkuri.language import say, say_count, translated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sokkuri.api.threshold import Threshold


@click.command(
    "threshold",
    cls=VerbCommand,
    short_help="Choose a threshold by how near photos come by chance.",
)
@click.argument("folders", nargs=-1, required=True, metavar="DIR...")
@options.hash_options
@options.measure_options
@option("-o --output FILE", "Draw it: .png, .pdf or .svg.", options.FIGURE)
@options.json_option
@answer.kept_options
@options.scan_options
def _threshold(
    folders: tuple[str, ...],
    *,
    output: str | None,
    as_json: bool,
    errors: bool,
    library: str | None,
    no_refresh: bool,
    no_library: bool,
    strict: bool,
    quiet: bool,
    **asked: Any,
) -> int:
    """Choose the distance up to which the photos of DIR are alike.

    Most pairs of photos have nothing to do with each other, and tell how many of them come near by
    chance. The threshold is the largest distance at which chance makes at most one pair, or one in
    a hundred of those found. It holds for this folder and this hash, and goes into --max-distance.

    \b
    sokkuri threshold photos
    sokkuri threshold photos --hash phash-16 -o chance.png
    sokkuri search sample.jpg photos --max-distance 38

    Exit status: 0 there is one, 1 no distance is safe, 2 error, 3 files were rejected (--strict).
    """  # noqa: D301 - the escape is click's mark
    from sokkuri.api.threshold import threshold

    kept, refresh = answer.chosen_library(library, no_refresh=no_refresh, no_library=no_library)
    options.check_figure(output)
    with options.usage_errors(), _bar(kept=kept is not None, quiet=quiet) as progress:
        found = threshold(folders, **asked, library=kept, refresh=refresh, progress=progress)
    _print(found, as_json=as_json)
    if output:
        found.save_figure(output)
    if not quiet:
        _note(found, output, errors=errors)
    if strict and found.rejected:
        return Exit.REJECTED
    return Exit.NONE if found.max_distance is None else Exit.FOUND


def _bar(*, kept: bool, quiet: bool) -> Any:
    return output.progress_bar(say("hashing"), kept=kept, quiet=quiet)


def _print(found: Threshold, *, as_json: bool) -> None:
    """Print the table for a person, the numbers alone for a pipe."""
    if as_json:
        output.write(found.to_json(indent=None) + "\n")
    elif output.stdout_is_terminal():
        known = found.model is not None
        heads = (say("distance"), say("pairs"), *[say("by chance")] * known)
        rows = [
            (
                (f"{distance:,}", f"{pairs:,}", *[_number(chance or 0)] * known),
                _style(found, distance),
            )
            for distance, pairs, chance in found.rows()
        ]
        if rows:
            summary.print_rows([(head, "right") for head in heads], rows)
    elif found.max_distance is not None:
        output.write(f"{found.max_distance}\n")


def _style(found: Threshold, distance: int) -> Any:
    return BOLD if distance == found.max_distance else PLAIN


def _number(chance: float) -> str:
    """Return an expected number as long as it means something."""
    return f"{chance:,.0f}" if chance >= 10 else f"{chance:.1f}" if chance >= 0.05 else "0"


def _note(found: Threshold, saved: str | None, *, errors: bool) -> None:
    if saved:
        output.note(say("saved {path}", path=saved))
    output.note(*_notes(found), *summary.rejected_lines(*found.rejected, every=errors))


def _notes(found: Threshold) -> Iterator[str]:
    from sokkuri.names import escape
    from sokkuri.show.threshold import choice_words

    yield from map(translated, found.notes)
    bits = say_count("{count:,} bit", "{count:,} bits", found.spec.bits)
    yield f"{escape(found.spec.name)} · {bits} · {choice_words(found)}"
    if found.low_quality:
        yield "  " + say_count(
            "{count:,} photo says too little to be compared",
            "{count:,} photos say too little to be compared",
            found.low_quality,
        )
    yield from summary.seen_lines(found)
    yield from summary.unused_lines(found.unused_exclude)
