"""Plans of removal applied and undone, and what is held."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Literal

from sokkuri.errors import NothingToUndo
from sokkuri.removal import (
    RemovalOptions,
    RemovalOutcome,
    RemovalPlan,
    Way,
    apply_removal,
    areas_around,
    batches_in,
    chosen,
    empty,
    restore,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from sokkuri._typing import PathLike, Progress
    from sokkuri.removal import FileOutcome, RemovalBatch

    Told = Callable[[FileOutcome], None]
    WayName = Literal["hold", "move", "link", "trash"]


def apply_plan(
    plan: RemovalPlan | PathLike, way: WayName = "hold", *,
    folder: PathLike | None = None, whole_groups: int | None = None,
    protected: Sequence[PathLike] = (), dry_run: bool = False, progress: Progress | None = None,
    told: Told | None = None,
) -> RemovalOutcome:  # fmt: skip
    """Do what a plan of removal says, as far as every file still is what the plan says.

    Each file is read again first, and so are those that stay for it; a file goes only if all of
    them are what they were, and by one rename.  No file is ever overwritten or copied.

    Parameters
    ----------
    plan : RemovalPlan or path
        A plan, or the file that it was saved to.
    way : {"hold", "move", "link", "trash"}
        Put files into the holding area; move them to ``folder``; put them into the holding area,
        and a link to the bytes of the kept file in their place; or send them to the system's trash,
        out of which sokkuri cannot take them back.
    folder : path, optional
        For ``"move"``, on the same volume; files keep their paths within.
    whole_groups : int, optional
        Let the groups vanish of which nothing stays, which must be so many, and touch no other;
        without it such groups are left as they are.
    protected : sequence of path
        Folders of which no file goes, beside those of the plan.
    dry_run : bool
        Do nothing; the lines say what would be done.
    progress : callable, optional
        Called as ``progress(done, total)`` before each file.  What it raises ends the work; what
        was done stays done, and can be undone.
    told : callable, optional
        Called with each line of the outcome as soon as it is true.

    Returns
    -------
    RemovalOutcome
        A line for each file: its state, and why it was left where it was.

    Raises
    ------
    BadPlan
        If the plan says what cannot be.
    StoreError
        If there can be no holding area; Locked if another process acts there.
    MissingExtra
        If the trash is asked for, and Send2Trash is not installed.
    ValueError
        If an option does not go with the plan.
    """
    wanted = plan if isinstance(plan, RemovalPlan) else RemovalPlan.load(plan)
    target = "" if folder is None else os.path.realpath(os.fsdecode(folder))
    kept_in = tuple(os.path.realpath(os.fsdecode(each)) for each in protected)
    options = RemovalOptions(Way(way), target, whole_groups, kept_in)
    return apply_removal(wanted, options, dry_run=dry_run, progress=progress, told=told)


def undo(
    *what: PathLike, folder: PathLike | None = None, progress: Progress | None = None,
    told: Told | None = None,
) -> RemovalOutcome:  # fmt: skip
    """Put files back to where they lay; a name that is taken meanwhile is left to who has it.

    Parameters
    ----------
    *what : str or path
        Names of batches, or paths where files lay; without any, the latest batch.
    folder : path, optional
        The folder of a plan, where not all that are known are meant.
    progress, told : callable, optional
        As of :func:`apply_plan`.

    Raises
    ------
    NothingToUndo
        If nothing is held by such a name.
    StoreError
        If nothing can be written there; Locked if another process acts there.
    """
    batches = held(folder)
    if not batches:
        raise NothingToUndo("no file is held, and none was moved")
    words = [os.fsdecode(word) for word in what] or [batches[0].name]
    meant: dict[str, tuple[RemovalBatch, set[str]]] = {}
    for word in words:
        batch, paths = chosen(batches, word)
        meant.setdefault(batch.path, (batch, set()))[1].update(paths)
    outcomes = [
        restore(batch, paths, progress=progress, told=told) for batch, paths in meant.values()
    ]
    return _joined(outcomes)


def held(folder: PathLike | None = None) -> list[RemovalBatch]:
    """Return the batches that can be undone, latest first.

    Raises
    ------
    NothingToUndo
        If the folder has no holding area.
    """
    return batches_in(areas_around(None if folder is None else os.fsdecode(folder)))


def empty_holding(
    batches: Iterable[RemovalBatch], *, progress: Progress | None = None, told: Told | None = None
) -> RemovalOutcome:
    """Remove held files for good: the one act of sokkuri after which nothing comes back.

    Files that were moved elsewhere stay there; only the notes for their undo go.

    Parameters
    ----------
    batches : iterable of RemovalBatch
        As :func:`held` returned them; what was put away since then stays.
    progress, told : callable, optional
        As of :func:`apply_plan`.

    Raises
    ------
    StoreError
        If nothing can be written there; Locked if another process acts there.
    """
    return _joined(empty(batches, progress=progress, told=told))


def _joined(outcomes: Sequence[RemovalOutcome]) -> RemovalOutcome:
    """Return several outcomes as one."""
    roots, names = ({getattr(each, key) for each in outcomes} for key in ("root", "batch"))
    files = tuple(line for outcome in outcomes for line in outcome)
    return RemovalOutcome(
        roots.pop() if len(roots) == 1 else "", names.pop() if len(names) == 1 else "", files
    )
