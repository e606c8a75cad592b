"""``sokkuri explain``: why are two pictures near, or not?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from sokkuri.cli.exits import Exit
from sokkuri.cli.limiting import limit_options
from sokkuri.cli.options import (
    check_figure,
    chosen_hash,
    hash_options,
    json_option,
    measure_options,
)

if TYPE_CHECKING:
    from sokkuri.explanation import Explanation

__all__ = ["command"]


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
def command(**options: Any) -> int:  # fmt: skip
    """Say why two pictures are as near as they are.

    One sentence, the distance by parts, and in a terminal the bits of A, those of B, and in red
    those that differ.

    \b
    sokkuri explain a.jpg b.jpg
    sokkuri explain a.jpg b.jpg --gray -o why.png

    Exit status: 0 explained, 2 error.
    """  # noqa: D301 - the escape is click's mark
    from sokkuri.cli.output import stdout_is_terminal, write

    if options["ascii_only"] and not options["as_json"]:
        raise click.UsageError("--ascii goes with --json")
    check_figure(options["output"])
    found = _explain(options)
    if options["as_json"]:
        write(_json(found, ascii_only=options["ascii_only"]))
    elif stdout_is_terminal():
        from sokkuri.cli.bitmaps import print_explanation

        print_explanation(found)
    else:
        from sokkuri.cli.explained import text_lines

        write("".join(f"{line}\n" for line in text_lines(found)))
    if options["output"]:
        _save(found, options)
    return Exit.FOUND


def _explain(options: dict[str, Any]) -> Explanation:
    from sokkuri.api.explaining import explain
    from sokkuri.cli.output import hidden_codec_noise

    try:
        with hidden_codec_noise():
            return explain(
                options["a"],
                options["b"],
                hash=chosen_hash(options),
                emphasis=options["emphasis"],
                mirror=options["mirror"],
            )
    except ValueError as error:
        raise click.UsageError(str(error)) from error


def _json(found: Explanation, *, ascii_only: bool) -> str:
    from sokkuri.show.export import dump_json, path_fields

    document = found.as_dict()
    for letter, name in (("a", found.a), ("b", found.b)):
        document[letter] = path_fields(name, "name")
    return dump_json(document, ascii_only=ascii_only) + "\n"


def _save(found: Explanation, options: dict[str, Any]) -> None:
    from sokkuri.cli.output import hidden_codec_noise, note
    from sokkuri.pipeline import as_on_disk
    from sokkuri.show.explanation import draw_explanation
    from sokkuri.show.export import write_figure

    photos = (as_on_disk(options["a"]), as_on_disk(options["b"]))
    with hidden_codec_noise():
        write_figure(draw_explanation(found, photos=photos), options["output"])
    note(f"saved {options['output']}")
