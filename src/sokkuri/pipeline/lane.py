"""One lane: a thread, the worker process it has at the time, and the files that are with it."""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Final

from sokkuri import limits, settings
from sokkuri.images import Rejected, RejectKind
from sokkuri.pipeline.framing import pack, write_frame
from sokkuri.pipeline.processes import WorkerProcess, start_worker
from sokkuri.pipeline.standing import cpu_seconds, own_memory

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sokkuri.pipeline.lanes import Road

__all__ = ["Item", "Lane"]

Item = tuple[int, str]
"""A file, and its place among all."""

_STRIKES: Final = 2
# Codecs and allocators keep what they once had; a fresh process gives it back.
_FILES_A_WORKER: Final = 5000
# Answers come one by one; woken for each, a lane would cost as much as the hashing.
_NAP: Final = 0.004
_SLOW_AFTER: Final = 0.25
_IDLE_AFTER: Final = 0.1
_IDLE_SHARE: Final = 0.2
# How long a process that closed its pipe may take to be gone, so that its own end is seen.
_LAST_BREATH: Final = 2.0


class Lane:
    """One thread, and the worker process it has at the time."""

    def __init__(self, road: Road) -> None:
        self.thread = threading.Thread(target=self._run, name="sokkuri-lane", daemon=True)
        self.stalled = False
        self.over = False
        self._road = road
        self._worker: WorkerProcess | None = None
        self._asked = 0
        self._lock = threading.Lock()
        self._batch: deque[Item] = deque()
        self._since: float | None = None
        self._used: tuple[float, float] | None = None
        self._gave_back = False
        self._slow = False
        self._enough = 0
        self._answered = 0
        self._begun = 0.0

    def kill(self) -> None:
        """End the worker at once; the lane sees that it is gone."""
        worker = self._worker
        if worker is not None:
            worker.kill()

    def memory(self) -> int:
        """Return the bytes that the worker holds."""
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
        """Have the batch hashed, and those that follow; or say how the worker ended before."""
        worker = self._ready_worker()
        try:
            self._send(worker, self._batch)
            self._progress()
            while self._batch:
                self._hand_in(worker.inbox.some())
                if not self._follow_up(worker) and self._batch:
                    worker.inbox.nap(_NAP)
        except (EOFError, OSError):
            return self._end_worker(_LAST_BREATH)
        finally:
            self._since = None
        if self._gave_back:
            self._end_worker()  # it would go on with files that others have
        return None

    def _send(self, worker: WorkerProcess, items: Iterable[Item]) -> None:
        paths = [path for _, path in items]
        write_frame(worker.requests, pack(paths))
        self._asked += len(paths)
        self._enough = len(paths) // 2
        self._begun, self._answered = time.monotonic(), 0

    def _follow_up(self, worker: WorkerProcess) -> bool:
        """Send the next batch while the worker still has some of this one; tell whether it was."""
        if len(self._batch) > max(1, self._enough) or self._asked >= _FILES_A_WORKER:
            return False
        self._road.learn_pace(self._answered, time.monotonic() - self._begun)
        with self._lock:
            more = [] if self._gave_back else self._road.take_more()
            self._batch.extend(more)
        if more:
            self._send(worker, more)
        return bool(more)

    def _hand_in(self, frames: Iterable[bytes]) -> None:
        results = []
        try:
            for frame in frames:
                if not self._batch:
                    break  # answers for files that other lanes have by now
                index, path = self._batch[0]
                results.append((index, (path, self._road.task.result(path, frame))))
                with self._lock:
                    self._batch.popleft()
        finally:
            self._answered += len(results)
            self._progress()
            self._road.deliver(results)

    def _progress(self) -> None:
        with self._lock:
            self._since = time.monotonic()
            self._used = None
            self._slow = self.stalled = False

    def _judge(self, cause: str, strikes: int, first: Item) -> int:
        """Decide what becomes of the file whose worker died; return its strikes."""
        with self._lock:
            suspect = self._batch[0]
            slow, self._slow, self.stalled = self._slow, False, False
            strikes = strikes + 1 if suspect == first else 1
            if slow:
                within = f"{self._road.seconds:g} seconds; {limits.DECODE_SECONDS.ways}"
                detail = f"its decoder did not end within {within}"
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
            worker = start_worker(self._road.task.recipe())
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
