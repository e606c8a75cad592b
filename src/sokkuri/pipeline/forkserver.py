"""The fork server: a process that has everything imported and forks a worker when asked.

A worker that starts as a new Python takes 0.2 s and one core to import; one forked from here takes
a few milliseconds.  So a run over many files begins at once after the first, and a file that kills
its decoder costs next to nothing.  The server has one thread and decodes nothing but what warms a
task up, which is what makes forking safe; it is used on Linux alone.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import json
import os
import select
import signal
import socket
import time
from typing import TYPE_CHECKING, Any, Final

from sokkuri.pipeline.messages import Inbox, pack, unpack, write_frame
from sokkuri.pipeline.spawn import move_to
from sokkuri.pipeline.worker import made_ready, own_streams, serve

if TYPE_CHECKING:
    from sokkuri.pipeline.task import Task

_IDLE_SECONDS: Final = 60.0
_LOOK_EVERY: Final = 0.0005
_DIE_WITH_PARENT: Final = 1  # PR_SET_PDEATHSIG of <linux/prctl.h>
_prctl: Final = ctypes.CDLL(None).prctl


def main() -> None:
    """Answer requests on stdin, a Unix socket, until it closes or nobody has asked for a minute.

    ``{"fork": recipe, ...}`` with a socket attached is answered with ``{"pid": n}``, and
    ``{"wait": pid, "patience": seconds}`` with ``{"code": n}``: negative for a signal, null while
    it lives.
    """
    control, _ = own_streams()
    line = socket.socket(fileno=control)
    server = _Forker(line)
    with contextlib.suppress(EOFError, OSError):
        while server.children or _somebody_asks(line):
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
            self._made[key] = made_ready(recipe)
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
        while True:
            with contextlib.suppress(ChildProcessError):
                found, status = os.waitpid(child, os.WNOHANG)
                if found:
                    self.children.discard(child)
                    return os.waitstatus_to_exitcode(status)
                if time.monotonic() < end:
                    time.sleep(_LOOK_EVERY)
                    continue
            return None


def _somebody_asks(line: socket.socket) -> bool:
    readable, _, _ = select.select([line], [], [], _IDLE_SECONDS)
    return bool(readable)


def _be_a_worker(request: dict[str, Any], task: Task[Any] | None, handle: int) -> None:
    """Serve, and never return into the server's loop."""
    code = 1
    try:
        move_to(request)
        _prctl(_DIE_WITH_PARENT, signal.SIGKILL)
        serve(task or made_ready(request["fork"]), Inbox(handle), handle)
    except (EOFError, OSError):
        code = 0
    finally:
        # No clean-up of what belongs to the server.
        os._exit(code)
