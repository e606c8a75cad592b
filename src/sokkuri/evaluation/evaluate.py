"""Measure hashes on a folder, from the files to the answer."""

from __future__ import annotations

import contextlib
import os
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from sokkuri.engine.copies import COPIES_HASH
from sokkuri.errors import NothingToSearch, UnknownHash
from sokkuri.evaluation.edited import EditSet
from sokkuri.evaluation.edits import EDITS
from sokkuri.evaluation.harder import HARDER_EDITS
from sokkuri.evaluation.photos import class_of, read_photos, sample_rows
from sokkuri.evaluation.recall import measure_edits
from sokkuri.evaluation.results import Evaluation, Parameters
from sokkuri.evaluation.retrieval import measure_classes
from sokkuri.hashers.copies import CopiesHash
from sokkuri.metric import Metric
from sokkuri.pipeline import as_on_disk, list_files, parted
from sokkuri.registry import hasher

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sokkuri._typing import PathLike, Progress
    from sokkuri.evaluation.photos import PhotoSet
    from sokkuri.hashes import HashSpec
    from sokkuri.pipeline import FileListing
    from sokkuri.protocols import Hasher

DEFAULT_HASHES: Final = ("look-2", "ahash-gray-64", "ahash-rgb-64", "phash-16", "pdq", COPIES_HASH)
"""One of each kind there is, and what the copy finder looks at."""


def evaluate(
    where: PathLike,
    hashes: Iterable[str | Hasher] | None = None,
    *,
    sample: int = 200,
    seed: int = 0,
    classes: bool | None = None,
    edits: bool = True,
    harder: bool = False,
    mirror: bool | None = None,
    exclude: Sequence[str] = (),
    follow: bool = False,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Evaluation:
    """Measure how well hashes find photos of the same class, and edited copies of photos.

    Parameters
    ----------
    where : path
        A folder of photos; the folders directly below it are the classes.
    hashes : iterable of str or Hasher, optional
        What to measure; one of each kind if None.  A name may carry an emphasis, as
        ``look-2@shape`` or ``look-2@0.3``.  With ``copies-N`` the copy finder is measured, on
        edited copies alone.
    sample : int
        The largest number of photos that are edited.
    seed : int
        Chooses which ones.
    classes : bool, optional
        Measure the retrieval by class; if None, where there are at least two classes.
    edits : bool
        Measure the recall of edited copies.
    harder : bool
        With the thirteen harder edits as well.
    mirror : bool, optional
        Take mirrored photos for alike, unless False, with hashes that can.
    exclude, follow, workers
        As of :func:`sokkuri.search`.  The answer does not depend on ``workers``.
    progress : callable, optional
        Called as ``progress(done, total)``, in steps of all that is measured.

    Raises
    ------
    NothingToSearch
        If the folder is missing or holds too little to measure.
    UnknownHash
        If no hash, or no emphasis of it, goes by one of the names.
    ValueError
        If a number is out of bounds, or nothing is asked for.
    """
    _check_request(sample, classes, edits=edits, harder=harder)
    compared, finders = _compared(DEFAULT_HASHES if hashes is None else hashes, mirror)
    finders = finders if edits else []
    if not compared and (classes or not edits):
        raise ValueError("a copy finder ranks nothing; name a hash to measure classes")
    where = os.fsdecode(as_on_disk(where))
    listing = _listing(where, exclude, follow=follow)
    files = len(listing.files)
    ranking = files * len(compared) * (classes is not False)
    made = EditSet(EDITS, HARDER_EDITS * harder) if edits else EditSet(())
    report = partial(_report, progress, files + ranking + min(sample, files) * len(made.all))
    photos = read_photos(compared, finders, listing.files, workers=workers, progress=report(0))
    _check_enough(where, photos)
    labels = [class_of(path, where) for path in photos.paths] if compared else []
    if classes is not False:
        classes = _has_classes(where, labels, needed=bool(classes) or not edits)
    measured: dict[str, Any] = {}
    if classes:
        steps = [report(files * (1 + number)) for number in range(len(compared))]
        rankings = measure_classes(photos, labels, workers=workers, steps=steps)
        measured = {"ranked": rankings[-1].overall.photos, "rankings": rankings}
    if edits:
        rows = sample_rows(photos.paths, where, sample, seed)
        step = report(files + ranking, len(made.all))
        found = measure_edits(photos, rows, made, workers=workers, progress=step)
        if found is None:
            raise NothingToSearch(f"{where}: all photos show the same picture")
        measured |= {"sampled": len(rows), **found._asdict()}
    lost, other_files = parted(photos.rejected)
    return Evaluation(
        where,
        (*(metric.spec for _, metric in compared), *(finder.spec for finder in finders)),
        Parameters(sample, seed, classes, edits, harder),
        photos=len(photos.paths),
        rejected=tuple(sorted((*listing.rejected, *lost), key=lambda r: os.fsencode(r.path))),
        skipped=listing.skipped,
        other_files=other_files,
        unused_exclude=listing.unused,
        **measured,
    )


def _check_request(sample: int, classes: bool | None, *, edits: bool, harder: bool) -> None:
    if sample < 1:
        raise ValueError(f"`sample` must be 1 or more, not {sample}")
    if classes is False and not edits:
        raise ValueError("without classes and without edits there is nothing to measure")
    if harder and not edits:
        raise ValueError("`harder` adds edits, and edits are not measured")


def _has_classes(where: str, labels: Iterable[str | None], *, needed: bool) -> bool:
    enough = len(set(labels) - {None}) >= 2
    if needed and not enough:
        why = "classes are folders with photos directly below it, and there are fewer than 2"
        raise NothingToSearch(f"{where}: {why}")
    return enough


def _compared(
    hashes: Iterable[str | Hasher], mirror: bool | None
) -> tuple[list[tuple[Hasher, Metric]], list[CopiesHash]]:
    """Return each hash that is named once, and what is compared of its codes; then the finders'."""
    compared: dict[HashSpec, tuple[Hasher, Metric]] = {}
    finders: dict[HashSpec, CopiesHash] = {}
    for item in hashes:
        maker = hasher(item) if isinstance(item, str) and "@" not in item else item
        if isinstance(maker, CopiesHash):
            finders[maker.spec] = replace(maker, mirrored=False)
        else:
            found = _hash_and_metric(item, mirror)
            compared[found[1].spec] = found
    if not compared and not finders:
        raise ValueError("`hashes` names no hash")
    return list(compared.values()), list(finders.values())


def _hash_and_metric(item: str | Hasher, mirror: bool | None) -> tuple[Hasher, Metric]:
    if not isinstance(item, str):
        return item, Metric.of(item, mirror=mirror)
    name, at, words = item.partition("@")
    maker = hasher(name)
    emphasis: str | float | None = words if at else None
    with contextlib.suppress(ValueError):
        emphasis = float(words)
    try:
        return maker, Metric.of(maker, emphasis=emphasis, mirror=mirror)
    except ValueError as error:
        raise UnknownHash(f"no hash is compared as {item!r}: {error}") from error


def _listing(where: str, exclude: Sequence[str], *, follow: bool) -> FileListing:
    if not os.path.isdir(where):
        raise NothingToSearch(f"{where}: no such folder; check the name")
    listing = list_files([where], exclude=exclude, follow=follow)
    if not listing.files and not listing.rejected:
        raise NothingToSearch(f"{where}: no files in there; name a folder with photos")
    return listing


def _report(progress: Progress | None, total: int, start: int, weight: int = 1) -> Progress | None:
    """Return the progress of a part that begins at a step of all."""
    if progress is None:
        return None
    return lambda done, _: progress(start + weight * done, total)


def _check_enough(where: str, photos: PhotoSet) -> None:
    count, lost, reason = len(photos.paths), len(photos.rejected), ""
    if lost:
        first = photos.rejected[0]
        reason = f"; {lost:,} could not be read, such as {first.path}: {first.reason}"
    if count < 2:
        raise NothingToSearch(f"{where}: {count} photos could be read and 2 are needed{reason}")
