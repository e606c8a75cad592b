"""``sokkuri explain``: why are two pictures near, or not?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sokkuri.cli.options import (
    check_figure,
    figure_option,
    hash_options,
    json_option,
    limit_options,
    measure_options,
    usage_errors,
)
from sokkuri.cli.output import Exit, hidden_codec_noise, note, stdout_is_terminal, write

if TYPE_CHECKING:
    from sokkuri.explanation import Explanation


@click.command("explain", short_help="Say why two pictures match: the bits that differ, and where.")
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@hash_options
@measure_options
@figure_option("Draw it", "-o --output")
@json_option
@click.option("--ascii", "ascii_only", is_flag=True, help="Escape everything beyond ASCII in JSON.")
@limit_options
def _explain(
    a: str,
    b: str,
    *,
    hash: str,
    emphasis: str | float | None,
    mirror: bool | None,
    output: str | None,
    as_json: bool,
    ascii_only: bool,
) -> int:
    """Say why two pictures are as near as they are.

    One sentence, the distance by parts, and in a terminal the bits of A, those of B, and in red
    those that differ.

    \b
    sokkuri explain a.jpg b.jpg
    sokkuri explain a.jpg b.jpg --gray -o why.png

    Exit status: 0 explained, 2 error.
    """  # noqa: D301 - the escape is click's mark
    from sokkuri.api.explain import explain
    from sokkuri.cli.explain_terminal import print_explanation, text_lines

    if ascii_only and not as_json:
        raise click.UsageError("--ascii goes with --json")
    check_figure(output)
    with usage_errors(), hidden_codec_noise():
        found = explain(a, b, hash=hash, emphasis=emphasis, mirror=mirror)
    if as_json:
        write(_json(found, ascii_only=ascii_only))
    elif stdout_is_terminal():
        print_explanation(found)
    else:
        write("".join(f"{line}\n" for line in text_lines(found)))
    if output:
        _save(found, a, b, output)
    return Exit.FOUND


def _json(found: Explanation, *, ascii_only: bool) -> str:
    from sokkuri.show.export import dump_json, path_fields

    names = {"a": path_fields(found.a, "name"), "b": path_fields(found.b, "name")}
    return dump_json({**found.as_dict(), **names}, ascii_only=ascii_only) + "\n"


def _save(found: Explanation, a: str, b: str, output: str) -> None:
    from sokkuri.pipeline import as_on_disk
    from sokkuri.show.explanation import draw_explanation
    from sokkuri.show.export import write_figure

    with hidden_codec_noise():
        write_figure(draw_explanation(found, photos=(as_on_disk(a), as_on_disk(b))), output)
    note(f"saved {output}")
