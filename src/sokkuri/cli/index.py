"""``sokkuri index``: hash a folder once."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import click

from sokkuri.cli.exits import Exit
from sokkuri.cli.options import (
    chosen_hashes,
    hash_options,
    json_option,
    library_option,
    scan_options,
)

if TYPE_CHECKING:
    from sokkuri.library import Refreshed

__all__ = ["command"]


@click.command("index", short_help="Hash a folder once, for searches that answer at once.")
@click.argument("folder", metavar="DIR")
@library_option
@partial(hash_options, repeatable=True)
@json_option
@click.option("--errors", is_flag=True, help="List every rejected file, not only a few.")
@click.option(
    "--forget-missing",
    is_flag=True,
    help="Forget files that are out of reach, as after a drive was given away.",
)
@click.option("--read-all", is_flag=True, help="Read every file again; trust no size and no time.")
@scan_options
def command(**options: Any) -> int:
    """Make the library of DIR, or bring it up to date.

    Only what is new or changed is read, and only what was never seen is decoded: not what was
    renamed, moved or copied. Of several hashes each photo gets all, from one decode. Ctrl-C loses
    nothing: the next run goes on where this one ended.

    \b
    sokkuri index photos
    sokkuri index photos --hash look-2 --hash ahash-rgb-64
    sokkuri index photos --library photos/.sokkuri

    Exit status: 0 the library is up to date, 2 error, 3 files were rejected (--strict).
    """  # noqa: D301 - the escape is click's mark
    from sokkuri.api.libraries import Library
    from sokkuri.cli.output import hidden_codec_noise
    from sokkuri.cli.progress import progress_bar

    library = Library.open(options["folder"], library=options["library"])
    with hidden_codec_noise(), progress_bar("hashing", quiet=options["quiet"]) as progress:
        done = library.refresh(
            hash=chosen_hashes(options),
            exclude=options["exclude"],
            follow=options["follow"],
            workers=options["workers"],
            progress=progress,
            forget_missing=options["forget_missing"],
            read_all=options["read_all"],
        )
    _print(library, done, options)
    return Exit.REJECTED if options["strict"] and done.rejected else Exit.FOUND


def _print(library: Any, done: Refreshed, options: dict[str, Any]) -> None:
    from sokkuri.cli.output import note, write
    from sokkuri.cli.summary import refreshed_line, rejected_lines, unused_lines

    if options["as_json"]:
        from sokkuri.show.export import SCHEMA, dump_json, path_fields

        counts = {
            name: getattr(done, name)
            for name in (
                "seen", "unchanged", "hashed", "known", "rejected", "companions",
                "vanished", "kept", "decodes",
            )
        }  # fmt: skip
        unused = {"unused_exclude": done.unused_exclude} if done.unused_exclude else {}
        write(dump_json({"schema": SCHEMA, **path_fields(library.path), **counts, **unused}) + "\n")
    if options["quiet"]:
        return
    for line in (refreshed_line(done), *unused_lines(done.unused_exclude)):
        note(line)
    if done.unwritten:
        note(f"  nothing could be noted ({done.unwritten})")
    if done.kept:
        note(f"  to forget what is out of reach: sokkuri index {library.cli_args} --forget-missing")
    rejected = (*done.scan.listing.rejected, *library.rejected(done, chosen_hashes(options)))
    for line in rejected_lines(rejected, every=options["errors"]):
        note(line)
    note(f"library {library.path}")
