"""Hash pictures: one, or all files of some folders."""

from __future__ import annotations

import contextlib
import os
from typing import IO, TYPE_CHECKING, cast

from sokkuri import limits, settings
from sokkuri.errors import ImageError
from sokkuri.pipeline import FileRecord, as_on_disk, hash_paths, hash_source, list_files
from sokkuri.registry import hasher

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from sokkuri._typing import ImageLike, PathLike, Progress
    from sokkuri.hashes import ImageHash
    from sokkuri.protocols import Hasher


def hash_image(
    image: ImageLike, *, hash: str | None = None, rgb: bool = False, gray: bool = False
) -> ImageHash:
    """Hash one picture.

    Parameters
    ----------
    image : path, bytes, binary file object, PIL image or ndarray
        The picture; an array has shape (H, W), (H, W, 1), (H, W, 3) or (H, W, 4).
    hash : str, optional
        Name of the hash, ``"look-2"`` if not given.
    rgb, gray : bool
        Short for the tutorial's hashes, ``hash="ahash-rgb-64"`` and ``hash="ahash-gray-64"``.

    Raises
    ------
    ImageError
        If the picture cannot be read.
    UnknownHash
        If no hash goes by that name.
    """
    record = hash_source(hashers_named(hash, rgb=rgb, gray=gray), image)
    if record.rejected is not None:
        raise ImageError(record.rejected.path, record.rejected.reason)
    return record.hashes[0]


def hash_files(
    where: PathLike | Iterable[PathLike],
    *,
    hash: str | Sequence[str] | None = None,
    rgb: bool = False,
    gray: bool = False,
    exclude: Sequence[str] = (),
    follow: bool = False,
    workers: int | None = None,
    progress: Progress | None = None,
    on_unused: Callable[[tuple[str, ...]], object] | None = None,
) -> Iterator[FileRecord]:
    """Hash every file under some folders, in the order of their paths.

    Parameters
    ----------
    where, rgb, gray, exclude, follow, workers, progress
        As of :func:`search`.
    hash : str or sequence of str, optional
        All hashes of a file come from one decode.
    on_unused : callable, optional
        Called with the patterns of ``exclude`` that were about nothing, if there are any.

    Yields
    ------
    FileRecord
        For each folder that could not be entered, then for each file; a place that does not exist
        counts as one.  What is no picture and claims to be none by its name is an ``other_file``.

    Raises
    ------
    UnknownHash
        If no hash goes by that name.
    """
    hashers = hashers_named(hash, rgb=rgb, gray=gray)
    listing = list_files(places_of(where), exclude=exclude, follow=follow, progress=progress)
    if on_unused is not None and listing.unused:
        on_unused(listing.unused)
    for rejected in listing.rejected:
        yield FileRecord(rejected.path, rejected=rejected)
    yield from hash_paths(hashers, listing.files, workers=workers, progress=progress)


def chosen_hash(name: str | None, *, rgb: bool = False, gray: bool = False) -> str:
    """Return the name of the hash that ``hash=``, ``rgb=`` and ``gray=`` ask for.

    Parameters
    ----------
    name : str, optional
    rgb, gray : bool

    Raises
    ------
    ValueError
        If they ask for two.
    """
    short = settings.RGB_HASH if rgb else settings.GRAY_HASH if gray else None
    if short is not None and (name not in (None, short) or (rgb and gray)):
        word = "rgb" if rgb else "gray"
        raise ValueError(f"`{word}` means {short!r}; do not give another hash beside it")
    return short or name or settings.DEFAULT_HASH


def hashers_named(
    names: str | Sequence[str] | None, *, rgb: bool = False, gray: bool = False
) -> list[Hasher]:
    """Return the hashers that ``hash=``, ``rgb=`` and ``gray=`` ask for, the default one if None.

    Parameters
    ----------
    names : str or sequence of str, optional
    rgb, gray : bool
    """
    several = [names] if names is None or isinstance(names, str) else names
    return [hasher(chosen_hash(name, rgb=rgb, gray=gray)) for name in several]


def places_of(where: PathLike | Iterable[PathLike]) -> list[PathLike]:
    """Return one or several places as a list, each as it is spelled on the disk."""
    places = [where] if isinstance(where, str | os.PathLike) else where
    return [as_on_disk(place) for place in places]


def rereadable(source: ImageLike) -> ImageLike:
    """Return a source of any shape that can be read more than once: a stream is taken into memory.

    A stream that fails is returned as it is; the decoder then gives the reason.  A path is returned
    as it is spelled on the disk.
    """
    if isinstance(source, str | os.PathLike):
        return as_on_disk(source)
    if not hasattr(source, "read"):
        return source
    stream = cast("IO[bytes]", source)
    with contextlib.suppress(Exception):
        if stream.seekable():
            stream.seek(0)
        data = stream.read(limits.MAX_FILE_SIZE.count() + 1)
        if isinstance(data, bytes):
            return data
    return source
