"""Plans applied: every file read again, then journal, rename, journal, one file after the other."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sokkuri.errors import BadPlan
from sokkuri.pipeline import HOLDING_FOLDER
from sokkuri.removal.area import HoldingArea
from sokkuri.removal.check import FileMark, Guard
from sokkuri.removal.mover import Mover, twin_of
from sokkuri.removal.outcome import (
    FATAL,
    NO_LINK,
    NOT_EQUAL,
    SAME_FILE,
    STATE_OF,
    TAKEN,
    WHOLE,
    FileOutcome,
    FileState,
    RemovalOutcome,
    Way,
)
from sokkuri.removal.settle import settled
from sokkuri.removal.trash import check_trash

if TYPE_CHECKING:
    from collections.abc import Callable

    from sokkuri._typing import Progress
    from sokkuri.removal.plan import PlannedFile, PlannedGroup, RemovalPlan

    Told = Callable[[FileOutcome], None]


@dataclass(frozen=True, slots=True)
class RemovalOptions:
    """The way in which a plan is applied.

    Parameters
    ----------
    way : Way
    folder : str
        Where files are moved to, by its real path; for that way alone.
    whole_groups : int, optional
        Let groups vanish of which nothing stays, exactly so many, and leave all others; without it
        these are left.
    protected : tuple of str
        More folders of which no file goes.
    """

    way: Way = Way.HOLD
    folder: str = ""
    whole_groups: int | None = None
    protected: tuple[str, ...] = ()

    def check(self, plan: RemovalPlan) -> None:
        """Refuse what goes together with no plan, or not with this one.

        Raises
        ------
        BadPlan
            If the plan's folder is gone.
        ValueError
            For an option that cannot be.
        MissingExtra
            If the trash is asked for, and Send2Trash is not installed.
        """
        if self.way is Way.TRASH:
            check_trash()
        if not os.path.isdir(plan.root):
            raise BadPlan(f"{plan.root}: the folder of the plan is not there")
        if bool(self.folder) is not (self.way is Way.MOVE):
            raise ValueError("`folder` is where files are moved to, and for nothing else")
        if HOLDING_FOLDER in self.folder.split(os.sep):
            raise ValueError("files cannot be moved into a holding area by hand")
        wholes = sum(group.is_whole for group in plan.groups)
        if self.whole_groups is not None and self.whole_groups != wholes:
            given = self.whole_groups
            raise ValueError(f"groups that would vanish whole: {wholes:,}, and not {given:,}")
        if self.whole_groups and self.way is Way.LINK:
            raise ValueError("a group that vanishes whole keeps nothing to link to")


def apply_removal(
    plan: RemovalPlan, options: RemovalOptions, *, dry_run: bool = False,
    progress: Progress | None = None, told: Told | None = None,
) -> RemovalOutcome:  # fmt: skip
    """Do what a plan says, as far as every file is what the plan says.

    Parameters
    ----------
    plan : RemovalPlan
    options : RemovalOptions
    dry_run : bool
        Do nothing; the lines say what would be done.
    progress : callable, optional
        Called as ``progress(done, total)`` before each file; what it raises ends the work, and what
        was done stays done, and is told.
    told : callable, optional
        Called with each line as soon as it is true.

    Raises
    ------
    BadPlan, ValueError
        If the plan, or an option, says what cannot be.
    StoreError
        If there can be no holding area; Locked if somebody else acts there.
    MissingExtra
        If the trash is asked for, and Send2Trash is not installed.
    """
    options.check(plan)
    area = HoldingArea(os.path.realpath(plan.root))
    lines: list[FileOutcome] = []
    with contextlib.ExitStack() as stack:
        mover = None
        if not dry_run:
            stack.enter_context(settled(area))
            mover = stack.enter_context(Mover(area, options.way, options.folder))
        run = _Run(plan, options, area.root, mover)
        for group, file in run.files:
            if progress is not None:
                progress(len(lines), len(run.files))
            try:
                line = run.line(group, file)
            except BaseException:
                if mover is not None and mover.end_at_once() and told is not None:
                    told(run.went(group, file))
                raise
            lines.append(line)
            if told is not None:
                told(line)
        name = mover.batch_name if mover is not None else ""
    return RemovalOutcome(area.root, name, tuple(lines), dry_run)


class _Run:
    """One plan being applied: judges each file, and has it moved."""

    def __init__(
        self, plan: RemovalPlan, options: RemovalOptions, root: str, mover: Mover | None
    ) -> None:
        self._options = options
        self._mover = mover
        self._guard = Guard(root, plan, options.protected)
        self._marks: dict[str, list[FileMark | str]] = {}
        self._stop = ""
        # A run for groups that vanish whole is about these alone; another passes them over aloud.
        groups = [g for g in plan.groups if g.is_whole or options.whole_groups is None]
        self.files = [(group, file) for group in groups for file in group.remove]

    def line(self, group: PlannedGroup, file: PlannedFile) -> FileOutcome:
        """Do with a file what is to be done; return what became of it."""
        found = self._stop or self._judged(group, file)
        if isinstance(found, str):
            return self._line(group, file, FileState.LEFT, found)
        if self._mover is None:
            return self.went(group, file)
        has_gone, reason = self._mover.put(group, file, found)
        if reason in FATAL:
            self._stop = reason
        return self.went(group, file, reason) if has_gone else self._left(group, file, reason)

    def went(self, group: PlannedGroup, file: PlannedFile, remark: str = "") -> FileOutcome:
        """Return the line of a file that went."""
        # Without a link it is held, all the same.
        state = FileState.HELD if remark == NO_LINK else STATE_OF[self._options.way]
        return self._line(group, file, state, remark)

    def _left(self, group: PlannedGroup, file: PlannedFile, reason: str) -> FileOutcome:
        return self._line(group, file, FileState.LEFT, reason)

    def _line(
        self, group: PlannedGroup, file: PlannedFile, state: FileState, reason: str
    ) -> FileOutcome:
        return FileOutcome(self._guard.path(file), file.bytes, state, reason, group.id)

    def _judged(self, group: PlannedGroup, file: PlannedFile) -> FileMark | str:
        """Return the marks of a file that may go, or why it may not."""
        if group.is_whole and self._options.whole_groups is None:
            return WHOLE
        refusal = self._guard.refusal(file)
        if refusal:
            return refusal
        if group.id not in self._marks:
            self._marks = {group.id: [self._guard.read(each) for each in group.keep]}
        marks = self._marks[group.id]
        problem = self._guard.kept_problem(group.keep, marks)
        if problem:
            return problem
        mark = self._guard.read(file)
        if isinstance(mark, str):
            return mark
        # Reading took its time; what is to stay is looked at once more.
        problem = self._guard.kept_problem(group.keep, marks) or self._unfit(group, file, mark)
        return problem or mark

    def _unfit(self, group: PlannedGroup, file: PlannedFile, mark: FileMark) -> str:
        """Return why a file cannot go the way that was chosen."""
        if self._options.way is Way.MOVE:
            return TAKEN if os.path.lexists(os.path.join(self._options.folder, file.path)) else ""
        if self._options.way is Way.LINK:
            twin = twin_of(group, file)
            if twin is None:
                return NOT_EQUAL
            kept = self._guard.look(twin)
            if isinstance(kept, FileMark) and kept.identity == mark.identity:
                return SAME_FILE
        return ""
