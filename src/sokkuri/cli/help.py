"""The help of a verb: its options under headings, those first that decide what is found."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

import click

_OTHER: Final = "Options"

_HEADINGS: Final = {
    "Threshold and number": "rate max_distance min_distance k sort",
    "Hash and comparison": "hash rgb gray hashes emphasis mirror",
    "Photos that take part": (
        "exclude_query min_quality links folder after before min_bytes max_bytes exclude follow"
    ),
    "Output": "figure output form null as_json ascii_only errors explain_plan quiet strict",
    "Library": "library no_refresh no_library refresh forget_missing read_all",
    _OTHER: "",
    "Server": "host port names read_only",
    "Limits, and how the work is done": (
        "workers searcher max_pixels max_side max_file_size decode_seconds worker_memory"
    ),
}
"""The parameters under each heading, in the order in which they are listed."""

_HEADING_OF: Final = {name: head for head, names in _HEADINGS.items() for name in names.split()}
_LEAST: Final = 6
"""Fewer options than this need no headings."""


class VerbCommand(click.Command):
    """A verb of the command, whose help is parted."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options under their headings.

        Parameters
        ----------
        ctx : click.Context
        formatter : click.HelpFormatter
        """
        shown: dict[str, list[tuple[str, str]]] = defaultdict(list)
        options = [each for each in self.get_params(ctx) if isinstance(each, click.Option)]
        few = len(options) < _LEAST
        for option in options:
            heading = _OTHER if few else _HEADING_OF.get(option.name or "", _OTHER)
            if record := option.get_help_record(ctx):
                shown[heading].append(record)
        for heading in _HEADINGS:
            if rows := shown.get(heading):
                with formatter.section(heading):
                    formatter.write_dl(rows)
