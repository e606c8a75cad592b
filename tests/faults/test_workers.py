"""Decoders that die, hang or eat memory: those files are named, all others are hashed."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.patience import PATIENCE

import sokkuri
from sokkuri.images import Rejected
from sokkuri.limits import DECODE_SECONDS
from sokkuri.pipeline import Task, hash_paths, map_files, ordered, spawn
from sokkuri.pipeline.record import _record_task
from sokkuri.pipeline.spawn import FAULTS
from sokkuri.registry import hasher

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals and limits as POSIX has them")
MAKERS = [hasher("ahash-gray-8"), hasher("look-2")]
TASK: Task[Any] = _record_task(MAKERS)


@pytest.fixture
def many(photos: Path) -> list[str]:
    """Return three hundred paths of photos, enough for worker processes."""
    source = photos / "photo-2.jpg"
    for number in range(300):
        os.link(source, photos / f"many-{number:03}.jpg")
    return sorted(str(path) for path in photos.glob("many-*.jpg"))


def _answers(paths: list[str], *, workers: int) -> Iterator[tuple[str, Any]]:
    return map_files(TASK, paths, workers=workers, apart=True)


def _with_faults(monkeypatch: pytest.MonkeyPatch, faults: dict[str, str]) -> None:
    monkeypatch.setenv(FAULTS, json.dumps(faults))


def test_workers_and_threads_agree(many: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    Path(many[7]).unlink()
    Path(many[7]).write_text("no photo")
    by_workers = list(hash_paths(MAKERS, many, workers=2))
    monkeypatch.setattr(ordered, "_MANY_FILES", 10_000)
    assert by_workers == list(hash_paths(MAKERS, many, workers=2))
    assert [len(item.hashes) for item in by_workers[:8]] == [2] * 7 + [0]


def test_files_that_kill_their_decoder_are_named(
    many: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = {
        f"many-{number:03}": "kill" if number % 2 else "segfault" for number in range(0, 300, 50)
    }
    _with_faults(monkeypatch, bad)
    results = list(hash_paths(MAKERS, many, workers=2))
    assert [item.path for item in results] == many
    rejected = {Path(item.path).stem: item.rejected for item in results if item.rejected}
    assert set(rejected) == set(bad)
    for item in rejected.values():
        assert item is not None
        assert item.reason.startswith("crashed: its decoder died 2 times (signal ")


def test_memory_that_runs_out_costs_one_file(
    many: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _with_faults(monkeypatch, {"many-005": "memory"})
    results = list(hash_paths(MAKERS, many, workers=2))
    rejected = [item for item in results if item.rejected]
    assert [Path(item.path).stem for item in rejected] == ["many-005"]


@pytest.mark.parametrize("fault", ["hang", "spin"])
def test_an_endless_decoder_is_given_up(
    many: list[str], monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    _with_faults(monkeypatch, {"many-003": fault})
    list(_answers(many[:2], workers=2))  # the start is not its fault
    monkeypatch.setenv(DECODE_SECONDS.variable, "1")
    answers = dict(_answers(many[:40], workers=2))
    rejected = {path: answer for path, answer in answers.items() if isinstance(answer, Rejected)}
    assert [Path(path).stem for path in rejected] == ["many-003"]
    assert "did not end within 1 seconds" in rejected[many[3]].reason


@pytest.mark.skipif(sys.platform != "linux", reason="only /proc tells an idle worker from a busy")
def test_the_rest_does_not_wait_for_those_that_hang(
    many: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = {f"many-{number:03}": "hang" for number in range(10, 300, 50)}
    _with_faults(monkeypatch, bad)
    monkeypatch.setenv(DECODE_SECONDS.variable, "20")
    begun = time.monotonic()
    answers = dict(_answers(many, workers=2))
    # Six files of twenty seconds each with two workers would take sixty.
    assert time.monotonic() - begun < 55.0
    assert list(answers) == many
    named = {Path(path).stem for path, answer in answers.items() if isinstance(answer, Rejected)}
    assert named == set(bad)


def test_a_dead_fork_server_is_replaced(many: list[str]) -> None:
    first = dict(_answers(many[:5], workers=2))
    for child in _children():
        os.kill(child, signal.SIGKILL)
    assert dict(_answers(many[:5], workers=2)) == first


def test_without_a_fork_server_each_worker_is_a_new_python(
    many: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = dict(_answers(many[:9], workers=2))
    monkeypatch.setattr(spawn, "_forked", _refuse)
    _with_faults(monkeypatch, {"many-007": "kill"})
    answers = dict(_answers(many[:9], workers=2))
    crashed = answers.pop(many[7])
    assert isinstance(crashed, Rejected)
    assert crashed.reason.startswith("crashed: its decoder died 2 times (signal 9)")
    del expected[many[7]]
    assert answers == expected


def test_a_run_without_processes_says_so(many: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spawn, "_forked", _refuse)
    monkeypatch.setattr(spawn, "_spawned", _refuse)
    with pytest.raises(sokkuri.WorkersFailed, match="no worker process can be started"):
        list(_answers(many, workers=2))


def test_relative_paths_mean_the_same_in_a_worker(
    many: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    list(_answers(many[:2], workers=1))
    monkeypatch.chdir(os.path.dirname(many[0]))
    name = os.path.basename(many[0])
    assert not isinstance(dict(_answers([name], workers=1))[name], Rejected)


def _refuse(names: object) -> None:
    raise OSError(11, "Resource temporarily unavailable")


def test_a_generator_is_read_only_as_needed(many: list[str]) -> None:
    taken = 0

    def endless() -> Iterator[str]:
        nonlocal taken
        while True:
            taken += 1
            yield many[taken % len(many)]

    results = hash_paths(MAKERS, endless(), workers=2)
    for _ in range(5):
        assert next(results).hashes
    assert taken < 600
    results.close()


def test_a_script_needs_no_main_guard(many: list[str], tmp_path: Path) -> None:
    import subprocess
    import sys

    script = tmp_path / "script.py"
    folder = os.path.dirname(many[0])
    script.write_text(
        f"import sokkuri\nprint(len(list(sokkuri.hash_files({folder!r}))))\nprint('once')\n"
    )
    done = subprocess.run([sys.executable, script], capture_output=True, check=True, timeout=120)
    assert done.stdout.decode().split() == ["312", "once"]


def test_no_worker_outlives_the_run(many: list[str]) -> None:
    results = hash_paths(MAKERS, many, workers=2)
    next(results)
    end = time.monotonic() + PATIENCE
    while len(before := _descendants()) < 3:  # until both are there
        assert time.monotonic() < end
    results.close()
    gone = before - _descendants()
    assert len(gone) == 2
    assert before - gone == _children()  # the fork server stays, for the next run


def _descendants() -> set[int]:
    found = _children()
    return found.union(*(_children(child) for child in found))


def _children(pid: int | None = None) -> set[int]:
    found: set[int] = set()
    for thread in Path(f"/proc/{pid or os.getpid()}/task").iterdir():
        with contextlib.suppress(FileNotFoundError):  # a thread that ended meanwhile
            found |= {int(child) for child in (thread / "children").read_text().split()}
    return found
