"""Work on many files, by threads or by worker processes, and the results back in order."""

from __future__ import annotations

import contextlib
import sys
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain, islice
from typing import TYPE_CHECKING, Final, TypeVar

from sokkuri import limits
from sokkuri.settings import worker_count

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from sokkuri.images import Rejected
    from sokkuri.pipeline.task import Task

Item = TypeVar("Item")
Value = TypeVar("Value")

# Below so many files the start of processes would be felt; above, one decoder that dies or hangs
# must not take the run with it.
_MANY_FILES: Final = 256
# Far enough ahead that one slow picture does not stop the others, near enough to bound memory.
_AHEAD_PER_THREAD: Final = 32
_LOOK_EVERY: Final = 0.05


def ordered_map(
    work: Callable[[Item], Value], items: Iterable[Item], *, workers: int | None = None
) -> Iterator[Value]:
    """Yield ``work(item)`` for every item, in order, computed by threads.

    Threads suffice because decoding and resizing leave Python's lock; they start in no time and
    ask nothing of the caller's main module.

    Parameters
    ----------
    work : callable
        Must be safe to run in several threads.
    items : iterable
        Taken only as far ahead as needed; work not yet begun is dropped when the caller stops
        listening.
    workers : int, optional
        Number of threads; all cores if None.
    """
    count = worker_count(workers)
    if count == 1:
        yield from map(work, items)
        return
    threads = ThreadPoolExecutor(count, thread_name_prefix="sokkuri")
    ahead = count * _AHEAD_PER_THREAD
    try:
        for _, value in _ordered(lambda item: threads.submit(work, item), lambda: ahead, items):
            yield value
    finally:
        threads.shutdown(wait=False, cancel_futures=True)


def map_files(
    task: Task[Value], paths: Iterable[str], *, workers: int | None = None, apart: bool = False
) -> Iterator[tuple[str, Value | Rejected]]:
    """Do a task with files on all cores and yield path and result, in the order of ``paths``.

    Few files are done by threads, which start at once; many by worker processes, so that a decoder
    that crashes or hangs costs one file and not the run.  The results are the same, but for a file
    that crashed its worker twice or kept it too long: it is rejected.

    Parameters
    ----------
    task : Task
    paths : iterable of str
        May be a generator, which is read only as far ahead as needed.
    workers : int, optional
        Threads or processes; as many as there are cores if None.
    apart : bool
        Leave few files to worker processes too, for a program that must outlive any decoder.
    """
    limits.check_limits()
    waiting = iter(paths)
    first = list(islice(waiting, _MANY_FILES))
    files = chain(first, waiting)
    few = len(first) < _MANY_FILES and not (apart and first)
    if few or not task.portable or not sys.executable:
        yield from ordered_map(lambda path: (path, task.run(path)), files, workers=workers)
        return
    # Imported here, for most searches find nothing new and need no workers.
    from sokkuri.pipeline.pool import WorkerPool

    with contextlib.closing(WorkerPool(task, workers=workers, queue=4096, batch=32)) as pool:
        yield from _ordered(pool.submit, lambda: pool.ahead, files)


def _ordered(
    submit: Callable[[Item], Future[Value]], ahead: Callable[[], int], requests: Iterable[Item]
) -> Iterator[tuple[Item, Value]]:
    """Yield each request with its result, in order; as many are under way as ``ahead`` says."""
    pending: deque[tuple[Item, Future[Value]]] = deque()
    waiting = iter(requests)
    while True:
        room = max(0, ahead() - len(pending))
        pending.extend((each, submit(each)) for each in islice(waiting, room))
        if not pending:
            return
        # Looking up now and then, for where a worker is stuck it is right to go far ahead.
        with contextlib.suppress(TimeoutError):
            pending[0][1].exception(_LOOK_EVERY)
        while pending and pending[0][1].done():
            request, future = pending.popleft()
            yield request, future.result()
