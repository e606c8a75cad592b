"""Decode and hash many files, all hashes from one decode; a bad file is a row with its reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sized
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from sokkuri.errors import UnknownHash
from sokkuri.images import Rejected
from sokkuri.pipeline.hashed import Hashed, decode_hashed, encode_hashed
from sokkuri.pipeline.jobs import Job, map_files
from sokkuri.pipeline.sources import hash_source
from sokkuri.pipeline.warming import warm_up
from sokkuri.registry import hasher, is_built_in

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sokkuri._typing import Progress
    from sokkuri.protocols import Hasher

__all__ = ["hash_paths", "hashing", "hashing_job", "job_for"]

Result = TypeVar("Result")


def hash_paths(
    hashers: Sequence[Hasher],
    paths: Iterable[str],
    *,
    thumbnail: int | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Iterator[Hashed]:
    """Hash files on all cores and yield one :class:`Hashed` each, in the order of ``paths``.

    Parameters
    ----------
    hashers : sequence of Hasher
        All of them hash each picture, which is decoded once for those that need a full decode and
        once for those that do with a scaled one.
    paths : iterable of str
        Files to read; may be a generator, which is read only as far ahead as needed.
    thumbnail : int, optional
        Make thumbnails too, with so many pixels on the longer side at most.  They come from the
        decode that the hashes get, which may be smaller.
    workers : int, optional
        Threads or processes, see :func:`sokkuri.pipeline.map_files`.
    progress : callable, optional
        Called as ``progress(done, total)`` after each file; ``total`` is None for generators.
    """
    total = len(paths) if isinstance(paths, Sized) else None
    job = hashing_job(hashers, thumbnail)
    for done, (path, found) in enumerate(map_files(job, paths, workers=workers), start=1):
        if progress is not None:
            progress(done, total)
        yield Hashed(path, rejected=found) if isinstance(found, Rejected) else found


def hashing_job(hashers: Sequence[Hasher], thumbnail: int | None = None) -> Job[Hashed]:
    """Return the job behind :func:`hash_paths`."""
    specs = [maker.spec for maker in hashers]
    work = partial(_hash_one, hashers, thumbnail)
    decode = partial(decode_hashed, specs)
    return job_for(hashers, work, decode, f"{__name__}:hashing", thumbnail=thumbnail)


def hashing(hashes: Sequence[str], thumbnail: int | None) -> Callable[[str], bytes]:
    """Return the work of :func:`hash_paths` for a worker process."""
    makers = [hasher(name) for name in hashes]
    warm_up(makers)
    return partial(_hash_one, makers, thumbnail)


def job_for(
    hashers: Sequence[Hasher],
    work: Callable[[str], bytes],
    decode: Callable[[str, bytes], Result],
    home: str,
    **arguments: object,
) -> Job[Result]:
    """Make a job that needs hashers; another process makes them by their names, if it can.

    Parameters
    ----------
    hashers : sequence of Hasher
    work, decode, home
        As of :class:`~sokkuri.pipeline.jobs.Job`.
    **arguments
        What the function at ``home`` is called with, besides ``hashes=[name, ...]``.
    """
    names = [maker.spec.name for maker in hashers]
    portable = all(map(_is_known, hashers))
    early = all(map(is_built_in, names))
    return Job(work, decode, home if portable else "", {"hashes": names, **arguments}, early)


def _hash_one(hashers: Sequence[Hasher], thumbnail: int | None, path: str) -> bytes:
    return encode_hashed(hash_source(hashers, path, thumbnail=thumbnail))


def _is_known(maker: Hasher) -> bool:
    """Tell whether another process gets the same hasher from its name alone."""
    try:
        return bool(hasher(maker.spec.name) == maker)
    except UnknownHash:
        return False
