"""A desk where single requests are handed in at any time, and worker processes answer them.

For a program that lives long and must never decode a picture itself, such as a server: the queue
is bounded, a decoder that dies or hangs costs its own request and nothing else, and the workers
stay between requests.
"""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from concurrent.futures import Future
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from sokkuri import limits
from sokkuri.cores import core_count
from sokkuri.errors import SokkuriError, WorkersFailed
from sokkuri.pipeline.clerk import CLOSED, Clerk, Request

if TYPE_CHECKING:
    from sokkuri.images import Rejected
    from sokkuri.pipeline.task import Task

__all__ = ["Busy", "Desk"]

Result = TypeVar("Result")

_LOOK_EVERY: Final = 0.05
_CLOSED_WITHIN: Final = 5.0
# What a request takes, until that is known, and how fast that is learnt.
_FIRST_PACE: Final = 0.01
_LEARN: Final = 0.1
_LONGEST_WAIT: Final = 30


class Busy(SokkuriError):
    """So much is waiting that nothing more is taken in; ask again.

    Parameters
    ----------
    retry_after : int
        After how many seconds there is probably room, at least 1.
    """

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"too many pictures are waiting; ask again in {retry_after} s")
        self.retry_after = retry_after


class Desk(Generic[Result]):
    """A bounded queue before long-lived worker processes; every method may be called by any thread.

    Parameters
    ----------
    task : Task
        What workers do with a request; it must be portable.
    workers : int, optional
        Processes at work at one time; as many as there are cores if None.  They are started when
        first needed.  While some are stuck, as many again may take their place.
    queue : int
        How many requests may wait.  Those for later may fill half of it.
    seconds : float, optional
        How long one request may take, unless it says so itself; as for any file if None.
    """

    def __init__(
        self,
        task: Task[Result],
        *,
        workers: int | None = None,
        queue: int = 256,
        seconds: float | None = None,
    ) -> None:
        self.task = task
        self.closed = False
        self._workers = core_count() if workers is None else max(1, workers)
        self._room = queue
        self._seconds = limits.DECODE_SECONDS.value() if seconds is None else seconds
        self._lock = threading.Lock()
        self._work = threading.Condition(self._lock)  # for clerks: something waits
        self._stir = threading.Condition(self._lock)  # for the watch: something is under way
        self._soon: deque[Request] = deque()
        self._later: deque[Request] = deque()
        self._clerks: list[Clerk] = []
        self._idle = 0
        self._pace = _FIRST_PACE
        self._watch: threading.Thread | None = None

    def submit(
        self, request: str, *, seconds: float | None = None, later: bool = False
    ) -> Future[Result | Rejected]:
        """Hand a request in.

        Parameters
        ----------
        request : str
            What the worker's function gets.
        seconds : float, optional
            How long it may take; a worker that takes longer is killed.
        later : bool
            Begin it only when nothing else waits.

        Returns
        -------
        Future
            Of the answer, or of a Rejected where the request ended two workers or took too long;
            with WorkersFailed where no worker can be started, or the desk was closed meanwhile.
            Cancelled before it begins, it gives its place in the queue back.

        Raises
        ------
        Busy
            At once, if the queue is full.
        WorkersFailed
            If the desk is closed.
        """
        future: Future[Result | Rejected] = Future()
        asked = Request(request, self._seconds if seconds is None else seconds, later, future)
        with self._lock:
            if self.closed:
                raise WorkersFailed(CLOSED)
            if not self._has_room(later=later):
                raise Busy(self._retry_after())
            (self._later if later else self._soon).append(asked)
            self._open_clerk_if_needed()
            self._work.notify()
        future.add_done_callback(self._drop)
        return future

    def waiting(self) -> int:
        """Return how many requests have not begun."""
        with self._lock:
            return self._waiting()

    def close(self) -> None:
        """End all workers, within five seconds; what waits is cancelled."""
        end = time.monotonic() + _CLOSED_WITHIN
        with self._lock:
            self.closed = True
            waiting = [*self._soon, *self._later]
            self._soon.clear()
            self._later.clear()
            clerks = list(self._clerks)
            self._work.notify_all()
            self._stir.notify_all()
        for request in waiting:
            request.future.cancel()
            request.future.set_running_or_notify_cancel()
        for clerk in clerks:
            clerk.kill()
        threads = [clerk.thread for clerk in clerks]
        for thread in [*threads, *([self._watch] if self._watch else [])]:
            thread.join(max(0.0, end - time.monotonic()))

    # -- what clerks call

    def take(self, clerk: Clerk) -> Request | None:
        """Wait for the next request; None where the desk is closed, or has clerks enough."""
        with self._lock:
            while not self.closed:
                if self._at_work() > self._workers:
                    self._work.notify()  # another has to see what this one was woken for
                    break
                request = self._next()
                if request is not None:
                    self._stir.notify()
                    return request
                self._idle += 1
                self._work.wait()
                self._idle -= 1
            self._clerks.remove(clerk)
            return None

    def learn_pace(self, seconds: float) -> None:
        """Note how long a request took."""
        self._pace += (seconds - self._pace) * _LEARN

    # -- under the lock

    def _waiting(self) -> int:
        return len(self._soon) + len(self._later)

    def _has_room(self, *, later: bool) -> bool:
        if later and len(self._later) >= self._room // 2:
            return False
        return self._waiting() < self._room

    def _retry_after(self) -> int:
        wanted = math.ceil(self._waiting() * self._pace / self._workers)
        return min(max(1, wanted), _LONGEST_WAIT)

    def _next(self) -> Request | None:
        """Take the first request that was not cancelled."""
        while waiting := self._soon or self._later:
            request = waiting.popleft()
            if request.future.set_running_or_notify_cancel():
                return request
        return None

    def _at_work(self) -> int:
        """Count the clerks that are not stuck; only as many again may be."""
        stalled = sum(clerk.stalled for clerk in self._clerks)
        return len(self._clerks) - min(stalled, self._workers)

    def _open_clerk_if_needed(self) -> None:
        if self._waiting() <= self._idle or self._at_work() >= self._workers or self.closed:
            return
        clerk = Clerk(self)
        self._clerks.append(clerk)
        clerk.thread.start()
        if self._watch is None:
            self._watch = threading.Thread(
                target=self._look_after_clerks, name="sokkuri-desk", daemon=True
            )
            self._watch.start()

    # -- without it

    def _drop(self, done: Future[Result | Rejected]) -> None:
        """Give the place of a cancelled request back."""
        if not done.cancelled():
            return
        with self._lock:
            for waiting in (self._soon, self._later):
                for request in waiting:
                    if request.future is done:
                        waiting.remove(request)
                        return

    def _look_after_clerks(self) -> None:
        while not self.closed:
            with self._lock:
                while not self.closed and self._idle == len(self._clerks):
                    self._stir.wait()
                clerks = list(self._clerks)
            time.sleep(_LOOK_EVERY)
            for clerk in clerks:
                clerk.look(time.monotonic())
            with self._lock:
                self._open_clerk_if_needed()
