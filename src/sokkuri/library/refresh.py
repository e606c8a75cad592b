"""Bring a library up to date with its folder, reading and decoding as little as possible."""

from __future__ import annotations

import contextlib
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from sokkuri.brief import brief_repr
from sokkuri.engine.table import refuse_empty
from sokkuri.errors import FormatError, Locked, StoreError
from sokkuri.images import RejectKind
from sokkuri.library.changes import find_changes, scan
from sokkuri.library.location import create
from sokkuri.library.opened import State, open_state
from sokkuri.library.point_keys import keep_point_keys, lacks_point_keys
from sokkuri.library.writer import LibraryWriter
from sokkuri.pipeline import FileRecord, digest_file, hash_paths, ordered_map
from sokkuri.pipeline.same_picture import sample_file
from sokkuri.stores.catalogue import CatalogueWriter
from sokkuri.stores.layout import WAIT_SECONDS, remove_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sokkuri._typing import Progress
    from sokkuri.hashes import HashSpec
    from sokkuri.library.changes import Absences, Changes
    from sokkuri.library.location import FileStat, Location, Scan
    from sokkuri.protocols import Hasher

# So many files are sorted at a time into those to digest and those to decode: few enough that what
# was just digested is still in the system's memory when it is decoded.
_AT_ONCE: Final = 4096


@dataclass(frozen=True, slots=True)
class Refreshed:
    """Findings and work of a refresh."""

    state: State  # the library after it
    scan: Scan  # the folder as it was found
    unchanged: int  # files that were known already, and looked as they did
    hashed: int  # that were decoded and hashed
    known: int  # that were renamed, copied, moved or touched: their bytes were known
    rejected: int  # without a hash, whenever that was found out, and folders that are closed
    other_files: int  # that are no photos and claim to be none
    vanished: int  # that were known and are gone
    kept: int  # that are out of reach
    decodes: int  # that were decoded, also those that were rejected then
    unwritten: str = ""  # why nothing could be noted; empty where all was
    unread: tuple[FileStat, ...] = ()  # that the library does not know, where nothing was noted

    __repr__ = brief_repr

    @property
    def seen(self) -> int:
        """Files looked at: those that were counted, and those that are unread."""
        told = self.unchanged + self.hashed + self.known + self.rejected + self.other_files
        return told + len(self.unread)

    @property
    def unused_exclude(self) -> tuple[str, ...]:
        """Patterns to leave out that no file and no folder matched."""
        return self.scan.listing.unused


def refresh(
    home: Location,
    hashers: Sequence[Hasher],
    *,
    exclude: Sequence[str] = (),
    follow: bool = False,
    workers: int | None = None,
    apart: bool = False,
    progress: Progress | None = None,
    wait: float = WAIT_SECONDS,
    forget_missing: bool = False,
    read_all: bool = False,
    as_it_is: bool = False,
) -> Refreshed:
    """List a folder, and hash what its library does not know; no bad file raises.

    Where nothing has changed nothing is decoded, nothing is written, and no lock is taken.  What is
    complete is written every few hundred files, and also when the run is interrupted.  A library
    that cannot be written is no hindrance where it knows every file.

    Parameters
    ----------
    home : Location
        The folder and its library, which is made if there is none.
    hashers : sequence of Hasher
        All the hashes that the library shall have of every photo.
    exclude, follow, workers, apart, progress
        As of :func:`sokkuri.pipeline.list_files` and :func:`sokkuri.pipeline.map_files`.
    wait : float
        Seconds to wait for another writer.
    forget_missing : bool
        Whether what is not there is gone, also where a drive may be away.
    read_all : bool
        Whether every file is read, also where size and times are as they were.
    as_it_is : bool
        Whether a library that cannot be written is taken as it is, with what it does not know in
        ``unread``, instead of an error; and whether none is made for a folder without files.

    Raises
    ------
    NothingToSearch
        If there is no file, and none is made.
    StoreError
        If the library cannot be written: no right to, a full disk; Locked if another process
        writes to it; FormatError if it is damaged, with the command that repairs it.
    """
    found = scan(home, exclude=exclude, follow=follow, progress=progress)
    run = _Refresh(found, hashers, workers, progress, apart)
    if not home.directory.exists():
        if as_it_is:
            refuse_empty([home.root], found.listing)
        create(home)
    look = partial(
        find_changes, found=found, specs=run.specs, forget_missing=forget_missing, read_all=read_all
    )
    try:
        with home.repair_advice():
            state = open_state(home, run.specs)
            changes = look(state)
            absences = changes.absences
            if changes:
                with home.directory.write_lock(wait=wait):
                    # Another writer may have done meanwhile what is not to be done again.
                    state = open_state(home, run.specs)
                    state, absences = run.write(state, look(state))
            elif _is_unfinished(state):
                # What a killed writer has left; a living one's files are its own.
                with contextlib.suppress(StoreError), home.directory.write_lock(wait=0):
                    latest = open_state(home, run.specs)
                    remove_files(home.directory.leftovers(latest.catalogue.segments))
                    keep_point_keys(latest.segments.values())
    except StoreError as error:
        if forget_missing or read_all or isinstance(error, FormatError):
            raise
        done = _Refresh(found, hashers, workers).unwritten(home, error)
        # What another writer has not noted yet, it will soon.
        if done.unread and (not as_it_is or isinstance(error, Locked)):
            raise
        return done
    return run.report(state, absences)


@dataclass(slots=True, eq=False)
class _Refresh:
    """One refresh under way: new files are sorted into known ones and ones to decode."""

    found: Scan
    hashers: Sequence[Hasher]
    workers: int | None
    progress: Progress | None = None
    apart: bool = False
    # The count, of those of the report, of each file that was read.
    _counted: dict[bytes, str] = field(default_factory=dict)
    _decodes: int = 0
    _done: int = 0
    _total: int = 0
    _lacking: dict[tuple[HashSpec, ...], dict[int, FileStat]] = field(default_factory=dict)
    _writer: LibraryWriter = field(init=False)

    @property
    def specs(self) -> list[HashSpec]:
        return [maker.spec for maker in self.hashers]

    def write(self, state: State, changes: Changes) -> tuple[State, Absences]:
        """Do what is to be done, and return the library after it."""
        directory = state.home.directory
        remove_files(directory.leftovers(state.catalogue.segments))
        with (
            contextlib.closing(CatalogueWriter(directory, state.catalogue)) as catalogue,
            contextlib.closing(LibraryWriter(state, catalogue, self.specs)) as self._writer,
        ):
            try:
                absences = self._go(state, changes)
            finally:
                # Also when the run was interrupted: what is complete is kept.
                self._writer.commit()
        written = open_state(state.home, self.specs, catalogue.catalogue)
        keep_point_keys(written.segments.values())
        return written, absences

    def _go(self, state: State, changes: Changes) -> Absences:
        """Do all that is to be done, and return what is gone and what is only out of reach."""
        writer = self._writer
        writer.note_folders(changes.folders)
        for seen in changes.returned:
            writer.renew(seen)
        fresh = self._fresh_of(state, changes)
        before = [writer.content_of_file(seen) for seen in fresh]
        self._total += len(fresh) + len(changes.incomplete)
        for at in range(0, len(fresh), _AT_ONCE):
            self._take_in(fresh[at : at + _AT_ONCE])
        for seen in changes.incomplete:
            self._lacks(seen)
        for specs, files in list(self._lacking.items()):
            # Known contents get what they lack, each from one of its files.
            makers = [maker for maker in self.hashers if maker.spec in specs]
            self._decode(makers, files.values())
        # Last, so that what was renamed is found under its new name before the old one is dropped.
        after = [writer.content_of_file(seen) for seen in fresh]
        arrived = {now for was, now in zip(before, after, strict=True) if now != was} - {0}
        absences = changes.absences.settled(arrived)
        writer.forget(absences.gone)
        writer.set_aside(absences.away)
        return absences

    def _fresh_of(self, state: State, changes: Changes) -> list[FileStat]:
        """Return the new and changed files, after a look at samples of those that may be known."""
        self._total = len(changes.likely)
        fresh = list(changes.fresh)
        for seen, is_known in self._sampled(state, changes.likely):
            if is_known:
                self._writer.renew(seen)
                self._lacks(seen)
            else:
                fresh.append(seen)
            self._step()
        return sorted(fresh, key=attrgetter("name"))

    def _take_in(self, files: Sequence[FileStat]) -> None:
        """Take in new and changed files; those whose bytes may be known are digested first."""
        sizes = Counter(seen.key[0] for seen in files)
        sizes.update(self._writer.sizes)
        unknown = [seen for seen in files if sizes[seen.key[0]] == 1]
        suspects = [seen for seen in files if sizes[seen.key[0]] > 1]
        twins: list[tuple[FileStat, FileRecord]] = []
        first: set[bytes] = set()
        for seen, found in self._digested(suspects):
            if found.digest is None or found.digest in self._writer.by_digest:
                self._link(seen, found)
            elif found.digest in first:
                twins.append((seen, found))
            else:
                first.add(found.digest)
                unknown.append(seen)
        self._decode(self.hashers, unknown)
        for seen, found in twins:
            self._link(seen, found)

    def _link(self, seen: FileStat, found: FileRecord) -> None:
        """Note a file whose bytes are known, or cannot be read."""
        self._writer.record(seen, found)
        self._counted[seen.name] = "known"
        self._lacks(seen)
        self._step()

    def _lacks(self, seen: FileStat) -> None:
        content = self._writer.content_of_file(seen)
        missing = self._writer.missing(content) if content else ()
        if missing:
            self._lacking.setdefault(missing, {}).setdefault(content, seen)

    def _decode(self, makers: Sequence[Hasher], files: Iterable[FileStat]) -> None:
        files = sorted(files, key=attrgetter("name"))
        paths = [seen.path for seen in files]
        results = hash_paths(makers, paths, digest=True, workers=self.workers, apart=self.apart)
        # Closed at once when the run is interrupted, so that no worker outlives it.
        with contextlib.closing(results):
            for seen, result in zip(files, results, strict=True):
                found = _with_crash(result, makers)
                self._decodes += found.digest is not None
                self._counted[seen.name] = "hashed"
                self._writer.record(seen, found)
                self._step()

    def _step(self) -> None:
        self._writer.commit_if_due()
        self._done += 1
        if self.progress is not None:
            self.progress(self._done, max(self._total, self._done))

    def unwritten(self, home: Location, error: StoreError) -> Refreshed:
        """Say what a library that cannot be written knows of the files that were found."""
        state, found = open_state(home, self.specs), self.found
        changes = find_changes(state, found, self.specs)
        unsure = {seen.name for seen in (*changes.fresh, *changes.likely, *changes.incomplete)}
        unread = unsure - self._proven(state, changes)
        left = tuple(seen for seen in found.files if seen.name in unread)
        known = tuple(seen for seen in found.files if seen.name not in unread)
        self.found = replace(found, files=known)
        return replace(self.report(state, changes.absences), unwritten=str(error), unread=left)

    def _proven(self, state: State, changes: Changes) -> set[bytes]:
        """Return the files whose bytes are what is known by their names, and are hashed whole."""
        contents, complete = state.catalogue.contents, state.complete(self.specs)
        files = state.catalogue.files.items()
        known = {name: row for name, row in files if row.content in complete}
        likely = [seen for seen in changes.likely if seen.name in known]
        proven = {seen.name for seen, is_same in self._sampled(state, likely) if is_same}
        # A sample tells where size and time are as they were; all else of the size that is known,
        # such as files that were young when they were last looked at, is read, but not decoded.
        open_to_doubt = known.keys() - proven
        doubtful = [
            seen
            for seen in (*changes.fresh, *likely)
            if seen.name in open_to_doubt and seen.key[0] == known[seen.name].size
        ]
        for seen, found in self._digested(doubtful):
            if found.digest == contents[known[seen.name].content].digest:
                proven.add(seen.name)
        return proven

    def _sampled(self, state: State, files: Sequence[FileStat]) -> Iterator[tuple[FileStat, bool]]:
        """Yield each file, and whether its bytes have the sample that is known by its name."""
        samples = state.catalogue.samples_of_contents() if files else {}
        known = [samples.get(state.catalogue.files[seen.name].content) for seen in files]
        paths = [seen.path for seen, sample in zip(files, known, strict=True) if sample is not None]
        found = ordered_map(sample_file, paths, workers=self.workers)
        for seen, sample in zip(files, known, strict=True):
            yield seen, sample is not None and next(found) == sample

    def _digested(self, files: Sequence[FileStat]) -> Iterator[tuple[FileStat, FileRecord]]:
        found = ordered_map(digest_file, (seen.path for seen in files), workers=self.workers)
        return zip(files, found, strict=True)

    def report(self, state: State, absences: Absences) -> Refreshed:
        """Return the counts; each file is in one of them."""
        refused = {content for spec in self.specs for content in state.refused(spec)}
        other_files = state.other_files()
        counts: Counter[str] = Counter(rejected=len(self.found.listing.rejected))
        for seen in self.found.files:
            row = state.catalogue.files.get(seen.name)
            if row is not None and row.id in other_files:
                counts["other_files"] += 1
            elif row is None or not row.content or row.content in refused:
                counts["rejected"] += 1
            else:
                counts[self._counted.get(seen.name, "unchanged")] += 1
        return Refreshed(
            state, self.found, counts["unchanged"], counts["hashed"], counts["known"],
            counts["rejected"], counts["other_files"], len(absences.gone), len(absences.away),
            self._decodes,
        )  # fmt: skip


def _is_unfinished(state: State) -> bool:
    left = state.home.directory.leftovers(state.catalogue.segments)
    return bool(left) or lacks_point_keys(state.segments.values())


def _with_crash(found: FileRecord, makers: Sequence[Hasher]) -> FileRecord:
    """Remember a file that ended its decoder by its bytes, under any name it may get."""
    rejected = found.rejected
    if rejected is None or rejected.kind != RejectKind.CRASHED:
        return found
    digested = digest_file(found.path)
    if digested.digest is None:
        return found
    reasons = tuple((maker.spec, rejected) for maker in makers)
    return replace(digested, sample=None, refused=reasons)
