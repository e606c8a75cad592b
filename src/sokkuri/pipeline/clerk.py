"""One clerk of a desk: a thread, the worker process it has at the time, and the one request there.

A clerk asks one thing at a time, so whatever its worker dies of is known.
"""

from __future__ import annotations

import contextlib
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sokkuri import limits, settings
from sokkuri.errors import WorkersFailed
from sokkuri.images import Rejected, RejectKind
from sokkuri.pipeline.framing import pack, write_frame
from sokkuri.pipeline.processes import WorkerProcess, start_worker

if TYPE_CHECKING:
    from concurrent.futures import Future

    from sokkuri.pipeline.desk import Desk

__all__ = ["CLOSED", "Clerk", "Request"]

CLOSED: Final = "the decoders are being shut down"

_STRIKES: Final = 2
# Codecs and allocators keep what they once had; a fresh process gives it back.
_REQUESTS_A_WORKER: Final = 3000
# How long a process that closed its pipe may take to be gone, so that its own end is seen.
_LAST_BREATH: Final = 2.0
_STALLED_AFTER: Final = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Request:
    """One thing that was asked.

    Parameters
    ----------
    text : str
        What the worker gets.
    seconds : float
        How long it may take.
    later : bool
        Whether all others go first.
    future : concurrent.futures.Future
        Where the answer goes.
    """

    text: str
    seconds: float
    later: bool
    future: Future[Any]


class Clerk:
    """A thread that takes requests from a desk and has a worker process answer them."""

    def __init__(self, desk: Desk[Any]) -> None:
        self.thread = threading.Thread(target=self._run, name="sokkuri-clerk", daemon=True)
        self.stalled = False
        self._desk = desk
        self._worker: WorkerProcess | None = None
        self._asked = 0
        self._lock = threading.Lock()
        self._begun = 0.0
        self._until: float | None = None
        self._slow = False

    def kill(self) -> None:
        """End the worker at once; the clerk sees that it is gone."""
        with self._lock:
            if self._worker is not None:
                self._worker.kill()

    def look(self, now: float) -> None:
        """Kill a worker that takes too long for its request, and note one that takes long."""
        with self._lock:
            if self._until is None or self._worker is None:
                return
            self.stalled = now - self._begun > _STALLED_AFTER
            if now > self._until:
                self._slow = True
                self._worker.kill()

    # -- the thread

    def _run(self) -> None:
        try:
            while self._serve_next():
                pass
        finally:
            self._end_worker()

    def _serve_next(self) -> bool:
        """Answer a request, and let go of it before the next is waited for; False at the end."""
        request = self._desk.take(self)
        if request is None:
            return False
        begun = time.monotonic()
        try:
            result = self._result(request)
        except Exception as error:
            request.future.set_exception(error)
        else:
            self._desk.learn_pace(time.monotonic() - begun)
            request.future.set_result(result)
        return True

    def _result(self, request: Request) -> Any:
        """Return the answer, or a Rejected that names how the worker ended, twice or too late.

        Raises
        ------
        WorkersFailed
            If no worker can be started, or the desk was closed meanwhile.
        """
        cause = ""
        for _ in range(_STRIKES):
            worker = self._ready_worker()
            try:
                message = self._ask(worker, request)
            except (EOFError, OSError):
                cause = self._end_worker(_LAST_BREATH)
            else:
                try:
                    return self._desk.task.result(request.text, message)
                except EOFError:
                    cause = "its answer made no sense"
                    self._end_worker()
            finally:
                slow = self._rest()
            if self._desk.closed:
                raise WorkersFailed(CLOSED)
            if slow:
                within = f"{request.seconds:g} seconds; {limits.DECODE_SECONDS.ways}"
                detail = f"its decoder did not end within {within}"
                return Rejected(request.text, RejectKind.CRASHED, detail)
        detail = f"its decoder died {_STRIKES} times ({cause})"
        return Rejected(request.text, RejectKind.CRASHED, detail)

    def _ask(self, worker: WorkerProcess, request: Request) -> bytes:
        self._begin(request.seconds)
        self._asked += 1
        write_frame(worker.requests, pack([request.text]))
        message, *more = worker.inbox.some()
        if more:
            raise EOFError
        return message

    def _begin(self, seconds: float, *, starting: bool = False) -> None:
        with self._lock:
            now = time.monotonic()
            self._until = now + seconds
            # A process that is only starting needs nobody to take its place.
            self._begun = self._until if starting else now
            self._slow = self.stalled = False

    def _rest(self) -> bool:
        """Stop the time; tell whether it had run out, and drop the worker that was killed then."""
        with self._lock:
            self._until = None
            self.stalled = False
            slow, self._slow = self._slow, False
        if slow:
            self._end_worker(_LAST_BREATH)
        return slow

    def _ready_worker(self) -> WorkerProcess:
        if self._asked >= _REQUESTS_A_WORKER:
            self._end_worker()
        if self._worker is not None:
            return self._worker
        try:
            worker = start_worker(self._desk.task.recipe())
        except (EOFError, OSError) as error:
            raise WorkersFailed(
                "no worker process can be started; free some memory or end other programs"
            ) from error
        with self._lock:
            self._worker, self._asked = worker, 0
        self._begin(settings.START_SECONDS, starting=True)
        try:
            if self._desk.closed:
                raise EOFError
            worker.inbox.some()
        except (EOFError, OSError) as error:
            self._end_worker()
            why = CLOSED if self._desk.closed else "a worker process ended before it was ready"
            raise WorkersFailed(why) from error
        finally:
            self._rest()
        return worker

    def _end_worker(self, patience: float = 0.0) -> str:
        with self._lock:
            worker, self._worker = self._worker, None
        if worker is None:
            return "it did not start"
        with contextlib.suppress(OSError):
            return worker.end(patience)
        return "unknown"
