"""The photos of a folder, decoded once for all hashes."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from PIL import Image

from sokkuri.images import Rejected, load
from sokkuri.lab import lab_of_rgb
from sokkuri.pipeline import Task, hash_source, hashers_of, map_files

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sokkuri._typing import Codes, Progress
    from sokkuri.hashers.copies import CopiesHash
    from sokkuri.images import Picture
    from sokkuri.metric import Metric
    from sokkuri.protocols import Hasher

_DIGEST_BYTES: Final = 16
_LARGEST_SIDE: Final = 64


@dataclass(frozen=True, slots=True, eq=False)
class PhotoSet:
    """Each photo as far as the measures need it; row by row in byte order of the paths.

    Parameters
    ----------
    hashes : sequence of (Hasher, Metric)
    finders : sequence of CopiesHash
    paths, rejected : list
        The files that could be read, and those that could not.
    codes, descriptions : list of ndarray of shape (N, B), uint8
        For each hash a table of its metric; for each finder the codes.
    colours : ndarray of shape (N, 3), float64
        See :func:`sokkuri.evaluation.central_colour`.
    pixels : list of bytes
        A digest of the upright pixels: equal for the same picture in whatever file.
    """

    hashes: Sequence[tuple[Hasher, Metric]]
    finders: Sequence[CopiesHash]
    paths: list[str]
    codes: list[Codes]
    descriptions: list[Codes]
    colours: NDArray[np.float64]
    pixels: list[bytes]
    rejected: list[Rejected]


class _Photo(NamedTuple):
    codes: list[bytes]
    colour: NDArray[np.float64]
    pixels: bytes


def read_photos(
    hashes: Sequence[tuple[Hasher, Metric]],
    finders: Sequence[CopiesHash],
    paths: Sequence[str],
    *,
    workers: int | None = None,
    progress: Progress | None = None,
) -> PhotoSet:
    """Decode, hash and look at every file; a bad one is kept with its reason.

    Parameters
    ----------
    hashes : sequence of (Hasher, Metric)
    finders : sequence of CopiesHash
    paths : sequence of str
    workers : int, optional
    progress : callable, optional
        Called as ``progress(done, total)`` in files.
    """
    photos: dict[str, _Photo] = {}
    rejected: list[Rejected] = []
    makers = [*(maker for maker, _ in hashes), *finders]
    found = map_files(_task(makers), paths, workers=workers)
    for done, (path, photo) in enumerate(found, start=1):
        if progress is not None:
            progress(done, len(paths))
        if isinstance(photo, Rejected):
            rejected.append(photo)
        else:
            photos[path] = photo
    codes = []
    for number, maker in enumerate(makers):
        joined = b"".join(photo.codes[number] for photo in photos.values())
        codes.append(np.frombuffer(joined, np.uint8).reshape(-1, maker.spec.code_bytes))
    return PhotoSet(
        hashes,
        finders,
        list(photos),
        [metric.table(table) for (_, metric), table in zip(hashes, codes, strict=False)],
        codes[len(hashes) :],
        np.array([photo.colour for photo in photos.values()]).reshape(-1, 3),
        [photo.pixels for photo in photos.values()],
        rejected,
    )


def unrelated_pairs(pixels: Sequence[bytes], rows: Sequence[int]) -> tuple[int, int]:
    """Count the pairs of some photos with all others, each once: unrelated ones, and the rest.

    Parameters
    ----------
    pixels : sequence of bytes
        A digest for each photo.
    rows : sequence of int

    Returns
    -------
    unrelated, same_pixels : int
        Pairs of photos with different pixels, and pairs with the same.
    """

    def pairs(photos: int, chosen: int) -> int:
        return chosen * (photos - chosen) + chosen * (chosen - 1) // 2

    photos, chosen = Counter(pixels), Counter(pixels[row] for row in rows)
    same = sum(pairs(photos[digest], number) for digest, number in chosen.items())
    return pairs(len(pixels), len(rows)) - same, same


def class_of(path: str, where: str) -> str | None:
    """Return the class of a photo: the first folder below ``where``, None if there is none.

    Parameters
    ----------
    path, where : str
    """
    parts = os.path.relpath(path, where).split(os.sep)
    return parts[0] if len(parts) > 1 else None


def sample_rows(paths: Sequence[str], where: str, size: int, seed: int) -> list[int]:
    """Choose at most ``size`` photos by chance; return their rows in ascending order.

    Each photo draws a number from seed and name below ``where``, and the smallest are taken: the
    same on every machine and in every version, and a new photo replaces at most one.

    Parameters
    ----------
    paths : sequence of str
    where : str
    size, seed : int
    """

    def draw(row: int) -> bytes:
        name = os.fsencode(os.path.relpath(paths[row], where))
        return hashlib.blake2b(b"%d:%s" % (seed, name), digest_size=_DIGEST_BYTES).digest()

    return sorted(sorted(range(len(paths)), key=draw)[:size])


def central_colour(picture: Picture) -> NDArray[np.float64]:
    """Return the median L*, a* and b* over the middle of a picture, shape (3,), float64.

    The middle reaches from 30 % to 70 % of the width and of the height, to the nearest pixel.
    Where its longer side exceeds 64 pixels it is shrunk to that by averaging areas.

    Parameters
    ----------
    picture : Picture
        Decoded in full and upright.
    """
    ends = (((3 * side + 5) // 10, (7 * side + 5) // 10) for side in picture.size)
    (left, right), (top, bottom) = ((begin, max(begin + 1, end)) for begin, end in ends)
    middle = picture.srgb.rgb().crop((left, top, right, bottom))
    longer = max(middle.size)
    if longer > _LARGEST_SIDE:
        wide, high = (max(1, round(side * _LARGEST_SIDE / longer)) for side in middle.size)
        middle = middle.resize((wide, high), Image.Resampling.BOX)
    colours = lab_of_rgb(np.asarray(middle).reshape(-1, 3))
    return np.asarray(np.median(colours, axis=0), np.float64)


def _task(hashers: Sequence[Hasher | str]) -> Task[_Photo]:
    makers = hashers_of(hashers)

    def read(path: str) -> _Photo | Rejected:
        picture = load(path)
        if isinstance(picture, Rejected):
            return picture
        found = hash_source(makers, path, full=picture)
        if found.rejected is not None:
            return found.rejected
        image = picture.rgb()
        digest = hashlib.blake2b(b"%d x %d" % image.size, digest_size=_DIGEST_BYTES)
        digest.update(np.ascontiguousarray(image).data)
        codes = [each.code for each in found.hashes]
        return _Photo(codes, central_colour(picture), digest.digest())

    def encode(photo: _Photo) -> tuple[Any, ...]:
        return (None, photo.colour, photo.pixels, *photo.codes)

    def decode(path: str, _: Any, parts: list[Any]) -> _Photo:
        colour, pixels, *codes = parts
        lengths = [maker.spec.code_bytes for maker in makers]
        if list(map(len, codes)) != lengths or len(pixels) != _DIGEST_BYTES:
            raise ValueError(f"{path}: no photo of these hashes")
        return _Photo(codes, colour.reshape(3), pixels)

    return Task(read, encode, decode, f"{__name__}:_task", makers)
