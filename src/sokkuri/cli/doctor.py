"""``sokkuri doctor``: versions, formats, extras, and a check of the bits."""

from __future__ import annotations

import click

from sokkuri.cli.options import json_option
from sokkuri.cli.output import Exit, write, write_json


@click.command("doctor", short_help="Show versions, formats and extras; check the bits.")
@json_option
def _doctor(*, as_json: bool) -> int:
    """Show what this installation is made of and check that it hashes as it should.

    Exit status: 0 all is well, 1 a check failed.
    """
    from sokkuri.doctor import examine

    report = examine()
    if as_json:
        write_json(report.as_dict())
    else:
        write("\n".join(report.lines()) + "\n")
    return Exit.FOUND if report.healthy else Exit.NONE
