"""What goes, what is left and why; each line of a plan's outcome."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.removable import all_facts, facts_of, files_under, group_of, picture, twins, write

import sokkuri
from sokkuri.errors import BadPlan, Locked, MissingExtra, StoreError
from sokkuri.pipeline import FileRecord, digest_file
from sokkuri.removal import FileState, HoldingArea, RemovalPlan, outcome, rename

posix = pytest.mark.skipif(os.name != "posix", reason="links and modes as POSIX has them")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return an empty folder of photos."""
    folder = (tmp_path / "photos").resolve()
    folder.mkdir()
    return folder


def _reasons(done: sokkuri.RemovalOutcome) -> dict[str, str]:
    return {os.path.basename(line.path): line.reason for line in done if line.is_left}


def _pair(root: Path, name: str = "1") -> tuple[Path, Path, RemovalPlan]:
    kept, gone = write(root / f"{name} kept.png", name), write(root / f"{name} gone.png", name)
    return kept, gone, RemovalPlan(str(root), (group_of(root, name, [kept], [gone]),))


def test_a_file_is_held_under_its_path_below_the_folder(root: Path) -> None:
    plan = twins(root, 2)
    before = all_facts(root)
    done = sokkuri.apply_plan(plan)
    assert [line.state for line in done] == [FileState.HELD] * 2
    assert (done.done, done.left, done.bytes) == (2, 0, 400)
    for group in plan.groups:
        (file,) = group.remove
        assert not (root / file.path).exists()
        place = root / ".sokkuri-holding" / done.batch / "files" / file.path
        assert facts_of(place) == before[str(root / file.path)]
    # Files of closed folders stay closed.
    assert os.name != "posix" or (root / ".sokkuri-holding").stat().st_mode & 0o777 == 0o700


def test_a_dry_run_tells_the_same_lines_and_touches_nothing(root: Path) -> None:
    plan = twins(root, 3)
    (root / "001.png").write_bytes(picture("other"))
    before = all_facts(root)
    foretold = sokkuri.apply_plan(plan, dry_run=True)
    assert all_facts(root) == before
    assert not (root / ".sokkuri-holding").exists()
    assert foretold.dry_run
    assert foretold.files == sokkuri.apply_plan(plan).files
    assert foretold.left == 1


@pytest.mark.parametrize("what", ["kept", "gone"])
@pytest.mark.parametrize("how", ["changed", "grown", "missing", "folder", "link"])
def test_both_files_must_be_what_they_were(root: Path, what: str, how: str) -> None:
    kept, gone, plan = _pair(root)
    _, _, other = _pair(root, "2")
    path, status = (kept if what == "kept" else gone), gone.stat()
    if how == "changed":  # with the same size and time, so that reading alone tells
        path.write_bytes(picture("x"))
        os.utime(path, ns=(status.st_mtime_ns, status.st_mtime_ns))
    elif how == "grown":
        path.write_bytes(picture("1") + b"more")
    else:
        path.rename(root / "elsewhere.png")
        if how == "folder":
            path.mkdir()
        elif how == "link" and os.name == "posix":
            path.symlink_to("elsewhere.png")
    before = all_facts(root)
    done = sokkuri.apply_plan(RemovalPlan(str(root), plan.groups + other.groups))
    first, second = done
    assert first.is_left
    why = {"missing": "gone", "folder": "link or a folder", "link": "link or a folder"}
    assert why.get(how, "has changed") in first.reason or os.name != "posix"
    assert (kept.name in first.reason) is (what == "kept")
    assert second.state is FileState.HELD  # and the rest goes on
    assert {p: f for p, f in all_facts(root).items() if "/2 gone" not in p}.items() >= {
        p: f for p, f in before.items() if "/2 gone" not in p
    }.items()


def test_a_group_goes_whole_by_its_own_act_alone(root: Path) -> None:
    _, _, usual = _pair(root)
    several = [write(root / f"{n}.png", "whole") for n in range(3)]
    plan = RemovalPlan(str(root), (*usual.groups, group_of(root, "whole", [], several)))
    done = sokkuri.apply_plan(plan)
    assert _reasons(done) == {f"{n}.png": outcome.WHOLE for n in range(3)}
    with pytest.raises(ValueError, match="vanish whole: 1, and not 2"):
        sokkuri.apply_plan(plan, whole_groups=2)
    with pytest.raises(ValueError, match="nothing to link to"):
        sokkuri.apply_plan(plan, "link", whole_groups=1)
    sokkuri.undo()
    named = sokkuri.apply_plan(plan, whole_groups=1)
    assert [os.path.basename(line.path) for line in named] == ["0.png", "1.png", "2.png"]
    assert (named.done, (root / "1 gone.png").exists()) == (3, True)


def test_protected_folders_keep_theirs(root: Path) -> None:
    kept = write(root / "a.png", 1)
    several = [write(root / name, 1) for name in ("raw/b.png", "mine/deep/c.png", "minew/d.png")]
    plan = RemovalPlan(str(root), (group_of(root, "1", [kept], several),), ("raw",))
    done = sokkuri.apply_plan(plan, protected=[root / "mine"])
    assert _reasons(done) == {"b.png": outcome.PROTECTED, "c.png": outcome.PROTECTED}
    assert done.done == 1


@posix
def test_nothing_outside_the_folder(root: Path, tmp_path: Path) -> None:
    kept = write(root / "a.png", 1)
    write(tmp_path / "outside/b.png", 1)
    (root / "way out").symlink_to(tmp_path / "outside")
    plan = RemovalPlan(str(root), (group_of(root, "1", [kept], [root / "way out/b.png"]),))
    assert _reasons(sokkuri.apply_plan(plan)) == {"b.png": outcome.OUTSIDE}
    back = RemovalPlan(str(root), (group_of(root, "1", [root / "way out/b.png"], [kept]),))
    assert outcome.OUTSIDE in _reasons(sokkuri.apply_plan(back))["a.png"]
    assert not HoldingArea(str(root)).exists


def test_what_is_held_cannot_go_once_more(root: Path) -> None:
    kept, _, plan = _pair(root)
    done = sokkuri.apply_plan(plan)
    held = root / ".sokkuri-holding" / done.batch / "files/1 gone.png"
    again = RemovalPlan(str(root), (group_of(root, "1", [kept], [held]),))
    assert _reasons(sokkuri.apply_plan(again)) == {"1 gone.png": outcome.HELD_ALREADY}


@posix
def test_a_copy_always_stays(root: Path) -> None:
    """A second name may be of the very file that is kept; where it is its only one, it stays."""
    kept = write(root / "a.png", 1)
    (root / "inner").mkdir()
    (root / "again").symlink_to("inner")
    one = write(root / "inner/b.png", 1)
    plan = RemovalPlan(str(root), (group_of(root, "1", [one], [root / "again/b.png"]),))
    assert _reasons(sokkuri.apply_plan(plan, dry_run=True)) == {"b.png": outcome.SAME_FILE}
    assert _reasons(sokkuri.apply_plan(plan)) == {"b.png": outcome.SAME_FILE}
    os.link(kept, root / "c.png")
    linked = RemovalPlan(str(root), (group_of(root, "1", [kept], [root / "c.png"]),))
    assert _reasons(sokkuri.apply_plan(linked, "link")) == {"c.png": outcome.SAME_FILE}
    assert sokkuri.apply_plan(linked).done == 1
    assert kept.exists()


@posix
def test_names_that_the_file_system_takes_for_one(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if a.png were A.PNG, and a third name kept its count of links above one."""
    kept, gone, plan = _pair(root)
    before = all_facts(root)
    real = rename.rename_new

    def both(source: str, target: str) -> None:
        real(source, target)
        if source == str(gone):
            kept.rename(root / "hidden")
        elif target == str(gone):
            (root / "hidden").rename(kept)

    monkeypatch.setattr("sokkuri.removal.mover.rename_new", both)
    assert _reasons(sokkuri.apply_plan(plan)) == {gone.name: outcome.SAME_FILE}
    assert all_facts(root) == before


def test_a_kept_file_that_changes_while_the_other_is_read(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, gone, plan = _pair(root)

    def reading(path: str) -> FileRecord:
        if path == str(gone):
            kept.write_bytes(picture("x"))
        return digest_file(path)

    monkeypatch.setattr("sokkuri.removal.check.digest_file", reading)
    (line,) = sokkuri.apply_plan(plan)
    assert (line.state, line.reason.count(outcome.CHANGED)) == (FileState.LEFT, 1)


def test_a_file_that_is_swapped_between_reading_and_moving_comes_back(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, gone, plan = _pair(root)
    real = rename.make_folders

    def swapping(folder: str) -> None:
        real(folder)
        (root / "new").write_bytes(picture("quite another"))
        (root / "new").replace(gone)

    monkeypatch.setattr("sokkuri.removal.mover.make_folders", swapping)
    assert _reasons(sokkuri.apply_plan(plan)) == {gone.name: outcome.CHANGED}
    assert gone.read_bytes() == picture("quite another")
    assert not HoldingArea(str(root)).exists


@posix
def test_what_is_read_only_is_left(root: Path) -> None:
    kept = write(root / "a.png", 1)
    gone = write(root / "b.png", 1, mode=0o444)
    plan = RemovalPlan(str(root), (group_of(root, "1", [kept], [gone]),))
    assert _reasons(sokkuri.apply_plan(plan)) == {"b.png": outcome.READ_ONLY}


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="root drops rights")
def test_a_closed_folder_keeps_its_files() -> None:
    # Not below the folder of all tests, which other runs keep closed to other users.
    with tempfile.TemporaryDirectory() as place:
        root = Path(place).resolve()
        kept, gone = write(root / "a.png", 1), write(root / "closed/b.png", 1)
        second = write(root / "c.png", 1)
        plan = RemovalPlan(str(root), (group_of(root, "1", [kept], [gone, second]),))
        plan.save(root / "plan.json")
        (root / "closed").chmod(0o555)
        root.chmod(0o777)
        # Everything that is imported late must be there before the rights are gone.
        code = (
            "import os, sys; import filelock, platformdirs, sokkuri;"
            "sokkuri.apply_plan(sys.argv[1], dry_run=True); os.setgid(65534); os.setuid(65534);"
            "print(*sokkuri.apply_plan(sys.argv[1]).files, sep='\\n')"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, root / "plan.json"], capture_output=True, text=True,
            check=False, timeout=60, env={**os.environ, "SOKKURI_LIBRARIES": str(root / "kept")},
        )  # fmt: skip
    assert done.stdout.count(outcome.CLOSED) == 1, done.stderr
    assert done.stdout.count("held") == 1


class _Refusing:
    """Stands for a rename that the system refuses for one file."""

    def __init__(self, error: OSError, name: str) -> None:
        self.error, self.name, self.real = error, name, rename._rename

    def __call__(self, source: str, target: str) -> None:
        if os.path.basename(source) == self.name and ".sokkuri-holding" not in source:
            raise self.error
        self.real(source, target)


def _in_use() -> OSError:
    error = PermissionError(13, "sharing violation")
    error.winerror = 32  # type: ignore[attr-defined]
    return error


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (_in_use(), outcome.IN_USE),
        (OSError(18, "Invalid cross-device link"), outcome.OTHER_VOLUME),
        (OSError(30, "Read-only file system"), outcome.READ_ONLY),
        (OSError(16, "Device or resource busy"), outcome.IN_USE),
        (OSError(5, "Input/output error"), "input/output error"),
    ],
)
def test_what_the_system_refuses_has_its_line(
    root: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, reason: str
) -> None:
    plan = twins(root, 3)
    before = all_facts(root)
    monkeypatch.setattr(rename, "_rename", _Refusing(error, "001 copy.png"))
    done = sokkuri.apply_plan(plan)
    assert _reasons(done) == {"001 copy.png": reason}
    assert done.done == 2
    monkeypatch.undo()
    sokkuri.undo(done.batch)
    assert all_facts(root) == before


def test_another_volume_below_the_folder(root: Path) -> None:
    kept, place = write(root / "a.png", 1), root / "other"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "none", str(place)]
    if sys.platform != "linux" or os.geteuid() or subprocess.run(mount, check=False).returncode:
        pytest.skip("NOT RUN: no file system can be mounted here")
    try:
        gone, near = write(place / "b.png", 1), write(root / "c.png", 1)
        plan = RemovalPlan(str(root), (group_of(root, "1", [kept], [gone, near]),))
        done = sokkuri.apply_plan(plan)
        assert _reasons(done) == {"b.png": outcome.OTHER_VOLUME}
        assert done.done == 1
        own = RemovalPlan(str(place), (group_of(place, "1", [], [gone]),))
        assert sokkuri.apply_plan(own, whole_groups=1).done == 1
        moved = sokkuri.apply_plan(plan, "move", folder=place / "moved")
        assert {line.reason for line in moved} == {outcome.GONE}
    finally:
        subprocess.run(["umount", str(place)], check=True)


def test_moving_takes_no_name_from_another(root: Path, tmp_path: Path) -> None:
    plan = twins(root, 2)
    before = all_facts(root)
    taken = write(tmp_path / "moved/内側/001 copy.png", "mine")
    done = sokkuri.apply_plan(plan, "move", folder=tmp_path / "moved")
    assert [line.state for line in done] == [FileState.MOVED, FileState.LEFT]
    assert _reasons(done) == {"001 copy.png": outcome.TAKEN}
    assert taken.read_bytes() == picture("mine")
    # What is no longer the file that was moved does not come back in its name.
    moved = tmp_path / "moved/内側/000 copy.png"
    moved.rename(tmp_path / "aside")
    write(moved, "another")
    assert _reasons(sokkuri.undo()) == {"000 copy.png": outcome.MISPLACED}
    (tmp_path / "aside").replace(moved)
    assert sokkuri.undo().done == 1
    assert all_facts(root) == before


@posix
def test_a_link_stands_for_equal_bytes_alone(root: Path) -> None:
    plan = twins(root, 1)
    before = all_facts(root)
    unlike = group_of(root, "x", [write(root / "p.png", "p")], [write(root / "q.png", "q")])
    done = sokkuri.apply_plan(RemovalPlan(str(root), (*plan.groups, unlike)), "link")
    assert [line.state for line in done] == [FileState.LINKED, FileState.LEFT]
    assert _reasons(done) == {"q.png": outcome.NOT_EQUAL}
    kept, link = root / "000.png", root / "内側/000 copy.png"
    assert kept.read_bytes() == link.read_bytes()
    # The kept file, and with it the link, is changed in place: nothing is lost by an undo.
    with open(kept, "r+b") as file:
        file.write(b"more")
    sokkuri.undo()
    now = all_facts(root)
    assert now[str(link)] == before[str(link)]
    assert kept.read_bytes().startswith(b"more")


@posix
def test_no_link_no_removal(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = twins(root, 1)
    before = all_facts(root)

    def refusing(*_: object, **__: object) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refusing)
    assert _reasons(sokkuri.apply_plan(plan, "link")) == {"000 copy.png": outcome.NO_LINK}
    assert all_facts(root) == before


def test_the_trash_is_the_systems(
    root: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    plan = twins(root, 2)
    (tmp_path / "trash").mkdir()

    def send(path: str) -> None:
        if path.endswith("001 copy.png"):
            raise PermissionError(13, "Permission denied", path)
        os.rename(path, tmp_path / "trash" / os.path.basename(path))

    monkeypatch.setitem(sys.modules, "send2trash", None)
    with pytest.raises(MissingExtra, match="trash"):
        sokkuri.apply_plan(plan, "trash")
    module: Any = types.ModuleType("send2trash")
    module.send2trash = send
    monkeypatch.setitem(sys.modules, "send2trash", module)
    done = sokkuri.apply_plan(plan, "trash")
    assert [line.state for line in done] == [FileState.TRASHED, FileState.LEFT]
    assert _reasons(done) == {"001 copy.png": outcome.CLOSED}
    back = sokkuri.undo()
    assert _reasons(back) == {"000 copy.png": outcome.IN_TRASH}
    assert len(list(files_under(tmp_path / "trash"))) == 1
    sokkuri.empty_holding(sokkuri.held(root))  # which takes the note away, and nothing else
    assert len(list(files_under(tmp_path / "trash"))) == 1
    assert not HoldingArea(str(root)).exists


def test_one_acts_at_a_time(root: Path) -> None:
    plan = twins(root, 1)
    area = HoldingArea(str(root))
    with area.lock(), pytest.raises(Locked), area.lock(wait=0):
        pass
    assert not area.exists
    assert sokkuri.apply_plan(plan).done == 1


@posix
def test_a_holding_area_that_is_a_link_is_refused(root: Path, tmp_path: Path) -> None:
    plan = twins(root, 1)
    (tmp_path / "elsewhere").mkdir()
    (root / ".sokkuri-holding").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreError, match="is a link"):
        sokkuri.apply_plan(plan)
    assert os.listdir(tmp_path / "elsewhere") == []


def test_options_that_cannot_be(root: Path) -> None:
    plan = twins(root, 1)
    for way, folder in (("move", None), ("hold", root / "x")):
        with pytest.raises(ValueError, match="`folder`"):
            sokkuri.apply_plan(plan, way, folder=folder)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="holding area by hand"):
        sokkuri.apply_plan(plan, "move", folder=root / ".sokkuri-holding/x")
    with pytest.raises(BadPlan, match="not there"):
        sokkuri.apply_plan(RemovalPlan(str(root / "gone"), plan.groups))


def _stopping_at(number: int) -> Callable[[int, int | None], None]:
    def progress(done: int, _total: int | None) -> None:
        if done == number:
            raise KeyboardInterrupt

    return progress


def test_work_that_is_stopped_keeps_what_is_done(root: Path) -> None:
    plan = twins(root, 4)
    before, told = all_facts(root), list[sokkuri.FileOutcome]()
    with pytest.raises(KeyboardInterrupt):
        sokkuri.apply_plan(plan, progress=_stopping_at(2), told=told.append)
    assert [line.state for line in told] == [FileState.HELD] * 2
    assert len(sokkuri.held(root)[0].away) == 2
    with pytest.raises(KeyboardInterrupt):
        sokkuri.undo(progress=_stopping_at(1), told=told.append)
    assert [line.state for line in told][2:] == [FileState.RESTORED]
    assert sokkuri.undo().done == 1
    assert all_facts(root) == before


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_rename_that_is_interrupted_is_told_as_it_ended(
    root: Path, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    plan = twins(root, 2)
    before, told, real = all_facts(root), list[sokkuri.FileOutcome](), rename.rename_new

    def interrupted(source: str, target: str) -> None:
        if when == "after":
            real(source, target)
        raise KeyboardInterrupt

    monkeypatch.setattr("sokkuri.removal.mover.rename_new", interrupted)
    with pytest.raises(KeyboardInterrupt):
        sokkuri.apply_plan(plan, told=told.append)
    assert [line.state for line in told] == [FileState.HELD] * (when == "after")
    if when == "after":
        assert sokkuri.undo(folder=root).done == 1
    assert all_facts(root) == before


def test_every_file_is_read_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def reading(path: str) -> FileRecord:
        read.append(path)
        return digest_file(path)

    monkeypatch.setattr("sokkuri.removal.check.digest_file", reading)
    plan = twins(root, 2)
    sokkuri.apply_plan(plan)
    assert sorted(map(os.path.basename, read)) == [
        "000 copy.png", "000.png", "001 copy.png", "001.png"
    ]  # fmt: skip
