"""The help of a verb: its options under headings, those first that decide what is found."""

from __future__ import annotations

import difflib
import gettext
import inspect
import os
import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

import click
from click.core import ParameterSource

from sokkuri.cli.terminal import wrapped
from sokkuri.language import (
    DOMAIN,
    LANGUAGES,
    VARIABLE,
    language,
    locale_directory,
    say,
    sentence,
    speak,
    translated,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sokkuri.language import Lang

_OTHER: Final = "Options"

HEADINGS: Final = {
    "What is measured": "classes edits harder_edits sample seed",
    "Threshold and number": "rate max_distance min_distance k sort",
    "Hash and comparison": "hash rgb gray hashes emphasis mirror copies sure harder",
    "Photos that take part": (
        "exclude_query min_quality links folder after before min_bytes max_bytes exclude follow"
    ),
    "Files that go": "to link trash whole_groups keep_in last every within dry_run yes",
    "Output": (
        "figure output form null as_json ascii_only explain errors explain_plan quiet strict lang"
    ),
    "Library": "library no_refresh no_library refresh forget_missing read_all poll",
    "Page": "query no_browser",
    "Server": "host port names read_only",
    "Limits, and how the work is done": (
        "workers searcher max_pixels max_side max_file_size decode_seconds worker_memory"
    ),
    _OTHER: "",
}
"""The parameters under each heading, in the order in which they are listed."""

_HEADING_OF: Final = {name: head for head, names in HEADINGS.items() for name in names.split()}

_LEAST: Final = 6
"""Fewer options than this need no headings."""


_DEFAULT: Final = re.compile(r"\[default: [^]]{,24}]")
_UNBROKEN: Final = "\N{NO-BREAK SPACE}"


class _Formatter(click.HelpFormatter):
    """Writes help in the reader's language, as wide as a terminal shows it."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        if prefix is None and language() != "en":
            prefix = say("Usage:")
        super().write_usage(prog, args, prefix)

    def write(self, string: str) -> None:
        super().write(string.replace(_UNBROKEN, " "))

    def write_heading(self, heading: str) -> None:
        colon = ":" if language() == "en" else "："
        self.write(f"{'':>{self.current_indent}}{translated(heading)}{colon}\n")

    def write_text(self, text: str) -> None:
        if language() == "en":
            super().write_text(text)
            return
        indent = " " * self.current_indent
        paragraphs = []
        for paragraph in inspect.cleandoc(text).split("\n\n"):
            if paragraph.startswith("\b"):  # examples
                lines = paragraph.split("\n")[1:]
            else:
                whole = translated(" ".join(paragraph.split()))
                lines = list(wrapped(whole, self.width - self.current_indent))
            paragraphs.append("".join(f"{indent}{line}\n" for line in lines))
        self.write("\n".join(paragraphs))

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        if language() == "en":
            rows = [(term, _DEFAULT.sub(_unbroken, text)) for term, text in rows]
            super().write_dl(rows, col_max, col_spacing)
            return
        rows = list(rows)
        column = min(max(len(term) for term, _ in rows), col_max) + col_spacing
        left, blank = " " * self.current_indent, " " * (self.current_indent + column)
        for term, text in rows:
            lines = list(wrapped(_help_of(text), max(self.width - len(blank), 10)))
            beside = len(term) <= column - col_spacing
            self.write(f"{left}{term:<{column}}{lines.pop(0)}\n" if beside else f"{left}{term}\n")
            self.write("".join(f"{blank}{line}\n" for line in lines))


def _unbroken(found: re.Match[str]) -> str:
    return found[0].replace(" ", _UNBROKEN)


def _help_of(text: str) -> str:
    """Translate what is said of an option, and what stands behind it in brackets."""
    said, *remarks = text.split("  [")
    remarks = [_remark(each.removesuffix("]")) for each in remarks]
    return "  [".join([translated(said), *(f"{each}]" for each in remarks)])


def _remark(text: str) -> str:
    default = text.removeprefix("default: ")
    if default == text:
        return translated(text)
    return say("default: {default}", default=default_words(default))


def default_words(value: str) -> str:
    """Return a value that is built in as the help has it, in the reader's language."""
    words = f"default: {value}"
    if (said := translated(words)) == words:
        return value
    return said.removeprefix(say("default: {default}", default=""))


class _Context(click.Context):
    formatter_class = _Formatter


_ASKED: Final = "sokkuri.lang"
"""Where a context notes that a language was asked for, which a file cannot change then."""


def use_language(lang: Lang) -> None:
    """Speak a language, and let click speak it."""
    speak(lang)
    # click looks its sentences up in the catalogue that the environment leads to.  The variable is
    # changed only where that is another one: browsers and viewers that are started inherit it.
    folder = locale_directory()
    if gettext.find(DOMAIN, folder) != gettext.find(DOMAIN, folder, [lang]):
        os.environ["LANGUAGE"] = lang
    gettext.bindtextdomain(DOMAIN, folder)
    gettext.textdomain(DOMAIN)


def _choose(context: click.Context, option: click.Parameter, lang: Any) -> None:
    """Speak the language that was asked for: by a word, a variable, or else by a file."""
    if lang is None or context.resilient_parsing:
        return
    from_file = context.get_parameter_source(option.name or "") is ParameterSource.DEFAULT_MAP
    if not (from_file and (_ASKED in context.meta or os.environ.get(VARIABLE))):
        use_language(lang)
        context.meta[_ASKED] = True


def language_option(*, of_many: bool = False) -> click.Option:
    """Return the option ``--lang`` of a verb; for a group of them its variable is a mere wish."""
    return click.Option(
        ["--lang"],
        type=click.Choice(LANGUAGES),
        expose_value=False,
        is_eager=True,
        allow_from_autoenv=not of_many,
        callback=_choose,
        help="The language of messages, help and tables.  [default: that of the system]",
    )


class VerbCommand(click.Command):
    """A verb of the command, whose help is parted, and which speaks the reader's language."""

    context_class = _Context

    def __init__(self, *args: Any, **how: Any) -> None:
        super().__init__(*args, **how)
        self.params.append(language_option())

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
        for heading in HEADINGS:
            if rows := shown.get(heading):
                with formatter.section(heading):
                    formatter.write_dl(rows)


class VerbGroup(click.Group):
    """A verb that has verbs of its own."""

    context_class = _Context
    command_class = VerbCommand

    def __init__(self, *args: Any, **how: Any) -> None:
        super().__init__(*args, **how)
        self.params.insert(0, language_option(of_many=True))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a verb by its name; of one that is misspelt, say what may have been meant.

        Parameters
        ----------
        ctx : click.Context
        args : list of str

        Raises
        ------
        click.UsageError
            If no verb has that name.
        """
        verbs = self.list_commands(ctx)
        if args[0] not in verbs and args[0][0] != "-":
            near = difflib.get_close_matches(args[0], verbs, 1)
            command = ctx.command_path
            if near:
                hint = sentence(f"did you mean {near[0]!r}?")
            else:
                hint = sentence(f"`{command} --help` lists the verbs")
            raise click.UsageError(f"no verb is called {args[0]!r}; {hint}")
        return super().resolve_command(ctx, args)
