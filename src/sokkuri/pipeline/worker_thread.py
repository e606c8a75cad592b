"""A thread of a pool, and the worker process that it has at the time.

It knows of which request a worker died: that of the first answer that is missing.  A worker that
dies is replaced and the request asked once more; one that is slow keeps its request and gives back
those behind it.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Final, Protocol

from sokkuri import limits, settings
from sokkuri.errors import WorkersFailed
from sokkuri.images import Rejected, RejectKind
from sokkuri.language import sentence
from sokkuri.pipeline.messages import BadMessage, pack, write_frame
from sokkuri.pipeline.spawn import WorkerProcess, cpu_seconds, own_memory, start_worker

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sokkuri.pipeline.task import Task

CLOSED: Final = sentence("the decoders are being shut down")

_STRIKES: Final = 2
# How long a process that closed its pipe may take to be gone, so that its own end is seen.
_LAST_BREATH: Final = 2.0
# Codecs and allocators keep what they once had; a fresh process gives it back.
_RENEW_AFTER: Final = 5000
_SLOW_AFTER: Final = 0.25
_STALLED_AFTER: Final = 0.5
_IDLE_AFTER: Final = 0.1
_IDLE_SHARE: Final = 0.2
# Answers come one by one; woken for each, a thread would cost as much as the hashing.
_NAP: Final = 0.004


class PoolRequest(Future[Any]):
    """A request, and the future of its answer."""

    def __init__(self, text: str, seconds: float) -> None:
        super().__init__()
        self.text = text
        self.seconds = seconds
        self.strikes = 0


class _Queue(Protocol):
    """The side of a pool that its threads see."""

    task: Task[Any]
    bulk: bool
    closed: threading.Event

    def take(self, thread: WorkerThread) -> list[PoolRequest]: ...
    def take_more(self) -> list[PoolRequest]: ...
    def give_back(self, requests: Iterable[PoolRequest]) -> None: ...
    def learn_pace(self, seconds: float) -> None: ...


class WorkerThread(threading.Thread):
    """A thread, the worker process that it has at the time, and the requests that are there."""

    def __init__(self, pool: _Queue) -> None:
        super().__init__(name="sokkuri-worker", daemon=True)
        self.stalled = False
        self._pool = pool
        self._worker: WorkerProcess | None = None
        self._sent = 0
        self._lock = threading.Lock()
        self._batch: deque[PoolRequest] = deque()
        # Since when the first of them is looked at, and how long it may be; None where none is.
        self._since = 0.0
        self._until: float | None = None
        self._used: tuple[float, float] | None = None
        self._gave_back = self._late = False
        # How the last batch goes: answered since it was sent, and enough to send the next.
        self._begun = 0.0
        self._answered = self._enough = 0

    def kill(self) -> None:
        """End the worker at once; the thread sees that it is gone."""
        with self._lock:
            if self._worker is not None:
                self._worker.kill()

    def memory(self) -> int:
        """Return the bytes that the worker holds."""
        worker = self._worker
        return 0 if worker is None else own_memory(worker.pid)

    def look(self, now: float) -> None:
        """Kill a worker that takes too long, and free the requests behind a slow one."""
        with self._lock:
            if self._until is None or self._worker is None:
                return
            if now > self._until:
                self._late = True
                self._worker.kill()
            if now - self._since > _SLOW_AFTER:
                behind = [self._batch.pop() for _ in range(len(self._batch) - 1)]
                self._gave_back = self._gave_back or bool(behind)
                self._pool.give_back(behind)
            bulk = self._pool.bulk
            if now - self._since > (_SLOW_AFTER if bulk else _STALLED_AFTER) and not self.stalled:
                self.stalled = not bulk or self._is_idle(self._worker.pid, now)

    def _is_idle(self, pid: int, now: float) -> bool:
        """Tell whether the worker waits for something; one that computes has its core anyway."""
        used = cpu_seconds(pid)
        if used is None:
            return False
        since, before = self._used = self._used or (now, used)
        return now - since > _IDLE_AFTER and used - before < _IDLE_SHARE * (now - since)

    def run(self) -> None:
        """Serve until the pool needs it no more."""
        try:
            while self._batch or self._take():
                try:
                    self._serve()
                except Exception as error:
                    self._end_worker()
                    with self._lock:
                        failed, self._batch = self._batch, deque()
                    while failed:  # no name is left here that would keep answered requests
                        failed.popleft().set_exception(error)
        finally:
            self._end_worker()

    def _take(self) -> bool:
        self._batch.extend(self._pool.take(self))
        return bool(self._batch)

    def _serve(self) -> None:
        """Have the batch answered, and those that follow, until the worker ends."""
        worker, cause = self._ready_worker(), ""
        try:
            self._send(worker, self._batch)
            while self._batch:
                self._hand_in(worker.inbox.some())
                if not self._follow_up(worker) and self._batch:
                    worker.inbox.nap(_NAP)
        except BadMessage:
            cause = "its answer made no sense"
            self._end_worker()
        except (EOFError, OSError):
            cause = self._end_worker(_LAST_BREATH)
        with self._lock:
            self._until, self._used, self.stalled = None, None, False
            late, self._late = self._late, False
        if self._is_ending():
            raise WorkersFailed(CLOSED)
        if cause:
            self._judge(cause, late=late)
        elif late or self._gave_back:
            self._end_worker()  # it would go on with requests that others have

    def _send(self, worker: WorkerProcess, requests: Iterable[PoolRequest]) -> None:
        texts = [request.text for request in requests]
        self._progress()
        write_frame(worker.requests, pack(texts))
        self._sent += len(texts)
        self._enough = max(1, len(texts) // 2)
        self._begun, self._answered = time.monotonic(), 0

    def _follow_up(self, worker: WorkerProcess) -> bool:
        """Send the next batch while the worker still has some of this one; tell whether it was."""
        if len(self._batch) > self._enough:
            return False
        if self._answered:
            self._pool.learn_pace((time.monotonic() - self._begun) / self._answered)
        with self._lock:
            if not self._batch or self._gave_back or self._sent >= _RENEW_AFTER:
                return False
            more = self._pool.take_more()
            self._batch.extend(more)
        if more:
            self._send(worker, more)
        return bool(more)

    def _hand_in(self, messages: Iterable[bytes]) -> None:
        for message in messages:
            if not self._batch:
                break  # answers to requests that other threads have by now
            request = self._batch[0]
            value = self._pool.task.result(request.text, message)
            with self._lock:
                self._batch.popleft()
            self._answered += 1
            request.set_result(value)
        self._progress()

    def _progress(self) -> None:
        with self._lock:
            self._since = time.monotonic()
            self._until = self._since + self._batch[0].seconds if self._batch else None
            self._used = None
            self._late = self.stalled = False

    def _judge(self, cause: str, *, late: bool) -> None:
        """Answer the request of which the worker died, if it was not the first time."""
        request = self._batch[0]
        request.strikes += 1
        if request.strikes < _STRIKES and not late:
            return
        detail = f"its decoder died {request.strikes} times ({cause})"
        if self._pool.bulk:
            detail = sentence(f"{detail}; the other files went on")
        if late:
            ways = limits.DECODE_SECONDS.ways
            detail = f"its decoder did not end within {request.seconds:g} seconds; {ways}"
        self._batch.popleft()
        request.set_result(Rejected(request.text, RejectKind.CRASHED, detail))

    def _ready_worker(self) -> WorkerProcess:
        if self._sent >= _RENEW_AFTER:
            self._end_worker()
        if self._worker is not None:
            return self._worker
        why = "no worker process can be started; free some memory or end other programs"
        try:
            worker = start_worker(self._pool.task.recipe())
            why = "a worker process ended before it was ready"
            with self._lock:
                self._worker, self._sent, self._gave_back = worker, 0, False
                # The start is not the first request's fault, and needs nobody to take its place.
                self._since = self._until = time.monotonic() + settings.START_SECONDS
            if self._is_ending():
                raise EOFError
            worker.inbox.some()
        except (EOFError, OSError) as error:
            self._end_worker()
            raise WorkersFailed(CLOSED if self._is_ending() else why) from error
        return worker

    def _is_ending(self) -> bool:
        """Tell whether workers end because the pool does, or the program: no file is to blame."""
        return self._pool.closed.is_set() or not threading.main_thread().is_alive()

    def _end_worker(self, patience: float = 0.0) -> str:
        with self._lock:
            worker, self._worker = self._worker, None
            self._until = None
        if worker is None:
            return sentence("it did not start")
        with contextlib.suppress(OSError):
            return worker.end(patience)
        return sentence("unknown")
