"""A worker process: does a task with the requests it is sent, one by one, until its input ends.

Started as a plain Python process of its own, not by ``multiprocessing``: that would import the
user's main module again, and ask every script for a ``__main__`` guard.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
import time
from typing import TYPE_CHECKING, Any

from sokkuri import limits
from sokkuri.pipeline.messages import Inbox, unpack, write_frame
from sokkuri.pipeline.record import warm_up
from sokkuri.pipeline.spawn import FAULTS
from sokkuri.pipeline.task import Task, task_of

if sys.platform == "linux":
    import resource

if TYPE_CHECKING:
    from collections.abc import Mapping


def main() -> None:
    """Serve on stdin and stdout; the recipe of the task comes first."""
    requests, answers = own_streams()
    try:
        inbox = Inbox(requests)
        serve(made_ready(inbox.header()), inbox, answers)
    except (EOFError, BrokenPipeError):
        return


def made_ready(recipe: Mapping[str, Any]) -> Task[Any]:
    """Make a task, and do once what every picture needs."""
    task = task_of(recipe)
    warm_up(task.hashers)
    return task


def own_streams() -> tuple[int, int]:
    """Take stdin and stdout for messages, and let nothing else print to them.

    Returns
    -------
    requests, answers : int
        File descriptors.
    """
    # Ctrl-C goes to the whole group; the run itself decides what happens to its workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    requests, answers = os.dup(0), os.dup(1)
    # Whatever a codec prints must not get between the messages.
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    return requests, answers


def serve(task: Task[Any], inbox: Inbox, answers: int) -> None:
    """Work on whole batches of requests and answer each at once, until the input ends.

    An answer is on its way before the next request is looked at, so whoever asked knows by how
    many answers there were which request ended this process.

    Parameters
    ----------
    task : Task
    inbox : Inbox
    answers : int
        File descriptor.
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
    with open("/proc/self/statm", encoding="ascii") as file:
        used = int(file.read().split()[0]) * resource.getpagesize()
    limit = used + limits.WORKER_MEMORY.count()
    resource.setrlimit(resource.RLIMIT_AS, (limit, resource.RLIM_INFINITY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _act_out(request: str) -> None:
    """Suffer the fault that a test wants for a request, if there is one."""
    faults = os.environ.get(FAULTS)
    for part, fault in json.loads(faults).items() if faults else ():
        if part in os.path.basename(request):
            _suffer(fault)


def _suffer(fault: str) -> None:
    if fault == "kill":
        os.kill(os.getpid(), signal.SIGKILL if os.name == "posix" else signal.SIGTERM)
    elif fault == "segfault":
        ctypes.string_at(0)
    elif fault == "hang":
        time.sleep(3600)
    elif fault == "spin":
        while True:
            pass
    elif fault == "memory":
        hoard = []
        while True:
            hoard.append(bytearray(1 << 26))
    else:
        raise ValueError(f"{FAULTS} knows no fault {fault!r}")
