"""Hash pictures and compare two of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sokkuri.api.inputs import hasher_for, rereadable, roots_of
from sokkuri.api.results import Comparison
from sokkuri.errors import ImageError
from sokkuri.images import describe
from sokkuri.metric import Metric
from sokkuri.pipeline import FileRecord, hash_paths, hash_source, list_files, same_as

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from sokkuri._typing import ImageLike, PathLike, Progress
    from sokkuri.hashes import ImageHash

__all__ = ["compare", "hash_files", "hash_image"]


def hash_image(
    image: ImageLike,
    *,
    hash: str | None = None,
    rgb: bool = False,
    gray: bool = False,
) -> ImageHash:
    """Hash one picture.

    Parameters
    ----------
    image : path, bytes, binary file object, PIL image or ndarray
        The picture.
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
    maker = hasher_for(hash, rgb=rgb, gray=gray)
    hashed = hash_source([maker], image)
    if hashed.rejected is not None:
        raise ImageError(hashed.rejected.path, hashed.rejected.reason)
    return hashed.hashes[0]


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

    Parameters are those of :func:`search`; ``hash`` may be several names, and all hashes of a file
    come from one decode.  Yields one :class:`~sokkuri.pipeline.FileRecord` for each
    folder that could not be entered, then for each file; a place that does not exist counts as one.
    Files that only go with photos are ``companion``.  ``on_unused`` is called with the patterns of
    ``exclude`` that were about nothing, if there are any.

    Raises
    ------
    UnknownHash
        If no hash goes by that name.
    """
    names = [hash] if hash is None or isinstance(hash, str) else hash
    makers = [hasher_for(name, rgb=rgb, gray=gray) for name in names]
    listing = list_files(roots_of(where), exclude=exclude, follow=follow, progress=progress)
    if on_unused is not None and listing.unused:
        on_unused(listing.unused)
    for rejected in listing.rejected:
        yield FileRecord(rejected.path, rejected=rejected)
    yield from hash_paths(makers, listing.files, workers=workers, progress=progress)


def compare(
    a: ImageLike,
    b: ImageLike,
    *,
    hash: str | None = None,
    rgb: bool = False,
    gray: bool = False,
    emphasis: str | float | None = None,
    mirror: bool | None = None,
) -> Comparison:
    """Measure how far apart two pictures are.

    Parameters are those of :func:`search`.

    Raises
    ------
    ImageError
        If one of them cannot be read.
    UnknownHash
        If no hash goes by that name.
    """
    a, b = rereadable(a), rereadable(b)
    maker = hasher_for(hash, rgb=rgb, gray=gray)
    measure = Metric.of(maker, emphasis=emphasis, mirror=mirror)
    hash_a, hash_b = (hash_image(image, hash=maker.spec.name) for image in (a, b))
    distance = measure.distance(hash_a, hash_b)
    same = same_as(a, [b])[0] if distance == 0 else None
    return Comparison(describe(a), describe(b), hash_a, hash_b, distance, same, measure.spec)
