"""``sokkuri hash``: one hash a line."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from sokkuri.cli.exits import Exit
from sokkuri.cli.options import chosen_hashes, hash_options, scan_options

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sokkuri.pipeline import FileRecord

__all__ = ["command"]


@click.command("hash", short_help="Print the hash of each photo.")
@click.argument("paths", nargs=-1, required=True, metavar="PATH|DIR...")
@partial(hash_options, repeatable=True)
@click.option("--nl", "as_json", is_flag=True, help="One JSON object a line.")
@scan_options
def command(**options: Any) -> int:
    """Print one line for each file and hash: the hash and the path.

    All hashes of a file come from one decode.

    A file that cannot be hashed gets a line with its reason: on stderr, or with --nl in its place
    among the others. Files that only go with photos, such as .xmp and .DS_Store, are counted.

    \b
    sokkuri hash photo.jpg
    sokkuri hash --hash ahash-rgb-16 photos --nl

    Exit status: 0 something was hashed, 1 nothing was, 2 a PATH named here could not be read,
    3 files were rejected (--strict).
    """  # noqa: D301 - the escape is click's mark
    from sokkuri.api.hashing import hash_files
    from sokkuri.cli.output import hidden_codec_noise, note, stdout_is_terminal, write
    from sokkuri.cli.progress import progress_bar
    from sokkuri.cli.summary import counts_line, unused_lines
    from sokkuri.pipeline import as_on_disk

    named = {os.fsdecode(as_on_disk(path)) for path in options["paths"]}
    hashed = rejected = companions = named_failed = 0
    unused: list[str] = []
    # Where the lines themselves are seen, they tell how far it is.
    quiet = options["quiet"] or stdout_is_terminal()
    with hidden_codec_noise(), progress_bar("hashing", quiet=quiet) as progress:
        for item in hash_files(
            options["paths"],
            hash=chosen_hashes(options),
            exclude=options["exclude"],
            follow=options["follow"],
            workers=options["workers"],
            progress=progress,
            on_unused=unused.extend,
        ):
            if item.companion and item.path not in named:
                companions += 1
                continue
            lines = _json_lines(item) if options["as_json"] else _text_lines(item)
            for line in lines:
                write(line)
            if item.rejected is None:
                hashed += 1
                continue
            rejected += 1
            named_failed |= item.path in named
            if not (options["as_json"] or options["quiet"]):
                note(f"sokkuri: {item.path}: {item.rejected.reason}")
    if not options["quiet"]:
        for line in (counts_line(hashed, rejected, companions), *unused_lines(unused)):
            note(line)
    if named_failed:
        return Exit.ERROR
    return _exit(hashed, rejected if options["strict"] else 0)


def _exit(hashed: int, rejected: int) -> Exit:
    if rejected:
        return Exit.REJECTED
    return Exit.FOUND if hashed else Exit.NONE


def _json_lines(item: FileRecord) -> Iterator[str]:
    from sokkuri.show.export import dump_json, path_fields

    path = path_fields(item.path)
    if item.rejected is not None:
        yield dump_json({**path, "error": item.rejected.reason}) + "\n"
    for value in item.hashes:
        fields = {"hash": value.spec.name, "code": value.hex, "bits": value.spec.bits}
        yield dump_json({**path, **fields}) + "\n"


def _text_lines(item: FileRecord) -> Iterator[str]:
    """Yield lines as sha256sum writes them: a name with a newline is escaped and marked so."""
    path = item.path.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
    mark = "\\" if path != item.path else ""
    for value in item.hashes:
        yield f"{mark}{value}  {path}\n"
