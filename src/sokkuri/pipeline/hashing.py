"""Decode and hash many files, all hashes from one decode; a bad file is a row with its reason."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterable, Iterator, Sized
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING, Final

from sokkuri.errors import UnknownHash
from sokkuri.images import Rejected, load
from sokkuri.pipeline.lanes import answers_of_workers
from sokkuri.pipeline.parallel import core_count, ordered_map
from sokkuri.registry import hasher

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sokkuri._typing import ImageLike, Progress
    from sokkuri.hashes import ImageHash
    from sokkuri.images import Picture
    from sokkuri.protocols import Hasher

__all__ = ["Hashed", "hash_paths", "hash_source", "least_side"]

_FAST_SIDE: Final = 128
_FAST_SHARE: Final = 2

# Below so many files the start of processes would be felt; above, one decoder that dies or hangs
# must not take the run with it.
_MANY_FILES: Final = 256


@dataclass(frozen=True, slots=True)
class Hashed:
    """One file after hashing: hashes or a reason, never both.

    Parameters
    ----------
    path : str
        The file as it was named.
    hashes : tuple of ImageHash
        One for each hasher, in their order; empty if the file was rejected.
    size : tuple of int, optional
        Width and height in pixels of the upright picture, before any scaling.
    rejected : Rejected, optional
        Why there are no hashes.
    """

    path: str
    hashes: tuple[ImageHash, ...] = ()
    size: tuple[int, int] | None = None
    rejected: Rejected | None = None

    @property
    def hash(self) -> ImageHash | None:
        """The first hash, None if the file was rejected."""
        return self.hashes[0] if self.hashes else None


def hash_paths(
    hashers: Sequence[Hasher],
    paths: Iterable[str],
    *,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Iterator[Hashed]:
    """Hash files on all cores and yield one :class:`Hashed` each, in the order of ``paths``.

    Few files are hashed by threads, which start at once; many by worker processes, so that a
    decoder that crashes or hangs costs one file and not the run.  The results are the same.

    Parameters
    ----------
    hashers : sequence of Hasher
        All of them hash each picture, which is decoded once for those that need a full decode and
        once for those that do with a scaled one.
    paths : iterable of str
        Files to read; may be a generator, which is read only as far ahead as needed.
    workers : int, optional
        Threads or processes; as many as there are cores if None.
    progress : callable, optional
        Called as ``progress(done, total)`` after each file; ``total`` is None for generators.
    """
    total = len(paths) if isinstance(paths, Sized) else None
    for done, hashed in enumerate(_hashed(hashers, paths, workers), start=1):
        if progress is not None:
            progress(done, total)
        yield hashed


def hash_source(hashers: Sequence[Hasher], source: ImageLike) -> Hashed:
    """Hash one picture, wherever it comes from; ``path`` is empty where it was not rejected."""
    pictures: dict[int | None, Picture] = {}
    hashes: list[ImageHash] = []
    for maker in hashers:
        side = least_side(maker)
        if side not in pictures:
            picture = load(source, least_side=side)
            if isinstance(picture, Rejected):
                return Hashed(picture.path, rejected=picture)
            pictures[side] = picture
        hashes.append(maker.hash(pictures[side]))
    return Hashed("", tuple(hashes), next(iter(pictures.values())).full_size)


def least_side(maker: Hasher) -> int | None:
    """Return the side that a scaled decode must keep for a hasher, None for a full decode.

    Fast hashes up to 64 x 64 share one decode of at least 128 pixels, twice what they look at;
    larger ones keep twice theirs.  The rule is part of every fast recipe.
    """
    return max(_FAST_SIDE, _FAST_SHARE * maker.working_side) if maker.fast else None


def _hashed(
    hashers: Sequence[Hasher], paths: Iterable[str], workers: int | None
) -> Iterator[Hashed]:
    waiting = iter(paths)
    first = list(islice(waiting, _MANY_FILES))
    count = core_count() if workers is None else workers
    if len(first) < _MANY_FILES or not _workers_can_make(hashers):
        yield from ordered_map(partial(_hash_one, hashers), chain(first, waiting), workers=count)
        return
    answers = answers_of_workers(hashers, chain(first, waiting), workers=count)
    with contextlib.closing(answers):
        for path, answer in answers:
            if isinstance(answer, Rejected):
                yield Hashed(path, rejected=answer)
            else:
                yield Hashed(path, answer.hashes, answer.size)


def _workers_can_make(hashers: Sequence[Hasher]) -> bool:
    """Tell whether another process gets the same hashers from their names alone."""
    if not sys.executable:
        return False
    try:
        return all(hasher(maker.spec.name) == maker for maker in hashers)
    except UnknownHash:
        return False


def _hash_one(hashers: Sequence[Hasher], path: str) -> Hashed:
    hashed = hash_source(hashers, path)
    return hashed if hashed.rejected else Hashed(path, hashed.hashes, hashed.size)
