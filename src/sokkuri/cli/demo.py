"""``sokkuri demo``: the whole job on photos that sokkuri ships."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec

import click

from sokkuri.cli.help import VerbCommand
from sokkuri.cli.options import option
from sokkuri.cli.output import Exit, note, progress_bar, tell_of_decoder
from sokkuri.cli.summary import print_matches, rejected_lines, seen_lines, summary_line
from sokkuri.language import say, translated


@click.command("demo", cls=VerbCommand, short_help="Search some photos of clothes: a first look.")
@option(
    "--out DIR",
    "Where the photos and the figure go.",
    click.Path(file_okay=False),
    default="sokkuri-demo",
    show_default=True,
)
@option("--no-open", "Do not open the figure in a viewer.")
@option("-q --quiet", "No progress on stderr.")
def _demo(*, out: str, no_open: bool, quiet: bool) -> int:
    """Write about a hundred photos of clothes, search them for one, and make the result figure.

    The photos are drawings of our own, the same ones every time; among them are edited copies of
    the query, an identical one, a Japanese file name and a broken file.
    """
    from sokkuri.api.search import search
    from sokkuri.demo import write_demo_folder
    from sokkuri.errors import MissingExtra

    if not quiet:
        tell_of_decoder()
    with progress_bar(say("writing"), quiet=quiet) as progress:
        folder = write_demo_folder(out, progress=progress)
    with progress_bar(say("hashing"), quiet=quiet) as progress:
        results = search(folder.query, folder.photos_dir, k=32, progress=progress)
    print_matches(results, below=folder.photos_dir)
    note(say("query {name}", name=results.query), summary_line(results), *seen_lines(results))
    note(*rejected_lines(*results.rejected, every=False))
    figure = os.path.join(out, "result.png")
    try:
        results.save_figure(figure)
    except MissingExtra as error:
        note(say("no figure: {error}", error=translated(str(error))))
    else:
        note(say("saved {path}", path=figure))
        if _has_screen() and not no_open:
            click.launch(figure)
    # A checkout's own starter says how it was called, for there may be no command on the path.
    called = os.environ.get("SOKKURI_CALLED_AS", "sokkuri")
    note("", say("Now your own photos:"))
    figure_too = " --figure result.png" if find_spec("matplotlib") else ""
    note(f"  {called} search PHOTO FOLDER{figure_too}")
    missing = translated(str(MissingExtra("the page", "ui")))
    note(f"  {called} ui FOLDER" if find_spec("fastapi") else f"  {missing}")
    return Exit.FOUND


def _has_screen() -> bool:
    """Tell whether a viewer would be seen: a person at a terminal, and a display."""
    if not sys.stdout.isatty() or os.environ.get("CI"):
        return False
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
