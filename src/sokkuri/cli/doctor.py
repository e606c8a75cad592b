"""``sokkuri doctor``: versions, formats, extras, and a check of the bits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sokkuri.cli.help import VerbCommand
from sokkuri.cli.options import answers

if TYPE_CHECKING:
    from sokkuri.cli.options import Answer


@click.command(
    "doctor", cls=VerbCommand, short_help="Show versions, formats and extras; check the bits."
)
@answers
def _doctor() -> Answer:
    """Show what this installation is made of and check that it hashes as it should.

    Exit status: 0 all is well, 1 a check failed.
    """
    from sokkuri.doctor import examine

    report = examine()
    return report.as_dict(), "\n".join(report.lines()) + "\n", report.healthy
