"""``sokkuri explain``: why are two pictures near, or not?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sokkuri.cli.options import (
    check_figure,
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
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False),
    metavar="FILE",
    help="Draw it: .png, .pdf or .svg.",
)
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

    if ascii_only and not as_json:
        raise click.UsageError("--ascii goes with --json")
    check_figure(output)
    with usage_errors(), hidden_codec_noise():
        found = explain(a, b, hash=hash, emphasis=emphasis, mirror=mirror)
    if as_json:
        write(_json(found, ascii_only=ascii_only))
    elif stdout_is_terminal():
        from sokkuri.cli.explain_terminal import print_explanation

        print_explanation(found)
    else:
        from sokkuri.cli.explain_terminal import text_lines

        write("".join(f"{line}\n" for line in text_lines(found)))
    if output:
        _save(found, (a, b), output)
    return Exit.FOUND


def _json(found: Explanation, *, ascii_only: bool) -> str:
    from sokkuri.show.export import dump_json, path_fields

    document = found.as_dict()
    for letter, name in (("a", found.a), ("b", found.b)):
        document[letter] = path_fields(name, "name")
    return dump_json(document, ascii_only=ascii_only) + "\n"


def _save(found: Explanation, paths: tuple[str, str], output: str) -> None:
    from sokkuri.pipeline import as_on_disk
    from sokkuri.show.explanation import draw_explanation
    from sokkuri.show.export import write_figure

    a, b = map(as_on_disk, paths)
    with hidden_codec_noise():
        write_figure(draw_explanation(found, photos=(a, b)), output)
    note(f"saved {output}")
