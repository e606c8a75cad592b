"""``sokkuri ui``: the page in the browser."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING, Any, Final

import click

from sokkuri.cli.serving import run_server, server_options

if TYPE_CHECKING:
    from sokkuri.web.server import Server

__all__ = ["command"]

_USUAL_PORT: Final = 8765


@click.command("ui", short_help="Open a page on which you search, and see why.")
@click.argument("folders", metavar="[DIR]...", nargs=-1)
@click.option(
    "--query", type=click.Path(), metavar="FILE",
    help="Begin with the matches of this photo.",
)  # fmt: skip
@click.option("--no-browser", is_flag=True, help="Only print the link.")
@server_options
def command(**options: Any) -> int:
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

    options["folders"] = options["folders"] or (".",)
    if options["query"]:
        options["query"] = as_on_disk(options["query"])
        with open(options["query"], "rb"):  # what cannot be opened is said before the server starts
            pass
    return run_server(
        options,
        with_pages=True,
        usual_port=_USUAL_PORT,
        on_started=lambda ready: _open(ready, options),
    )


def _open(ready: Server, options: dict[str, Any]) -> None:
    """Open the page, and print a link for another browser."""
    from sokkuri.cli.output import note, write

    start = ready.query(options["query"]) if options["query"] else "/"
    link = ready.guarded.link(start)
    if options["as_json"]:
        from sokkuri.show.export import SCHEMA, dump_json

        write(
            dump_json(
                {"schema": SCHEMA, "url": ready.settings.url, "link": link,
                 "token": ready.settings.token}
            ) + "\n"
        )  # fmt: skip
    if not options["quiet"]:
        note(f"the page is at {link}")
        note("the link lets one browser in, once; Ctrl-C ends the server")
    if not options["no_browser"]:
        # A browser may take seconds to start, or a terminal for itself; requests do not wait.
        target = ready.guarded.link(start)
        threading.Thread(target=_browse, args=(target,), daemon=True).start()


def _browse(link: str) -> None:
    import webbrowser

    with contextlib.suppress(webbrowser.Error, OSError):
        webbrowser.open(link)
