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
from typing import TYPE_CHECKING, Any, Final, Protocol

from sokkuri import limits
from sokkuri.pipeline.messages import Inbox, pack, write_frame

if TYPE_CHECKING:
    from collections.abc import Mapping

FAULTS: Final = "SOKKURI_FAULTS"
"""Environment variable for tests: a JSON object from a part of a file's name to ``"kill"``,
``"segfault"``, ``"hang"``, ``"spin"`` or ``"memory"``, which the worker suffers then."""

_PROGRAM: Final = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from sokkuri.pipeline.{module} import main; main()"
)
_TRIES: Final = 2
_CERTAIN: Final = 5.0  # how long a killed process may take to be gone
# Positions in /proc/PID/stat after the name, which ends with the last bracket; see proc(5).
_USER_TICKS, _SYSTEM_TICKS = 11, 12


class WorkerProcess(Protocol):
    """A process that was told its task and serves; see :mod:`sokkuri.pipeline.worker`."""

    pid: int
    requests: int
    """File descriptor to write batches to."""
    inbox: Inbox
    """Its messages: an empty one when it is ready, then an answer for each request."""

    def kill(self) -> None:
        """End it at once, whatever it does; may be called from any thread, more than once."""

    def end(self, patience: float = 0.0) -> str:
        """Have it gone within ``patience`` seconds, killed if need be, and say how it ended."""


def start_worker(recipe: Mapping[str, Any]) -> WorkerProcess:
    """Start a process that does a task.

    On Linux it is forked from the fork server, which is started first if there is none; elsewhere,
    and should that fail, it is a new Python.

    Parameters
    ----------
    recipe : mapping
        Of :class:`sokkuri.pipeline.Task`.

    Raises
    ------
    OSError
        If no process can be started.
    """
    if sys.platform == "linux":
        for _ in range(_TRIES):  # a fork server may have died since it was last asked
            with contextlib.suppress(EOFError, OSError):
                return _Forked(recipe)
    return _Spawned(recipe)


def cpu_seconds(pid: int) -> float | None:
    """Return the processor time that a process has used so far; None where that is not known."""
    fields = _told_of(pid, "stat").rpartition(")")[2].split()
    if len(fields) <= _SYSTEM_TICKS:
        return None
    return (int(fields[_USER_TICKS]) + int(fields[_SYSTEM_TICKS])) / os.sysconf("SC_CLK_TCK")


def own_memory(pid: int) -> int:
    """Return the bytes that a process holds and does not map from files; 0 if not known."""
    fields = _told_of(pid, "statm").split()
    if len(fields) < 3:
        return 0
    return (int(fields[1]) - int(fields[2])) * os.sysconf("SC_PAGE_SIZE")


def _told_of(pid: int, name: str) -> str:
    if sys.platform != "linux":
        return ""
    try:
        with open(f"/proc/{pid}/{name}", encoding="ascii", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def surroundings() -> dict[str, Any]:
    """Return the folder that relative paths start from, limits, and the faults that tests want."""
    try:
        folder = os.getcwdb().hex()
    except OSError:  # it was removed
        folder = ""
    return {
        "folder": folder, "faults": os.environ.get(FAULTS, ""), "limits": limits.set_variables(),
    }  # fmt: skip


def move_to(there: Mapping[str, Any]) -> None:
    """Take on the surroundings of another process."""
    if there["folder"]:
        with contextlib.suppress(OSError):
            os.chdir(bytes.fromhex(there["folder"]))
    os.environ[FAULTS] = there["faults"]
    limits.take_variables(there["limits"])


class _Spawned:
    """A worker in a Python of its own, spoken to through pipes."""

    def __init__(self, recipe: Mapping[str, Any]) -> None:
        self._process = _new_python("worker", subprocess.PIPE, subprocess.PIPE)
        assert self._process.stdin is not None  # noqa: S101 - opened above
        assert self._process.stdout is not None  # noqa: S101 - opened above
        self.pid = self._process.pid
        self.requests = self._process.stdin.fileno()
        self.inbox = Inbox(self._process.stdout.fileno())
        # A process that cannot even start shows it when it is first asked.
        with contextlib.suppress(OSError):
            write_frame(self.requests, pack(recipe))

    def kill(self) -> None:
        self._process.kill()

    def end(self, patience: float = 0.0) -> str:
        try:
            code = self._process.wait(patience)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        return _ending(code)


class _Forked:
    """A worker forked from the fork server, spoken to through a socket."""

    def __init__(self, recipe: Mapping[str, Any]) -> None:
        self._server = _ForkServer.running()
        self._line, theirs = socket.socketpair()
        request = {"fork": recipe, **surroundings()}
        try:
            with theirs:
                self.pid = int(self._server.ask(request, theirs)["pid"])
        except BaseException:
            self._line.close()
            raise
        self.requests = self._line.fileno()
        self.inbox = Inbox(self.requests)

    def kill(self) -> None:
        # Until the server has waited for it, the number cannot be another process's.
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def end(self, patience: float = 0.0) -> str:
        code = self._waited(patience)
        if code is None:
            self.kill()
            code = self._waited(_CERTAIN)
        self._line.close()
        return "the fork server is gone" if code is None else _ending(code)

    def _waited(self, patience: float) -> int | None:
        try:
            code: int | None = self._server.ask({"wait": self.pid, "patience": patience})["code"]
        except (EOFError, OSError):
            return None
        return code


class _ForkServer:
    """The one fork server of this process, started when first needed, ended by its idleness."""

    _lock = threading.Lock()
    _one: _ForkServer | None = None

    def __init__(self, path: list[str]) -> None:
        self.path = path
        self._line, theirs = socket.socketpair()
        with theirs:
            self._process = _new_python("forkserver", theirs, subprocess.DEVNULL)
        self._inbox = Inbox(self._line.fileno())
        self._gone = False
        self._turn = threading.Lock()
        weakref.finalize(self, _farewell, self._line, self._process)

    @classmethod
    def running(cls) -> _ForkServer:
        with cls._lock:
            one = cls._one
            # One that imports from elsewhere ends when the last worker from it is forgotten.
            if one is None or not one.alive() or one.path != sys.path:
                one = cls._one = cls(list(sys.path))
            return one

    @classmethod
    def forget(cls) -> None:
        """Leave the server to the process that this one was forked from."""
        cls._lock = threading.Lock()
        cls._one = None

    def alive(self) -> bool:
        return not self._gone and self._process.poll() is None

    def ask(self, request: Mapping[str, Any], handle: socket.socket | None = None) -> Any:
        handles = [handle.fileno()] if handle is not None else []
        with self._turn:
            try:
                socket.send_fds(self._line, [pack(request)], handles)
                return self._inbox.header()
            except (EOFError, OSError):
                self._gone = True
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


def _new_python(module: str, stdin: Any, stdout: int) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(  # noqa: S603 - this Python, and nothing from outside
        [sys.executable, "-c", _PROGRAM.format(module=module), json.dumps(sys.path)],
        stdin=stdin,
        stdout=stdout,
        stderr=subprocess.DEVNULL,
        env=environment,
        bufsize=0,
    )


def _ending(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"
