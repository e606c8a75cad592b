"""``sokkuri watch``: a library that is always fresh."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import click

from sokkuri.cli.exits import Exit
from sokkuri.cli.options import chosen_hashes, hash_options, library_option, scan_options

if TYPE_CHECKING:
    from sokkuri.library import Refreshed

__all__ = ["command"]


@click.command("watch", short_help="Keep a folder's library fresh while photos come and go.")
@click.argument("folder", metavar="DIR")
@library_option
@partial(hash_options, repeatable=True)
@click.option(
    "--poll",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="Look through DIR every so often; for network drives, which report no changes.",
)
@scan_options
def command(**options: Any) -> int:
    """Bring the library of DIR up to date, now and whenever something changes in there.

    Ends with Ctrl-C, which loses nothing. Needs the part [watch], but for --poll.

    \b
    sokkuri watch photos
    sokkuri watch /mnt/share/photos --poll 60

    Exit status: 2 error, 130 Ctrl-C.
    """  # noqa: D301 - the escape is click's mark
    from sokkuri.api.libraries import Library
    from sokkuri.cli.output import hidden_codec_noise, note
    from sokkuri.cli.summary import refreshed_line, unused_lines

    before: Refreshed | None = None
    library = Library.open(options["folder"], library=options["library"])
    if options["poll"] is None and not options["quiet"]:
        _advise(options["folder"])
    with hidden_codec_noise():
        for done in library.watch(
            hash=chosen_hashes(options),
            exclude=options["exclude"],
            follow=options["follow"],
            workers=options["workers"],
            poll=options["poll"],
        ):
            if not options["quiet"] and (options["poll"] is None or _is_news(done, before)):
                for line in (refreshed_line(done), *unused_lines(done.unused_exclude)):
                    note(line)
            before = done
            if options["strict"] and done.rejected:
                return Exit.REJECTED
    return Exit.FOUND


def _advise(folder: str) -> None:
    from sokkuri.cli.output import note
    from sokkuri.library.drives import network_drive

    kind = network_drive(folder)
    if kind is not None:
        note(
            f"{folder} lies on a network drive ({kind}), where changes made by other machines are "
            "not reported; look for them every minute with: --poll 60"
        )


def _is_news(done: Refreshed, before: Refreshed | None) -> bool:
    """Tell whether a turn of --poll found anything."""
    if before is None or done.hashed or done.known or done.vanished:
        return True
    now, then = (
        (each.kept, each.rejected, each.companions, each.unused_exclude) for each in (done, before)
    )
    return now != then
