"""``sokkuri hash``: one hash a line; ``sokkuri hashes``: the hashes there are."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

import click

from sokkuri.cli import options, output
from sokkuri.cli.help import VerbCommand
from sokkuri.cli.options import option
from sokkuri.cli.summary import counts_line, print_rows, unused_lines
from sokkuri.cli.terminal import DIM, PLAIN, wrapped
from sokkuri.language import say, translated
from sokkuri.names import escape
from sokkuri.show.captions import display_width

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sokkuri.cli.terminal import TextStyle
    from sokkuri.pipeline import FileRecord
    from sokkuri.registry import Family

_LEAST: Final = 20
"""So wide is the last column at least."""

_FIELDS: Final = ("form", "parameter", "bits", "summary", "looks_at", "exact")

_DIGITS: Final = 32
"""So many digits of a hash are shown in a terminal."""


@click.command("hash", cls=VerbCommand, short_help="Print the hash of each photo.")
@click.argument("paths", nargs=-1, required=True, metavar="PATH|DIR...")
@options.hashes_options
@option("--nl as_json", "One JSON object a line.")
@options.scan_options
def _hash(paths: tuple[str, ...], *, as_json: bool, strict: bool, quiet: bool, **asked: Any) -> int:
    """Print one line for each file and hash: the hash and the path.

    All hashes of a file come from one decode.

    A file that cannot be hashed gets a line with its reason: on stderr, or with --nl in its place
    among the others. Other files, which are no pictures and whose names claim none, are counted.

    \b
    sokkuri hash photo.jpg
    sokkuri hash --hash ahash-rgb-16 photos --nl

    Exit status: 0 something was hashed, 1 nothing was, 2 a PATH named here could not be read,
    3 files were rejected (--strict).
    """  # noqa: D301 - the escape is click's mark
    from sokkuri.api.hash import hash_files
    from sokkuri.pipeline import as_on_disk

    named = {os.fsdecode(as_on_disk(path)) for path in paths}
    hashed = rejected = other_files = named_failed = 0
    unused: list[str] = []
    most = _DIGITS if output.stdout_is_terminal() else None
    # Where the lines themselves are seen, they tell how far it is.
    with output.progress_bar(
        say("hashing"), quiet=quiet or output.stdout_is_terminal()
    ) as progress:
        for item in hash_files(paths, **asked, progress=progress, on_unused=unused.extend):
            if item.other_file and item.path not in named:
                other_files += 1
                continue
            for line in _json_lines(item) if as_json else _text_lines(item, most=most):
                output.write(line)
            if item.rejected is None:
                hashed += 1
                continue
            rejected += 1
            named_failed |= item.path in named
            if not (as_json or quiet):
                output.note(f"sokkuri: {item.path}: {translated(item.rejected.reason)}")
    if not quiet:
        output.note(counts_line(hashed, rejected, other_files), *unused_lines(unused))
        if most and not as_json and hashed and max(map(_digits, asked["hash"])) > most:
            words = say(
                "long hashes are cut for the terminal; a pipe, a file and --nl get them whole"
            )
            output.note(f"  {words}")
    if named_failed:
        return output.Exit.ERROR
    if strict and rejected:
        return output.Exit.REJECTED
    return output.Exit.FOUND if hashed else output.Exit.NONE


def _json_lines(item: FileRecord) -> Iterator[str]:
    from sokkuri.show.export import dump_json, path_fields

    path = path_fields(item.path)
    if item.rejected is not None:
        yield dump_json({**path, "error": item.rejected.reason}) + "\n"
    for value in item.hashes:
        fields = {"hash": value.spec.name, "code": value.hex, "bits": value.spec.bits}
        yield dump_json({**path, **fields}) + "\n"


def _digits(name: str) -> int:
    from sokkuri.registry import hasher

    return 2 * hasher(name).spec.code_bytes


def _text_lines(item: FileRecord, *, most: int | None) -> Iterator[str]:
    """Yield lines as sha256sum writes them: a name with a newline is escaped and marked so."""
    path = item.path.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
    mark = "\\" if path != item.path else ""
    for value in item.hashes:
        text = f"{value.spec.name}:{value.hex[:most]}…" if most and len(value.hex) > most else value
        yield f"{mark}{text}  {path}\n"


@click.command("hashes", cls=VerbCommand, short_help="List the hashes and what each is for.")
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
        fields = {field: field for field in (*_FIELDS, "example")} | {"fast": "fast_example"}
        hashes = [{key: getattr(each, field) for key, field in fields.items()} for each in table]
        output.write_json({"hashes": hashes})
        return output.Exit.FOUND
    if output.stdout_is_terminal():
        _print_families(table, output.stdout_terminal().columns)
        return output.Exit.FOUND
    # What a plugin says must not break the lines.
    rows = ([escape(str(getattr(family, field))) for field in _FIELDS] for family in table)
    output.write("".join("\t".join(row) + "\n" for row in rows))
    return output.Exit.FOUND


def _print_families(table: Sequence[Family], columns: int) -> None:
    heads = (say("name"), say("bits"), say("what for, and how it is made"))
    taken = sum(
        max(map(display_width, (head, *column))) + len("  ")
        for head, column in (
            (heads[0], [family.form for family in table]),
            (heads[1], [family.bits for family in table]),
        )
    )
    room = max(columns - taken, _LEAST)
    print_rows(((head, "left") for head in heads), _told(table, room))


def _told(table: Sequence[Family], room: int) -> Iterator[tuple[Sequence[str], TextStyle]]:
    """Yield the rows of a family: its purpose, and below it the way it is made, both wrapped."""
    for family in table:
        start = [family.form, family.bits]
        for line in wrapped(escape(translated(family.summary)), room):
            yield [*start, line], PLAIN
            start = ["", ""]
        way = (family.looks_at, family.parameter, family.exact)
        for line in wrapped(escape(" · ".join(map(translated, filter(None, way)))), room):
            yield [*start, line], DIM
