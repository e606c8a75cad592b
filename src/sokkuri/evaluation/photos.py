"""The photos of a folder, decoded once for all hashes."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from sokkuri.evaluation.colour import central_colour
from sokkuri.images import Rejected, load
from sokkuri.pipeline import Task, hashers_of, least_side, map_files

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sokkuri._typing import Codes, ImageLike, Progress
    from sokkuri.images import Picture
    from sokkuri.protocols import Hasher

__all__ = ["Photos", "class_of", "codes_of", "read_photos", "sample_rows"]

_DIGEST_BYTES: Final = 16


@dataclass(frozen=True, slots=True, eq=False)
class Photos:
    """What the measures need to know about each photo; row by row in byte order of the paths.

    Parameters
    ----------
    paths : list of str
        The files that could be read.
    codes : list of ndarray of shape (N, B), uint8
        One table for each hash.
    colours : ndarray of shape (N, 3), float64
        See :func:`sokkuri.evaluation.central_colour`.
    pixels : list of bytes
        A digest of the upright pixels: equal for the same picture in whatever file.
    rejected : list of Rejected
        The files that could not be read.
    """

    paths: list[str]
    codes: list[Codes]
    colours: NDArray[np.float64]
    pixels: list[bytes]
    rejected: list[Rejected]


@dataclass(frozen=True, slots=True, eq=False)
class _Photo:
    codes: list[bytes]
    colour: NDArray[np.float64]
    pixels: bytes


def read_photos(
    hashers: Sequence[Hasher],
    paths: Sequence[str],
    *,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Photos:
    """Decode, hash and look at every file; a bad one is kept with its reason.

    Many files are read by worker processes, as :func:`sokkuri.pipeline.map_files` tells.
    """
    kept: list[str] = []
    rejected: list[Rejected] = []
    codes = [bytearray() for _ in hashers]
    colours: list[NDArray[np.float64]] = []
    pixels: list[bytes] = []
    found = map_files(reading(hashers), paths, workers=workers)
    for done, (path, photo) in enumerate(found, start=1):
        if progress is not None:
            progress(done, len(paths))
        if isinstance(photo, Rejected):
            rejected.append(photo)
            continue
        kept.append(path)
        colours.append(photo.colour)
        pixels.append(photo.pixels)
        for table, code in zip(codes, photo.codes, strict=True):
            table.extend(code)
    tables = [
        np.frombuffer(bytes(table), np.uint8).reshape(-1, maker.spec.code_bytes)
        for table, maker in zip(codes, hashers, strict=True)
    ]
    return Photos(kept, tables, np.array(colours).reshape(-1, 3), pixels, rejected)


def codes_of(
    hashers: Sequence[Hasher], source: ImageLike, full: Picture | None = None
) -> list[bytes] | Rejected:
    """Hash one picture with every hash, decoding it once for each scale that one of them takes.

    Parameters
    ----------
    hashers : sequence of Hasher
        Make the codes, in this order.
    source : ImageLike
        The picture; read as often as needed, so no stream.
    full : Picture, optional
        Its full decode, where there is one already.
    """
    pictures: dict[int | None, Picture] = {} if full is None else {None: full}
    codes: list[bytes] = []
    for maker in hashers:
        side = least_side(maker)
        if side not in pictures:
            picture = load(source, least_side=side)
            if isinstance(picture, Rejected):
                return picture
            pictures[side] = picture
        codes.append(maker.hash(pictures[side]).code)
    return codes


def class_of(path: str, where: str) -> str | None:
    """Return the class of a photo: the first folder below ``where``, None if there is none."""
    parts = os.path.relpath(path, where).split(os.sep)
    return parts[0] if len(parts) > 1 else None


def sample_rows(paths: Sequence[str], where: str, size: int, seed: int) -> list[int]:
    """Choose photos by chance, in a way that seed and names alone decide.

    Each photo draws a number from its name below ``where``, and the smallest are taken: the same
    on every machine and in every version, and a new photo replaces at most one in the sample.

    Returns
    -------
    list of int
        ``size`` rows, or all where there are fewer, in ascending order.
    """

    def draw(row: int) -> tuple[bytes, int]:
        name = os.fsencode(os.path.relpath(paths[row], where))
        digest = hashlib.blake2b(b"%d:%s" % (seed, name), digest_size=_DIGEST_BYTES)
        return digest.digest(), row

    return sorted(sorted(range(len(paths)), key=draw)[:size])


def reading(hashers: Sequence[Hasher | str]) -> Task[_Photo]:
    """Return the task behind :func:`read_photos`."""
    makers = hashers_of(hashers)
    lengths = [maker.spec.code_bytes for maker in makers]
    return Task(
        partial(_read, makers), _encode, partial(_decode, lengths), f"{__name__}:reading", makers
    )


def _read(hashers: Sequence[Hasher], path: str) -> _Photo | Rejected:
    picture = load(path)
    if isinstance(picture, Rejected):
        return picture
    codes = codes_of(hashers, path, picture)
    if isinstance(codes, Rejected):
        return codes
    return _Photo(codes, central_colour(picture), _digest(picture))


def _encode(photo: _Photo) -> tuple[Any, ...]:
    return (None, photo.colour, photo.pixels, *photo.codes)


def _decode(lengths: Sequence[int], path: str, _: Any, parts: list[Any]) -> _Photo:
    colour, pixels, *codes = parts
    if [len(code) for code in codes] != lengths or len(pixels) != _DIGEST_BYTES:
        raise ValueError(f"{path}: no photo of these hashes")
    return _Photo(codes, colour.reshape(3), pixels)


def _digest(picture: Picture) -> bytes:
    image = picture.rgb()
    digest = hashlib.blake2b(b"%d x %d" % image.size, digest_size=_DIGEST_BYTES)
    digest.update(np.ascontiguousarray(image).data)
    return digest.digest()
