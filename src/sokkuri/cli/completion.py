"""``sokkuri completion``: the words that a shell offers after TAB."""

from __future__ import annotations

import click

from sokkuri.cli.help import VerbCommand
from sokkuri.cli.output import Exit, write

_SHELLS = ("bash", "zsh", "fish")


@click.command("completion", cls=VerbCommand, short_help="Print what makes a shell complete words.")
@click.argument("shell", type=click.Choice(_SHELLS), metavar="SHELL")
@click.pass_context
def _completion(context: click.Context, shell: str) -> int:
    """Print the script with which bash, zsh or fish completes verbs, options and their values.

    \b
    eval "$(sokkuri completion bash)"              # in ~/.bashrc
    eval "$(sokkuri completion zsh)"               # in ~/.zshrc
    sokkuri completion fish | source               # in ~/.config/fish/config.fish

    Exit status: 0, 2 error.
    """  # noqa: D301 - the escape is click's mark
    from click.shell_completion import get_completion_class

    made = get_completion_class(shell)
    assert made is not None  # noqa: S101 - click knows all that the argument lets through
    script = made(context.find_root().command, {}, "sokkuri", "_SOKKURI_COMPLETE").source()
    write(script.strip() + "\n")
    return Exit.FOUND
