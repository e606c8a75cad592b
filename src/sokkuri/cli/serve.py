"""``sokkuri serve``: the API without a page."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

import click

from sokkuri.cli.serving import TOKEN_VARIABLE, run_server, server_options

if TYPE_CHECKING:
    from sokkuri.web.server import Server

__all__ = ["command"]

_USUAL_PORT: Final = 8000


@click.command("serve", short_help="Answer searches over HTTP, without a page.")
@click.argument("folders", metavar="DIR...", nargs=-1, required=True)
@server_options
def command(**options: Any) -> int:
    """Answer searches among the photos of DIR over HTTP.

    The API is described at /openapi.json. Every request but /healthz shows the token, which
    SOKKURI_TOKEN names, or which is printed. Ends with Ctrl-C, which loses nothing.

    \b
    sokkuri serve photos --port 8000
    curl -H "Authorization: Bearer $SOKKURI_TOKEN" -F file=@new.jpg \\
         "http://127.0.0.1:8000/api/v1/search?max_distance=400"

    Exit status: 2 error, 130 Ctrl-C.
    """  # noqa: D301 - the escape is click's mark
    return run_server(
        options,
        with_pages=False,
        usual_port=_USUAL_PORT,
        on_started=lambda ready: _tell(ready, options),
    )


def _tell(ready: Server, options: dict[str, Any]) -> None:
    from sokkuri.cli.output import note, write

    settings = ready.settings
    if options["as_json"]:
        from sokkuri.show.export import SCHEMA, dump_json

        answer = {"schema": SCHEMA, "url": settings.url, "token": settings.token}
        write(dump_json(answer) + "\n")
    if options["quiet"]:
        return
    note(f"answering at {settings.url}; Ctrl-C ends it")
    if not os.environ.get(TOKEN_VARIABLE):
        note(f"export {TOKEN_VARIABLE}={settings.token}")
