"""Copies of pictures among the photos of a folder."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Unpack

from sokkuri.api.hash import rereadable
from sokkuri.api.photos import photos_in
from sokkuri.api.results import Copies
from sokkuri.copies.finder import CopyQuery
from sokkuri.engine.copies import CopyArguments, CopyOptions, CopySearch
from sokkuri.engine.table import PhotoTable
from sokkuri.pipeline import hash_source

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sokkuri._typing import ImageLike, PathLike, Progress
    from sokkuri.images import Rejected


def find_copies(
    queries: PathLike | Iterable[ImageLike], where: PathLike | Iterable[PathLike], *,
    exclude: Sequence[str] = (), follow: bool = False, library: PathLike | None = "auto",
    refresh: bool = True, workers: int | None = None, progress: Progress | None = None,
    **options: Unpack[CopyArguments],
) -> list[Copies]:  # fmt: skip
    """Find the photos under a folder that are copies of pictures, whatever was done to them.

    Photos that were cropped, turned, mirrored, framed, squeezed, pasted into another picture,
    written on, or changed in tone are found, each verified on its pixels.

    Parameters
    ----------
    queries : path or iterable of pictures
        Pictures as of :func:`sokkuri.search`; an array has shape (H, W), (H, W, 1), (H, W, 3) or
        (H, W, 4).
    where : path or iterable of paths
        Folders, searched with all folders within them, or single files.
    sure : bool
        Only those that are sure to be copies: from a score of 1.3 on instead of 1.15, or 1.1 with
        ``harder``.
    harder : bool
        Describe photos by 300 points instead of 150: smaller parts are found, for twice the room.
    exclude_query, folder, after, before, min_bytes, max_bytes, min_quality, links
        As of :func:`sokkuri.search`.
    exclude, follow, library, refresh, workers, progress
        As of :func:`sokkuri.search`.

    Returns
    -------
    list of Copies
        One a query, in their order, each a sequence of :class:`Copy`, best first.  A query that
        cannot be read has ``error`` set and no copies.

    Raises
    ------
    NothingToSearch
        If a folder is missing, or holds no file.
    StoreError
        If the library is damaged, with the command that repairs it.
    ValueError
        If an option is out of bounds.
    """
    asked = CopyOptions(**options)
    several = [queries] if isinstance(queries, str | os.PathLike) else queries
    sources = [rereadable(query) for query in several]
    described = [described_query(source, asked) for source in sources]
    maker = asked.hashers[0]
    if not any(isinstance(query, CopyQuery) for query in described):
        table = PhotoTable.of(maker.spec, ())
    else:
        table = photos_in(
            where, maker, library, refresh=refresh,
            exclude=exclude, follow=follow, workers=workers, progress=progress,
        )  # fmt: skip
    search = CopySearch(table, workers)
    return [
        search.find(Copies, source, query, asked)
        for source, query in zip(sources, described, strict=True)
    ]


def described_query(source: ImageLike, options: CopyOptions) -> CopyQuery | Rejected:
    """Describe a picture and its mirror image, from one decode; why not, where that cannot be.

    Parameters
    ----------
    source : path, bytes, PIL image or ndarray
    options : CopyOptions
    """
    record = hash_source(options.hashers, source)
    if record.rejected is not None:
        return record.rejected
    plain, mirrored = record.hashes
    return CopyQuery(plain, mirrored)
