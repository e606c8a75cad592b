"""The work of one call, shared among threads."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final, TypeVar

from sokkuri.settings import cpu_count

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Result = TypeVar("Result")
Item = TypeVar("Item")

# What a core reads while a thread starts and is waited for, 0.2 to 0.4 ms; with less to do, two
# threads are slower than one.
_BYTES_PER_THREAD: Final = 1 << 23


def useful_workers(workers: int | None, scanned: int) -> int:
    """Return the number of threads that are worth starting.

    Parameters
    ----------
    workers : int, optional
        At most so many; as many as there are cores if None.
    scanned : int
        Bytes to scan.
    """
    most = cpu_count() if workers is None else max(1, workers)
    return max(1, min(most, scanned // _BYTES_PER_THREAD))


def ranges(count: int, parts: int) -> list[tuple[int, int]]:
    """Split rows into parts of nearly the same size; at least one, which may be empty.

    Parameters
    ----------
    count, parts : int
    """
    parts = max(1, min(parts, count))
    edges = [count * part // parts for part in range(parts + 1)]
    return list(itertools.pairwise(edges))


def do_all(work: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    """Do ``work`` with every item, each in a thread, the last one in the caller's.

    The threads must leave Python's lock to gain anything; the kernels do.

    Parameters
    ----------
    work : callable
    items : sequence
    """
    *others, last = items
    if not others:
        return [work(last)]
    with ThreadPoolExecutor(len(others)) as pool:
        started = [pool.submit(work, item) for item in others]
        mine = work(last)
        return [*(each.result() for each in started), mine]
