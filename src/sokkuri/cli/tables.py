"""Matches as a table on a terminal."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from sokkuri.cli.output import stdout_console
from sokkuri.names import escape
from sokkuri.show.captions import percent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sokkuri.api.results import Results


def print_matches(outcomes: Sequence[Results], *, below: str = "") -> None:
    """Print one table a query to the terminal; nothing for queries without matches.

    Where all photos lie ``below`` one folder, that part of their paths can be left out.
    """
    from rich.markup import escape as plain
    from rich.table import Table

    console = stdout_console()
    for outcome in outcomes:
        if not outcome.matches:
            continue
        if len(outcomes) > 1:
            console.print(plain(escape(outcome.query)), style="bold")
        table = Table(box=None, pad_edge=False, header_style="dim")
        for header in ("#", "rate", "distance", "alike"):
            table.add_column(header, justify="right", no_wrap=True)
        table.add_column("same", no_wrap=True)
        table.add_column("file", overflow="fold")
        for rank, match in enumerate(outcome.matches, start=1):
            table.add_row(
                str(rank),
                f"{match.rate:.3f}",
                f"{match.distance:,}",
                percent(outcome, match.distance),
                match.same or ("simple" if match.too_simple else ""),
                plain(escape(os.path.relpath(match.path, below) if below else match.path)),
                style="red" if match.same else None,
            )
        console.print(table)
