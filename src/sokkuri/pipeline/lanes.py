"""Many files through worker processes: batches out, answers in, and nobody waits for a bad file.

Each lane is a thread with a worker process.  A worker that dies is replaced and its file asked once
more, as the first of a fresh one; a worker that is slow keeps its file and gives back the rest of
its batch; and while one waits for something and leaves its core idle, a further lane takes its
place.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, TypeVar

from sokkuri import settings
from sokkuri.errors import WorkersFailed
from sokkuri.pipeline.lane import Item, Lane

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator

    from sokkuri.images import Rejected
    from sokkuri.pipeline.task import Task

__all__ = ["Road", "answers_of_workers"]

Result = TypeVar("Result")

# A batch is what takes about so long: messages cost nothing then, and the last lane ends with the
# others.
_BATCH_SECONDS: Final = 0.02
_LARGEST_BATCH: Final = 32
# What a file takes, until that is known: a few files go first.
_FIRST_PACE: Final = 0.004

_AHEAD_PER_WORKER: Final = 64
_AHEAD_WHILE_STALLED: Final = 4096

_LOOK_EVERY: Final = 0.05
_MOST_SPARES: Final = 32
_SPARE_MEMORY: Final = 1 << 30

_Found = tuple[str, Any]


def answers_of_workers(
    task: Task[Result],
    paths: Iterable[str],
    *,
    workers: int,
    seconds: float = settings.DECODE_SECONDS,
) -> Generator[tuple[str, Result | Rejected]]:
    """Have worker processes do a task and yield path and result in the order of ``paths``.

    Parameters
    ----------
    task : Task
        A portable one.
    paths : iterable of str
        Taken only as far ahead as needed, by the thread that iterates.
    workers : int
        Processes at work at one time; those that are stuck do not count.
    seconds : float
        How long one file may take; a worker that takes longer is killed, and the file rejected.
    """
    road = Road(task, workers, seconds)
    try:
        yield from road.results(iter(paths))
    finally:
        road.close()


class Road:
    """All lanes of one run, and what they share; :func:`answers_of_workers` is the way in."""

    def __init__(self, task: Task[Any], workers: int, seconds: float) -> None:
        self.task = task
        self.seconds = seconds
        self.closed = threading.Event()
        self._workers = workers
        self._news = threading.Condition()
        self._waiting: deque[Item] = deque()
        self._done: dict[int, _Found] = {}
        self._wanted = 0
        self._given = 0
        self._failure: Exception | None = None
        self._pace = _FIRST_PACE
        self._lanes: list[Lane] = []
        self._watch = threading.Thread(target=self._look_after_lanes, daemon=True)

    # -- the run's own thread

    def results(self, paths: Iterator[str]) -> Iterator[_Found]:
        """Yield path and result of every file, in order."""
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

    def take(self, lane: Lane) -> list[Item]:
        """Wait for the next batch; empty where the run is over, or has lanes enough."""
        with self._news:
            while not self.closed.is_set():
                if self._busy() > self._workers:
                    lane.over = True
                    break
                if self._waiting:
                    return self._batch()
                self._news.wait()
            return []

    def take_more(self) -> list[Item]:
        """Take a batch to follow the one under way, if there is enough for all lanes."""
        with self._news:
            return self._batch() if len(self._waiting) >= self._workers else []

    def _batch(self) -> list[Item]:
        share = -(-len(self._waiting) // self._workers)
        size = max(1, min(int(_BATCH_SECONDS / self._pace), _LARGEST_BATCH, share))
        return [self._waiting.popleft() for _ in range(min(size, len(self._waiting)))]

    def give_back(self, items: Iterable[Item]) -> None:
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
        if files:
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
            lane = Lane(self)
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
