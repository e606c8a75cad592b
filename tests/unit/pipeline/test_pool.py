"""A pool answers single requests by workers that may die, hang, or be busy."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any

import pytest
from tests.patience import PATIENCE

from sokkuri.errors import WorkersFailed
from sokkuri.images import Rejected
from sokkuri.pipeline import Task, spawn, worker_thread
from sokkuri.pipeline.pool import Busy, WorkerPool
from sokkuri.pipeline.spawn import FAULTS

MakePool = Callable[..., "WorkerPool[Any]"]
posix = pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")

# A worker that says which process it is, or waits, or dies; made where workers can import it.
_WORK = """
import os, sys, time
from sokkuri.pipeline import Task

def making(hashers):
    return Task(work, lambda answer: (None, answer), None, "")

def work(request):
    word, _, rest = request.partition(" ")
    if word == "sleep":
        time.sleep(float(rest))
    elif word == "exit":
        os._exit(int(rest))
    elif word == "once":
        with open(rest, "ab") as file:
            file.write(b"x")
        if os.path.getsize(rest) == 1:
            os._exit(3)
    elif word == "write":
        with open(rest.partition(" ")[2], "a") as file:
            file.write(rest.partition(" ")[0])
    return f"{os.getpid()} {request}".encode("utf-8", "surrogateescape")
"""


def _decode(request: str, header: Any, parts: list[Any]) -> str:
    if request == "nonsense":
        raise ValueError
    return str(parts[0], "utf-8", "surrogateescape")


def _task(home: str) -> Task[str]:
    return Task(lambda _: "", lambda _: (None,), _decode, home)


@pytest.fixture
def pool(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[MakePool]:
    (tmp_path / "pool_work.py").write_text(_WORK)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    task = _task("pool_work:making")
    made: list[WorkerPool[Any]] = []

    def make(**options: Any) -> WorkerPool[Any]:
        made.append(WorkerPool(task, **options))
        return made[-1]

    yield make
    for one in made:
        one.close()


def _pid(future: Future[Any]) -> int:
    return int(future.result(PATIENCE).split()[0])


def _said(future: Future[Any]) -> str:
    """Return what a worker was asked, as it says."""
    return str(future.result(PATIENCE).partition(" ")[2])


def _wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_requests_are_answered_whatever_is_in_them(pool: MakePool) -> None:
    requests = [
        "plain",
        "日本語",
        "line\nbreak",
        "not UTF-8: \udcff",
        json.dumps({"a": "\udcff"}),
        "",
    ]
    one = pool(workers=2)
    answers = [one.submit(request) for request in requests]
    assert [_said(answer) for answer in answers] == requests


def test_workers_start_when_needed_and_stay(pool: MakePool) -> None:
    one = pool(workers=2)
    assert not one._threads
    pids = {_pid(one.submit(f"{number}")) for number in range(20)}
    assert len(pids) == 1, "one after the other, one worker is enough"
    assert os.getpid() not in pids
    both = [one.submit("sleep 0.3") for _ in range(2)]
    assert len({_pid(future) for future in both}) == 2


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have nobody stand in for a worker, however long it takes."""
    monkeypatch.setattr(worker_thread, "_STALLED_AFTER", 60.0)


@pytest.mark.usefixtures("alone")
def test_a_full_queue_says_so_at_once(pool: MakePool) -> None:
    one = pool(workers=1, queue=3)
    running = one.submit("sleep 1.5")
    _wait_for(running.running)
    waiting = [one.submit(f"{number}") for number in range(3)]
    with pytest.raises(Busy) as caught:
        one.submit("one too many")
    assert not running.done()
    assert caught.value.retry_after >= 1
    assert one.waiting() == 3
    assert [_said(future) for future in waiting] == ["0", "1", "2"]
    assert _said(one.submit("again")) == "again"


@pytest.mark.usefixtures("alone")
def test_a_cancelled_request_gives_its_place_back(pool: MakePool, tmp_path: Any) -> None:
    one = pool(workers=1, queue=1)
    running = one.submit("sleep 0.5")
    _wait_for(running.running)
    dropped = one.submit(f"write dropped {tmp_path}/log")
    assert dropped.cancel()
    kept = one.submit(f"write kept {tmp_path}/log")
    kept.result(PATIENCE)
    assert (tmp_path / "log").read_text() == "kept"
    assert not running.cancel()


def test_a_request_that_kills_its_workers_is_named(pool: MakePool) -> None:
    one = pool(workers=1)
    before = _pid(one.submit("before"))
    found = one.submit("exit 7").result(PATIENCE)
    assert isinstance(found, Rejected)
    assert found.reason == "crashed: its decoder died 2 times (exit code 7)"
    assert _pid(one.submit("after")) != before


def test_a_worker_that_died_once_is_forgiven(pool: MakePool, tmp_path: Any) -> None:
    path = tmp_path / "tries"
    assert _said(pool(workers=1).submit(f"once {path}")) == f"once {path}"
    assert path.read_bytes() == b"xx"


def test_an_answer_that_makes_no_sense_ends_the_worker(pool: MakePool) -> None:
    one = pool(workers=1)
    before = _pid(one.submit("before"))
    found = one.submit("nonsense").result(PATIENCE)
    assert isinstance(found, Rejected)
    assert "made no sense" in found.reason
    assert _pid(one.submit("after")) != before


@pytest.mark.slow
@posix
@pytest.mark.parametrize("fault", ["kill", "segfault", "hang", "spin"])
def test_faults_cost_their_own_request_only(
    pool: MakePool, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    monkeypatch.setenv(FAULTS, json.dumps({"bad": fault}))
    one = pool(workers=2, seconds=1.5)
    futures = [one.submit("bad" if number == 5 else f"{number}") for number in range(12)]
    found = [future.result(PATIENCE) for future in futures]
    rejected = [index for index, answer in enumerate(found) if isinstance(answer, Rejected)]
    assert rejected == [5]
    ends = "did not end within 1.5 seconds" if fault in {"hang", "spin"} else "died 2 times (signal"
    assert ends in found[5].reason


@posix
def test_one_that_was_idle_when_its_worker_was_killed_is_not_harmed(pool: MakePool) -> None:
    one = pool(workers=1)
    pid = _pid(one.submit("a"))
    os.kill(pid, 9)
    assert _pid(one.submit("b")) != pid


@pytest.mark.slow
def test_stuck_workers_are_stood_in_for(pool: MakePool) -> None:
    one = pool(workers=2, seconds=20)
    _pid(one.submit("start"))
    stuck = [one.submit("sleep 3") for _ in range(2)]
    assert [_said(one.submit("a")), _said(one.submit("b"))] == ["a", "b"]
    assert not any(future.done() for future in stuck)
    assert len(one._threads) > 2
    for future in stuck:
        future.result(PATIENCE)
    _wait_for(lambda: len(one._threads) == 2)
    again = [one.submit(f"{number}") for number in range(9)]
    assert [_said(future) for future in again] == [f"{number}" for number in range(9)]
    assert len(one._threads) == 2


def test_a_request_may_have_a_time_of_its_own(pool: MakePool) -> None:
    one = pool(workers=1, seconds=0.2)
    assert isinstance(one.submit("sleep 1", seconds=10).result(PATIENCE), str)
    assert isinstance(one.submit("sleep 600").result(PATIENCE), Rejected)


def test_workers_are_renewed_now_and_then(pool: MakePool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_thread, "_RENEW_AFTER", 10)
    one = pool(workers=1)
    pids = [_pid(one.submit(f"{number}")) for number in range(30)]
    assert [len(set(pids[start : start + 10])) for start in (0, 10, 20)] == [1, 1, 1]
    assert len(set(pids)) == 3


def test_no_worker_at_all_is_an_error(pool: MakePool, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(_: object) -> None:
        raise OSError("no more processes")

    one = pool(workers=1)
    monkeypatch.setattr(worker_thread, "start_worker", none)
    with pytest.raises(WorkersFailed, match="no worker process can be started"):
        one.submit("a").result(PATIENCE)
    monkeypatch.setattr(worker_thread, "start_worker", spawn.start_worker)
    assert _pid(one.submit("b"))


def test_a_home_that_cannot_be_found_is_an_error() -> None:
    one = WorkerPool(_task("no_such_module:making"), workers=1)
    with pytest.raises(WorkersFailed, match="before it was ready"):
        one.submit("a").result(PATIENCE)
    one.close()


@posix
def test_closing_ends_everything(pool: MakePool) -> None:
    one = pool(workers=2)
    pids = {_pid(future) for future in [one.submit("sleep 0.2") for _ in range(2)]}
    running = [one.submit("sleep 600") for _ in range(2)]
    for future in running:
        _wait_for(future.running)
    waiting = [one.submit("a") for _ in range(5)]
    threads = list(one._threads)
    begun = time.monotonic()
    one.close()
    assert time.monotonic() - begun < PATIENCE
    assert all(future.cancelled() for future in waiting)
    for future in running:
        with pytest.raises(WorkersFailed, match="being shut down"):
            future.result(PATIENCE)
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    assert len(threads) == 2
    assert not any(thread.is_alive() for thread in threads)
    with pytest.raises(WorkersFailed):
        one.submit("b")
    one.close()


def test_closing_a_pool_that_was_never_asked(pool: MakePool) -> None:
    pool().close()


def test_many_threads_at_one_pool(pool: MakePool) -> None:
    one = pool(workers=2, queue=10_000)
    found: dict[str, str] = {}

    def ask(name: int) -> None:
        for number in range(50):
            request = f"{name}-{number}"
            found[request] = _said(one.submit(request))

    threads = [threading.Thread(target=ask, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 400
    assert all(request == answer for request, answer in found.items())
