"""Do one thing to many items on all cores and give the results back in order."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Final, TypeVar

from sokkuri.cores import core_count

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

__all__ = ["ordered_map"]

Item = TypeVar("Item")
Result = TypeVar("Result")

# Far enough ahead that one slow picture does not stop the others, near enough to bound memory.
_AHEAD_PER_WORKER: Final = 32


def ordered_map(
    work: Callable[[Item], Result], items: Iterable[Item], *, workers: int | None = None
) -> Iterator[Result]:
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
    pending: deque[Future[Result]] = deque()
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
