"""Options that several verbs share, so that they read and mean the same everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import click

from sokkuri import settings

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["chosen_hash", "hash_options", "json_option", "scan_options"]

Verb = TypeVar("Verb", bound="Callable[..., Any]")


def hash_options(verb: Verb) -> Verb:
    """Add ``--hash`` and ``--rgb``."""
    verb = click.option(
        "--rgb",
        is_flag=True,
        help=f"The tutorial's colour hash, short for --hash {settings.RGB_HASH}.",
    )(verb)
    return click.option(
        "--hash",
        "hash_name",
        metavar="NAME",
        help=f"ahash-gray-N or ahash-rgb-N, N from 2 to 256.  [default: {settings.DEFAULT_HASH}]",
    )(verb)


def chosen_hash(options: dict[str, Any]) -> str:
    """Return the name of the hash that ``--hash`` and ``--rgb`` ask for."""
    name: str | None = options["hash_name"]
    if options["rgb"] and name not in (None, settings.RGB_HASH):
        raise click.UsageError(f"--rgb is short for --hash {settings.RGB_HASH}; give one of them")
    return settings.RGB_HASH if options["rgb"] else name or settings.DEFAULT_HASH


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
