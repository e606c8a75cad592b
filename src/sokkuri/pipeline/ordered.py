"""One thing done to many items, here by threads or elsewhere, and the results back in order."""

from __future__ import annotations

import contextlib
import sys
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain, islice
from typing import TYPE_CHECKING, Final, TypeVar

from sokkuri import limits
from sokkuri.cores import core_count

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
_AHEAD_PER_WORKER: Final = 32


def ordered_map(
    work: Callable[[Item], Value], items: Iterable[Item], *, workers: int | None = None
) -> Iterator[Value]:
    """Yield ``work(item)`` for every item, in order, computed by threads.

    Threads suffice because decoding and resizing leave Python's lock; they start in no time and
    ask nothing of the caller's main module.  Items are taken from the iterable only as far ahead
    as needed, and work not yet begun is dropped when the caller stops listening.

    Parameters
    ----------
    work : callable
        Must be safe to run in several threads.
    items : iterable
        Consumed lazily.
    workers : int, optional
        Number of threads; all cores if None.
    """
    count = core_count() if workers is None else max(1, workers)
    if count == 1:
        yield from map(work, items)
        return
    pending: deque[Future[Value]] = deque()
    pool = ThreadPoolExecutor(count, thread_name_prefix="sokkuri")
    try:
        for item in items:
            pending.append(pool.submit(work, item))
            if len(pending) >= count * _AHEAD_PER_WORKER:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def map_files(
    task: Task[Value],
    paths: Iterable[str],
    *,
    workers: int | None = None,
    apart: bool = False,
) -> Iterator[tuple[str, Value | Rejected]]:
    """Do a task with files on all cores and yield path and result, in the order of ``paths``.

    Few files are done by threads, which start at once; many by worker processes, so that a decoder
    that crashes or hangs costs one file and not the run.  The results are the same.

    Parameters
    ----------
    task : Task
    paths : iterable of str
        May be a generator, which is read only as far ahead as needed.
    workers : int, optional
        Threads or processes; as many as there are cores if None.
    apart : bool
        Leave few files to worker processes too, for a program that must outlive any decoder.

    Yields
    ------
    path : str
    result : value or Rejected
        Rejected also for a file that crashed its worker twice or kept it too long.

    Raises
    ------
    BadLimit
        If the environment sets a limit to what is none.
    """
    limits.check_limits()
    waiting = iter(paths)
    first = list(islice(waiting, _MANY_FILES))
    files = chain(first, waiting)
    count = core_count() if workers is None else max(1, workers)
    few = len(first) < _MANY_FILES and not (apart and first)
    if few or not task.portable or not sys.executable:
        yield from ordered_map(lambda path: (path, task.run(path)), files, workers=count)
        return
    # Imported here, for most searches find nothing new and need no workers.
    from sokkuri.pipeline.lanes import answers_of_workers

    answers = answers_of_workers(task, files, workers=count, seconds=limits.DECODE_SECONDS.value())
    with contextlib.closing(answers):
        yield from answers
