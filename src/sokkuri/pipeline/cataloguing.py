"""Hash files for a library: what a file's bytes are, and all hashes that are missing of them."""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from sokkuri.images import Rejected, read_picture_file
from sokkuri.pipeline.hashed import (
    decode_hashed,
    decode_rejected,
    encode_hashed,
    encode_rejected,
)
from sokkuri.pipeline.hashing import job_for
from sokkuri.pipeline.jobs import map_files
from sokkuri.pipeline.parallel import ordered_map
from sokkuri.pipeline.sampling import SAMPLE_BYTES, sample_data
from sokkuri.pipeline.sources import hash_source, least_side
from sokkuri.pipeline.warming import warm_up
from sokkuri.registry import hasher

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Sequence

    from sokkuri.hashes import ImageHash
    from sokkuri.pipeline.jobs import Job
    from sokkuri.protocols import Hasher

__all__ = ["Catalogued", "catalogue_paths", "cataloguing", "digest_paths"]

_DIGEST_BYTES: Final = 32
_HEAD: Final = struct.Struct(f"<{_DIGEST_BYTES}s{SAMPLE_BYTES}sQ")
_LENGTH: Final = struct.Struct("<I")
_READ: Final = b"c"


@dataclass(frozen=True, slots=True)
class Catalogued:
    """What one file holds.

    Parameters
    ----------
    path : str
        The file as it was named.
    digest : bytes, optional
        BLAKE2b of its bytes, 32 bytes; None if they could not be read, or begin as no picture does.
    length : int
        How many bytes there are.
    hashes : tuple of ImageHash or Rejected
        One for each hasher, in their order, all of the very bytes that were digested; empty where
        none were asked for, or there is no digest.
    size : tuple of int, optional
        Width and height in pixels of the upright picture.
    rejected : Rejected, optional
        Why there is no digest.
    sample : bytes, optional
        Of the same bytes, see :func:`sokkuri.pipeline.sample_file`.
    """

    path: str
    digest: bytes | None = None
    length: int = 0
    hashes: tuple[ImageHash | Rejected, ...] = ()
    size: tuple[int, int] | None = None
    rejected: Rejected | None = None
    sample: bytes | None = None


def catalogue_paths(
    hashers: Sequence[Hasher],
    paths: Iterable[str],
    *,
    workers: int | None = None,
    apart: bool = False,
) -> Generator[Catalogued]:
    """Read, digest and hash files on all cores, in the order of ``paths``.

    Hashes are those of :func:`sokkuri.pipeline.hash_paths`, and so are the reasons of rejected
    files.  A hash that cannot be made does not keep the others from being made: one may need a full
    decode, and another none.

    Parameters
    ----------
    hashers : sequence of Hasher
    paths : iterable of str
        Read only as far ahead as needed.
    workers, apart
        Threads or processes, see :func:`sokkuri.pipeline.map_files`.
    """
    for path, found in map_files(_job(hashers), paths, workers=workers, apart=apart):
        yield Catalogued(path, rejected=found) if isinstance(found, Rejected) else found


def digest_paths(paths: Iterable[str], *, workers: int | None = None) -> Iterator[Catalogued]:
    """Read and digest files without decoding them, in the order of ``paths``."""
    return ordered_map(_digest, paths, workers=workers)


def cataloguing(hashes: Sequence[str]) -> Callable[[str], bytes]:
    """Return the work of :func:`catalogue_paths` for a worker process."""
    makers = [hasher(name) for name in hashes]
    warm_up(makers)
    return partial(_work, _groups(makers))


def _job(hashers: Sequence[Hasher]) -> Job[Catalogued]:
    groups = _groups(hashers)
    decode = partial(_decode, groups, len(hashers))
    return job_for(hashers, partial(_work, groups), decode, f"{__name__}:cataloguing")


# The hashers that share a decode, each with its place among all.
_Group = list[tuple[int, "Hasher"]]


def _groups(hashers: Sequence[Hasher]) -> list[_Group]:
    groups: dict[int | None, _Group] = {}
    for place, maker in enumerate(hashers):
        groups.setdefault(least_side(maker), []).append((place, maker))
    return list(groups.values())


def _work(groups: Sequence[_Group], path: str) -> bytes:
    data = read_picture_file(path)
    if isinstance(data, Rejected):
        return encode_rejected(data)
    parts = [_READ, _HEAD.pack(_blake2b(data), sample_data(data), len(data))]
    for group in groups:
        message = encode_hashed(hash_source([maker for _, maker in group], data))
        parts += [_LENGTH.pack(len(message)), message]
    return b"".join(parts)


def _decode(groups: Sequence[_Group], count: int, path: str, message: bytes) -> Catalogued:
    rejected = decode_rejected(path, message)
    if rejected is not None:
        return Catalogued(path, rejected=rejected)
    if message[:1] != _READ:
        raise EOFError(path)
    try:
        return _decode_read(groups, count, path, message)
    except struct.error as error:
        raise EOFError(path) from error


def _decode_read(groups: Sequence[_Group], count: int, path: str, message: bytes) -> Catalogued:
    digest, sample, length = _HEAD.unpack_from(message, len(_READ))
    start = len(_READ) + _HEAD.size
    hashes: list[ImageHash | Rejected | None] = [None] * count
    size = None
    for group in groups:
        (part,) = _LENGTH.unpack_from(message, start)
        start += _LENGTH.size
        specs = [maker.spec for _, maker in group]
        hashed = decode_hashed(specs, path, message[start : start + part])
        start += part
        size = hashed.size or size
        for index, (place, _) in enumerate(group):
            hashes[place] = hashed.rejected or hashed.hashes[index]
    known = tuple(value for value in hashes if value is not None)
    if start != len(message) or len(known) != count:
        raise EOFError(path)
    return Catalogued(path, digest, length, known, size, sample=sample)


def _digest(path: str) -> Catalogued:
    data = read_picture_file(path)
    if isinstance(data, Rejected):
        return Catalogued(path, rejected=data)
    return Catalogued(path, _blake2b(data), len(data), sample=sample_data(data))


def _blake2b(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=_DIGEST_BYTES).digest()
