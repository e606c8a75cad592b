"""``sokkuri ui``: the page in the browser; ``sokkuri serve``: the API without a page."""

from __future__ import annotations

import contextlib
import os
import threading
from typing import TYPE_CHECKING, Any, Final

import click

from sokkuri.cli import options
from sokkuri.cli.help import VerbCommand
from sokkuri.cli.options import option
from sokkuri.cli.output import note, write_json
from sokkuri.errors import MissingExtra
from sokkuri.language import say

if TYPE_CHECKING:
    from collections.abc import Callable

    from sokkuri.web.server import Server

_TOKEN_VARIABLE: Final = "SOKKURI_TOKEN"  # noqa: S105 - the name of a variable
"""Where the token comes from; a word of the command line would show in the list of processes."""

_PAGE_PACKAGES: Final = ("fastapi", "jinja2", "python_multipart", "starlette", "uvicorn")

_server_options = options.all_of(
    options.library_option,
    options.hash_options,
    option("--no-refresh refresh", "Show what the library knows, without a look at DIR."),
    option("--host ADDRESS", "Where to listen; beyond this machine only with a token.",
           default="127.0.0.1", show_default=True),
    option("--port N", "The port; 0 takes any that is free.", click.IntRange(0, 65535)),
    option("--name names HOST", "A further name by which browsers call the server; repeatable.",
           multiple=True),
    option("--read-only", "Let nobody start a refresh."),
    options.json_option,
    options.walk_options,
    option("-q --quiet", "No notes on stderr."),
    options.limit_options,
)  # fmt: skip


def _run(on_started: Callable[[Server], None], *, folders: tuple[str, ...], **served: Any) -> int:
    """Serve until Ctrl-C or SIGTERM; return the exit code."""
    try:
        from sokkuri.web.server import Config, open_server
    except ModuleNotFoundError as error:
        if error.name not in _PAGE_PACKAGES:
            raise
        raise MissingExtra("the page in the browser", "ui") from error
    if served["library"] and len(folders) != 1:
        raise click.UsageError("--library is of one folder; give one DIR")
    token = os.environ.get(_TOKEN_VARIABLE) or None
    with open_server(Config(folders=folders, token=token, **served)) as ready:
        stopped_by = ready.run(lambda: on_started(ready))
    return 0 if stopped_by is None else 128 + int(stopped_by)


@click.command("serve", cls=VerbCommand, short_help="Answer searches over HTTP, without a page.")
@click.argument("folders", metavar="DIR...", nargs=-1, required=True)
@_server_options
def _serve(*, as_json: bool, quiet: bool, **server: Any) -> int:
    """Answer searches among the photos of DIR over HTTP.

    The API is described at /openapi.json. Every request but /healthz shows the token, which
    SOKKURI_TOKEN names, or which is printed. Ends with Ctrl-C, which loses nothing.

    \b
    sokkuri serve photos --port 8000
    curl -H "Authorization: Bearer $SOKKURI_TOKEN" -F file=@new.jpg \\
         "http://127.0.0.1:8000/api/v1/search?max_distance=400"

    Exit status: 2 error, 130 Ctrl-C.
    """  # noqa: D301 - the escape is click's mark

    def tell(ready: Server) -> None:
        settings = ready.settings
        if as_json:
            write_json({"url": settings.url, "token": settings.token})
        if not quiet:
            note(say("answering at {url}; Ctrl-C ends it", url=settings.url))
            if not os.environ.get(_TOKEN_VARIABLE):
                note(f"export {_TOKEN_VARIABLE}={settings.token}")

    return _run(tell, with_pages=False, usual_port=8000, **server)


@click.command("ui", cls=VerbCommand, short_help="Open a page on which you search, and see why.")
@click.argument("folders", metavar="[DIR]...", nargs=-1)
@option("--query FILE", "Begin with the matches of this photo.", click.Path())
@option("--no-browser", "Only print the link.")
@_server_options
def _ui(
    folders: tuple[str, ...],
    *,
    query: str | None,
    no_browser: bool,
    as_json: bool,
    quiet: bool,
    **server: Any,
) -> int:
    """Show the photos of DIR on a page in the browser: search, see why, compare.

    DIR is the current folder if none is given. Nothing leaves this machine: the page is reachable
    from it alone, through a link that lets one browser in. The page answers while the photos are
    still being hashed. Ends with Ctrl-C, which loses nothing.

    \b
    sokkuri ui photos
    sokkuri ui photos --query sample.jpg
    sokkuri ui photos more-photos --rgb

    Exit status: 2 error, 130 Ctrl-C.
    """  # noqa: D301 - the escape is click's mark
    from sokkuri.pipeline import as_on_disk

    photo = as_on_disk(query) if query else None
    if photo:
        with open(photo, "rb"):  # what cannot be opened is said before the server starts
            pass

    def open_page(ready: Server) -> None:
        start = ready.query(photo) if photo else "/"
        link = ready.guarded.link(start)
        if as_json:
            settings = ready.settings
            write_json({"url": settings.url, "link": link, "token": settings.token})
        if not quiet:
            token = ready.settings.token
            note(
                say("the page is at {link}", link=link),
                say("the link lets one browser in, once; Ctrl-C ends the server"),
                say("another browser is asked for the token: {token}", token=token),
            )
        if not no_browser:
            # A browser may take seconds to start, or a terminal for itself; requests do not wait.
            target = ready.guarded.link(start)
            threading.Thread(target=_browse, args=(target,), daemon=True).start()

    return _run(open_page, folders=folders or (".",), reveals=True, **server)


def _browse(link: str) -> None:
    import webbrowser

    with contextlib.suppress(webbrowser.Error, OSError):
        webbrowser.open(link)
