"""``sokkuri library``: look at libraries, check them, mend them, end them."""

from __future__ import annotations

import functools
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from sokkuri.cli.options import json_option, library_option, limit_options
from sokkuri.cli.output import Exit, hidden_codec_noise, progress_bar, write, write_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from sokkuri.api.library import Library
    from sokkuri.library.admin import HashUsage


@click.group("library", short_help="List, check, mend, compact and remove libraries.")
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


def _of_folder(verb: Callable[..., int]) -> Callable[..., int]:
    """Add DIR, ``--library`` and ``--json``; the verb gets the opened ``library``."""

    @functools.wraps(verb)
    def with_library(*, folder: str, library: str | None, as_json: bool) -> int:
        from sokkuri.api.library import Library
        from sokkuri.errors import NothingToSearch

        opened = Library.open(folder, library=library or "auto")
        if not opened.exists:
            raise NothingToSearch(
                f"{folder}: it has no library; make one with: sokkuri index {opened.cli_args}"
            )
        return verb(opened, as_json=as_json)

    return click.argument("folder", metavar="DIR")(library_option(json_option(with_library)))


@_library.command("list", short_help="List the libraries in your data directory.")
@json_option
def _list(*, as_json: bool) -> int:
    """List the libraries that were not placed by hand, one a line: folder, photos, bytes, place."""
    from sokkuri.library.admin import known_libraries

    found = list(known_libraries())
    if as_json:
        write_json({"libraries": [asdict(info) for info in found]})
    else:
        for info in found:
            state = info.problem or f"{info.files} files"
            write(f"{info.root or '?'}\t{state}\t{info.bytes}\t{info.directory}\n")
    return Exit.FOUND


@_library.command("info", short_help="Say what is in a library.")
@_of_folder
def _info(library: Library, *, as_json: bool) -> int:
    """Say what is in the library of DIR, and where it lies."""
    found = library.info()
    if as_json:
        write_json(asdict(found))
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


@_library.command("verify", short_help="Read everything again and check every checksum.")
@_of_folder
def _verify(library: Library, *, as_json: bool) -> int:
    """Name every damaged block of codes and every damaged row of the library of DIR."""
    found = library.verify()
    if as_json:
        damages = [str(damage) for damage in found.damages]
        write_json(
            {"sound": found.sound, "files": found.files, "rows": found.rows, "damages": damages}
        )
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


@_library.command("repair", short_help="Hash again what is damaged, and nothing else.")
@_of_folder
@limit_options
def _repair(library: Library, *, as_json: bool) -> int:
    """Keep all that is sound of the library of DIR, and hash the rest again."""
    with hidden_codec_noise(), progress_bar("hashing") as progress:
        done = library.repair(progress=progress)
    decodes = done.refreshed.decodes if done.refreshed is not None else 0
    if as_json:
        faults = [str(damage) for damage in done.damages]
        write_json({"damages": faults, "rebuilt": done.rebuilt, "decodes": decodes})
    elif not done.damages:
        write("nothing was damaged\n")
    else:
        mended, again = _counted(len(done.damages), "fault"), _counted(decodes, "photo")
        write(f"{mended} mended; hashed again: {again}\n")
    return Exit.FOUND


@_library.command("compact", short_help="Drop the codes of photos that are gone.")
@_of_folder
def _compact(library: Library, *, as_json: bool) -> int:
    """Drop what the library of DIR keeps of photos that are gone."""
    from sokkuri.library.drives import away_words

    done = library.compact()
    if as_json:
        write_json({"contents": done.contents, "rows": done.rows, "away": done.away})
    else:
        gone, codes = _counted(done.contents, "photo"), _counted(done.rows, "code")
        write(f"dropped what is gone: {gone} and {codes}\n")
        if done.away:
            write(f"{away_words(done.away)}; to forget them first: {_forgetting(library)}\n")
    return Exit.FOUND


@_library.command("remove", short_help="Remove a library; no photo is touched.")
@_of_folder
def _remove(library: Library, *, as_json: bool) -> int:
    """Remove the library of DIR; the photos stay as they are."""
    library.remove()
    if as_json:
        write_json({"removed": library.path})
    else:
        write(f"removed {library.path}\n")
    return Exit.FOUND


def _forgetting(library: Library) -> str:
    return f"sokkuri index {library.cli_args} --forget-missing"


def _counted(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"
