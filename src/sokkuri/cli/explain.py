"""``sokkuri compare``: how far apart two pictures are; ``sokkuri explain``: why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from sokkuri.cli import options
from sokkuri.cli.help import VerbCommand
from sokkuri.cli.options import option
from sokkuri.cli.output import Exit, hidden_codec_noise, note, stdout_is_terminal, write
from sokkuri.language import say
from sokkuri.show.captions import padded

if TYPE_CHECKING:
    from sokkuri.api.results import Comparison
    from sokkuri.cli.options import Answer

_LEFT: Final = 12
"""So wide is the column of what is told of two pictures."""


@click.command("compare", cls=VerbCommand, short_help="Measure how far apart two pictures are.")
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@option("--rate R", "Same if distance / 256 is strictly below R.", float)
@option("--max-distance BITS", "Same if at most so many bits differ.", options.WHOLE)
@options.hash_options
@options.measure_options
@options.answers
@options.limit_options
def _compare(
    a: str, b: str, *, rate: float | None, max_distance: int | None, **asked: Any
) -> Answer:
    """Print the distance between two pictures.

    \b
    sokkuri compare a.jpg b.jpg --rgb
    sokkuri compare a.jpg b.jpg --max-distance 200 && echo "near copies"

    Exit status: 0 within the threshold (or none was given), 1 beyond it, 2 error.
    """  # noqa: D301 - the escape is click's mark
    from sokkuri.api.explain import compare
    from sokkuri.engine.options import threshold
    from sokkuri.show.export import path_fields

    with options.usage_errors(), hidden_codec_noise():
        limit = threshold(rate, max_distance)
        found = compare(a, b, **asked)
    spec = found.spec
    bits = say(
        "{distance:,} of {bits:,} bits ({name})",
        distance=found.distance, bits=spec.bits, name=spec.name,
    )  # fmt: skip
    rated = spec.rated or rate is not None
    rows = (
        (say("distance"), bits),
        *[("rate", f"{found.rate:.3f}")] * rated,
        (say("similarity"), f"{found.similarity:.1%}"),
        (say("same"), _same_words(found)),
    )
    text = "".join(f"{padded(head, _LEFT)}{words}\n" for head, words in rows)
    fields = {
        **path_fields(found.a, "a"),
        **path_fields(found.b, "b"),
        "hash": spec.name,
        "bits": spec.bits,
        "distance": found.distance,
        "rate": found.rate,
        "fraction": found.fraction,
        "same": found.same,
    }
    return fields, text, limit is None or found.distance <= limit


def _same_words(found: Comparison) -> str:
    """Say in which way two pictures are the same, if they are."""
    if found.same is not None:
        words = {
            "bytes": say("the same file, byte for byte"),
            "link": say("the same file under another name"),
            "pixels": say("the same pixels"),
        }
        return words[found.same]
    return say("no") if found.distance else say("the hashes only")


@click.command(
    "explain",
    cls=VerbCommand,
    short_help="Say why two pictures match: the bits that differ, and where.",
)
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@options.hash_options
@options.measure_options
@option("-o --output FILE", "Draw it: .png, .pdf or .svg.", options.FIGURE)
@options.json_option
@option("--ascii ascii_only", "Escape everything beyond ASCII in JSON.")
@options.limit_options
def _explain(
    a: str, b: str, *, output: str | None, as_json: bool, ascii_only: bool, **asked: Any
) -> int:
    """Say why two pictures are as near as they are.

    One sentence, the distance by parts, and in a terminal the bits of A, those of B, and in red
    those that differ; with -o the sentence alone, beside the figure.

    \b
    sokkuri explain a.jpg b.jpg
    sokkuri explain a.jpg b.jpg --gray -o why.png

    Exit status: 0 explained, 2 error.
    """  # noqa: D301 - the escape is click's mark
    from sokkuri.api.explain import explain
    from sokkuri.cli.explain_terminal import print_explanation, text_lines
    from sokkuri.pipeline import as_on_disk
    from sokkuri.show.export import dump_json, path_fields, write_figure

    if ascii_only and not as_json:
        raise click.UsageError("--ascii goes with --json")
    options.check_figure(output)
    with options.usage_errors(), hidden_codec_noise():
        found = explain(a, b, **asked)
    if as_json:
        names = {"a": path_fields(found.a, "name"), "b": path_fields(found.b, "name")}
        write(dump_json({**found.as_dict(), **names}, ascii_only=ascii_only) + "\n")
    elif output:
        write(f"{found.in_one.said()}\n")
    elif not stdout_is_terminal():
        write("".join(f"{line}\n" for line in text_lines(found)))
    else:
        print_explanation(found)
    if output:
        from sokkuri.show.explanation import draw_explanation

        with hidden_codec_noise():
            write_figure(draw_explanation(found, photos=(as_on_disk(a), as_on_disk(b))), output)
        note(say("saved {path}", path=output))
    return Exit.FOUND
