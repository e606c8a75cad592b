"""The photos that a search compares: one table, whatever they come from, and one read just now."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from sokkuri.brief import brief_repr
from sokkuri.errors import NothingToSearch
from sokkuri.hashes import ImageHash
from sokkuri.index.table import Owners
from sokkuri.language import sentence
from sokkuri.names import shown_name
from sokkuri.pipeline import hash_paths, list_files, parted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from sokkuri._typing import Codes, PathLike, Progress
    from sokkuri.copies.point_keys import PointKeys
    from sokkuri.hashes import HashSpec
    from sokkuri.images import Rejected
    from sokkuri.pipeline import FileListing, FileRecord
    from sokkuri.protocols import Hasher


@dataclass(frozen=True, slots=True, eq=False)
class FileFacts:
    """Facts about the photos' files, in the order of their table.

    Parameters
    ----------
    ids : ndarray of shape (P,), int64
        The number of each file in its library, which it keeps while its path stays.
    bytes, mtimes_ns : ndarray of shape (P,), int64
        Size and time of the last change, as they were when the file was last looked at.
    widths, heights : ndarray of shape (P,), int64
        Of the upright picture, in pixels; 0 where that is not known.
    """

    ids: NDArray[np.int64]
    bytes: NDArray[np.int64]
    mtimes_ns: NDArray[np.int64]
    widths: NDArray[np.int64]
    heights: NDArray[np.int64]

    @classmethod
    def of(cls, rows: Iterable[tuple[int, int, int, int, int]]) -> FileFacts:
        """Make columns of one tuple a photo."""
        return cls(*np.array(list(rows), np.int64).reshape(-1, 5).T)


@dataclass(frozen=True, eq=False)
class PhotoTable:
    """Photos in path order with their codes, and what became of the other files.

    Nothing in it changes any more, so threads may share it.

    Parameters
    ----------
    spec : HashSpec
        The recipe of the codes.
    paths : sequence of str
        The photos that have a code, sorted by the bytes of their paths.
    stored : ndarray of shape (S, B), uint8
        Their packed codes as they are kept, those of other photos among them.
    qualities : ndarray of shape (P,), int8
        How much each photo says, 0 to 100; -1 where that is not known.
    rows : ndarray of shape (M,), int64, optional
        The row of each code in ``stored``, those of the first photo first; if None, they are all
        the rows in order.
    owners : Owners, optional
        The photo of each code, ascending; each photo has one if None.
    contents : ndarray of shape (P,), int64, optional
        Photos with the same bytes have the same number; None where that is not known.
    roots : sequence of str
        The folders below which the photos lie.
    key, label : str
        Where photos of several tables are shown together: what tells the table from the others,
        and what stands before its folders.
    facts_of : callable, optional
        Looks up what is known of the files; each is asked for its size and time if None.
    point_keys_of : callable, optional
        Opens the keys of points that were kept with the first of ``stored``, if there are any.
    rejected, other_files, skipped, unused_exclude, notes
        As of an :class:`sokkuri.matches.Outcome`; sorted by path, where they are files.
    """

    spec: HashSpec
    paths: Sequence[str]
    stored: Codes
    qualities: NDArray[np.int8]
    rows: NDArray[np.int64] | None = None
    owners: Owners | None = None
    contents: NDArray[np.int64] | None = None
    roots: Sequence[str] = ()
    key: str = ""
    label: str = ""
    facts_of: Callable[[], FileFacts] | None = None
    point_keys_of: Callable[[], PointKeys | None] | None = None
    rejected: tuple[Rejected, ...] = ()
    other_files: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    unused_exclude: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    __repr__ = brief_repr

    @classmethod
    def of(cls, spec: HashSpec, records: Iterable[FileRecord]) -> PhotoTable:
        """Collect files that were hashed just now.

        Parameters
        ----------
        spec : HashSpec
        records : iterable of FileRecord
            In path order.
        """
        paths: list[str] = []
        codes = bytearray()
        qualities: list[int] = []
        rejected: list[Rejected] = []
        for record in records:
            if record.hash is not None:
                paths.append(record.path)
                codes += record.hash.code
                qualities.append(-1 if record.hash.quality is None else record.hash.quality)
            elif record.rejected is not None:
                rejected.append(record.rejected)
        table = np.frombuffer(codes, np.uint8).reshape(-1, spec.code_bytes)
        return cls(spec, paths, table, np.array(qualities, np.int8), rejected=tuple(rejected))

    def joined(self, other: PhotoTable) -> PhotoTable:
        """Return these photos and others of one code each together, in path order."""
        paths = [*self.paths, *other.paths]
        order = sorted(range(len(paths)), key=lambda place: os.fsencode(paths[place]))
        numbers = np.concatenate([self._photo_of_codes, other._photo_of_codes + len(self.paths)])
        places = np.argsort(order)[numbers]  # of each code's photo in the whole
        rows = np.argsort(places, kind="stable")
        several = self.owners is not None or other.owners is not None
        return replace(
            self,
            paths=[paths[place] for place in order],
            stored=np.concatenate([self.codes, other.codes]),
            rows=rows,
            qualities=np.concatenate([self.qualities, other.qualities])[order],
            owners=Owners.of(places[rows]) if several else None,
            contents=None,
            facts_of=None,
            point_keys_of=None,
        )

    def listed(self, listing: FileListing, *notes: str) -> PhotoTable:
        """Return the table with what a walk could not enter, and what it passed by.

        Parameters
        ----------
        listing : FileListing
        *notes : str
            Stand before the others, but for empty ones.
        """
        rejected = sorted([*listing.rejected, *self.rejected], key=lambda it: os.fsencode(it.path))
        return replace(
            self, rejected=tuple(rejected), skipped=listing.skipped, unused_exclude=listing.unused,
            notes=(*filter(None, notes), *self.notes),
        )  # fmt: skip

    def __len__(self) -> int:
        return len(self.paths)

    @cached_property
    def codes(self) -> Codes:
        """The packed codes, shape (M, B), uint8, those of the first photo first."""
        return self.stored if self.rows is None else self.stored[self.rows]

    @cached_property
    def facts(self) -> FileFacts:
        """Facts about the files, looked up when they are first needed."""
        return FileFacts.of(map(_facts, self.paths)) if self.facts_of is None else self.facts_of()

    @cached_property
    def names(self) -> Sequence[str]:
        """The name of each photo, safe to show."""
        return [shown_name(os.path.basename(path)) for path in self.paths]

    @cached_property
    def name_keys(self) -> Sequence[tuple[str, str]]:
        """The key by which each photo is sorted by name: without case, then its whole path."""
        return [(name.casefold(), path) for name, path in zip(self.names, self.paths, strict=True)]

    @cached_property
    def name_ranks(self) -> NDArray[np.int64]:
        """The place of each photo in the order of names, shape (P,)."""
        return np.argsort(sorted(range(len(self)), key=self.name_keys.__getitem__))

    @cached_property
    def folders(self) -> Sequence[str]:
        """The folder of each photo below the searched one, safe to show; empty for the top."""
        starts = [os.path.join(root, "") for root in self.roots]
        shown: dict[str, str] = {}
        found = []
        for path in self.paths:
            folder = os.path.dirname(path)
            if folder not in shown:
                start = next((len(each) for each in starts if path.startswith(each)), len(folder))
                words = [self.label, *folder[start:].split(os.sep)]
                shown[folder] = "/".join(shown_name(word) for word in words if word)
            found.append(shown[folder])
        return found

    def place_of(self, number: int) -> int | None:
        """Return the place of the photo with a number in its library, None if there is none."""
        return self._places.get(number)

    def quality(self, photo: int) -> int | None:
        """Return how much a photo says, 0 to 100; None where that is not known."""
        value = int(self.qualities[photo])
        return None if value < 0 else value

    def hash_of(self, photo: int) -> ImageHash:
        """Return the hash of a photo, the first where it has several."""
        row = photo if self.owners is None else int(self._first_codes[photo])
        stored = row if self.rows is None else int(self.rows[row])
        return ImageHash(self.spec, self.stored[stored].tobytes(), self.quality(photo))

    def nearest(self, distances: NDArray[np.uint32]) -> NDArray[np.int64]:
        """Turn the distances of codes, shape (M,), uint32, into those of photos, shape (P,), int64.

        Of several codes of a photo the nearest counts.
        """
        if self.owners is not None and len(self.paths):
            distances = np.minimum.reduceat(distances, self._first_codes)
        return distances.astype(np.int64)

    @cached_property
    def _places(self) -> dict[int, int]:
        return {number: place for place, number in enumerate(self.facts.ids.tolist())}

    @property
    def _photo_of_codes(self) -> NDArray[np.int64]:
        return np.arange(len(self.paths)) if self.owners is None else self.owners.numbers

    @cached_property
    def _first_codes(self) -> NDArray[np.int64]:
        return np.searchsorted(self._photo_of_codes, np.arange(len(self.paths)))


def _facts(path: str) -> tuple[int, int, int, int, int]:
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return 0, 0, 0, 0, 0  # it is gone meanwhile
    return 0, status.st_size, status.st_mtime_ns, 0, 0


def read_photos(
    places: Sequence[PathLike], maker: Hasher, *, exclude: Sequence[str] = (),
    follow: bool = False, workers: int | None = None, progress: Progress | None = None,
    note: str = "",
) -> PhotoTable:  # fmt: skip
    """Hash every photo of some places.

    Parameters
    ----------
    places : sequence of path
        Folders, and single files.
    maker : Hasher
    exclude, follow, workers, progress
        As of :func:`sokkuri.pipeline.list_files` and :func:`sokkuri.pipeline.hash_paths`.
    note : str
        What the reader of an answer should know.

    Raises
    ------
    NothingToSearch
        If a place does not exist, or there is no file.
    """
    names = [os.fsdecode(place) for place in places]
    for name in names:
        if not os.path.lexists(name):
            raise NothingToSearch(f"{name}: no such folder; check the name")
    listing = list_files(places, exclude=exclude, follow=follow, progress=progress)
    refuse_empty(names, listing)
    records = hash_paths([maker], listing.files, workers=workers, progress=progress)
    table = PhotoTable.of(maker.spec, records)
    lost, other_files = parted(table.rejected, set(names))
    return replace(table, rejected=lost, other_files=other_files, roots=names).listed(listing, note)


def refuse_empty(names: Sequence[str], listing: FileListing, note: str = "") -> None:
    """Refuse places without files, with what to do about it.

    Parameters
    ----------
    names : sequence of str
        The places.
    listing : FileListing
    note : str
        What is to be said instead of the usual advice.

    Raises
    ------
    NothingToSearch
        If the listing is empty.
    """
    if listing.files:
        return
    if listing.rejected:
        closed = {each.path: each.reason for each in listing.rejected}
        if all(name in closed for name in names):
            raise NothingToSearch("; ".join(f"{name}: {closed[name]}" for name in names))
        return
    if listing.left_out:
        found = sentence("all that is in there is left out")
        advice = "change the patterns"
    else:
        found, advice = sentence("no files in there"), sentence("name a folder with photos")
    raise NothingToSearch(f"{', '.join(names)}: {found}; {note or advice}")
