"""Options that several verbs share, so that they read and mean the same everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import click

from sokkuri import settings

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["chosen_hash", "chosen_hashes", "hash_options", "json_option", "scan_options"]

Verb = TypeVar("Verb", bound="Callable[..., Any]")


def hash_options(verb: Verb, *, repeatable: bool = False) -> Verb:
    """Add ``--hash`` and ``--rgb``."""
    names = f"Such as ahash-gray-64; `sokkuri hashes` lists them.{' Repeatable.' * repeatable}"
    verb = click.option(
        "--rgb",
        is_flag=True,
        help=f"The tutorial's colour hash, short for --hash {settings.RGB_HASH}.",
    )(verb)
    return click.option(
        "--hash",
        "hash_name",
        metavar="NAME",
        multiple=repeatable,
        help=f"{names}  [default: {settings.DEFAULT_HASH}]",
    )(verb)


def chosen_hash(options: dict[str, Any]) -> str:
    """Return the name of the hash that ``--hash`` and ``--rgb`` ask for."""
    name: str | None = options["hash_name"]
    if options["rgb"] and name not in (None, settings.RGB_HASH):
        raise click.UsageError(f"--rgb is short for --hash {settings.RGB_HASH}; give one of them")
    return settings.RGB_HASH if options["rgb"] else name or settings.DEFAULT_HASH


def chosen_hashes(options: dict[str, Any]) -> list[str]:
    """Return the names that a repeatable ``--hash`` and ``--rgb`` ask for, each once."""
    names = [*options["hash_name"], *([settings.RGB_HASH] if options["rgb"] else [])]
    return list(dict.fromkeys(names)) or [settings.DEFAULT_HASH]


def scan_options(verb: Verb) -> Verb:
    """Add the options of every verb that walks folders."""
    for option in reversed(
        [
            click.option("-E", "--exclude", multiple=True, metavar="GLOB",
                         help="Leave out files and folders whose name matches; may be repeated."),
            click.option("--follow", is_flag=True, help="Enter linked folders too."),
            click.option("--workers", type=click.IntRange(min=1), metavar="N",
                         help="Threads to use.  [default: all cores]"),
            click.option("--strict", is_flag=True, help="Exit with 3 if any file was rejected."),
            click.option("-q", "--quiet", is_flag=True, help="No progress and no notes on stderr."),
        ]
    ):  # fmt: skip
        verb = option(verb)
    return verb


def json_option(verb: Verb) -> Verb:
    """Add ``--json``."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout.")(verb)
