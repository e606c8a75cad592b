"""``sokkuri hash``: one hash a line; ``sokkuri hashes``: the hashes there are."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import click

from sokkuri.cli import options
from sokkuri.cli.options import ScanArguments, option
from sokkuri.cli.output import (
    Exit,
    note,
    progress_bar,
    stdout_console,
    stdout_is_terminal,
    write,
    write_json,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sokkuri.pipeline import FileRecord
    from sokkuri.registry import Family

_COLUMNS: Final = {
    "form": "name",
    "parameter": "parameter",
    "bits": "bits",
    "summary": "what for",
    "looks_at": "looks at",
    "exact": "exact",
}
"""Fields of a family and their headers."""


@click.command("hash", short_help="Print the hash of each photo.")
@click.argument("paths", nargs=-1, required=True, metavar="PATH|DIR...")
@options.hashes_options
@option("--nl as_json", "One JSON object a line.")
@options.scan_options
def _hash(
    paths: tuple[str, ...],
    *,
    hashes: list[str],
    as_json: bool,
    scan: ScanArguments,
    strict: bool,
    quiet: bool,
) -> int:
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
    from sokkuri.api.hash import hash_files
    from sokkuri.cli.summary import counts_line, unused_lines
    from sokkuri.pipeline import as_on_disk

    named = {os.fsdecode(as_on_disk(path)) for path in paths}
    hashed = rejected = companions = named_failed = 0
    unused: list[str] = []
    # Where the lines themselves are seen, they tell how far it is.
    with progress_bar("hashing", quiet=quiet or stdout_is_terminal()) as progress:
        for item in hash_files(
            paths, hash=hashes, **scan, progress=progress, on_unused=unused.extend
        ):
            if item.companion and item.path not in named:
                companions += 1
                continue
            for line in _json_lines(item) if as_json else _text_lines(item):
                write(line)
            if item.rejected is None:
                hashed += 1
                continue
            rejected += 1
            named_failed |= item.path in named
            if not (as_json or quiet):
                note(f"sokkuri: {item.path}: {item.rejected.reason}")
    if not quiet:
        note(counts_line(hashed, rejected, companions), *unused_lines(unused))
    if named_failed:
        return Exit.ERROR
    if strict and rejected:
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


@click.command("hashes", short_help="List the hashes and what each is for.")
@options.json_option
def _hashes(*, as_json: bool) -> int:
    """List the hashes that --hash takes: how many bits, what for, what each looks at.

    A photo is decoded in full. With -fast after any name, as in pdq-fast, a JPEG is
    decoded at 1/2, 1/4 or 1/8: several times quicker, and another hash that is not compared with
    the full one.

    Exit status: 0.
    """
    from sokkuri.registry import families

    table = families()
    if as_json:
        write_json({"hashes": [_fields(family) for family in table]})
    elif stdout_is_terminal():
        _print_table([_cells(family) for family in table])
    else:
        write("".join("\t".join(_cells(family)) + "\n" for family in table))
    return Exit.FOUND


def _fields(family: Family) -> dict[str, object]:
    columns = {field: getattr(family, field) for field in _COLUMNS}
    return {**columns, "example": family.example, "fast": family.fast_example}


def _print_table(rows: list[list[str]]) -> None:
    from rich.markup import escape as plain
    from rich.table import Table

    drawn = Table(box=None, pad_edge=False, header_style="dim")
    for field, header in _COLUMNS.items():
        drawn.add_column(header, no_wrap=field in ("form", "bits", "exact"), overflow="fold")
    for row in rows:
        drawn.add_row(*map(plain, row))
    stdout_console().print(drawn)


def _cells(family: Family) -> list[str]:
    """Return one line's cells; what a plugin says must not break the table or the terminal."""
    from sokkuri.names import escape

    return [escape(str(getattr(family, field))) for field in _COLUMNS]
