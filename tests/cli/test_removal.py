"""``sokkuri apply``, ``undo`` and ``holding``: lines, exit codes, questions, Ctrl-C."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.cli.terminal import Seen, run_in_terminal
from tests.removable import all_facts, group_of, picture, twins, write

from sokkuri.removal import RemovalPlan

Runner = Callable[..., "subprocess.CompletedProcess[bytes]"]

posix = pytest.mark.skipif(os.name != "posix", reason="terminals as POSIX has them")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder of three pairs, with ``plan.json`` beside it."""
    monkeypatch.setenv("SOKKURI_LIBRARIES", str(tmp_path / "libraries"))
    root = (tmp_path / "photos").resolve()
    twins(root, 3).save(tmp_path / "plan.json")
    return root


@pytest.fixture
def plan(root: Path) -> Path:
    """Return the plan about them."""
    return root.parent / "plan.json"


def _json(done: subprocess.CompletedProcess[bytes]) -> Any:
    return json.loads(done.stdout)


def test_apply_and_undo(sokkuri: Runner, root: Path, plan: Path) -> None:
    before = all_facts(root)
    foretold = sokkuri("apply", plan, "--dry-run")
    assert (foretold.returncode, all_facts(root)) == (0, before)
    done = sokkuri("apply", plan, "--yes")
    assert (done.returncode, done.stdout) == (0, foretold.stdout)
    expected = [f"held\t{root}/内側/{n:03} copy.png\t" for n in range(3)]
    assert done.stdout.decode().splitlines() == expected
    assert b"undo: sokkuri undo 2" in done.stderr
    command = done.stderr.decode().rpartition("sokkuri ")[2].split()
    back = sokkuri(*command)
    assert back.returncode == 0
    assert all_facts(root) == before
    nothing = sokkuri("undo")
    assert (nothing.returncode, nothing.stdout) == (2, b"")


def test_what_is_left_makes_the_exit_code_1(sokkuri: Runner, root: Path, plan: Path) -> None:
    (root / "001.png").write_bytes(picture("another"))
    done = sokkuri("apply", plan, "--yes", "--keep-in", root / "内側", "--json")
    fields = _json(done)
    assert done.returncode == 1
    assert (fields["done"], fields["left"], fields["batch"]) == (0, 3, "")
    assert {each["reason"] for each in fields["files"]} == {"it lies in a protected folder"}
    done = sokkuri("apply", plan, "--yes", "--json", "-q")
    fields = _json(done)
    assert (done.returncode, done.stderr, fields["done"], fields["left"]) == (1, b"", 2, 1)
    assert [each["state"] for each in fields["files"]] == ["held", "left", "held"]
    assert "001.png should stay, but: it has changed" in fields["files"][1]["reason"]
    (root / "内側/000 copy.png").write_bytes(picture("mine"))
    back = sokkuri("undo", "--json")
    assert back.returncode == 1
    assert {each["state"] for each in _json(back)["files"]} == {"left", "restored"}


def test_names_that_are_no_utf8_are_told_in_full(sokkuri: Runner, root: Path, plan: Path) -> None:
    if os.name != "posix" or sys.platform == "darwin":
        pytest.skip("NOT RUN: names are text here")
    odd = Path(os.fsdecode(os.fsencode(root) + b"/\xff.png"))
    group = group_of(root, "odd", [write(root / "a.png", "odd")], [write(odd, "odd")])
    RemovalPlan(str(root), (group,)).save(plan)
    done = sokkuri("apply", plan, "--yes")
    assert done.stdout == b"held\t" + os.fsencode(odd) + b"\t\n"
    listed = _json(sokkuri("holding", "list", "--json"))["batches"][0]
    assert "path_b64" in listed["paths"][0]
    assert sokkuri("undo", odd).returncode == 0


def test_nobody_is_there_to_ask(sokkuri: Runner, root: Path, plan: Path) -> None:
    before = all_facts(root)
    for words in (["apply", plan], ["apply", plan, "--trash"]):
        done = sokkuri(*words)
        assert done.returncode == 2
    assert b"say --yes" in sokkuri("apply", plan).stderr
    assert all_facts(root) == before
    sokkuri("apply", plan, "--yes")
    held = all_facts(root)
    assert sokkuri("holding", "empty", "--in", root).returncode == 2
    assert all_facts(root) == held


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--to", "x", "--link"], b"each say where files go"),
        (["--link", "--trash"], b"each say where files go"),
        (["--whole-groups", "1"], b"vanish whole: 0, and not 1"),
        (["--whole-groups", "none"], b"whole number"),
    ],
)
def test_what_cannot_be_is_wrong_use(
    sokkuri: Runner, root: Path, plan: Path, words: list[str], told: bytes
) -> None:
    done = sokkuri("apply", plan, "--yes", *words)
    assert done.returncode == 2
    assert told in done.stderr
    assert not (root / ".sokkuri-holding").exists()


def test_no_plan(sokkuri: Runner, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{}")
    for name, told in (("a.json", b"no plan of sokkuri"), ("none.json", b"No such file")):
        done = sokkuri("apply", tmp_path / name, "--yes")
        assert done.returncode == 2
        assert told in done.stderr
        assert b"Traceback" not in done.stderr


def test_whole_groups_go_by_their_number(sokkuri: Runner, root: Path, plan: Path) -> None:
    wholes = [group_of(root, str(n), [], [write(root / f"w{n}.png", n)]) for n in range(2)]
    RemovalPlan(str(root), (*RemovalPlan.load(plan).groups[2:], *wholes[:1])).save(plan)
    done = sokkuri("apply", plan, "--yes")
    assert done.returncode == 1
    assert b"1 group keeps nothing; to let it vanish whole: --whole-groups 1" in done.stderr
    assert sokkuri("apply", plan, "--yes", "--whole-groups", "1").returncode == 0
    assert not (root / "w0.png").exists()


def test_moving_and_linking(sokkuri: Runner, root: Path, plan: Path, tmp_path: Path) -> None:
    before = all_facts(root)
    moved = sokkuri("apply", plan, "--to", tmp_path / "moved", "--yes")
    assert moved.stdout.count(b"moved\t") == 3
    assert (tmp_path / "moved/内側/000 copy.png").exists()
    assert sokkuri("undo", "--last", "--in", root).returncode == 0
    linked = sokkuri("apply", plan, "--link", "--yes")
    assert linked.stdout.count(b"linked\t") == 3
    assert (root / "内側/000 copy.png").read_bytes() == (root / "000.png").read_bytes()
    assert sokkuri("undo", root / "内側/001 copy.png").returncode == 0
    assert sokkuri("holding", "restore", "--all", "--in", root).returncode == 0
    assert all_facts(root) == before


def test_the_holding_area(sokkuri: Runner, root: Path, plan: Path, tmp_path: Path) -> None:
    assert (
        sokkuri("holding", "list").stdout,
        sokkuri("holding", "list", "--in", root).returncode,
    ) == (b"", 2)
    sokkuri("apply", plan, "--yes")
    (line,) = sokkuri("holding", "list").stdout.decode().splitlines()
    name, way, files, size, folder = line.split("\t")
    assert (way, files, size, folder) == ("hold", "3", "600", str(root))
    fields = _json(sokkuri("holding", "list", "--json"))["batches"]
    assert (fields[0]["batch"], fields[0]["files"], fields[0]["bytes"]) == (name, 3, 600)
    for words in (["restore"], ["restore", name, "--all"], ["empty"], ["empty", "x", "--yes"]):
        assert sokkuri("holding", *words).returncode == 2
    assert sokkuri("holding", "restore", name).returncode == 0
    sokkuri("apply", plan, "--yes")
    emptied = sokkuri("holding", "empty", "--all", "--yes")
    assert emptied.returncode == 0
    assert emptied.stdout.count(b"emptied\t") == 3
    assert sorted(path.name for path in root.rglob("*.png")) == ["000.png", "001.png", "002.png"]
    assert not (root / ".sokkuri-holding").exists()


def _answered(root: Path, *words: object, answer: str) -> Seen:
    surroundings = {"SOKKURI_LANG": "en", "SOKKURI_LIBRARIES": str(root.parent / "libraries")}
    return run_in_terminal(
        *words, columns=120, stop_at=b"[y/N]", answer=answer, surroundings=surroundings
    )


@posix
def test_questions_name_count_and_bytes(root: Path, plan: Path) -> None:
    before = all_facts(root)
    seen = _answered(root, "apply", plan, answer="no")
    assert seen.code == 1
    assert seen.lines[0] == "put 3 files (600 bytes) into the holding area? [y/N] no"
    assert all_facts(root) == before
    assert _answered(root, "apply", plan, answer="y").code == 0
    held = all_facts(root)
    seen = _answered(root, "holding", "empty", "--in", root, answer="nein")
    assert seen.lines[0].startswith("remove 3 held files (600 bytes, 600 bytes) for good? [y/N]")
    assert (seen.code, all_facts(root)) == (1, held)
    assert _answered(root, "holding", "empty", "--in", root, answer="yes").code == 0
    assert len(list(root.rglob("*.png"))) == 3


STOPPED = """
import os, signal, sys
import sokkuri.removal.mover as mover
real, count = mover.rename_new, 0
def stopping(source, target):
    global count
    real(source, target)
    count += 1
    if count == 2:
        os.kill(os.getpid(), signal.SIGINT)
mover.rename_new = stopping
from sokkuri._entry import main
sys.exit(main())
"""


@posix
def test_ctrl_c_keeps_what_is_done_and_says_so(sokkuri: Runner, root: Path, plan: Path) -> None:
    before = all_facts(root)
    done = subprocess.run(
        [sys.executable, "-c", STOPPED, "apply", plan, "--yes"],
        capture_output=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 128 + signal.SIGINT
    assert done.stdout.count(b"held\t") == 2
    assert b"stopped: 2 files done, the rest is as it was" in done.stderr
    assert b"Traceback" not in done.stderr
    assert sokkuri("undo").stdout.count(b"restored\t") == 2
    assert all_facts(root) == before


@pytest.mark.skipif(sys.platform != "linux", reason="the trash of desktops on Linux")
def test_the_trash_of_the_system(sokkuri: Runner, root: Path, plan: Path, tmp_path: Path) -> None:
    pytest.importorskip("send2trash")
    surroundings = {**os.environ, "XDG_DATA_HOME": str(tmp_path / "data")}
    done = sokkuri("apply", plan, "--trash", "--yes", env=surroundings)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(b"trashed\t") == 3
    assert b"cannot be undone from here" in done.stderr
    assert not list((root / "内側").iterdir())
    trashed = sorted((tmp_path / "data/Trash/files").iterdir())
    assert [path.read_bytes() for path in trashed] == [picture(n) for n in range(3)]
    back = sokkuri("undo", env=surroundings)
    assert back.returncode == 1
    assert back.stdout.count(b"comes back from there alone") == 3
