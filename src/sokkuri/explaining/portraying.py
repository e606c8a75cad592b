"""Portraits of files, here or in a worker process: a path in, bytes out."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from sokkuri.errors import FormatError
from sokkuri.explaining.encoding import decode_portrait, encode_portrait
from sokkuri.explaining.portrait import portrait_of
from sokkuri.images import Rejected, load
from sokkuri.pipeline.hashed import decode_rejected, encode_rejected
from sokkuri.pipeline.hashing import job_for
from sokkuri.pipeline.sources import least_side
from sokkuri.registry import hasher

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sokkuri._typing import ImageLike
    from sokkuri.explaining.portrait import Portrait
    from sokkuri.pipeline import Job
    from sokkuri.protocols import Hasher

__all__ = ["decode_portrayed", "portray", "portraying", "portraying_job"]


def portray(maker: Hasher, source: ImageLike) -> Portrait | Rejected:
    """Read a picture and make its portrait, or say why it cannot be read."""
    picture = load(source, least_side=least_side(maker))
    return picture if isinstance(picture, Rejected) else portrait_of(picture, maker)


def portraying_job(maker: Hasher) -> Job[Portrait | Rejected]:
    """Return the job of making portraits of files, for :func:`sokkuri.pipeline.map_files`."""
    work = partial(_portray_one, maker)
    return job_for([maker], work, decode_portrayed, f"{__name__}:portraying")


def portraying(hashes: Sequence[str]) -> Callable[[str], bytes]:
    """Return the work of :func:`portraying_job` for a worker process: ``work(path)`` is a message.

    Parameters
    ----------
    hashes : sequence of str
        The name of one hash.
    """
    (name,) = hashes
    return partial(_portray_one, hasher(name))


def decode_portrayed(path: str, data: bytes) -> Portrait | Rejected:
    """Return what is in a message.

    Raises
    ------
    EOFError
        If it is none: the worker is not to be trusted any more.
    """
    rejected = decode_rejected(path, data)
    if rejected is not None:
        return rejected
    try:
        return decode_portrait(data)
    except FormatError as error:
        raise EOFError(path) from error


def _portray_one(maker: Hasher, path: str) -> bytes:
    found = portray(maker, path)
    return encode_rejected(found) if isinstance(found, Rejected) else encode_portrait(found)
