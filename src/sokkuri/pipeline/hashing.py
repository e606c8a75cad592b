"""Decode and hash many files; a bad one is a row with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from sokkuri.images import Rejected, load
from sokkuri.pipeline.parallel import ordered_map

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sokkuri._typing import Progress
    from sokkuri.hashes import ImageHash
    from sokkuri.protocols import Hasher

__all__ = ["Hashed", "hash_paths"]


@dataclass(frozen=True, slots=True)
class Hashed:
    """One file after hashing: a hash or a reason, never both.

    Parameters
    ----------
    path : str
        The file as it was named.
    hash : ImageHash, optional
        Its hash, None if it was rejected.
    rejected : Rejected, optional
        Why it has none.
    """

    path: str
    hash: ImageHash | None = None
    rejected: Rejected | None = None


def hash_paths(
    hasher: Hasher,
    paths: Sequence[str],
    *,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Iterator[Hashed]:
    """Hash files on all cores and yield one :class:`Hashed` each, in the order of ``paths``.

    Parameters
    ----------
    hasher : Hasher
        Makes the hashes.
    paths : sequence of str
        Files to read.
    workers : int, optional
        Threads; all cores if None.
    progress : callable, optional
        Called as ``progress(done, len(paths))`` after each file.
    """
    results = ordered_map(partial(_hash_one, hasher), paths, workers=workers)
    for done, hashed in enumerate(results, start=1):
        if progress is not None:
            progress(done, len(paths))
        yield hashed


def _hash_one(hasher: Hasher, path: str) -> Hashed:
    picture = load(path)
    if isinstance(picture, Rejected):
        return Hashed(path, rejected=picture)
    return Hashed(path, hash=hasher.hash(picture))
