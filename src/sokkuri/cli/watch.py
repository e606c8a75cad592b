"""``sokkuri watch``: a library that is always fresh."""

from __future__ import annotations

from functools import partial
from typing import Any

import click

from sokkuri.cli.exits import Exit
from sokkuri.cli.options import chosen_hashes, hash_options, library_option, scan_options

__all__ = ["command"]


@click.command("watch", short_help="Keep a folder's library fresh while photos come and go.")
@click.argument("folder", metavar="DIR")
@library_option
@partial(hash_options, repeatable=True)
@scan_options
def command(**options: Any) -> int:
    """Bring the library of DIR up to date, now and whenever something changes in there.

    Ends with Ctrl-C, which loses nothing. Needs the part [watch].

    \b
    sokkuri watch photos

    Exit status: 2 error, 130 Ctrl-C.
    """  # noqa: D301 - the escape is click's mark
    from sokkuri.api.libraries import Library
    from sokkuri.cli.output import hidden_codec_noise, note
    from sokkuri.cli.summary import refreshed_line, unused_lines

    library = Library.open(options["folder"], library=options["library"])
    with hidden_codec_noise():
        for done in library.watch(
            hash=chosen_hashes(options),
            exclude=options["exclude"],
            follow=options["follow"],
            workers=options["workers"],
        ):
            if not options["quiet"]:
                for line in (refreshed_line(done), *unused_lines(done.unused_exclude)):
                    note(line)
            if options["strict"] and done.rejected:
                return Exit.REJECTED
    return Exit.FOUND
