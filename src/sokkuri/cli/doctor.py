"""``sokkuri doctor``: what is installed, and does it give the right bits?"""

from __future__ import annotations

from typing import Any

import click

from sokkuri.cli.exits import Exit
from sokkuri.cli.options import json_option

__all__ = ["command"]


@click.command("doctor", short_help="Show versions, formats and extras; check the bits.")
@json_option
def command(**options: Any) -> int:
    """Show what this installation is made of and check that it hashes as it should.

    Exit status: 0 all is well, 1 a check failed.
    """
    from sokkuri.cli.output import write
    from sokkuri.doctor import examine

    report = examine()
    if options["as_json"]:
        from sokkuri.show.export import SCHEMA, dump_json

        write(dump_json({"schema": SCHEMA, **report.as_dict()}) + "\n")
    else:
        write("\n".join(report.lines()) + "\n")
    return Exit.FOUND if report.healthy else Exit.NONE
