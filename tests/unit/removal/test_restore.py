"""The way back: what comes, what is left where it is held, and what is found of a lost journal."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.removable import all_facts, facts_of, group_of, picture, twins, write

import sokkuri
from sokkuri.errors import NewerFormat, NothingToUndo, SokkuriError
from sokkuri.removal import HoldingArea, RemovalPlan, journal, outcome, register, rename
from sokkuri.removal.journal import Entry, Head, Journal, Stage, read_journal
from sokkuri.removal.outcome import Way

posix = pytest.mark.skipif(os.name != "posix", reason="links as POSIX has them")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder of photos, with a data directory of its own."""
    monkeypatch.setenv("SOKKURI_LIBRARIES", str(tmp_path / "libraries"))
    folder = (tmp_path / "photos").resolve()
    folder.mkdir()
    return folder


def test_an_undo_leaves_no_trace(root: Path) -> None:
    plan = twins(root, 3)
    before = all_facts(root)
    sokkuri.apply_plan(plan)
    done = sokkuri.undo()
    assert (done.done, done.left, done.root) == (3, 0, str(root))
    assert all_facts(root) == before
    assert not HoldingArea(str(root)).exists
    assert list(register.known_roots()) == []


def test_a_name_that_is_taken_is_left_to_who_has_it(root: Path) -> None:
    plan = twins(root, 2)
    before = all_facts(root)
    sokkuri.apply_plan(plan)
    mine = write(root / "内側/001 copy.png", "mine")
    facts = facts_of(mine)
    done = sokkuri.undo()
    assert [line.reason for line in done if line.is_left] == [outcome.TAKEN]
    assert facts_of(mine) == facts
    mine.unlink()
    assert sokkuri.undo().done == 1
    assert all_facts(root) == before


def test_a_name_that_is_taken_at_the_last_moment(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look and the rename; only a rename that overwrites nothing can tell."""
    plan = twins(root, 1)
    sokkuri.apply_plan(plan)
    real = rename.make_folders

    def taking(folder: str) -> None:
        real(folder)
        write(root / "内側/000 copy.png", "mine")

    monkeypatch.setattr("sokkuri.removal.restoration.make_folders", taking)
    assert [line.reason for line in sokkuri.undo()] == [outcome.TAKEN]
    assert (root / "内側/000 copy.png").read_bytes() == picture("mine")
    assert len(sokkuri.held(root)[0].away) == 1


@posix
@pytest.mark.parametrize("replaced", ["same bytes", "other bytes"])
def test_another_file_in_the_place_of_a_link_stays(root: Path, replaced: str) -> None:
    plan = twins(root, 1)
    before = all_facts(root)
    sokkuri.apply_plan(plan, "link")
    place = root / "内側/000 copy.png"
    # Written before the link goes, so that it cannot get the same inode.
    mine = write(root / "mine", "0" if replaced == "same bytes" else "mine")
    if replaced == "same bytes":
        assert mine.read_bytes() == place.read_bytes()
    mine.replace(place)
    facts = facts_of(place)
    assert [line.reason for line in sokkuri.undo()] == [outcome.LINK_CHANGED]
    assert facts_of(place) == facts
    place.unlink()
    sokkuri.undo()
    assert all_facts(root) == before


@pytest.mark.parametrize("changed", [False, True])
def test_a_clone_in_the_place_of_a_file(
    root: Path, monkeypatch: pytest.MonkeyPatch, changed: bool
) -> None:
    """On Btrfs, XFS and APFS; what a clone is there, a copy is elsewhere but for its room."""

    def cloned(source: str, target: str) -> bool:
        shutil.copy2(source, target)
        return True

    monkeypatch.setattr(rename, "_cloned", cloned)
    plan = twins(root, 1)
    before = all_facts(root)
    assert sokkuri.apply_plan(plan, "link").done == 1
    kept, clone = root / "000.png", root / "内側/000 copy.png"
    assert clone.read_bytes() == kept.read_bytes()
    assert clone.stat().st_ino != kept.stat().st_ino
    if changed:
        clone.write_bytes(picture("edited"))
        assert [line.reason for line in sokkuri.undo()] == [outcome.LINK_CHANGED]
        assert clone.read_bytes() == picture("edited")
        clone.unlink()
    assert sokkuri.undo().done == 1
    assert all_facts(root) == before


def test_folders_that_are_gone_are_made_again(root: Path) -> None:
    plan = twins(root, 1)
    before = all_facts(root)
    sokkuri.apply_plan(plan)
    (root / "内側").rmdir()
    assert sokkuri.undo().done == 1
    assert all_facts(root) == before


@posix
def test_a_folder_that_leads_outside_now_gets_nothing(root: Path, tmp_path: Path) -> None:
    sokkuri.apply_plan(twins(root, 1))
    (root / "内側").rmdir()
    (tmp_path / "outside").mkdir()
    (root / "内側").symlink_to(tmp_path / "outside")
    assert [line.reason for line in sokkuri.undo()] == [outcome.OUTSIDE]
    assert os.listdir(tmp_path / "outside") == []


def test_a_file_that_changed_while_it_was_held_comes_back_as_it_is(root: Path) -> None:
    sokkuri.apply_plan(twins(root, 1))
    (held,) = sokkuri.held(root)[0].away
    Path(held.place).write_bytes(b"edited")
    (line,) = sokkuri.undo()
    assert (line.state, line.reason) == ("restored", outcome.CHANGED_HELD)
    assert (root / held.path).read_bytes() == b"edited"


def test_a_file_that_left_the_holding_area_by_hand(root: Path) -> None:
    plan = twins(root, 2)
    before = all_facts(root)
    sokkuri.apply_plan(plan)
    held = sokkuri.held(root)[0].away[0]
    os.rename(held.place, root / held.path)  # as a person without sokkuri would do it
    done = sokkuri.undo()
    assert sorted(line.reason for line in done) == ["", outcome.MISPLACED]
    assert {p: f for p, f in all_facts(root).items() if ".sokkuri" not in p} == before


def test_batches_files_and_the_last(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, *several = (write(root / f"{n}.png", 1) for n in range(5))
    names = [
        sokkuri.apply_plan(RemovalPlan(str(root), (group_of(root, "1", [kept], two),))).batch
        for two in (several[:2], several[2:])
    ]
    assert [batch.name for batch in sokkuri.held(root)] == names[::-1]
    assert [os.path.basename(line.path) for line in sokkuri.undo()] == ["4.png", "3.png"]
    monkeypatch.chdir(root)
    assert [os.path.basename(line.path) for line in sokkuri.undo("1.png")] == ["1.png"]
    assert sokkuri.undo(names[0], folder=root).done == 1
    with pytest.raises(NothingToUndo, match="no file is held"):
        sokkuri.undo()
    with pytest.raises(NothingToUndo, match="nothing of it is held"):
        sokkuri.undo(folder=root)


def test_of_a_path_that_went_twice_the_last_comes_back(root: Path) -> None:
    kept, gone = write(root / "a.png", 1), write(root / "b.png", 1)
    plan = RemovalPlan(str(root), (group_of(root, "1", [kept], [gone]),))
    sokkuri.apply_plan(plan)
    second = facts_of(write(gone, 1, mode=0o600))
    sokkuri.apply_plan(plan)
    sokkuri.undo(gone)
    assert facts_of(gone) == second
    with pytest.raises(NothingToUndo, match="no batch is called so"):
        sokkuri.undo(root / "never.png")


def test_areas_are_found_from_below_and_by_the_register(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sokkuri.apply_plan(twins(root, 1))
    assert list(register.known_roots()) == [str(root)]
    monkeypatch.setenv("SOKKURI_LIBRARIES", str(tmp_path / "another"))
    with pytest.raises(NothingToUndo):
        sokkuri.undo()
    (root / "内側/deep").mkdir()
    monkeypatch.chdir(root / "内側/deep")
    assert sokkuri.undo().done == 1


def test_a_folder_that_moved_takes_its_holding_area_along(root: Path, tmp_path: Path) -> None:
    before = all_facts(root) or (twins(root, 1) and all_facts(root))
    plan = RemovalPlan(
        str(root), (group_of(root, "1", [root / "000.png"], [root / "内側/000 copy.png"]),)
    )
    sokkuri.apply_plan(plan)
    root.rename(tmp_path / "moved")
    assert sokkuri.undo(folder=tmp_path / "moved").done == 1
    (tmp_path / "moved").rename(root)
    assert all_facts(root) == before


def test_emptying_removes_what_was_counted_and_nothing_else(root: Path) -> None:
    kept, *several = (write(root / f"{n}.png", 1) for n in range(4))
    plans = [RemovalPlan(str(root), (group_of(root, "1", [kept], [path]),)) for path in several]
    sokkuri.apply_plan(plans[0])
    counted = sokkuri.held(root)
    sokkuri.apply_plan(plans[1])
    done = sokkuri.empty_holding(counted)
    assert [(line.path, line.state) for line in done] == [(str(several[0]), "emptied")]
    assert len(sokkuri.held(root)) == 1
    with pytest.raises(NothingToUndo):
        sokkuri.undo(several[0])
    with pytest.raises(SokkuriError, match="held any more"):
        sokkuri.empty_holding(counted)
    sokkuri.empty_holding(sokkuri.held(root))
    assert os.listdir(root) == ["0.png", "3.png"] or sorted(os.listdir(root)) == ["0.png", "3.png"]


def test_a_full_disk_can_be_emptied(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which is what one empties a holding area for: the journal has to do without its lines."""
    sokkuri.apply_plan(twins(root, 3))
    held = sokkuri.held(root)
    append, unlink = Journal._append, os.unlink
    removed: list[str] = []

    def refusing(self: Journal, fields: Mapping[str, object], *, sync: bool = True) -> None:
        if len(removed) < 2:
            raise OSError(28, "No space left on device")
        append(self, fields, sync=sync)

    def unlinking(path: str, **how: Any) -> None:
        unlink(path, **how)
        removed.append(path)

    monkeypatch.setattr(Journal, "_append", refusing)
    monkeypatch.setattr(os, "unlink", unlinking)
    assert [line.state for line in sokkuri.empty_holding(held)] == ["emptied"] * 3
    assert not HoldingArea(str(root)).exists


def test_files_of_a_lost_journal_are_found_by_their_places(root: Path) -> None:
    plan = twins(root, 3)
    before = all_facts(root)
    sokkuri.apply_plan(plan)
    (file,) = root.rglob("journal.jsonl")
    file.unlink()
    assert len(sokkuri.held(root)[0].away) == 3
    assert sokkuri.undo().done == 3
    assert all_facts(root) == before


def test_a_journal_of_a_later_version_is_left_alone(root: Path) -> None:
    sokkuri.apply_plan(twins(root, 1))
    (file,) = root.rglob("journal.jsonl")
    file.write_bytes(journal._line_of({"schema": 2, "batch": "x", "at": 1, "way": "?"}))
    with pytest.raises(NewerFormat, match="version 2"):
        sokkuri.undo(folder=root)


def test_lines_of_a_journal(tmp_path: Path) -> None:
    path, files = str(tmp_path / "journal.jsonl"), str(tmp_path / "files")
    head = Head("name", 7, Way.LINK)
    name = os.fsdecode(b"\xff.png") if os.name == "posix" else "ff.png"
    entry = Entry(1, name, os.path.join(files, name), 5, 9, b"d" * 32, "g", "kept.png")
    with Journal.create(path, head) as lines:
        lines.begin(entry, name)
        lines.note(entry, Stage.PUT)
    with open(path, "ab") as file:
        file.write(b'{"crc":"00000000","file":1')  # torn
    found, entries = read_journal(path, files)
    assert found == head
    assert entries == {1: replace(entry, stage=Stage.PUT)}
    with Journal(path) as lines:
        lines.note(entry, Stage.BACK)
    assert read_journal(path, files)[1][1].stage is Stage.BACK
    assert Path(path).read_bytes().count(b"\n") == 4


@posix
@pytest.mark.parametrize("act", ["apply", "undo"])
def test_every_step_is_on_the_disk_before_the_next(
    root: Path, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    """Line, sync, rename, both folders synced, line, sync: a power cut finds what a kill does."""
    plan = twins(root, 1)
    if act == "undo":
        sokkuri.apply_plan(plan)
    steps: list[str] = []
    write_, fsync, real = os.write, os.fsync, rename._rename

    def writing(handle: int, data: bytes) -> int:
        if b'"stage"' in data:
            steps.append("line " + str(data).partition('"stage":"')[2].partition('"')[0])
        return write_(handle, data)

    def syncing(handle: int) -> None:
        target = os.readlink(f"/proc/self/fd/{handle}") if os.path.isdir("/proc/self/fd") else ""
        steps.append(f"sync {os.path.basename(target)}")
        fsync(handle)

    def renaming(source: str, target: str) -> None:
        steps.append("rename")
        real(source, target)

    monkeypatch.setattr(os, "write", writing)
    monkeypatch.setattr(os, "fsync", syncing)
    monkeypatch.setattr(rename, "_rename", renaming)
    assert (sokkuri.apply_plan(plan) if act == "apply" else sokkuri.undo()).done == 1
    if not os.path.isdir("/proc/self/fd"):
        pytest.skip("NOT RUN: this system does not tell which file is synced")
    begun, done = ("putting", "put") if act == "apply" else ("backing", "back")
    start = steps.index(f"line {begun}")
    assert steps[start : start + 7] == [
        f"line {begun}", "sync journal.jsonl", "rename", "sync 内側", "sync 内側",
        f"line {done}", "sync journal.jsonl",
    ]  # fmt: skip


@posix
def test_a_rename_overwrites_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = write(tmp_path / "1", 1), write(tmp_path / "2", 2)
    for _ in range(2):
        with pytest.raises(FileExistsError):
            rename.rename_new(str(one), str(two))
        assert two.read_bytes() == picture(2)
        rename.rename_new(str(one), str(tmp_path / "3"))
        assert not one.exists()
        (tmp_path / "3").rename(one)
        monkeypatch.setattr(rename, "_exclusive_rename", lambda: None)

    def refusing(*_: object, **__: object) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refusing)
    with pytest.raises(OSError, match="overwrites nothing") as error:
        rename.rename_new(str(one), str(tmp_path / "3"))
    assert outcome.reason_of(error.value) == outcome.UNSAFE
    assert one.exists()
