"""Worker processes that decode and hash, so that a decoder may die without the run."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from typing import IO, TYPE_CHECKING, Final

from sokkuri import settings
from sokkuri.errors import UnknownHash
from sokkuri.images import Rejected, RejectKind
from sokkuri.pipeline.frames import Answer, decode_answer, read_frame, write_frame
from sokkuri.registry import hasher as hasher_of_name

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    from sokkuri.hashes import HashSpec
    from sokkuri.protocols import Hasher

__all__ = ["WorkerPool", "workers_can_make"]

_LOOK_EVERY: Final = 0.2
_STRIKES: Final = 2
# How long a process that closed its pipe may take to be gone, so that its own end is seen.
_LAST_BREATH: Final = 2.0
# Codecs and allocators keep what they once had; a fresh process gives it back.
_FILES_A_WORKER: Final = 5000

_PROGRAM: Final = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from sokkuri.pipeline.worker import main; main()"
)


def workers_can_make(hashers: Sequence[Hasher]) -> bool:
    """Tell whether another process gets the same hashers from their names alone."""
    if not sys.executable:
        return False
    try:
        return all(hasher_of_name(maker.spec.name) == maker for maker in hashers)
    except UnknownHash:
        return False


class WorkerPool:
    """One worker process for each thread that asks, started when it first does.

    Parameters
    ----------
    hashers : sequence of Hasher
        Known by their names.
    seconds : float
        How long one file may take; a worker that takes longer is killed.
    """

    def __init__(
        self, hashers: Sequence[Hasher], *, seconds: float = settings.DECODE_SECONDS
    ) -> None:
        self._specs = [maker.spec for maker in hashers]
        self._seconds = seconds
        self._mine = threading.local()
        self._workers: list[_Worker] = []
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._watch = threading.Thread(target=self._kill_the_slow, daemon=True)

    def __enter__(self) -> WorkerPool:
        self._watch.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closed.set()
        with self._lock:
            for worker in self._workers:
                worker.end()
        self._watch.join()

    def ask(self, path: str) -> tuple[str, Answer | Rejected]:
        """Have one file hashed; a file that ends its worker twice is rejected by name."""
        cause = ""
        for _ in range(_STRIKES):
            worker = self._worker()
            try:
                return path, worker.ask(path, self._specs)
            except (EOFError, OSError):
                cause = worker.end(_LAST_BREATH)
                self._mine.worker = None
            if worker.was_slow():
                detail = f"its decoder did not end within {self._seconds:g} seconds"
                return path, Rejected(path, RejectKind.CRASHED, detail)
            if self._closed.is_set():
                break
        detail = f"its decoder died {_STRIKES} times ({cause}); the other files went on"
        return path, Rejected(path, RejectKind.CRASHED, detail)

    def _worker(self) -> _Worker:
        worker: _Worker | None = getattr(self._mine, "worker", None)
        if worker is not None and worker.asked >= _FILES_A_WORKER:
            worker.end()
            worker = None
        if worker is None:
            worker = _Worker([spec.name for spec in self._specs])
            self._mine.worker = worker
            with self._lock:
                self._workers = [other for other in self._workers if not other.ended]
                self._workers.append(worker)
        return worker

    def _kill_the_slow(self) -> None:
        while not self._closed.wait(_LOOK_EVERY):
            with self._lock:
                workers = list(self._workers)
            for worker in workers:
                worker.kill_if_slow(self._seconds)


class _Worker:
    """One process and the pipes to it; used by one thread, and by the watch."""

    def __init__(self, names: list[str]) -> None:
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        self._process = subprocess.Popen(  # noqa: S603 - this Python, and nothing from outside
            [sys.executable, "-c", _PROGRAM, json.dumps(sys.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
        self.asked = 0
        self.ended = False
        self._slow_file = 0
        self._since: float | None = None
        # A process that cannot even start shows it when it is first asked.
        with contextlib.suppress(OSError):
            write_frame(self._input(), names)

    def ask(self, path: str, specs: Sequence[HashSpec]) -> Answer | Rejected:
        self.asked += 1
        write_frame(self._input(), os.fsencode(path).hex())
        # The first file waits for Python to start as well, which is not its fault.
        self._since = time.monotonic() + (settings.START_SECONDS if self.asked == 1 else 0)
        try:
            return decode_answer(read_frame(self._output()), path, specs)
        finally:
            self._since = None

    def kill_if_slow(self, seconds: float) -> None:
        since = self._since
        if since is not None and time.monotonic() - since > seconds:
            self._slow_file = self.asked
            self._process.kill()

    def was_slow(self) -> bool:
        """Tell whether the process was killed for the file that was asked last."""
        return self._slow_file == self.asked

    def end(self, patience: float = 0.0) -> str:
        """End the process, whatever it does, and say how it ended."""
        self.ended = True
        try:
            code = self._process.wait(patience)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        return f"signal {-code}" if code < 0 else f"exit code {code}"

    def _input(self) -> IO[bytes]:
        assert self._process.stdin is not None  # noqa: S101 - opened above
        return self._process.stdin

    def _output(self) -> IO[bytes]:
        assert self._process.stdout is not None  # noqa: S101 - opened above
        return self._process.stdout
