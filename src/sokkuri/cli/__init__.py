"""The ``sokkuri`` command: thin verbs that parse, make one library call, and print.

This module stays light, so that ``sokkuri --help`` answers at once: a verb's room is imported when
the verb is used, and what the verb needs when it runs.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import Final

import click

from sokkuri import __version__, language
from sokkuri.cli.help import VerbGroup, use_language
from sokkuri.cli.output import Exit

_COMPLETION: Final = "_SOKKURI_COMPLETE"

_VERBS: Final = (
    "search", "copies", "apply", "undo", "holding", "ui", "serve", "index", "library", "watch",
    "compare", "explain", "hash", "hashes", "threshold", "evaluate", "demo", "doctor", "config",
    "completion",
)  # fmt: skip
"""In the order in which ``--help`` lists them."""

_ROOMS: Final = {
    "apply": "removal", "compare": "explain", "hashes": "hash", "holding": "removal",
    "index": "library", "ui": "serve", "undo": "removal", "watch": "library",
}  # fmt: skip
"""The modules of the verbs that share one; the others have one of their name."""


_UNSET: Final = ("config", "completion")
"""Verbs that no configuration file changes, so that a broken one can be looked into."""


class _LazyVerbs(VerbGroup):
    """A group that imports a verb's module when the verb is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(_VERBS)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name, command, rest = super().resolve_command(ctx, args)
        if command is not None and name not in (None, *_UNSET):
            from sokkuri.cli.config import defaults_of

            ctx.default_map = {**(ctx.default_map or {}), name: defaults_of(name, command)}
        return name, command, rest

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _VERBS:
            return None
        room = import_module(f"sokkuri.cli.{_ROOMS.get(cmd_name, cmd_name)}")
        command = getattr(room, f"_{cmd_name}")
        assert isinstance(command, click.Command)  # noqa: S101 - a fact about our own table
        return command


@click.group(
    cls=_LazyVerbs,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 96},
    epilog="\b\nsokkuri demo\nsokkuri search PHOTO FOLDER --figure result.png\nsokkuri ui FOLDER",
)
@click.version_option(__version__, message="sokkuri %(version)s")
def app() -> None:
    """Find similar photos without deep learning: exact, explained, reproducible."""


def run(words: list[str]) -> int:
    """Run the command with ``words`` and return its exit code.

    Raises
    ------
    KeyboardInterrupt
        After Ctrl-C; other errors too are raised, and ``output.report_failure`` says them.
    """
    _speak_as_asked(words)
    if _COMPLETION in os.environ:  # a shell asks for completions
        app.main(words, prog_name="sokkuri", complete_var=_COMPLETION)
    try:
        # Not app.main: it answers Ctrl-C and closed pipes in its own way, the caller in ours.
        with app.make_context("sokkuri", list(words), auto_envvar_prefix="SOKKURI") as context:
            code = app.invoke(context)
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.Abort as abort:
        raise KeyboardInterrupt from abort
    return code if isinstance(code, int) else Exit.FOUND


def _speak_as_asked(words: list[str]) -> None:
    """Choose the language before anything is said, even of words that cannot be parsed."""
    before = ["", *words]
    asked = [
        word.removeprefix("--lang=")
        for word, last in zip(words, before, strict=False)
        if last == "--lang" or word.startswith("--lang=")
    ]
    if not asked and not os.environ.get(language.VARIABLE):
        from sokkuri.cli.config import language_of_file

        asked = [language_of_file()]
    use_language(language.preferred(*reversed(asked), language.language_of_environment()))
