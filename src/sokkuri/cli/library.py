"""``sokkuri library``: look at libraries, check them, mend them, end them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from sokkuri.cli.exits import Exit
from sokkuri.cli.limiting import limit_options
from sokkuri.cli.options import json_option, library_option

if TYPE_CHECKING:
    from collections.abc import Callable

    from sokkuri.api.libraries import Library
    from sokkuri.library.admin import HashUsage, Info

__all__ = ["command"]


@click.group("library", short_help="List, check, mend, compact and remove libraries.")
def command() -> None:
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


def _of_folder(verb: Callable[..., Any]) -> Callable[..., Any]:
    return click.argument("folder", metavar="DIR")(library_option(json_option(verb)))


@command.command("list", short_help="List the libraries in your data directory.")
@json_option
def list_(as_json: bool) -> int:
    """List the libraries that were not placed by hand, one a line: folder, photos, bytes, place."""
    from sokkuri.cli.output import write
    from sokkuri.library.admin import known_libraries

    found = list(known_libraries())
    if as_json:
        _json({"libraries": [_fields(info) for info in found]})
    else:
        for info in found:
            state = info.problem or f"{info.files} files"
            write(f"{info.root or '?'}\t{state}\t{info.bytes}\t{info.directory}\n")
    return Exit.FOUND


@command.command("info", short_help="Say what is in a library.")
@_of_folder
def info(**options: Any) -> int:
    """Say what is in the library of DIR, and where it lies."""
    from sokkuri.cli.output import write

    found = _open(options).info()
    if options["as_json"]:
        _json(_fields(found))
        return Exit.NONE if found.problem else Exit.FOUND
    lines = [
        f"library   {found.directory}",
        f"folder    {found.root}",
        f"files     {found.files:,}, with {found.contents:,} contents",
        f"rejected  {found.rejected:,}, and {_counted(found.companions, 'companion')}",
        *([f"away      {found.away:,} files out of reach, and kept"] if found.away else []),
        *map(_hash_line, found.hashes),
        f"on disk   {found.bytes:,} bytes",
        *([f"damaged   {found.problem}"] if found.problem else []),
    ]  # fmt: skip
    write("\n".join(lines) + "\n")
    return Exit.NONE if found.problem else Exit.FOUND


def _hash_line(kept: HashUsage) -> str:
    from sokkuri.registry import replacement_of

    line = f"hash      {kept.name}: {kept.rows:,} codes, {kept.bytes:,} bytes"
    successor = replacement_of(kept.name)
    if successor is None:
        return line
    return f"{line}; not made any more: {successor} is, and `sokkuri library compact` drops these"


@command.command("verify", short_help="Read everything again and check every checksum.")
@_of_folder
def verify(**options: Any) -> int:
    """Name every damaged block of codes and every damaged row of the library of DIR."""
    from sokkuri.cli.output import write

    library = _open(options)
    found = library.verify()
    if options["as_json"]:
        damages = [str(damage) for damage in found.damages]
        _json({"sound": found.sound, "files": found.files, "rows": found.rows, "damages": damages})
    else:
        for damage in found.damages:
            write(f"{damage}\n")
        words = (
            "all is as it was written"
            if found.sound
            else (
                f"{_counted(len(found.damages), 'fault')}; mend with: sokkuri library repair "
                f"{library.cli_args}"
            )
        )
        write(f"{found.files:,} files and {found.rows:,} codes read: {words}\n")
    return Exit.FOUND if found.sound else Exit.NONE


@command.command("repair", short_help="Hash again what is damaged, and nothing else.")
@_of_folder
@limit_options
def repair(**options: Any) -> int:
    """Keep all that is sound of the library of DIR, and hash the rest again."""
    from sokkuri.cli.output import hidden_codec_noise, write
    from sokkuri.cli.progress import progress_bar

    library = _open(options)
    with hidden_codec_noise(), progress_bar("hashing") as progress:
        done = library.repair(progress=progress)
    decodes = done.refreshed.decodes if done.refreshed is not None else 0
    if options["as_json"]:
        faults = [str(damage) for damage in done.damages]
        _json({"damages": faults, "rebuilt": done.rebuilt, "decodes": decodes})
    elif not done.damages:
        write("nothing was damaged\n")
    else:
        mended, again = _counted(len(done.damages), "fault"), _counted(decodes, "photo")
        write(f"{mended} mended; hashed again: {again}\n")
    return Exit.FOUND


@command.command("compact", short_help="Drop the codes of photos that are gone.")
@_of_folder
def compact(**options: Any) -> int:
    """Drop what the library of DIR keeps of photos that are gone."""
    from sokkuri.cli.output import write
    from sokkuri.library.drives import away_words

    library = _open(options)
    done = library.compact()
    if options["as_json"]:
        _json({"contents": done.contents, "rows": done.rows, "away": done.away})
    else:
        gone, codes = _counted(done.contents, "photo"), _counted(done.rows, "code")
        write(f"dropped what is gone: {gone} and {codes}\n")
        if done.away:
            write(f"{away_words(done.away)}; to forget them first: {_forgetting(library)}\n")
    return Exit.FOUND


@command.command("remove", short_help="Remove a library; no photo is touched.")
@_of_folder
def remove(**options: Any) -> int:
    """Remove the library of DIR; the photos stay as they are."""
    from sokkuri.cli.output import write

    library = _open(options)
    library.remove()
    if options["as_json"]:
        _json({"removed": library.path})
    else:
        write(f"removed {library.path}\n")
    return Exit.FOUND


def _forgetting(library: Library) -> str:
    return f"sokkuri index {library.cli_args} --forget-missing"


def _counted(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def _open(options: dict[str, Any]) -> Library:
    from sokkuri.api.libraries import Library
    from sokkuri.errors import NothingToSearch

    library = Library.open(options["folder"], library=options["library"])
    if not library.exists:
        advice = f"make one with: sokkuri index {library.cli_args}"
        raise NothingToSearch(f"{options['folder']}: it has no library; {advice}")
    return library


def _fields(info: Info) -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(info)


def _json(fields: dict[str, Any]) -> None:
    from sokkuri.cli.output import write
    from sokkuri.show.export import SCHEMA, dump_json

    write(dump_json({"schema": SCHEMA, **fields}) + "\n")
