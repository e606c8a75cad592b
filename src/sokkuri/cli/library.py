"""``sokkuri index``, ``watch``, ``library``: hash a folder once, keep that fresh, look after it."""

from __future__ import annotations

import functools
import itertools
from dataclasses import asdict
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

import click

from sokkuri.cli import options
from sokkuri.cli.help import VerbCommand, VerbGroup
from sokkuri.cli.options import option
from sokkuri.cli.output import (
    Exit,
    hidden_codec_noise,
    note,
    progress_bar,
    stdout_is_terminal,
    write_json,
)
from sokkuri.cli.summary import aligned, refreshed_lines, rejected_lines, size_words
from sokkuri.language import say, say_count, sentence, translated
from sokkuri.show.captions import display_width, padded

if TYPE_CHECKING:
    from collections.abc import Callable

    from sokkuri.api.library import Library
    from sokkuri.cli.options import Answer, Verb
    from sokkuri.library import Refreshed
    from sokkuri.library.admin import HashUsage

_COUNTS: Final = (
    "seen", "unchanged", "hashed", "known", "rejected", "other_files", "vanished", "kept",
    "decodes",
)  # fmt: skip


_UNKNOWN: Final = sentence("unknown folder")
"""What a library is of that cannot be read."""


@click.command(
    "index", cls=VerbCommand, short_help="Hash a folder once, for searches that answer at once."
)
@click.argument("folder", metavar="DIR")
@options.library_option
@options.hashes_options
@option("--copies", "Describe the photos for `sokkuri copies`, too.")
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
    copies: bool,
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
    from sokkuri.engine.copies import COPIES_HASH
    from sokkuri.show.export import path_fields

    kept = Library.open(folder, library=library or "auto")
    hashes = hash + [COPIES_HASH] * (copies and COPIES_HASH not in hash)
    with progress_bar(say("hashing"), kept=True, quiet=quiet) as progress:
        done = kept.refresh(hash=hashes, **asked, progress=progress)
    if as_json:
        counts = {name: getattr(done, name) for name in _COUNTS}
        unused = {"unused_exclude": done.unused_exclude} if done.unused_exclude else {}
        write_json({**path_fields(kept.path), **counts, **unused})
    if not quiet:
        note(*refreshed_lines(done))
        if done.unwritten:
            reason = translated(str(done.unwritten))
            note("  " + say("nothing could be noted ({reason})", reason=reason))
        if done.kept:
            command = f"sokkuri index {kept.cli_args} --forget-missing"
            note("  " + say("to forget what is out of reach: {command}", command=command))
        rejected = (*done.scan.listing.rejected, *kept.rejected(done, hash))
        note(*rejected_lines(*rejected, every=errors), say("library {path}", path=kept.path))
    return Exit.REJECTED if strict and done.rejected else Exit.FOUND


@click.command(
    "watch", cls=VerbCommand, short_help="Keep a folder's library fresh while photos come and go."
)
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
    folder: str, *, library: str | None, poll: float | None, strict: bool, quiet: bool, **asked: Any
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
            say(
                "{folder} lies on a network drive ({kind}), where changes made by other machines "
                "are not reported; look for them every minute with: --poll 60",
                folder=folder, kind=kind,
            )
        )  # fmt: skip
    with progress_bar(say("hashing"), kept=True, quiet=quiet) as progress:
        turns = kept.watch(**asked, poll=poll, progress=progress)
        first = next(turns)
    with hidden_codec_noise():
        for done in itertools.chain([first], turns):
            if not quiet and (poll is None or _is_news(done, before)):
                note(*refreshed_lines(done))
            if not quiet and before is None:
                note(say("watching for changes; Ctrl-C ends it"))
            before = done
            if strict and done.rejected:
                return Exit.REJECTED
    return Exit.FOUND


def _is_news(done: Refreshed, before: Refreshed | None) -> bool:
    """Tell whether a turn of --poll found anything."""
    if before is None or done.hashed or done.known or done.vanished:
        return True
    counts = attrgetter("kept", "rejected", "other_files", "unused_exclude")
    return bool(counts(done) != counts(before))


@click.group(
    "library", cls=VerbGroup, short_help="List, check, mend, compact and remove libraries."
)
def _library() -> None:
    """Look after the libraries in which the hashes of folders are kept.

    \b
    sokkuri library list
    sokkuri library info photos
    sokkuri library verify photos
    sokkuri library repair photos
    sokkuri library compact photos
    sokkuri library remove photos

    Exit status: 0 all is well, 1 damage was found, 2 error.
    """  # noqa: D301 - the escape is click's mark


def _of_folder(verb: Callable[[Library], Answer]) -> Verb:
    """Add DIR, ``--library`` and ``--json``; the verb gets the opened library."""

    @functools.wraps(verb)
    def with_library(*, folder: str, library: str | None) -> Answer:
        from sokkuri.api.library import Library
        from sokkuri.errors import NothingToSearch

        opened = Library.open(folder, library=library or "auto")
        if not opened.exists:
            raise NothingToSearch(
                f"{folder}: it has no library; make one with: sokkuri index {opened.cli_args}"
            )
        return verb(opened)

    return click.argument("folder", metavar="DIR")(
        options.library_option(options.answers(with_library))
    )


@_library.command("list", short_help="List the libraries in your data directory.")
@options.answers
def _list() -> Answer:
    """List the libraries that were not placed by hand: folder, photos, size and place of each.

    In a terminal as a table, else one a line with tabs between, and sizes in bytes.
    """
    from sokkuri.library.admin import known_libraries

    found = list(known_libraries())
    if stdout_is_terminal() and found:
        heads = (say("folder"), say("files"), say("size"), say("place"))
        columns = zip(heads, ("left", "right", "right", "left"), strict=True)
        rows = (
            (
                info.root or translated(_UNKNOWN),
                translated(info.problem) if info.problem else f"{info.files:,}",
                size_words(info.bytes),
                info.directory,
            )
            for info in found
        )
        text = "".join(f"{line}\n" for line in aligned(columns, rows))
    elif stdout_is_terminal():
        text = say("no library was made yet; make one with: sokkuri index DIR") + "\n"
    else:
        lines = (
            f"{info.root or _UNKNOWN}\t{info.problem or f'{info.files} files'}\t{info.bytes}\t"
            f"{info.directory}\n"
            for info in found
        )
        text = "".join(lines)
    return {"libraries": [asdict(info) for info in found]}, text, True


@_library.command("info", short_help="Say what is in a library.")
@_of_folder
def _info(library: Library) -> Answer:
    """Say what is in the library of DIR, and where it lies."""
    found = library.info()
    words = say("{files:,}, with {contents:,} contents", files=found.files, contents=found.contents)
    rows = [
        (say("library"), found.directory),
        (say("folder"), found.root or ""),
        (say("files"), words),
        (say("rejected"), f"{found.rejected:,}"),
    ]
    if found.other_files:
        others = say_count("{count:,} file", "{count:,} files", found.other_files)
        rows.append((say("other"), others))
    if found.away:
        away = say("{number:,} files out of reach, and kept", number=found.away)
        rows.append((say("away"), away))
    rows += [(say("hash"), _kept_words(kept)) for kept in found.hashes]
    size = say("{size} ({bytes:,} bytes)", size=size_words(found.bytes), bytes=found.bytes)
    rows.append((say("on disk"), size))
    if found.problem:
        rows.append((say("damaged"), translated(found.problem)))
    width = max(display_width(head) for head, _ in rows)
    text = "".join(f"{padded(head, width)}  {words}\n" for head, words in rows)
    return asdict(found), text, not found.problem


def _kept_words(kept: HashUsage) -> str:
    """Say what a library keeps of a hash."""
    from sokkuri.registry import replacement_of

    words = say("{codes:,} codes, {size:,} bytes", codes=kept.rows, size=kept.bytes)
    words = say("{name}: {words}", name=kept.name, words=words)
    if successor := replacement_of(kept.name):
        return say(
            "{words}; not made any more: {successor} is, and `sokkuri library compact` drops these",
            words=words, successor=successor,
        )  # fmt: skip
    return words


@_library.command("verify", short_help="Read everything again and check every checksum.")
@_of_folder
def _verify(library: Library) -> Answer:
    """Name every damaged block of codes and every damaged row of the library of DIR."""
    found = library.verify()
    damages = [str(damage) for damage in found.damages]
    words = say("all is as it was written")
    if not found.sound:
        words = say(
            "{faults}; mend with: sokkuri library repair {where}",
            faults=_faults(len(damages)), where=library.cli_args,
        )  # fmt: skip
    read = say(
        "{files:,} files and {codes:,} codes read: {words}",
        files=found.files, codes=found.rows, words=words,
    )  # fmt: skip
    fields = {"sound": found.sound, "files": found.files, "rows": found.rows, "damages": damages}
    return fields, "\n".join([*map(translated, damages), read]) + "\n", found.sound


@_library.command("repair", short_help="Hash again what is damaged, and nothing else.")
@_of_folder
@options.limit_options
def _repair(library: Library) -> Answer:
    """Keep all that is sound of the library of DIR, and hash the rest again."""
    with progress_bar(say("hashing")) as progress:
        done = library.repair(progress=progress)
    decodes = done.refreshed.decodes if done.refreshed is not None else 0
    damages = [str(damage) for damage in done.damages]
    text = say("nothing was damaged")
    if damages:
        photos = say_count("{count:,} photo", "{count:,} photos", decodes)
        faults = _faults(len(damages))
        text = say("{faults} mended; hashed again: {photos}", faults=faults, photos=photos)
    return {"damages": damages, "rebuilt": done.rebuilt, "decodes": decodes}, f"{text}\n", True


@_library.command("compact", short_help="Drop the codes of photos that are gone.")
@_of_folder
def _compact(library: Library) -> Answer:
    """Drop what the library of DIR keeps of photos that are gone."""
    from sokkuri.library.changes import away_words

    done = library.compact()
    photos = say_count("{count:,} photo", "{count:,} photos", done.contents)
    codes = say_count("{count:,} code", "{count:,} codes", done.rows)
    lines = [say("dropped what is gone: {photos} and {codes}", photos=photos, codes=codes)]
    if done.away:
        command = f"sokkuri index {library.cli_args} --forget-missing"
        away = translated(away_words(done.away))
        lines.append(say("{away}; to forget them first: {command}", away=away, command=command))
    text = "".join(f"{line}\n" for line in lines)
    return {"contents": done.contents, "rows": done.rows, "away": done.away}, text, True


@_library.command("remove", short_help="Remove a library; no photo is touched.")
@_of_folder
def _remove(library: Library) -> Answer:
    """Remove the library of DIR; the photos stay as they are."""
    library.remove()
    text = say("removed {path}", path=library.path)
    return {"removed": library.path}, f"{text}\n", True


def _faults(count: int) -> str:
    return say_count("{count:,} fault", "{count:,} faults", count)
