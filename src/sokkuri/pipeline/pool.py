"""Worker processes behind a bounded queue: a decoder that dies or hangs costs its own request.

Each thread of the pool has a worker process at a time.  While one is stuck, another takes its
place.
"""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from sokkuri import limits
from sokkuri.errors import SokkuriError, WorkersFailed
from sokkuri.pipeline.worker_thread import CLOSED, PoolRequest, WorkerThread
from sokkuri.settings import worker_count

if TYPE_CHECKING:
    from collections.abc import Iterable
    from concurrent.futures import Future

    from sokkuri.images import Rejected
    from sokkuri.pipeline.task import Task

Value = TypeVar("Value")

_LOOK_EVERY: Final = 0.05
_MOST_SPARES: Final = 32
_SPARE_MEMORY: Final = 1 << 30
# A batch is what takes about so long: messages cost nothing then, and the last worker ends with
# the others.
_BATCH_SECONDS: Final = 0.02
# What a request takes, until that is known, and how fast that is learnt.
_FIRST_PACE: Final = 0.004
_LEARN: Final = 0.3
_LONGEST_WAIT: Final = 30
_AHEAD_PER_WORKER: Final = 64
_AHEAD_WHILE_STALLED: Final = 4096


class Busy(SokkuriError):
    """So much is waiting that nothing more is taken in; ask again in ``retry_after`` seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"too many pictures are waiting; ask again in {retry_after} s")
        self.retry_after = retry_after


class WorkerPool(Generic[Value]):
    """Long-lived worker processes before a queue; every method may be called by any thread.

    Parameters
    ----------
    task : Task
        A portable one.
    workers : int, optional
        Processes at work at one time; as many as there are cores if None.  They are started when
        first needed.
    queue : int
        How many requests may wait.
    seconds : float, optional
        How long one request may take, unless it says so itself; as for any file if None.
    batch : int
        How many requests are sent at once, at most.  With 1, who asks waits: a worker is stuck
        when it takes long, and as many again may take their places.  With more, it is stuck when
        it leaves its core idle as well: more processes than cores would make honest large pictures
        run out of time.
    """

    def __init__(
        self, task: Task[Value], *, workers: int | None = None, queue: int = 256,
        seconds: float | None = None, batch: int = 1,
    ) -> None:  # fmt: skip
        self.task = task
        self.bulk = batch > 1
        self._workers = worker_count(workers)
        self._spares = _MOST_SPARES if self.bulk else self._workers
        self._room = queue
        self._batch = batch
        self._seconds = limits.DECODE_SECONDS.value() if seconds is None else seconds
        self.closed = threading.Event()
        self._lock = threading.Lock()
        self._work = threading.Condition(self._lock)  # for threads: something waits
        self._stir = threading.Condition(self._lock)  # for the watch: something is under way
        self._queue: deque[PoolRequest] = deque()
        self._threads: list[WorkerThread] = []
        self._idle = 0
        self._pace = _FIRST_PACE
        self._watches: list[threading.Thread] = []  # one, once there is something to watch

    @property
    def ahead(self) -> int:
        """Number of requests that are worth having under way."""
        if any(thread.stalled for thread in self._threads):
            return _AHEAD_WHILE_STALLED
        return _AHEAD_PER_WORKER * self._workers

    def submit(self, request: str, *, seconds: float | None = None) -> Future[Value | Rejected]:
        """Hand a request in.

        Parameters
        ----------
        request : str
        seconds : float, optional
            How long it may take; a worker that takes longer is killed.

        Returns
        -------
        Future
            Of the answer, or of a Rejected where the request ended two workers or took too long;
            with WorkersFailed where no worker can be started, or the pool was closed meanwhile.
            Cancelled before it begins, it gives its place in the queue back.

        Raises
        ------
        Busy
            At once, if the queue is full.
        WorkersFailed
            If the pool is closed.
        """
        asked = PoolRequest(request, self._seconds if seconds is None else seconds)
        asked.add_done_callback(self._forget)
        with self._lock:
            if self.closed.is_set():
                raise WorkersFailed(CLOSED)
            waiting = self.waiting()
            if waiting >= self._room:
                wait = math.ceil(waiting * self._pace / self._workers)
                raise Busy(min(max(1, wait), _LONGEST_WAIT))
            self._queue.append(asked)
            if waiting >= self._idle and len(self._threads) < self._workers:
                self._open_thread()
            self._work.notify()
        return asked

    def waiting(self) -> int:
        """Count the requests that have not begun."""
        return len(self._queue)

    def close(self) -> None:
        """End all workers, within five seconds; what waits is cancelled."""
        end = time.monotonic() + 5.0
        with self._lock:
            self.closed.set()
            waiting = list(self._queue)
            self._queue.clear()
            threads = list(self._threads)
            self._work.notify_all()
            self._stir.notify_all()
        for request in waiting:
            if request.running():
                request.set_exception(WorkersFailed(CLOSED))
            else:
                request.cancel()
        for thread in threads:
            thread.kill()
        for one in (*threads, *self._watches):
            one.join(max(0.0, end - time.monotonic()))

    def take(self, thread: WorkerThread) -> list[PoolRequest]:
        """Wait for the next batch; empty where the pool is closed, or has threads enough."""
        with self._lock:
            while not self.closed.is_set():
                if sum(not other.stalled for other in self._threads) > self._workers:
                    self._work.notify()  # another has to see what this one was woken for
                    break
                if batch := self._next_batch():
                    self._stir.notify()
                    return batch
                self._idle += 1
                self._work.wait()
                self._idle -= 1
            self._threads.remove(thread)
            return []

    def take_more(self) -> list[PoolRequest]:
        """Take a batch to follow the one under way, if there is enough for all threads."""
        with self._lock:
            return self._next_batch() if len(self._queue) >= self._workers else []

    def give_back(self, requests: Iterable[PoolRequest]) -> None:
        """Leave requests that have begun to other threads, the last of them first."""
        with self._lock:
            self._queue.extendleft(requests)
            self._work.notify_all()

    def learn_pace(self, seconds: float) -> None:
        """Note how long a request took."""
        self._pace += (max(seconds, 1e-5) - self._pace) * _LEARN

    def _next_batch(self) -> list[PoolRequest]:
        """Take the first requests that were not cancelled."""
        share = -(-len(self._queue) // self._workers)
        size = max(1, min(int(_BATCH_SECONDS / self._pace), self._batch, share))
        batch: list[PoolRequest] = []
        while len(batch) < size and self._queue:
            request = self._queue.popleft()
            if request.running() or request.set_running_or_notify_cancel():
                batch.append(request)
        return batch

    def _open_thread(self) -> None:
        thread = WorkerThread(self)
        self._threads.append(thread)
        thread.start()
        if not self._watches:
            self._watches.append(threading.Thread(target=self._watch_over, daemon=True))
            self._watches[0].start()

    def _stand_in(self) -> None:
        """Open a thread in the place of one that is stuck, if something waits for it."""
        stuck = [thread for thread in self._threads if thread.stalled]
        if (
            not self.closed.is_set()
            and self.waiting() > self._idle
            and len(self._threads) - len(stuck) < self._workers
            and len(self._threads) - self._workers < self._spares
            and not (self.bulk and sum(thread.memory() for thread in stuck) >= _SPARE_MEMORY)
        ):
            self._open_thread()

    def _forget(self, request: Future[Value | Rejected]) -> None:
        """Give the place of a cancelled request back."""
        if request.cancelled():
            with self._lock:
                self._queue = deque(each for each in self._queue if not each.cancelled())

    def _watch_over(self) -> None:
        while not self.closed.wait(_LOOK_EVERY):
            with self._lock:
                while not self.closed.is_set() and self._idle == len(self._threads):
                    self._stir.wait()
                threads = list(self._threads)
            for thread in threads:
                thread.look(time.monotonic())
            with self._lock:
                self._stand_in()
