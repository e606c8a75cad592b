"""Random plans, acts and undos on real folders of two volumes, against a model of what is where."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from tests.removable import Facts, all_facts, facts_of, group_of, write

import sokkuri
from sokkuri.removal import FileState, HoldingArea, PlannedGroup, RemovalPlan

MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of its own is made there
NAMES = ["a", "青い服", "b c", "日本語 #1%", "x;y", "-dash", ".dot", "tab\tname"]
FOLDERS = ["", "inner", "内側/deep"]

FILE = st.tuples(
    st.sampled_from(FOLDERS), st.sampled_from(NAMES), st.integers(0, 2),
    st.sampled_from([0o644, 0o600, 0o755, 0o640, 0o444]), st.integers(1, 2**60),
)  # fmt: skip
"""Folder, name, content, mode and time of a picture."""

WAYS = st.sampled_from(["hold", "move", "link"])
PROTECTED = st.lists(st.sampled_from(FOLDERS[1:]), max_size=1)
KEEPS = st.lists(st.integers(0, 9), min_size=1, max_size=3)

pytestmark = pytest.mark.slow


class Removal(RuleBasedStateMachine):
    """A folder of pictures, and what is away of it: path to facts, both of them."""

    base: Path
    acts = 0

    plans = Bundle("plans")
    batches = Bundle("batches")

    @initialize(files=st.lists(FILE, min_size=6, max_size=16, unique_by=lambda file: file[:2]))
    def begin(self, files: list[tuple[str, str, int, int, int]]) -> None:
        self.place = Path(tempfile.mkdtemp(dir=self.base)).resolve()
        self.root = self.place / "photos"
        self.moved = self.place / "moved"
        self.root.mkdir()
        self.here: dict[Path, Facts] = {}
        self.away: dict[str, dict[Path, Facts]] = {}
        self.links: dict[tuple[str, Path], int] = {}
        for file in files:
            self.appear(file)

    def teardown(self) -> None:
        shutil.rmtree(self.place)

    @rule(file=FILE)
    def appear(self, file: tuple[str, str, int, int, int]) -> None:
        """Another file comes, or one is changed in place, as by any program."""
        folder, name, word, mode, mtime = file
        path = self.root / folder / f"{name}.png"
        if path in self.here:
            path.unlink()
        self.here[path] = facts_of(write(path, word, mode=mode, mtime=mtime))

    @rule(number=st.integers(0, 30))
    def vanish(self, number: int) -> None:
        """Somebody removes a file."""
        if self.here:
            path = self._file(number)
            path.unlink()
            del self.here[path]

    @rule(target=plans, keeps=KEEPS, spare=st.booleans())
    def plan(self, keeps: list[int], spare: bool) -> RemovalPlan:
        """Make a plan of what is equal now; it may be old when it is applied."""
        equal: dict[bytes, list[Path]] = {}
        for path, facts in sorted(self.here.items()):
            equal.setdefault(facts.data, []).append(path)
        groups: list[PlannedGroup] = []
        for number, paths in enumerate(equal.values()):
            kept = paths[keeps[number % len(keeps)] % len(paths)]
            gone = [path for path in paths if path != kept]
            groups.append(group_of(self.root, str(number), [kept], gone[spare:]))
        return RemovalPlan(str(self.root), tuple(groups))

    def _file(self, number: int) -> Path:
        return sorted(self.here)[number % len(self.here)]

    @rule(target=batches, keeps=KEEPS, way=WAYS)
    def apply_new(self, keeps: list[int], way: str) -> Any:
        return self.apply(self.plan(keeps, spare=False), way, [])

    @rule(target=batches, plan=consumes(plans), way=WAYS, protected=PROTECTED)
    def apply(self, plan: RemovalPlan, way: Any, protected: list[str]) -> Any:
        kept_in = [self.root / each for each in protected]
        asked: dict[str, Any] = {"folder": self.moved if way == "move" else None}
        asked["protected"] = kept_in
        foretold = sokkuri.apply_plan(plan, way, dry_run=True, **asked)
        self._see_all()
        done = sokkuri.apply_plan(plan, way, **asked)
        assert done.files == foretold.files
        digests = {each.path: each for group in plan.groups for each in group.remove}
        gone: dict[Path, Facts] = {}
        for line in done:
            path = Path(line.path)
            if line.is_left:
                continue
            facts = self.here.pop(path)
            planned = digests[str(path.relative_to(self.root))]
            assert planned.bytes == len(facts.data)
            assert facts.mode & 0o222  # what is read-only is left
            assert not any(path.is_relative_to(each) for each in kept_in)
            # A copy of it is here still.
            assert facts.data in {other.data for other in self.here.values()}
            gone[path] = facts
            if way == "link":  # what stands in its place is a file like any other
                self.here[path] = facts_of(path)
                assert self.here[path].data == facts.data
                self.links[done.batch, path] = self.here[path].inode
        Removal.acts += 1
        if not gone:
            assert done.batch == ""
            return multiple()
        self.away[done.batch] = gone
        return done.batch

    @rule(batch=consumes(batches))
    def undo_batch(self, batch: str) -> None:
        if batch not in self.away:  # all of it came back, or was removed for good
            with pytest.raises(sokkuri.NothingToUndo):
                sokkuri.undo(batch, folder=self.root)
            return
        self._undone(sokkuri.undo(batch, folder=self.root), batch)

    @rule(batch=batches, number=st.integers(0, 30))
    def undo_file(self, batch: str, number: int) -> None:
        """Bring one file back by its path; where that went twice, the last one comes."""
        gone = self.away.get(batch)
        if gone:
            path = sorted(gone)[number % len(gone)]
            last = next(name for name in reversed(self.away) if path in self.away[name])
            self._undone(sokkuri.undo(path, folder=self.root), last)

    @rule(batch=consumes(batches))
    def empty(self, batch: str) -> None:
        gone = self.away.pop(batch, None)
        if gone:
            (meant,) = (each for each in sokkuri.held(self.root) if each.name == batch)
            done = sokkuri.empty_holding([meant])
            assert {Path(line.path) for line in done} == set(gone)
            assert not done.left
            for path, facts in gone.items():
                if meant.head.way.value == "move":
                    where = self.moved / path.relative_to(self.root)
                    assert facts_of(where) == facts
                    where.unlink()

    def _undone(self, done: sokkuri.RemovalOutcome, batch: str) -> None:
        Removal.acts += 1
        for line in done:
            path = Path(line.path)
            is_link = path in self.here and self._is_link(batch, path)
            if line.state is FileState.RESTORED:
                assert is_link or path not in self.here  # nothing was overwritten
                self.here[path] = self.away[batch].pop(path)
            else:
                assert path in self.here
                assert not is_link
        if not self.away[batch]:
            del self.away[batch]

    def _is_link(self, batch: str, path: Path) -> bool:
        """Tell whether the link that a batch put in place of a file is there still, or again."""
        is_it = self.here[path].inode == self.links.get((batch, path))
        return is_it and self.here[path].data == self.away[batch][path].data

    def _see_all(self) -> None:
        """See that every file is where the model has it, with all that belongs to it."""
        assert self._found() == self.here
        held = [facts for batch in self.away.values() for facts in batch.values()]
        area = HoldingArea(str(self.root))
        there = all_facts(Path(area.path), self.moved)
        there = {path: facts for path, facts in there.items() if path.endswith(".png")}
        assert sorted(facts.inode for facts in there.values()) == sorted(f.inode for f in held)
        assert {facts.inode: facts for facts in there.values()} == {f.inode: f for f in held}

    def _found(self) -> dict[Path, Facts]:
        area = HoldingArea(str(self.root)).path
        found = {Path(path): facts for path, facts in all_facts(self.root).items()}
        return {path: facts for path, facts in found.items() if not path.is_relative_to(area)}

    @invariant()
    def all_is_where_it_should_be(self) -> None:
        if hasattr(self, "root"):
            self._see_all()


@pytest.mark.skipif(os.name != "posix", reason="modes and links as POSIX has them")
@pytest.mark.parametrize("volume", ["disk", "memory"])
def test_all_comes_back_as_it_was(volume: str, tmp_path: Path) -> None:
    if volume == "memory" and not MEMORY.is_dir():
        pytest.skip("NOT RUN: there is no file system in memory at /dev/shm")
    with tempfile.TemporaryDirectory(dir=MEMORY if volume == "memory" else tmp_path) as base:
        Removal.base, Removal.acts = Path(base), 0
        examples = int(os.environ.get("SOKKURI_TEST_REMOVALS", "60"))
        run_state_machine_as_test(
            Removal, settings=settings(max_examples=examples, stateful_step_count=40)
        )
        assert Removal.acts > 5 * examples
