"""Every moment at which an act on files can be cut short, one after the other.

Run as a script by ``test_removal_kills.py``: a process of its own, without threads, can fork.  The
child does something and dies before its Nth call to the system; the parent sees that no file is
lost or doubled, starts again, and sees that all can still be put back as it was.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.removable import Facts, all_facts, files_under, twins

from sokkuri.removal import (
    HoldingArea,
    RemovalOptions,
    RemovalPlan,
    Way,
    apply_removal,
    batches_in,
    empty,
    rename,
    restore,
)
from sokkuri.removal.journal import BEGUN
from sokkuri.removal.settle import settled

CALLS = ("write", "fsync", "mkdir", "rmdir", "link", "unlink", "rename", "replace", "ftruncate")
PAIRS = 2


def _die_before(number: int) -> None:
    """Let the process die before it changes the disk for the Nth time from now on."""
    left = number

    def counted(call: Callable[..., Any]) -> Callable[..., Any]:
        def dying(*words: Any, **more: Any) -> Any:
            nonlocal left
            if left == 0:
                os._exit(9)
            left -= 1
            return call(*words, **more)

        return dying

    for name in CALLS:
        setattr(os, name, counted(getattr(os, name)))
    rename._rename = counted(rename._rename)


def _cut(act: Callable[[], object], number: int) -> bool:
    """Do something in a child that dies at its Nth call; return True if it was done before."""
    child = os.fork()
    if not child:
        _die_before(number)
        act()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    assert code in (0, 9), code
    return code == 0


def _undo_all(root: Path) -> None:
    for batch in batches_in([HoldingArea(str(root))]):
        done = restore(batch, {entry.path for entry in batch.away})
        assert done.left == 0, done


def _check(before: dict[str, Facts], gone: set[int], *folders: Path, doubled: bool) -> None:
    """see that every file that was to go is in one place (of two steps, under two names)."""
    found = Counter(path.lstat().st_ino for path in files_under(*folders))
    for inode in gone:
        assert found[inode] == 1 or (doubled and found[inode] == 2), (inode, found)
    kept = {path: facts for path, facts in before.items() if facts.inode not in gone}
    now = all_facts(*folders)
    assert kept.items() <= now.items()


def main(place: Path, way: Way, act: str, *, by_links: bool) -> int:
    """Cut an act at every moment; return how many there were."""
    if by_links:
        rename._exclusive_rename = lambda: None  # type: ignore[assignment]
    root, folder = place / "photos", place / "moved"
    options = RemovalOptions(way, str(folder) if way is Way.MOVE else "")
    number = 0
    while True:
        shutil.rmtree(place, ignore_errors=True)
        plan = twins(root, PAIRS)
        before = all_facts(place)
        gone = {before[str(root / file.path)].inode for g in plan.groups for file in g.remove}
        if act != "apply":
            apply_removal(plan, options)
        is_done = _cut(lambda plan=plan: _act(act, plan, options, root), number)  # type: ignore[misc]
        if act == "empty":
            _check_emptied(root, before, gone)
        else:
            _check(before, gone, place, doubled=by_links)
        with settled(HoldingArea(str(root))):
            pass
        stages = [e.stage for batch in HoldingArea(str(root)).batches() for e in batch.entries]
        assert not BEGUN.intersection(stages), stages
        if act != "empty":
            _check(before, gone, place, doubled=False)
            _undo_all(root)
            assert all_facts(place) == before
            assert not HoldingArea(str(root)).exists
        if is_done:
            return number
        number += 1


def _act(act: str, plan: RemovalPlan, options: RemovalOptions, root: Path) -> None:
    if act == "apply":
        apply_removal(plan, options)
    elif act == "restore":
        _undo_all(root)
    else:
        empty(batches_in([HoldingArea(str(root))]))


def _check_emptied(root: Path, before: dict[str, Facts], gone: set[int]) -> None:
    """See that what was agreed to be removed for good is held or gone, and all else is there."""
    kept = {path: facts for path, facts in before.items() if facts.inode not in gone}
    assert kept.items() <= all_facts(root).items()
    found = Counter(path.lstat().st_ino for path in files_under(root))
    assert all(found[inode] <= 1 for inode in gone)


if __name__ == "__main__":
    where, chosen_way, chosen_act, links = sys.argv[1:]
    moments = main(Path(where).resolve(), Way(chosen_way), chosen_act, by_links=links == "links")
    sys.stdout.write(f"{moments}\n")
