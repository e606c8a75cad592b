"""Measure hashes on a folder, from the files to the answer."""

from __future__ import annotations

import contextlib
import os
from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeAlias

from sokkuri.errors import NothingToSearch, UnknownHash
from sokkuri.evaluation.photos import class_of, read_photos, sample_rows
from sokkuri.evaluation.results import Evaluation, Parameters
from sokkuri.evaluation.retrieval import Group, rank_by_chance, rank_by_hash
from sokkuri.evaluation.robustness import count_unrelated, edit_photos, robustness_of
from sokkuri.evaluation.subjects import subjects_of
from sokkuri.pipeline import as_on_disk, list_files, parted
from sokkuri.registry import hasher

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Any

    from sokkuri._typing import PathLike, Progress
    from sokkuri.evaluation.photos import Photos
    from sokkuri.evaluation.subjects import Subject
    from sokkuri.pipeline import Listing
    from sokkuri.protocols import Hasher

    Stages: TypeAlias = Callable[[str], contextlib.AbstractContextManager[Progress | None]]

__all__ = ["DEFAULT_SAMPLE", "DEFAULT_SEED", "default_hashes", "evaluate"]

DEFAULT_SAMPLE: Final = 200
DEFAULT_SEED: Final = 0

_USUAL: Final = ("look-2", "ahash-gray-64", "ahash-rgb-64", "phash-16", "pdq")
_FEWEST: Final = 2


def default_hashes() -> tuple[str, ...]:
    """Return the hashes that are measured where none is named: one of each kind there is."""
    return tuple(name for name in _USUAL if _is_known(name))


def evaluate(
    where: PathLike,
    hashes: Iterable[str | Hasher] | None = None,
    *,
    sample: int = DEFAULT_SAMPLE,
    seed: int = DEFAULT_SEED,
    classes: bool | None = None,
    edits: bool = True,
    mirror: bool | None = None,
    exclude: Sequence[str] = (),
    follow: bool = False,
    workers: int | None = None,
    stages: Stages | None = None,
) -> Evaluation:
    """Measure how well hashes find photos of the same class, and edited copies of photos.

    Parameters
    ----------
    where : path
        A folder of photos; the folders directly below it are the classes.
    hashes : iterable of str or Hasher, optional
        What to measure; :func:`default_hashes` if None.  A name may carry an emphasis, as
        ``look-2@shape``.
    sample : int
        How many photos are edited, at most.
    seed : int
        Chooses which ones.
    classes : bool, optional
        Measure the retrieval by class; if None, where there are at least two classes.
    edits : bool
        Measure the recall of edited copies.
    mirror : bool, optional
        Take mirrored photos for alike, unless False, with hashes that can.
    exclude : sequence of str
        Patterns of files and folders to leave out, as of :func:`sokkuri.search`.
    follow : bool
        Enter linked folders too.
    workers : int, optional
        Threads; all cores if None.  The answer does not depend on it.
    stages : callable, optional
        Called with a word for each stage; gives a context manager of a ``progress(done, total)``.

    Returns
    -------
    Evaluation

    Raises
    ------
    NothingToSearch
        If the folder is missing or holds too little to measure.
    UnknownHash
        If no hash goes by one of the names.
    ValueError
        If a number is out of bounds, or nothing is asked for.
    """
    if sample < 1:
        raise ValueError(f"`sample` must be 1 or more, not {sample}")
    if classes is False and not edits:
        raise ValueError("without classes and without edits there is nothing to measure")
    asked = default_hashes() if hashes is None else hashes
    subjects = subjects_of(asked, mirror=mirror)
    run = _Run(os.fsdecode(as_on_disk(where)), subjects, workers, stages or _silent)
    listing = run.listing(exclude=exclude, follow=follow)
    photos = run.read(listing.files)
    lost, companions = parted(photos.rejected)
    rejected = sorted((*listing.rejected, *lost), key=lambda r: os.fsencode(r.path))
    if len(photos.paths) < _FEWEST:
        raise NothingToSearch(_too_few(run.where, photos))
    labels = [class_of(path, run.where) for path in photos.paths]
    if classes is None:
        classes = _enough_classes(labels)
    measured: dict[str, Any] = {}
    if classes:
        measured |= run.retrieval(photos, labels)
    if edits:
        measured |= run.robustness(photos, sample, seed)
    if not measured:
        raise NothingToSearch(_no_classes(run.where))
    return Evaluation(
        where=run.where,
        specs=tuple(subject.measure.spec for subject in subjects),
        parameters=Parameters(sample, seed, classes, edits),
        photos=len(photos.paths),
        rejected=tuple(rejected),
        skipped=listing.skipped,
        companions=companions,
        unused_exclude=listing.unused,
        **measured,
    )


class _Run:
    """What every stage of one evaluation needs."""

    def __init__(
        self, where: str, subjects: Sequence[Subject], workers: int | None, stages: Stages
    ) -> None:
        self.where = where
        self.subjects = subjects
        self.workers = workers
        self.stages = stages

    def listing(self, *, exclude: Sequence[str], follow: bool) -> Listing:
        if not os.path.isdir(self.where):
            raise NothingToSearch(f"{self.where}: no such folder; check the name")
        listing = list_files([self.where], exclude=exclude, follow=follow)
        if not listing.files and not listing.rejected:
            raise NothingToSearch(f"{self.where}: no files in there; name a folder with photos")
        return listing

    def read(self, files: Sequence[str]) -> Photos:
        """Read all photos, with what is compared of their codes."""
        with self.stages("reading") as progress:
            makers = [subject.maker for subject in self.subjects]
            photos = read_photos(makers, files, workers=self.workers, progress=progress)
        codes = [
            subject.measure.table(codes)
            for subject, codes in zip(self.subjects, photos.codes, strict=True)
        ]
        return replace(photos, codes=codes)

    def retrieval(self, photos: Photos, labels: Sequence[str | None]) -> dict[str, Any]:
        """Measure the photos that have a class."""
        if not _enough_classes(labels):
            raise NothingToSearch(_no_classes(self.where))
        rows = [row for row, label in enumerate(labels) if label is not None]
        chosen = [label for label in labels if label is not None]
        names = sorted(set(chosen), key=os.fsencode)
        group = Group(chosen, photos.colours[rows], names)
        rankings = []
        for subject, codes in zip(self.subjects, photos.codes, strict=True):
            measure = subject.measure
            with self.stages(f"ranking {measure.spec.name}") as progress:
                ranking = rank_by_hash(
                    measure, codes[rows], group, workers=self.workers, progress=progress
                )
            rankings.append(ranking)
        rankings.append(rank_by_chance(group))
        return {"ranked": len(rows), "rankings": tuple(rankings)}

    def robustness(self, photos: Photos, sample: int, seed: int) -> dict[str, Any]:
        """Measure the edited copies of a sample against unrelated photos."""
        rows = sample_rows(photos.paths, self.where, sample, seed)
        unrelated = [
            count_unrelated(subject.measure, codes, photos.pixels, rows, workers=self.workers)
            for subject, codes in zip(self.subjects, photos.codes, strict=True)
        ]
        if not unrelated[0].counts.any():
            raise NothingToSearch(f"{self.where}: all photos show the same picture")
        with self.stages("editing") as progress:
            copies = edit_photos(
                self.subjects, photos, rows, workers=self.workers, progress=progress
            )
        return {
            "sampled": len(rows),
            "same_pixels": unrelated[0].same_pixels,
            "failed": copies.failed,
            "robustness": tuple(
                robustness_of(subject.measure.spec, distances, others, photos.paths)
                for subject, distances, others in zip(
                    self.subjects, copies.distances, unrelated, strict=True
                )
            ),
        }


@contextlib.contextmanager
def _silent(words: str) -> Iterator[None]:  # noqa: ARG001 - the shape of a stage
    yield None


def _is_known(name: str) -> bool:
    try:
        hasher(name)
    except UnknownHash:
        return False
    return True


def _enough_classes(labels: Iterable[str | None]) -> bool:
    return len(set(labels) - {None}) >= _FEWEST


def _no_classes(where: str) -> str:
    return f"{where}: classes are folders with photos directly below it, and there are fewer than 2"


def _too_few(where: str, photos: Photos) -> str:
    reason = ""
    if photos.rejected:
        first = photos.rejected[0]
        reason = (
            f"; {len(photos.rejected):,} could not be read, such as {first.path}: {first.reason}"
        )
    return f"{where}: {len(photos.paths)} photos could be read and 2 are needed{reason}"
