"""``sokkuri hashes``: the hashes there are, and what each is for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from sokkuri.cli.exits import Exit
from sokkuri.cli.options import json_option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sokkuri.registry import Family

__all__ = ["command"]

_COLUMNS: Final = {
    "form": "name",
    "parameter": "parameter",
    "bits": "bits",
    "summary": "what for",
    "looks_at": "looks at",
    "exact": "exact",
}
"""Fields of a family and their headers."""


@click.command("hashes", short_help="List the hashes and what each is for.")
@json_option
def command(**options: Any) -> int:
    """List the hashes that --hash takes: how many bits, what for, what each looks at.

    A photo is decoded in full. With -fast after any name, as in pdq-fast, a JPEG is
    decoded at 1/2, 1/4 or 1/8: several times quicker, and another hash that is not compared with
    the full one.

    Exit status: 0.
    """
    from sokkuri.cli.output import stdout_is_terminal, write
    from sokkuri.registry import families

    table = families()
    if options["as_json"]:
        write(_json(table))
    elif stdout_is_terminal():
        _print_table(table)
    else:
        for family in table:
            write("\t".join(_cells(family)) + "\n")
    return Exit.FOUND


def _json(table: Sequence[Family]) -> str:
    from sokkuri.show.export import SCHEMA, dump_json

    rows = [
        {
            **{field: getattr(family, field) for field in _COLUMNS},
            "example": family.example,
            "fast": family.fast_example,
        }
        for family in table
    ]
    return dump_json({"schema": SCHEMA, "hashes": rows}) + "\n"


def _print_table(table: Sequence[Family]) -> None:
    from rich.markup import escape as plain
    from rich.table import Table

    from sokkuri.cli.output import stdout_console

    drawn = Table(box=None, pad_edge=False, header_style="dim")
    for field, header in _COLUMNS.items():
        drawn.add_column(header, no_wrap=field in ("form", "bits", "exact"), overflow="fold")
    for family in table:
        drawn.add_row(*map(plain, _cells(family)))
    stdout_console().print(drawn)


def _cells(family: Family) -> list[str]:
    """Return one line's cells; what a plugin says must not break the table or the terminal."""
    from sokkuri.names import escape

    return [escape(str(getattr(family, field))) for field in _COLUMNS]
