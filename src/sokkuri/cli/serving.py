"""What ``sokkuri ui`` and ``sokkuri serve`` share: their options, and a server that runs."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from sokkuri.cli.limiting import limit_options
from sokkuri.cli.options import (
    chosen_hash,
    exclude_option,
    hash_options,
    json_option,
    library_option,
)
from sokkuri.errors import MissingExtra

if TYPE_CHECKING:
    from collections.abc import Callable

    from sokkuri.web.server import Server

__all__ = ["TOKEN_VARIABLE", "run_server", "server_options"]

Verb = TypeVar("Verb", bound="Callable[..., Any]")

TOKEN_VARIABLE: Final = "SOKKURI_TOKEN"  # noqa: S105 - the name of a variable
"""Where the token comes from; a word of the command line would show in the list of processes."""

_PAGE_PACKAGES: Final = ("fastapi", "jinja2", "python_multipart", "starlette", "uvicorn")


def server_options(verb: Verb) -> Verb:
    """Add the options of both verbs."""
    verb = limit_options(verb)
    for option in reversed(
        [
            library_option,
            hash_options,
            click.option("--no-refresh", is_flag=True,
                         help="Show what the library knows, without a look at DIR."),
            click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS",
                         help="Where to listen; beyond this machine only with a token."),
            click.option("--port", type=click.IntRange(0, 65535), metavar="N",
                         help="The port; 0 takes any that is free."),
            click.option("--name", "names", multiple=True, metavar="HOST",
                         help="A further name by which browsers call the server; repeatable."),
            click.option("--read-only", is_flag=True, help="Let nobody start a refresh."),
            json_option,
            exclude_option,
            click.option("--follow", is_flag=True, help="Enter linked folders too."),
            click.option("-j", "--jobs", "--workers", "workers", type=click.IntRange(min=1),
                         metavar="N", help="Cores to use.  [default: all]"),
            click.option("-q", "--quiet", is_flag=True, help="No notes on stderr."),
        ]
    ):  # fmt: skip
        verb = option(verb)
    return verb


def run_server(
    options: dict[str, Any],
    *,
    with_pages: bool,
    usual_port: int,
    on_started: Callable[[Server], None],
) -> int:
    """Serve until Ctrl-C or SIGTERM; return the exit code.

    Raises
    ------
    MissingExtra
        If the packages of the page are not installed.
    """
    try:
        from sokkuri.web.server import Config, open_server
    except ModuleNotFoundError as error:
        if error.name not in _PAGE_PACKAGES:
            raise
        raise MissingExtra("the page in the browser", "ui") from error
    folders = options["folders"]
    if options["library"] and len(folders) != 1:
        raise click.UsageError("--library is of one folder; give one DIR")
    config = Config(
        folders=folders,
        library=options["library"],
        hash=chosen_hash(options),
        exclude=options["exclude"],
        follow=options["follow"],
        workers=options["workers"],
        refresh=not options["no_refresh"],
        host=options["host"],
        port=options["port"],
        usual_port=usual_port,
        names=options["names"],
        token=os.environ.get(TOKEN_VARIABLE) or None,
        read_only=options["read_only"],
        with_pages=with_pages,
    )
    with open_server(config) as ready:
        stopped_by = ready.run(lambda: on_started(ready))
    return 0 if stopped_by is None else 128 + int(stopped_by)
