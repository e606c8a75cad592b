"""One piece of work for many files: by threads where they are few, by worker processes else."""

from __future__ import annotations

import contextlib
import sys
from dataclasses import dataclass
from importlib import import_module
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from sokkuri import limits
from sokkuri.cores import core_count
from sokkuri.pipeline.parallel import ordered_map

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from sokkuri.images import Rejected

__all__ = ["Job", "map_files", "work_of"]

Result = TypeVar("Result")
Result_co = TypeVar("Result_co", covariant=True)

# Below so many files the start of processes would be felt; above, one decoder that dies or hangs
# must not take the run with it.
_MANY_FILES: Final = 256


@dataclass(frozen=True, slots=True)
class Job(Generic[Result_co]):
    """What is done with each file, here or in another process.

    Parameters
    ----------
    work : callable
        ``work(path)`` gives the result as a message, whatever the file is.
    decode : callable
        ``decode(path, message)`` gives the result; it raises EOFError for what is no message.
    home : str
        ``"module:function"``: where another process gets ``work`` from, by calling the function.
        Empty if it cannot.
    arguments : mapping
        What the function is called with: names to plain values.
    early : bool
        Whether calling the function, and importing what it needs, starts no threads and opens
        nothing, so that processes may be forked after it.
    """

    work: Callable[[str], bytes]
    decode: Callable[[str, bytes], Result_co]
    home: str
    arguments: Mapping[str, Any]
    early: bool = False

    def recipe(self) -> dict[str, Any]:
        """Return what another process needs to know, as plain values."""
        return {"home": self.home, "arguments": dict(self.arguments), "early": self.early}


def map_files(
    job: Job[Result],
    paths: Iterable[str],
    *,
    workers: int | None = None,
    apart: bool = False,
) -> Iterator[tuple[str, Result | Rejected]]:
    """Do a job with files on all cores and yield path and result, in the order of ``paths``.

    Few files are done by threads, which start at once; many by worker processes, so that a decoder
    that crashes or hangs costs one file and not the run.  The results are the same.

    Parameters
    ----------
    job : Job
    paths : iterable of str
        May be a generator, which is read only as far ahead as needed.
    workers : int, optional
        Threads or processes; as many as there are cores if None.
    apart : bool
        Leave few files to worker processes too, for a program that must outlive any decoder.

    Yields
    ------
    path : str
    result : Result or Rejected
        Rejected for a file that crashed its worker twice or kept it too long.

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
    if few or not job.home or not sys.executable:

        def local(path: str) -> tuple[str, Result | Rejected]:
            return path, job.decode(path, job.work(path))

        yield from ordered_map(local, files, workers=count)
        return
    # Imported here, for most searches find nothing new and need no workers.
    from sokkuri.pipeline.lanes import answers_of_workers

    answers = answers_of_workers(job, files, workers=count, seconds=limits.DECODE_SECONDS.value())
    with contextlib.closing(answers):
        yield from answers


def work_of(home: str, arguments: Mapping[str, Any]) -> Callable[[str], bytes]:
    """Return what does a job in this process: the function at ``home``, called."""
    module, _, name = home.partition(":")
    work: Callable[[str], bytes] = getattr(import_module(module), name)(**arguments)
    return work
