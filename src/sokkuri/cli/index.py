"""``sokkuri index``: hash a folder once; ``sokkuri watch``: a library that is always fresh."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

import click

from sokkuri.cli import options
from sokkuri.cli.options import option
from sokkuri.cli.output import Exit, hidden_codec_noise, note, progress_bar, write_json
from sokkuri.cli.summary import refreshed_lines, rejected_lines

if TYPE_CHECKING:
    from sokkuri.library import Refreshed

_COUNTS: Final = (
    "seen", "unchanged", "hashed", "known", "rejected", "companions", "vanished", "kept", "decodes",
)  # fmt: skip


@click.command("index", short_help="Hash a folder once, for searches that answer at once.")
@click.argument("folder", metavar="DIR")
@options.library_option
@options.hashes_options
@options.json_option
@options.errors_option
@option("--forget-missing", "Forget files that are out of reach, as after a drive was given away.")
@option("--read-all", "Read every file again; trust no size and no time.")
@options.scan_options
def _index(
    folder: str,
    *,
    library: str | None,
    hash: list[str],
    as_json: bool,
    errors: bool,
    strict: bool,
    quiet: bool,
    **asked: Any,
) -> int:
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
    from sokkuri.api.library import Library
    from sokkuri.show.export import path_fields

    kept = Library.open(folder, library=library or "auto")
    with progress_bar("hashing", quiet=quiet) as progress:
        done = kept.refresh(hash=hash, **asked, progress=progress)
    if as_json:
        counts = {name: getattr(done, name) for name in _COUNTS}
        unused = {"unused_exclude": done.unused_exclude} if done.unused_exclude else {}
        write_json({**path_fields(kept.path), **counts, **unused})
    if not quiet:
        note(*refreshed_lines(done))
        if done.unwritten:
            note(f"  nothing could be noted ({done.unwritten})")
        if done.kept:
            forget = f"sokkuri index {kept.cli_args} --forget-missing"
            note(f"  to forget what is out of reach: {forget}")
        rejected = (*done.scan.listing.rejected, *kept.rejected(done, hash))
        note(*rejected_lines(rejected, every=errors), f"library {kept.path}")
    return Exit.REJECTED if strict and done.rejected else Exit.FOUND


@click.command("watch", short_help="Keep a folder's library fresh while photos come and go.")
@click.argument("folder", metavar="DIR")
@options.library_option
@options.hashes_options
@option(
    "--poll SECONDS",
    "Look through DIR every so often; for network drives, which report no changes.",
    click.FloatRange(min=0, min_open=True),
)
@options.scan_options
def _watch(
    folder: str,
    *,
    library: str | None,
    poll: float | None,
    strict: bool,
    quiet: bool,
    **asked: Any,
) -> int:
    """Bring the library of DIR up to date, now and whenever something changes in there.

    Ends with Ctrl-C, which loses nothing. Needs the part [watch], but for --poll.

    \b
    sokkuri watch photos
    sokkuri watch /mnt/share/photos --poll 60

    Exit status: 2 error, 130 Ctrl-C.
    """  # noqa: D301 - the escape is click's mark
    from sokkuri.api.library import Library
    from sokkuri.library.location import network_drive

    before: Refreshed | None = None
    kept = Library.open(folder, library=library or "auto")
    kind = network_drive(folder) if poll is None and not quiet else None
    if kind is not None:
        note(
            f"{folder} lies on a network drive ({kind}), where changes made by other machines are "
            "not reported; look for them every minute with: --poll 60"
        )
    with hidden_codec_noise():
        for done in kept.watch(**asked, poll=poll):
            if not quiet and (poll is None or _is_news(done, before)):
                note(*refreshed_lines(done))
            before = done
            if strict and done.rejected:
                return Exit.REJECTED
    return Exit.FOUND


def _is_news(done: Refreshed, before: Refreshed | None) -> bool:
    """Tell whether a turn of --poll found anything."""
    if before is None or done.hashed or done.known or done.vanished:
        return True
    counts = attrgetter("kept", "rejected", "companions", "unused_exclude")
    return bool(counts(done) != counts(before))
