"""A worker process: does a task with the requests it is sent, one by one, until its input ends.

Started as a plain Python process of its own, not by ``multiprocessing``: that would import the
user's main module again, and ask every script for a ``__main__`` guard.  It takes 0.2 s and one
core to import; on Linux one is forked in a few milliseconds from the fork server, a process that
has everything imported.  So a run over many files begins at once after the first, and a file that
kills its decoder costs next to nothing.  The server has one thread and decodes nothing but what
warms a task up, which is what makes forking safe.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import io
import json
import os
import select
import signal
import socket
import sys
import time
from collections import deque
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from PIL import Image

from sokkuri import limits
from sokkuri.pipeline.messages import Inbox, pack, unpack, write_frame
from sokkuri.pipeline.record import hash_source
from sokkuri.pipeline.spawn import FAULTS, move_to
from sokkuri.pipeline.task import Task, task_of

if sys.platform == "linux":
    import resource

    _prctl: Final = ctypes.CDLL(None).prctl

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_IDLE_SECONDS: Final = 60.0
_LOOK_EVERY: Final = 0.0005


def main() -> None:
    """Serve on stdin and stdout; the recipe of the task comes first."""
    requests, answers = _own_streams()
    with contextlib.suppress(EOFError, BrokenPipeError):
        inbox = Inbox(requests)
        _serve(_made_ready(inbox.header()), inbox, answers)


def _made_ready(recipe: Mapping[str, Any]) -> Task[Any]:
    """Make a task, and do once what every picture needs, before memory and time are limited.

    Pages of memory that are touched here need no copy in forked processes either, so a photo like
    any other is decoded and hashed.
    """
    task = task_of(recipe)
    rows, columns = np.mgrid[0:400, 0:300]
    pixels = np.stack([rows, columns, (rows * columns) % 251], axis=2).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG")
    for _ in range(2 if task.hashers else 0):
        hash_source(task.hashers, file.getvalue())
    return task


def _own_streams() -> tuple[int, int]:
    """Take stdin and stdout for messages, and let nothing else print to them."""
    # Ctrl-C goes to the whole group; the run itself decides what happens to its workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    requests, answers = os.dup(0), os.dup(1)
    # Whatever a codec prints must not get between the messages.
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    return requests, answers


def _serve(task: Task[Any], inbox: Inbox, answers: int) -> None:
    """Work on whole batches of requests and answer each at once, until the input ends.

    An answer is on its way before the next request is looked at, so whoever asked knows by how
    many answers there were which request ended this process.
    """
    _limit_memory()
    write_frame(answers, b"")  # ready: from here on time counts
    while True:
        for batch in inbox.some():
            for request in unpack(batch)[0]:
                _act_out(request)
                write_frame(answers, task.answer(request))


def _limit_memory() -> None:
    """Turn a picture that wants too much memory into a MemoryError of this process alone."""
    if sys.platform != "linux":
        return
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    limit = pages * resource.getpagesize() + limits.WORKER_MEMORY.count()
    resource.setrlimit(resource.RLIMIT_AS, (limit, resource.RLIM_INFINITY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


_FAULTS: Final[Mapping[str, Callable[[], object]]] = {
    "kill": lambda: os.kill(os.getpid(), signal.SIGKILL if os.name == "posix" else signal.SIGTERM),
    "segfault": lambda: ctypes.string_at(0),
    "hang": lambda: time.sleep(3600),
    "spin": lambda: deque(count(), 0),
    "memory": lambda: [bytearray(1 << 26) for _ in count()],
}


def _act_out(request: str) -> None:
    """Suffer the fault that a test wants for a request, if there is one."""
    for part, fault in json.loads(os.environ.get(FAULTS) or "{}").items():
        if part in os.path.basename(request):
            _FAULTS[fault]()


def fork_main() -> None:
    """Answer requests on stdin, a Unix socket, until it closes or nobody has asked for a minute.

    ``{"fork": recipe, ...}`` with a socket attached is answered with ``{"pid": n}``, and
    ``{"wait": pid, "patience": seconds}`` with ``{"code": n}``: negative for a signal, null while
    it lives.
    """
    line = socket.socket(fileno=_own_streams()[0])
    server = _Forker(line)
    with contextlib.suppress(EOFError, OSError):
        while server.children or select.select([line], [], [], _IDLE_SECONDS)[0]:
            server.answer()
    for child in server.children:  # whoever asked for them is gone
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
    os._exit(0)  # nothing is left to clean up, and someone may wait


class _Forker:
    def __init__(self, line: socket.socket) -> None:
        self.children: set[int] = set()
        self._line = line
        self._made: dict[str, Task[Any]] = {}

    def answer(self) -> None:
        """Take one request and answer it."""
        # A request is one short message without its length; its answer is awaited before the next.
        data, handles, _, _ = socket.recv_fds(self._line, 1 << 16, 1)
        if not data:
            raise EOFError
        request, _ = unpack(data)
        if "fork" in request:
            reply: dict[str, Any] = {"pid": self._fork(request, handles[0])}
        else:
            reply = {"code": self._wait(request["wait"], request["patience"])}
        write_frame(self._line.fileno(), pack(reply))

    def _fork(self, request: dict[str, Any], handle: int) -> int:
        recipe = request["fork"]
        key = json.dumps(recipe, sort_keys=True)
        if recipe["early"] and key not in self._made:
            self._made[key] = _made_ready(recipe)
            gc.collect()
            gc.freeze()  # what is never collected is never copied into the children
        child = os.fork()
        if child == 0:
            self._line.close()
            _be_a_worker(request, self._made.get(key), handle)
        os.close(handle)
        self.children.add(child)
        return child

    def _wait(self, child: int, patience: float) -> int | None:
        end = time.monotonic() + patience
        with contextlib.suppress(ChildProcessError):
            while not (found := os.waitpid(child, os.WNOHANG))[0]:
                if time.monotonic() >= end:
                    return None
                time.sleep(_LOOK_EVERY)
            self.children.discard(child)
            return os.waitstatus_to_exitcode(found[1])
        return None


def _be_a_worker(request: dict[str, Any], task: Task[Any] | None, handle: int) -> None:
    """Serve, and never return into the server's loop."""
    code = 1
    try:
        move_to(request)
        _prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG of <linux/prctl.h>: when the server ends
        _serve(task or _made_ready(request["fork"]), Inbox(handle), handle)
    except (EOFError, OSError):
        code = 0
    finally:
        # No clean-up of what belongs to the server.
        os._exit(code)
