"""Start worker processes, end them, and say how they ended and what they use."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import weakref
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, cast

from sokkuri import limits
from sokkuri.language import sentence
from sokkuri.pipeline.messages import Inbox, pack, write_frame

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

FAULTS: Final = "SOKKURI_FAULTS"
"""Environment variable for tests: a JSON object from a part of a file's name to ``"kill"``,
``"segfault"``, ``"hang"``, ``"spin"`` or ``"memory"``, which the worker suffers then."""

_PROGRAM: Final = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from sokkuri.pipeline.worker import {main}; {main}()"
)
_CERTAIN: Final = 5.0  # how long a killed process may take to be gone


@dataclass(frozen=True, slots=True)
class WorkerProcess:
    """A process that was told its task and serves; see :mod:`sokkuri.pipeline.worker`."""

    pid: int
    requests: int
    """File descriptor to write batches to."""
    inbox: Inbox
    """Its messages: an empty one when it is ready, then an answer for each request."""
    kill: Callable[[], None]
    """Ends it at once, whatever it does; may be called from any thread, more than once."""
    wait: Callable[[float], int | None]
    """Its exit code after so many seconds, negative for a signal; None while it lives."""
    close: Callable[[], None]

    def end(self, patience: float = 0.0) -> str:
        """Have it gone within ``patience`` seconds, killed if need be, and say how it ended."""
        code = self.wait(patience)
        if code is None:
            self.kill()
            code = self.wait(_CERTAIN)
        self.close()
        if code is None:
            return sentence("the fork server is gone")
        number = abs(code)
        return sentence(f"signal {number}") if code < 0 else sentence(f"exit code {number}")


def start_worker(recipe: Mapping[str, Any]) -> WorkerProcess:
    """Start a process that does the task of a recipe; raise OSError if there can be none.

    On Linux it is forked from the fork server, which is started first if there is none; elsewhere,
    and should that fail, it is a new Python.
    """
    if sys.platform == "linux":
        for _ in range(2):  # a fork server may have died since it was last asked
            with contextlib.suppress(EOFError, OSError):
                return _forked(recipe)
    return _spawned(recipe)


def cpu_seconds(pid: int) -> float | None:
    """Return the processor time that a process has used so far; None where that is not known."""
    # User and system ticks, counted behind the name, which ends with the last bracket; see proc(5).
    ticks = _told_of(pid, "stat").rpartition(")")[2].split()[11:13]
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK") if len(ticks) == 2 else None


def own_memory(pid: int) -> int:
    """Return the bytes that a process holds and does not map from files; 0 if not known."""
    pages = _told_of(pid, "statm").split()[1:3]  # resident, and those that are shared
    return (int(pages[0]) - int(pages[1])) * os.sysconf("SC_PAGE_SIZE") if len(pages) == 2 else 0


def _told_of(pid: int, name: str) -> str:
    with contextlib.suppress(OSError):  # as everywhere but on Linux
        return Path(f"/proc/{pid}/{name}").read_text("ascii", "replace")
    return ""


def surroundings() -> dict[str, Any]:
    """Return the folder that relative paths start from, limits, and the faults that tests want."""
    folder = ""
    with contextlib.suppress(OSError):  # it was removed
        folder = os.getcwdb().hex()
    faults = os.environ.get(FAULTS, "")
    return {"folder": folder, "faults": faults, "limits": limits.set_variables()}


def move_to(there: Mapping[str, Any]) -> None:
    """Take on the surroundings of another process."""
    if there["folder"]:
        with contextlib.suppress(OSError):
            os.chdir(bytes.fromhex(there["folder"]))
    os.environ[FAULTS] = there["faults"]
    limits.take_variables(there["limits"])


def _spawned(recipe: Mapping[str, Any]) -> WorkerProcess:
    """Start a worker in a Python of its own, spoken to through pipes."""
    process = _new_python("main", subprocess.PIPE, subprocess.PIPE)
    requests, answers = cast("tuple[IO[bytes], IO[bytes]]", (process.stdin, process.stdout))

    def wait(seconds: float) -> int | None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            return process.wait(seconds)
        return None

    def close() -> None:
        requests.close()
        answers.close()

    # A process that cannot even start shows it when it is first asked.
    with contextlib.suppress(OSError):
        write_frame(requests.fileno(), pack(recipe))
    inbox = Inbox(answers.fileno())
    return WorkerProcess(process.pid, requests.fileno(), inbox, process.kill, wait, close)


def _forked(recipe: Mapping[str, Any]) -> WorkerProcess:
    """Have a worker forked by the fork server, spoken to through a socket."""
    server = _ForkServer.running()
    line, theirs = socket.socketpair()
    try:
        with theirs:
            pid = int(server.ask({"fork": recipe, **surroundings()}, theirs)["pid"])
    except BaseException:
        line.close()
        raise

    def kill() -> None:
        # Until the server has waited for it, the number cannot be another process's.
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

    def wait(seconds: float) -> int | None:
        with contextlib.suppress(EOFError, OSError):
            code: int | None = server.ask({"wait": pid, "patience": seconds})["code"]
            return code
        return None

    return WorkerProcess(pid, line.fileno(), Inbox(line.fileno()), kill, wait, line.close)


class _ForkServer:
    """The one fork server of this process, started when first needed, ended by its idleness."""

    _lock = threading.Lock()
    _one: _ForkServer | None = None

    def __init__(self, path: list[str]) -> None:
        self.path = path
        self._line, theirs = socket.socketpair()
        with theirs:
            self.process = _new_python("fork_main", theirs, subprocess.DEVNULL)
        self._inbox = Inbox(self._line.fileno())
        self.gone = False
        self._turn = threading.Lock()
        weakref.finalize(self, _farewell, self._line, self.process)

    @classmethod
    def running(cls) -> _ForkServer:
        with cls._lock:
            one = cls._one
            # One that imports from elsewhere ends when the last worker from it is forgotten.
            if one is None or one.gone or one.path != sys.path or one.process.poll() is not None:
                one = cls._one = cls(list(sys.path))
            return one

    @classmethod
    def forget(cls) -> None:
        """Leave the server to the process that this one was forked from."""
        cls._lock = threading.Lock()
        cls._one = None

    def ask(self, request: Mapping[str, Any], handle: socket.socket | None = None) -> Any:
        handles = [handle.fileno()] if handle is not None else []
        with self._turn:
            try:
                socket.send_fds(self._line, [pack(request)], handles)
                return self._inbox.header()
            except (EOFError, OSError):
                self.gone = True
                raise


def _farewell(line: socket.socket, process: subprocess.Popen[bytes]) -> None:
    line.close()
    try:
        process.wait(_CERTAIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_ForkServer.forget)


def _new_python(main: str, stdin: Any, stdout: int) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-c", _PROGRAM.format(main=main), json.dumps(sys.path)]
    return subprocess.Popen(  # noqa: S603 - this Python, and nothing from outside
        command, 0, None, stdin, stdout, subprocess.DEVNULL, env=environment
    )
