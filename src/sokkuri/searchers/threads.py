"""Split a scan into parts and do them at once."""

from __future__ import annotations

import itertools
import threading
from typing import TYPE_CHECKING, Final, TypeVar

from sokkuri.cpu_count import cpu_count

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["do_all", "ranges", "useful_jobs"]

Result = TypeVar("Result")
Item = TypeVar("Item")

# What a core reads while a thread starts and is waited for, 0.2 to 0.4 ms; with less to do, two
# threads are slower than one.
_BYTES_PER_THREAD: Final = 1 << 23


def useful_jobs(jobs: int | None, scanned: int) -> int:
    """Return how many threads are worth starting to scan so many bytes."""
    most = cpu_count() if jobs is None else max(1, jobs)
    return max(1, min(most, scanned // _BYTES_PER_THREAD))


def ranges(count: int, parts: int) -> list[tuple[int, int]]:
    """Split ``count`` rows into parts of nearly the same size; at least one, which may be empty."""
    parts = max(1, min(parts, count))
    edges = [count * part // parts for part in range(parts + 1)]
    return list(itertools.pairwise(edges))


def do_all(work: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    """Do ``work`` with every item, each in a thread, the last one in the caller's.

    The threads must leave Python's lock to gain anything; the kernels do.
    """
    results: list[Result | None] = [None] * len(items)
    errors: list[BaseException] = []

    def one(place: int) -> None:
        try:
            results[place] = work(items[place])
        except BaseException as error:  # it is raised again in the caller
            errors.append(error)

    threads = [threading.Thread(target=one, args=(place,)) for place in range(len(items) - 1)]
    for thread in threads:
        thread.start()
    one(len(items) - 1)
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return results  # type: ignore[return-value]
