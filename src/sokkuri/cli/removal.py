"""``sokkuri apply``, ``undo`` and ``holding``: files put away by a plan, and back again."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Final

import click

from sokkuri.cli import options
from sokkuri.cli.help import VerbCommand, VerbGroup
from sokkuri.cli.options import WHOLE, option
from sokkuri.cli.output import (
    Exit,
    ask,
    note,
    progress_bar,
    stdout_is_terminal,
    write,
    write_json,
)
from sokkuri.cli.summary import aligned, print_rows, seen_from, size_words
from sokkuri.cli.terminal import DIM, PLAIN
from sokkuri.language import REASON, language, say, say_count, sentence, translated, word_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from sokkuri.api.removal import WayName
    from sokkuri.removal import FileOutcome, RemovalBatch, RemovalOutcome, RemovalPlan

_WAYS: Final = {
    "hold": sentence("held"),
    "move": sentence("moved"),
    "link": sentence("linked"),
    "trash": sentence("in the trash"),
}

_in_option = option("--in within DIR", "Only what was put away from DIR.  [default: all folders]")
_yes_option = option("--yes", "Do not ask; without a terminal there is nobody to ask.")
_quiet_option = option("-q --quiet", "No progress and no notes on stderr.")


@click.command("apply", cls=VerbCommand, short_help="Do what a plan says: put duplicates away.")
@click.argument("plan", metavar="PLAN")
@option("--to FOLDER", "Move files to FOLDER, on the same volume, instead of holding them.")
@option("--link", "Hold files, and put a link to the kept one in their place.")
@option("--trash", "Send files to the system's trash: no undo from here. Needs the part [trash].")
@option(
    "--whole-groups N", "Let the groups go of which nothing stays, N of them, and no others.", WHOLE
)
@option("--keep-in DIR", "Let no file go that lies below DIR; may be repeated.", multiple=True)
@option("--dry-run", "Do nothing: read all files, and print what would be done.")
@_yes_option
@options.json_option
@_quiet_option
def _apply(
    plan: str,
    *,
    to: str | None,
    link: bool,
    trash: bool,
    whole_groups: int | None,
    keep_in: tuple[str, ...],
    dry_run: bool,
    yes: bool,
    as_json: bool,
    quiet: bool,
) -> int:  # fmt: skip
    """Put the files away that PLAN says, into a holding area beside them.

    Every file is read again first, and so is the one that stays for it: a file goes only if both
    are what they were. What is not is left, with the reason, and the rest goes on. `sokkuri undo`
    puts everything back. Ctrl-C keeps what is done.

    \b
    sokkuri apply plan.json --dry-run
    sokkuri apply plan.json
    sokkuri apply plan.json --link --keep-in photos/originals

    Exit status: 0 all is done, 1 some files were left, or nobody said yes, 2 error.
    """  # noqa: D301 - the escape is click's mark
    from sokkuri.api.removal import apply_plan
    from sokkuri.removal import RemovalOptions, RemovalPlan, Way

    ways: dict[WayName, bool] = {"move": to is not None, "link": link, "trash": trash}
    if sum(ways.values()) > 1:
        raise click.UsageError("--to, --link and --trash each say where files go; give one of them")
    chosen: WayName = next((way for way, is_asked in ways.items() if is_asked), "hold")
    wanted = RemovalPlan.load(plan)
    with options.usage_errors():  # before anybody is asked about what cannot be
        RemovalOptions(Way(chosen), to or "", whole_groups).check(wanted)
    if not dry_run and not _agreed(_question(wanted, chosen, to, whole_groups), yes=yes):
        return Exit.NONE
    act = functools.partial(
        apply_plan, wanted, chosen, folder=to, whole_groups=whole_groups, protected=keep_in,
        dry_run=dry_run,
    )  # fmt: skip
    done = _shown(act, wanted.root, as_json=as_json, quiet=quiet)
    if not quiet:
        note(*_applied_lines(done))
    return Exit.NONE if done.left else Exit.FOUND


def _question(plan: RemovalPlan, way: str, to: str | None, whole_groups: int | None) -> str:
    """Say what is about to happen, in numbers."""
    groups = [group for group in plan.groups if group.is_whole is (whole_groups is not None)]
    several = [file for group in groups for file in group.remove]
    files = say_count("{count:,} file", "{count:,} files", len(several))
    size = size_words(sum(file.bytes for file in several))
    if whole_groups is not None:
        vanish = say_count(
            "{count:,} group vanishes whole: nothing of it stays",
            "{count:,} groups vanish whole: nothing of them stays",
            len(groups),
        )
        note(vanish)
    if way == "move":
        return say("move {files} ({size}) to {folder}?", files=files, size=size, folder=to)
    if way == "trash":
        note(say("what goes to the system's trash cannot be undone from here"))
        return say("send {files} ({size}) to the system's trash?", files=files, size=size)
    if way == "link":
        return say("put links in the place of {files} ({size})?", files=files, size=size)
    return say("put {files} ({size}) into the holding area?", files=files, size=size)


def _agreed(question: str, *, yes: bool) -> bool:
    """Ask, unless that was answered beforehand."""
    if yes or ask(question):
        return True
    note(say("nothing was done"))
    return False


def _shown(
    act: Callable[..., RemovalOutcome], below: str, *, as_json: bool, quiet: bool
) -> RemovalOutcome:
    """Do something with a bar, and print a line a file; after Ctrl-C those of what was done."""
    lines: list[FileOutcome] = []
    try:
        with progress_bar(say("reading"), quiet=quiet) as progress:
            done = act(progress=progress, told=lines.append)
    except KeyboardInterrupt:
        if not as_json:
            _print(lines, below)
        if not quiet:
            count = sum(not line.is_left for line in lines)
            files = say_count("{count:,} file", "{count:,} files", count)
            note(say("stopped: {files} done, the rest is as it was", files=files))
        raise
    if as_json:
        write_json(_fields(done))
    else:
        _print(done.files, below or done.root)
    return done


def _print(lines: Sequence[FileOutcome], below: str) -> None:
    """Print a line a file: for a person as a table, else with tabs between."""
    if not stdout_is_terminal():
        write("".join(f"{line.state}\t{line.path}\t{line.reason}\n" for line in lines))
        return
    columns = [(say("state"), "left"), (say("size"), "right"), (say("file"), "left")]
    rows = []
    for line in lines:
        path = seen_from(below, line.path)
        told = f"{path}: {translated(line.reason)}" if line.reason else path
        cells = word_of(language(), REASON, line.state), size_words(line.bytes), told
        rows.append((cells, DIM if line.is_left else PLAIN))
    if rows:
        print_rows(columns, rows)


def _fields(done: RemovalOutcome) -> dict[str, Any]:
    from sokkuri.show.export import path_fields

    files = [
        {
            **path_fields(line.path),
            "bytes": line.bytes,
            "state": line.state,
            "reason": line.reason,
            "group": line.group,
        }
        for line in done
    ]
    return {
        **path_fields(done.root, "root"), "batch": done.batch, "dry_run": done.dry_run,
        "done": done.done, "left": done.left, "bytes": done.bytes, "files": files,
    }  # fmt: skip


def _applied_lines(done: RemovalOutcome) -> Iterable[str]:
    from sokkuri.removal.outcome import WHOLE as VANISHES

    yield _counted(done)
    if wholes := {line.group for line in done if line.reason == VANISHES}:
        yield "  " + say_count(
            "{count:,} group keeps nothing; to let it vanish whole: --whole-groups {count}",
            "{count:,} groups keep nothing; to let them vanish whole: --whole-groups {count}",
            len(wholes),
        )
    if done.dry_run:
        yield "  " + say("nothing was done; without --dry-run it would be")
    elif done.batch and any(line.state == "trashed" for line in done):
        yield "  " + say("what went to the system's trash cannot be undone from here")
    elif done.batch:
        yield "  " + say("undo: {command}", command=f"sokkuri undo {done.batch}")


def _counted(done: RemovalOutcome) -> str:
    """Say how many files came to each state."""
    if not done.files:
        return say("there is no file to do anything with")
    told = []
    for state in dict.fromkeys(line.state for line in done):
        several = [line.bytes for line in done if line.state is state]
        files = say_count("{count:,} file", "{count:,} files", len(several))
        word, size = word_of(language(), REASON, state), size_words(sum(several))
        told.append(say("{word}: {files} ({size})", word=word, files=files, size=size))
    return " · ".join(told)


@click.command("undo", cls=VerbCommand, short_help="Put files back to where they lay.")
@click.argument("what", nargs=-1, metavar="[BATCH|FILE]...")
@option("--last", "The latest batch, which is meant if nothing is named.")
@_in_option
@options.json_option
@_quiet_option
def _undo(
    what: tuple[str, ...], *, last: bool, within: str | None, as_json: bool, quiet: bool
) -> int:
    """Put back what `sokkuri apply` put away: the latest batch, a BATCH by its name, or a FILE.

    A file comes back with its bytes, name, rights, times and extended attributes. Where its name is
    taken meanwhile, it stays held: nothing is ever overwritten.

    \b
    sokkuri undo
    sokkuri undo 20260131-101500-a1b2
    sokkuri undo photos/2019/beach.jpg

    Exit status: 0 all is back, 1 some files were left, 2 error.
    """  # noqa: D301 - the escape is click's mark
    if last and what:
        raise click.UsageError("--last names a batch already; leave out the others")
    return _put_back(what, within, as_json=as_json, quiet=quiet)


def _put_back(what: Iterable[str], within: str | None, *, as_json: bool, quiet: bool) -> int:
    from sokkuri.api.removal import undo

    act = functools.partial(undo, *what, folder=within)
    done = _shown(act, within or "", as_json=as_json, quiet=quiet)
    if not quiet:
        note(_counted(done))
    return Exit.NONE if done.left else Exit.FOUND


@click.group("holding", cls=VerbGroup, short_help="List, restore and empty what was put away.")
def _holding() -> None:
    """Look after the files that `sokkuri apply` put away.

    \b
    sokkuri holding list
    sokkuri holding restore --all
    sokkuri holding empty --in photos

    Exit status: 0 all is done, 1 some files were left, or nobody said yes, 2 error.
    """  # noqa: D301 - the escape is click's mark


@_holding.command("list", short_help="List what was put away.")
@_in_option
@options.json_option
def _list(*, within: str | None, as_json: bool) -> int:
    """List the batches that can be undone, latest first: files, size, way and folder of each.

    In a terminal as a table, else one a line with tabs between, and sizes in bytes.
    """
    from sokkuri.api.removal import held
    from sokkuri.show.export import path_fields

    found = held(within)
    if as_json:
        batches = [
            {
                "batch": each.name, **path_fields(each.root, "root"), "way": each.head.way.value,
                "files": len(each.away), "bytes": each.bytes,
                "paths": [path_fields(each.source(entry)) for entry in each.away],
            }
            for each in found
        ]  # fmt: skip
        write_json({"batches": batches})
    elif not stdout_is_terminal():
        write("".join(
            f"{each.name}\t{each.head.way.value}\t{len(each.away)}\t{each.bytes}\t{each.root}\n"
            for each in found
        ))  # fmt: skip
    elif found:
        heads = (say("batch"), say("state"), say("files"), say("size"), say("folder"))
        columns = zip(heads, ("left", "left", "right", "right", "left"), strict=True)
        rows = [
            (each.name, translated(_WAYS[each.head.way.value]), f"{len(each.away):,}",
             size_words(each.bytes), each.root)
            for each in found
        ]  # fmt: skip
        write("".join(f"{line}\n" for line in aligned(columns, rows)))
    else:
        write(say("nothing was put away") + "\n")
    return Exit.FOUND


@_holding.command("restore", short_help="Put files back, as `sokkuri undo` does.")
@click.argument("what", nargs=-1, metavar="[BATCH|FILE]...")
@option("--all every", "All that was put away.")
@_in_option
@options.json_option
@_quiet_option
def _restore(
    what: tuple[str, ...], *, every: bool, within: str | None, as_json: bool, quiet: bool
) -> int:
    """Put back batches by their names, files by the paths where they lay, or all there is."""
    from sokkuri.api.removal import held

    if every is bool(what):
        raise click.UsageError("name batches or files, or say --all")
    names = [batch.name for batch in held(within)] if every else what
    return _put_back(names, within, as_json=as_json, quiet=quiet)


@_holding.command("empty", short_help="Remove held files for good; asks first.")
@click.argument("batches", nargs=-1, metavar="[BATCH]...")
@option("--all every", "All that is held of all folders.")
@_in_option
@_yes_option
@options.json_option
@_quiet_option
def _empty(
    batches: tuple[str, ...],
    *,
    every: bool,
    within: str | None,
    yes: bool,
    as_json: bool,
    quiet: bool,
) -> int:
    """Remove the held files of batches for good: nothing brings them back.

    Says how many files and bytes these are, and asks. Files that were moved or sent to the trash
    stay where they are; they cannot be undone afterwards.
    """
    from sokkuri.api.removal import empty_holding, held

    if every + bool(batches) + (within is not None and not batches) != 1:
        raise click.UsageError("name batches, or a folder by --in, or say --all")
    found = [each for each in held(within) if not batches or each.name in batches]
    if missing := set(batches).difference(each.name for each in found):
        raise click.UsageError(f"no batch is called {min(missing)}")
    if not _agreed(_empty_question(found), yes=yes):
        return Exit.NONE
    act = functools.partial(empty_holding, found)
    done = _shown(act, within or "", as_json=as_json, quiet=quiet)
    if not quiet:
        note(_counted(done))
    return Exit.NONE if done.left else Exit.FOUND


def _empty_question(batches: Sequence[RemovalBatch]) -> str:
    count = sum(len(batch.held) for batch in batches)
    files = say_count("{count:,} held file", "{count:,} held files", count)
    held_bytes = sum(entry.bytes for batch in batches for entry in batch.held)
    size = say("{size}, {bytes:,} bytes", size=size_words(held_bytes), bytes=held_bytes)
    return say("remove {files} ({size}) for good?", files=files, size=size)
