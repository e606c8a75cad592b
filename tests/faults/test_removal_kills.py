"""Removal cut short at any moment, by kill -9 or a full disk: nothing is lost, nothing twice."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.removable import Facts, all_facts, files_under, twins

from sokkuri.removal import (
    HoldingArea,
    RemovalOptions,
    apply_removal,
    batches_in,
    restore,
)

ROOT = Path(__file__).resolve().parents[2]
KILLS = int(os.environ.get("SOKKURI_TEST_REMOVAL_KILLS", "20"))
LEVELS = 12
FILES = 60

posix = pytest.mark.skipif(os.name != "posix", reason="fork and kill -9 are of POSIX")

CUTS = [
    *((act, way, "rename") for act in ("apply", "restore") for way in ("hold", "link", "move")),
    ("empty", "hold", "rename"), ("empty", "link", "rename"),
    ("apply", "hold", "links"), ("restore", "hold", "links"),
    ("apply", "link", "links"), ("restore", "link", "links"),
]  # fmt: skip


@posix
@pytest.mark.parametrize(("act", "way", "names"), CUTS)
def test_every_moment_of_an_act_may_be_the_last(
    tmp_path: Path, act: str, way: str, names: str
) -> None:
    """Of renames by the system, and of those by a second name where it has none that suits."""
    words = [str(tmp_path / "place"), way, act, names]
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.removal_cuts", *words],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=250,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 15  # so many moments there were


WORKING = """
import sys
from sokkuri.removal import *
from sokkuri.removal.rename import make_twin
plan = RemovalPlan.load(sys.argv[1])
print("go", flush=True)
if sys.argv[2] == "undo":
    for batch in batches_in([HoldingArea(plan.root)]):
        restore(batch, {entry.path for entry in batch.away})
else:
    apply_removal(plan, RemovalOptions(Way(sys.argv[2])))
print("done", flush=True)
"""


def _killed(plan: Path, what: str, after: float) -> bool:
    """Do something, and kill it some seconds after it says go; return True if it was done."""
    child = subprocess.Popen(
        [sys.executable, "-c", WORKING, str(plan), what], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "go\n"
    time.sleep(after)
    child.kill()
    said = child.stdout.read()
    child.stdout.close()
    child.wait()
    return said == "done\n"


def _check(root: Path, before: dict[str, Facts], gone: set[int]) -> None:
    found = Counter(path.lstat().st_ino for path in files_under(root))
    assert {inode: found[inode] for inode in gone} == dict.fromkeys(gone, 1)
    now = all_facts(root)
    kept = {path: facts for path, facts in before.items() if facts.inode not in gone}
    assert kept.items() <= now.items()
    # Wherever a file is, it is what it was.
    marks = {facts.inode: facts for facts in before.values()}
    assert all(marks[facts.inode] == facts for facts in now.values() if facts.inode in gone)


def _undo_all(root: Path) -> None:
    for batch in batches_in([HoldingArea(str(root))]):
        done = restore(batch, {entry.path for entry in batch.away})
        assert done.left == 0, done


@posix
@pytest.mark.timeout(120 + 10 * KILLS)
def test_removal_may_be_killed_at_any_moment(tmp_path: Path) -> None:
    root = (tmp_path / "photos").resolve()
    plan = twins(root, FILES)
    plan.save(tmp_path / "plan.json")
    before = all_facts(root)
    gone = {before[str(root / file.path)].inode for g in plan.groups for file in g.remove}
    chance = random.Random(3)
    started = time.monotonic()
    assert apply_removal(plan, RemovalOptions()).done == FILES
    whole = time.monotonic() - started
    _undo_all(root)
    finished = 0
    for number in range(KILLS):
        what = ("hold", "undo", "link", "hold", "undo")[number % 5]
        finished += _killed(tmp_path / "plan.json", what, chance.uniform(0, whole))
        _check(root, before, gone)
    assert finished < KILLS
    _undo_all(root)
    assert all_facts(root) == before
    assert not HoldingArea(str(root)).exists


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """Return a file system of a few blocks."""
    place = tmp_path / "small"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "none", str(place)]
    if sys.platform != "linux" or os.geteuid() or subprocess.run(mount, check=False).returncode:
        pytest.skip("NOT RUN: no small file system can be mounted here")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_file_system_loses_nothing(small: Path) -> None:
    root = small / "photos"
    plan = twins(root, 4)
    before = all_facts(root)
    with open(root / "filler", "wb", buffering=0) as file:
        while True:
            try:
                file.write(bytes(4096))
            except OSError:
                break
    filler = (root / "filler").stat().st_size
    refused = 0
    for spare in range(8):
        os.truncate(root / "filler", filler - spare * 4096)
        try:
            done = apply_removal(plan, RemovalOptions())
        except OSError:  # there was no room even for the lock
            refused += 1
            assert all_facts(root).items() >= before.items()
            continue
        assert {line.reason for line in done if line.is_left} <= {"the disk is full"}
        refused += done.left > 0
        _undo_all(root)
        assert all_facts(root).items() >= before.items()
        assert not HoldingArea(str(root)).exists
    assert 0 < refused < 8


FILLING = """
import resource, sys
from sokkuri.removal import *
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
from sokkuri.cli.output import report_failure
try:
    done = apply_removal(RemovalPlan.load(sys.argv[1]), RemovalOptions())
except Exception as error:
    sys.exit(report_failure(error))
print(done.done, *{line.reason for line in done if line.is_left}, sep="|")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="RLIMIT_FSIZE as Linux has it")
def test_a_journal_without_room_loses_nothing(tmp_path: Path) -> None:
    """A disk that is full at each of many moments, as far as a file's length can be bounded."""
    root = (tmp_path / "photos").resolve()
    plan = twins(root, 12)
    plan.save(tmp_path / "plan.json")
    before = all_facts(root)
    counts = []
    for level in range(LEVELS):
        limit = 12 * 500 * level // (LEVELS - 1)
        done = subprocess.run(
            [sys.executable, "-c", FILLING, tmp_path / "plan.json", str(limit)],
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        assert "Traceback" not in done.stderr
        if done.returncode:
            assert done.returncode == 2
            assert done.stderr
        else:
            count, _, reason = done.stdout.strip().partition("|")
            counts.append(int(count))
            assert reason in ("", "the disk is full")
            assert bool(reason) is (int(count) < 12)
        held = list(files_under(root / ".sokkuri-holding"))
        assert len([path for path in held if path.suffix == ".png"]) == (counts or [0])[-1]
        _undo_all(root)
        assert all_facts(root) == before
    assert counts == sorted(counts)
    assert len(set(counts)) > 4


def test_the_journal_outlives_rotten_bits(tmp_path: Path) -> None:
    """What a line said is lost with it; the file is still found, by its place."""
    root = (tmp_path / "photos").resolve()
    plan = twins(root, 5)
    before = all_facts(root)
    chance = random.Random(7)
    for _ in range(40):
        assert apply_removal(plan, RemovalOptions()).done == 5
        (journal,) = root.rglob("journal.jsonl")
        data = bytearray(journal.read_bytes())
        for _ in range(chance.choice([1, 3, 200])):
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        if chance.random() < 0.3:
            del data[chance.randrange(len(data)) :]
        journal.write_bytes(data)
        _undo_all(root)
        assert {p: f for p, f in all_facts(root).items() if ".sokkuri" not in p} == before
