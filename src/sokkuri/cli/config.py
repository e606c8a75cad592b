"""``sokkuri config``: a file of defaults, and where every value comes from."""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from typing import TYPE_CHECKING, Any, Final

import click

from sokkuri.cli.help import VerbGroup, default_words
from sokkuri.cli.output import Exit, stdout_is_terminal, write, write_json
from sokkuri.cli.summary import aligned
from sokkuri.errors import SokkuriError
from sokkuri.language import say, sentence

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

PREFIX: Final = "SOKKURI"
_VARIABLE: Final = "SOKKURI_CONFIG"  # another file; none where it is empty
_SOURCES: Final = {
    "COMMANDLINE": "command line", "ENVIRONMENT": "environment", "DEFAULT_MAP": "file",
}  # fmt: skip
_DEFAULT: Final = re.compile(r"\[default: ([^]]+)]")
_COLUMNS: Final = ("verb", "option", "value", "source")


def config_file() -> str:
    """Return the path of the configuration file, which need not exist; empty for none."""
    from platformdirs import user_config_dir

    named = os.environ.get(_VARIABLE)
    return os.path.join(user_config_dir("sokkuri"), "config.toml") if named is None else named


def defaults_of(verb: str, command: click.Command) -> dict[str, Any]:
    """Return what the configuration file says of a verb, by parameter.

    A key is an option without its dashes.  At the top of the file it is for all verbs that have
    the option, in a table named for a verb for that one.

    Parameters
    ----------
    verb : str
    command : click.Command

    Raises
    ------
    SokkuriError
        If the file is no TOML, or names an option that the verb does not have.
    """
    said = _read()
    own = said[verb] if isinstance(said.get(verb), dict) else {}  # "hash" is both, verb and option
    keys = _keys_of(command)
    for key in own:
        if key not in keys:
            raise _unknown(f"[{verb}] {key}", key, keys)
    merged = {**{key: value for key, value in said.items() if key in keys}, **own}
    found = {}
    for key, value in merged.items():
        option = keys[key]
        meant = value
        if option.is_flag and _meaning(option) is not True:
            if not value:
                continue  # such as `csv = false`: another form may be asked for
            meant = _meaning(option)
        found[option.name or ""] = meant
    return found


def language_of_file() -> str:
    """Return the language that the file asks for at its top; empty if none, or it is broken."""
    try:
        return str(_read().get("lang", ""))
    except (SokkuriError, OSError):  # the verb says it, in the language of the system
        return ""


def _keys_of(command: click.Command) -> dict[str, click.Option]:
    options = [each for each in command.params if isinstance(each, click.Option)]
    return {word.lstrip("-"): option for option in options for word in option.opts}


def _read() -> Mapping[str, Any]:
    path = config_file()
    try:
        with open(path, "rb") as file:
            return tomllib.load(file)
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SokkuriError(
            f"{path}: {error}; mend it, or leave it out with: SOKKURI_CONFIG="
        ) from error


def _unknown(what: str, key: str, known: Mapping[str, Any]) -> SokkuriError:
    near = difflib.get_close_matches(key, known, 1)
    if near:
        hint = sentence(f"did you mean {near[0]}?")
    else:
        hint = sentence("`sokkuri VERB --help` lists the options")
    return SokkuriError(sentence(f"{config_file()}: there is no option {what}; {hint}"))


@click.group("config", cls=VerbGroup, short_help="Show the defaults, and where each comes from.")
def _config() -> None:
    """Look at what applies where a command line says nothing.

    A flag goes before a variable of the environment such as SOKKURI_SEARCH_HASH, that before the
    configuration file, and that before what is built in.

    \b
    sokkuri config path
    sokkuri config show
    sokkuri config show search

    \b
    # config.toml
    hash = "ahash-rgb-64"
    [search]
    exclude = ["*.tmp"]

    Exit status: 0, 2 error.
    """  # noqa: D301 - the escape is click's mark


@_config.command("path", short_help="Print the path of the configuration file.")
def _path() -> int:
    """Print where the configuration file lies, or is to lie."""
    write(f"{config_file()}\n")
    return Exit.FOUND


@_config.command("show", short_help="List what was changed, and by what.")
@click.argument("verbs", nargs=-1, metavar="[VERB...]")
@click.option("--all", "every", is_flag=True, help="List built-in values, too.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout.")
@click.pass_context
def _show(context: click.Context, verbs: tuple[str, ...], *, every: bool, as_json: bool) -> int:
    """List the options whose value a file or a variable gives, and which of them it is."""
    root = context.find_root()
    app = root.command
    assert isinstance(app, click.Group)  # noqa: S101 - it is ours
    rows: list[tuple[str, str, str, str]] = []
    known: dict[str, click.Option] = {}
    for verb in verbs or app.list_commands(root):
        _, command, _ = app.resolve_command(root, [verb])
        assert command is not None  # noqa: S101 - or it would have raised
        known |= _keys_of(command)
        rows += _values(root, verb, command, every=every)
    strange = [
        key for key, value in _read().items() if not (isinstance(value, dict) or key in known)
    ]
    if strange and not verbs:
        raise _unknown(strange[0], strange[0], known)
    if as_json:
        values = [dict(zip(_COLUMNS, row, strict=True)) for row in rows]
        write_json({"file": config_file(), "values": values})
    elif stdout_is_terminal():
        write("".join(f"{line}\n" for line in _table(rows)))
    else:
        write("".join("\t".join(row) + "\n" for row in rows))
    return Exit.FOUND


def _table(rows: Sequence[tuple[str, str, str, str]]) -> Iterator[str]:
    """Yield lines for a person."""
    if not rows:
        yield say("all is built in")
        return
    heads = (say("verb"), say("option"), say("value"), say("source"))
    sources = {
        "command line": say("command line"), "environment": say("environment"),
        "file": say("file"), "built in": say("built in"),
    }  # fmt: skip
    told = (
        (verb, option, default_words(value) if source == "built in" else value, sources[source])
        for verb, option, value, source in rows
    )
    yield from aligned(((head, "left") for head in heads), told)


def _values(
    root: click.Context, verb: str, command: click.Command, *, every: bool
) -> list[tuple[str, str, str, str]]:
    context = click.Context(
        command, root, verb, default_map=defaults_of(verb, command),
        auto_envvar_prefix=f"{PREFIX}_{verb.upper()}", resilient_parsing=True,
    )  # fmt: skip
    rows = []
    for option in command.params:
        if not isinstance(option, click.Option) or option.name == "help":
            continue
        value, source = option.consume_value(context, {})
        told = _SOURCES.get(source.name, "built in")
        if told == "built in":
            value = option.get_default(context)
        elif isinstance(option.flag_value, str) and value != option.flag_value:
            value, told = None, "built in"  # another of the forms that share a parameter was given
        if every or told != "built in":
            rows.append((verb, max(option.opts, key=len), _told(option, value), told))
    return rows


def _told(option: click.Option, value: Any) -> str:
    """Write a value as the file has it; what is built in, as the help says it."""
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    if isinstance(value, str | int | float) and not option.is_flag:
        return str(value)
    if found := _DEFAULT.search(option.help or ""):
        return found[1]
    return str(value == _meaning(option)).lower() if option.is_flag else ""


def _meaning(flag: click.Option) -> str | bool:
    """Return the value that a flag stands for."""
    return flag.flag_value if isinstance(flag.flag_value, str) or flag.flag_value is False else True
