"""Many files through worker processes: batches out, answers in, and nobody waits for a bad file.

Each lane is a thread with a worker process.  A worker that dies is replaced and its file asked once
more, as the first of a fresh one; a worker that is slow keeps its file and gives back the rest of
its batch; and while one waits for something and leaves its core idle, a further lane takes its
place.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, TypeVar

from sokkuri import settings
from sokkuri.errors import WorkersFailed
from sokkuri.images import Rejected, RejectKind
from sokkuri.pipeline.frames import encode_paths, write_frame
from sokkuri.pipeline.processes import WorkerProcess, start_worker
from sokkuri.pipeline.standing import cpu_seconds, own_memory

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator

    from sokkuri.pipeline.jobs import Job

__all__ = ["answers_of_workers"]

Result = TypeVar("Result")

_STRIKES: Final = 2
# Codecs and allocators keep what they once had; a fresh process gives it back.
_FILES_A_WORKER: Final = 5000

# A batch is what takes about so long: messages cost nothing then, and the last lane ends with the
# others.
_BATCH_SECONDS: Final = 0.02
_LARGEST_BATCH: Final = 32
# Answers come one by one; woken for each, a lane would cost as much as the hashing.
_NAP: Final = 0.002

_AHEAD_PER_WORKER: Final = 64
_AHEAD_WHILE_STALLED: Final = 4096

_LOOK_EVERY: Final = 0.05
_SLOW_AFTER: Final = 0.25
_IDLE_AFTER: Final = 0.1
_IDLE_SHARE: Final = 0.2
_MOST_SPARES: Final = 32
_SPARE_MEMORY: Final = 1 << 30
# How long a process that closed its pipe may take to be gone, so that its own end is seen.
_LAST_BREATH: Final = 2.0

_Item = tuple[int, str]
_Found = tuple[str, Any]


def answers_of_workers(
    job: Job[Result],
    paths: Iterable[str],
    *,
    workers: int,
    seconds: float = settings.DECODE_SECONDS,
) -> Generator[tuple[str, Result | Rejected]]:
    """Have worker processes do a job and yield path and result in the order of ``paths``.

    Parameters
    ----------
    job : Job
        One that has a home.
    paths : iterable of str
        Taken only as far ahead as needed, by the thread that iterates.
    workers : int
        Processes at work at one time; those that are stuck do not count.
    seconds : float
        How long one file may take; a worker that takes longer is killed, and the file rejected.
    """
    road = _Road(job, workers, seconds)
    try:
        yield from road.results(iter(paths))
    finally:
        road.close()


class _Road:
    """All lanes of one run, and what they share."""

    def __init__(self, job: Job[Any], workers: int, seconds: float) -> None:
        self.job = job
        self.seconds = seconds
        self.closed = threading.Event()
        self._workers = workers
        self._news = threading.Condition()
        self._waiting: deque[_Item] = deque()
        self._done: dict[int, _Found] = {}
        self._wanted = 0
        self._given = 0
        self._failure: Exception | None = None
        self._pace = _BATCH_SECONDS
        self._lanes: list[_Lane] = []
        self._watch = threading.Thread(target=self._look_after_lanes, daemon=True)

    # -- the run's own thread

    def results(self, paths: Iterator[str]) -> Iterator[_Found]:
        self._watch.start()
        more = True
        while more or self._wanted < self._given:
            if more:
                more = self._take_in(paths)
            yield from self._next_results()

    def _take_in(self, paths: Iterator[str]) -> bool:
        """Take paths as far ahead as the lanes need them; False when there are no more."""
        stalled = any(lane.stalled for lane in self._lanes)
        ahead = _AHEAD_WHILE_STALLED if stalled else _AHEAD_PER_WORKER * self._workers
        room = self._wanted + ahead - self._given
        taken = list(islice(paths, max(0, room)))
        with self._news:
            self._waiting.extend(enumerate(taken, start=self._given))
            self._given += len(taken)
            self._news.notify_all()
        while taken and self._busy() < min(self._workers, self._given - self._wanted):
            self._open_lane()
        return len(taken) == room or room <= 0

    def _next_results(self) -> list[_Found]:
        """Wait for the next result in order and return it, with those that follow it already."""
        with self._news:
            # Looking up now and then, since a lane that stalls changes how far ahead is right.
            if self._wanted not in self._done and self._wanted < self._given:
                self._news.wait(_LOOK_EVERY)
            if self._failure is not None:
                raise WorkersFailed(
                    "no worker process can be started; free some memory or end other programs"
                ) from self._failure
            ready = []
            while self._wanted in self._done:
                ready.append(self._done.pop(self._wanted))
                self._wanted += 1
        return ready

    def close(self) -> None:
        """End everything that still runs."""
        self.closed.set()
        with self._news:
            self._news.notify_all()
            lanes = list(self._lanes)
        for lane in lanes:
            lane.kill()
        for lane in lanes:
            lane.thread.join()
        if self._watch.is_alive():
            self._watch.join()

    # -- what lanes call

    def take(self, lane: _Lane) -> list[_Item]:
        """Wait for the next batch; empty where the run is over, or has lanes enough."""
        with self._news:
            while not self.closed.is_set():
                if self._busy() > self._workers:
                    lane.over = True
                    break
                if self._waiting:
                    share = -(-len(self._waiting) // self._workers)
                    size = max(1, min(int(_BATCH_SECONDS / self._pace), _LARGEST_BATCH, share))
                    return [self._waiting.popleft() for _ in range(min(size, len(self._waiting)))]
                self._news.wait()
            return []

    def give_back(self, items: Iterable[_Item]) -> None:
        """Leave items to the other lanes, before all that wait."""
        with self._news:
            self._waiting.extendleft(reversed(list(items)))
            self._news.notify_all()

    def deliver(self, results: Iterable[tuple[int, _Found]]) -> None:
        """Hand results in."""
        with self._news:
            for index, result in results:
                self._done[index] = result
            if self._wanted in self._done:
                self._news.notify_all()

    def learn_pace(self, files: int, seconds: float) -> None:
        """Note how long a batch took, so that the next ones have a good size."""
        self._pace += (max(seconds / files, 1e-5) - self._pace) * 0.3

    def fail(self, error: Exception) -> None:
        """End the run with an error: no worker can be started."""
        with self._news:
            self._failure = self._failure or error
            self._news.notify_all()

    # -- lanes that come and go

    def _busy(self) -> int:
        return sum(not lane.stalled and not lane.over for lane in self._lanes)

    def _open_lane(self) -> None:
        with self._news:
            if self.closed.is_set():
                return
            lane = _Lane(self)
            self._lanes = [other for other in self._lanes if other.thread.is_alive()]
            self._lanes.append(lane)
            lane.thread.start()

    def _look_after_lanes(self) -> None:
        while not self.closed.wait(_LOOK_EVERY):
            for lane in list(self._lanes):
                lane.look(time.monotonic())
            stalled = [lane for lane in self._lanes if lane.stalled]
            if (
                self._waiting
                and self._busy() < self._workers
                and len(stalled) <= _MOST_SPARES
                and sum(lane.memory() for lane in stalled) < _SPARE_MEMORY
            ):
                self._open_lane()


class _Lane:
    """One thread, and the worker process it has at the time."""

    def __init__(self, road: _Road) -> None:
        self.thread = threading.Thread(target=self._run, name="sokkuri-lane", daemon=True)
        self.stalled = False
        self.over = False
        self._road = road
        self._worker: WorkerProcess | None = None
        self._asked = 0
        self._lock = threading.Lock()
        self._batch: deque[_Item] = deque()
        self._since: float | None = None
        self._used: tuple[float, float] | None = None
        self._gave_back = False
        self._slow = False

    def kill(self) -> None:
        worker = self._worker
        if worker is not None:
            worker.kill()

    def memory(self) -> int:
        worker = self._worker
        return own_memory(worker.pid) if worker is not None else 0

    def look(self, now: float) -> None:
        """Give up a file that takes too long, and free those behind a slow one."""
        with self._lock:
            if self._since is None or self._worker is None:
                return
            waited = now - self._since
            if waited > self._road.seconds:
                self._slow = True
                self._worker.kill()
            elif waited > _SLOW_AFTER:
                behind = [self._batch.pop() for _ in range(len(self._batch) - 1)]
                self._gave_back = self._gave_back or bool(behind)
                self._road.give_back(reversed(behind))
                self.stalled = self.stalled or self._is_idle(self._worker.pid, now)

    def _is_idle(self, pid: int, now: float) -> bool:
        """Tell whether the worker waits for something; one that computes has its core anyway."""
        used = cpu_seconds(pid)
        if used is None:
            return False
        if self._used is None:
            self._used = now, used
        since, before = self._used
        return now - since > _IDLE_AFTER and used - before < _IDLE_SHARE * (now - since)

    # -- the thread

    def _run(self) -> None:
        strikes = 0
        try:
            while items := (list(self._batch) or self._road.take(self)):
                self._batch = deque(items)
                cause = self._hash_batch()
                if self._road.closed.is_set():
                    return
                strikes = 0 if cause is None else self._judge(cause, strikes, items[0])
        except (EOFError, OSError) as error:
            self._road.give_back(self._batch)
            self._road.fail(error)
        finally:
            self.over = True
            self._end_worker()

    def _hash_batch(self) -> str | None:
        """Have the batch hashed; None if it was, else how the worker ended before it was."""
        worker = self._ready_worker()
        begun, files = time.monotonic(), len(self._batch)
        try:
            write_frame(worker.requests, encode_paths(path for _, path in self._batch))
            self._asked += files
            self._progress()
            while self._batch:
                self._hand_in(worker.inbox.some())
                if self._batch:
                    time.sleep(_NAP)
        except (EOFError, OSError):
            return self._end_worker(_LAST_BREATH)
        finally:
            self._since = None
        if self._gave_back:
            self._end_worker()  # it would go on with files that others have
        self._road.learn_pace(files, time.monotonic() - begun)
        return None

    def _hand_in(self, frames: Iterable[bytes]) -> None:
        results = []
        try:
            for frame in frames:
                if not self._batch:
                    break  # answers for files that other lanes have by now
                index, path = self._batch[0]
                results.append((index, (path, self._road.job.decode(path, frame))))
                with self._lock:
                    self._batch.popleft()
        finally:
            self._progress()
            self._road.deliver(results)

    def _progress(self) -> None:
        with self._lock:
            self._since = time.monotonic()
            self._used = None
            self._slow = self.stalled = False

    def _judge(self, cause: str, strikes: int, first: _Item) -> int:
        """Decide what becomes of the file whose worker died; return its strikes."""
        with self._lock:
            suspect = self._batch[0]
            slow, self._slow, self.stalled = self._slow, False, False
            strikes = strikes + 1 if suspect == first else 1
            if slow:
                detail = f"its decoder did not end within {self._road.seconds:g} seconds"
            elif strikes < _STRIKES:
                return strikes
            else:
                detail = f"its decoder died {strikes} times ({cause}); the other files went on"
            self._batch.popleft()
        index, path = suspect
        self._road.deliver([(index, (path, Rejected(path, RejectKind.CRASHED, detail)))])
        return 0

    def _ready_worker(self) -> WorkerProcess:
        """Return the worker, started if there is none.

        Raises
        ------
        OSError, EOFError
            If none can be started, or it ends before it is ready.
        """
        if self._asked >= _FILES_A_WORKER:
            self._end_worker()
        if self._worker is None:
            worker = start_worker(self._road.job.recipe())
            with self._lock:
                self._worker, self._asked, self._gave_back = worker, 0, False
                # The start is not the first file's fault.
                self._since = time.monotonic() + settings.START_SECONDS - self._road.seconds
            if not self._road.closed.is_set():
                worker.inbox.some()
        return self._worker or worker

    def _end_worker(self, patience: float = 0.0) -> str:
        with self._lock:
            worker, self._worker = self._worker, None
        if worker is None:
            return "it did not start"
        with contextlib.suppress(OSError):
            return worker.end(patience)
        return "unknown"
