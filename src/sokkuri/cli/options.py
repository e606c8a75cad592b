"""Options that several verbs share, so that they read and mean the same everywhere."""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from sokkuri import settings
from sokkuri.cli.limiting import limit_options

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = [
    "Emphasis",
    "check_figure",
    "chosen_hash",
    "chosen_hashes",
    "exclude_option",
    "hash_options",
    "json_option",
    "library_option",
    "measure_options",
    "mirror_option",
    "scan_options",
    "usage_errors",
]

_PARAMETER: Final = re.compile("`(rate|max_distance)`")

Verb = TypeVar("Verb", bound="Callable[..., Any]")


@contextlib.contextmanager
def usage_errors() -> Iterator[None]:
    """Turn what the library refuses into a usage error that names the options."""
    try:
        yield
    except ValueError as error:
        text = _PARAMETER.sub(lambda found: f"--{found[1].replace('_', '-')}", str(error))
        raise click.UsageError(text) from error


def hash_options(verb: Verb, *, repeatable: bool = False) -> Verb:
    """Add ``--hash``, ``--rgb`` and ``--gray``."""
    names = f"Such as ahash-gray-64; `sokkuri hashes` lists them.{' Repeatable.' * repeatable}"
    for word, name, what in (
        ("gray", settings.GRAY_HASH, "gray"), ("rgb", settings.RGB_HASH, "colour"),
    ):  # fmt: skip
        text = f"The tutorial's {what} hash, short for --hash {name}."
        verb = click.option(f"--{word}", is_flag=True, help=text)(verb)
    return click.option(
        "--hash",
        "hash_name",
        metavar="NAME",
        multiple=repeatable,
        help=f"{names}  [default: {settings.DEFAULT_HASH}]",
    )(verb)


def measure_options(verb: Verb) -> Verb:
    """Add the options of how two codes are compared."""
    verb = mirror_option(verb)
    return click.option(
        "--emphasis",
        type=Emphasis(),
        metavar="WHAT",
        help="What counts for look-2: shape, balanced, colour, or a number from 0 to 1, the share "
        f"of colour.  [default: {settings.DEFAULT_EMPHASIS}]",
    )(verb)


def mirror_option(verb: Verb) -> Verb:
    """Add ``--no-mirror``."""
    text = "Do not take mirrored photos for alike (look-2)."
    return click.option("--no-mirror", "mirror", flag_value=False, default=None, help=text)(verb)


class Emphasis(click.ParamType[Any]):
    """A word or a number; which ones there are, the hash knows."""

    name = "emphasis"

    def convert(
        self,
        value: Any,
        param: click.Parameter | None,  # noqa: ARG002 - the shape that click asks for
        ctx: click.Context | None,  # noqa: ARG002
    ) -> str | float:
        """Return a number where the text is one, and the text elsewhere."""
        try:
            return float(value)
        except ValueError:
            return str(value)


def chosen_hash(options: dict[str, Any]) -> str:
    """Return the name of the hash that ``--hash``, ``--rgb`` and ``--gray`` ask for."""
    name: str | None = options["hash_name"]
    short = _short_names(options)
    if len({name, *short} - {None}) > 1:
        word = "rgb" if options["rgb"] else "gray"
        raise click.UsageError(f"--{word} is short for --hash {short[0]}; give one of them")
    return short[0] if short else name or settings.DEFAULT_HASH


def chosen_hashes(options: dict[str, Any]) -> list[str]:
    """Return the names that ``--hash``, repeated, ``--rgb`` and ``--gray`` ask for, each once."""
    names = [*options["hash_name"], *_short_names(options)]
    return list(dict.fromkeys(names)) or [settings.DEFAULT_HASH]


def _short_names(options: dict[str, Any]) -> list[str]:
    names = {"rgb": settings.RGB_HASH, "gray": settings.GRAY_HASH}
    return [name for word, name in names.items() if options[word]]


def check_figure(path: str | None) -> None:
    """Refuse a figure that could not be written before the photos are read, not after."""
    if path is None:
        return
    from sokkuri.show.export import check_figure_path

    try:
        check_figure_path(path)
    except ValueError as error:
        raise click.UsageError(str(error)) from error


def exclude_option(verb: Verb) -> Verb:
    """Add ``--exclude``."""
    text = "Leave out files and folders, as a line of .gitignore does; may be repeated."
    return click.option("-E", "--exclude", multiple=True, metavar="GLOB", help=text)(verb)


def scan_options(verb: Verb) -> Verb:
    """Add the options of every verb that walks folders."""
    verb = limit_options(verb)
    for option in reversed(
        [
            exclude_option,
            click.option("--follow", is_flag=True, help="Enter linked folders too."),
            click.option("-j", "--jobs", "--workers", "workers", type=click.IntRange(min=1),
                         metavar="N", help="Cores to use.  [default: all]"),
            click.option("--strict", is_flag=True, help="Exit with 3 if any file was rejected."),
            click.option("-q", "--quiet", is_flag=True, help="No progress and no notes on stderr."),
        ]
    ):  # fmt: skip
        verb = option(verb)
    return verb


def library_option(verb: Verb) -> Verb:
    """Add ``--library``."""
    text = "Where DIR's library lies.  [default: in your data directory]"
    return click.option("--library", type=click.Path(), metavar="PATH", help=text)(verb)


def json_option(verb: Verb) -> Verb:
    """Add ``--json``."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout.")(verb)
