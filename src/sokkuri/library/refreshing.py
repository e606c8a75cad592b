"""Bring a library up to date with its folder, reading and decoding as little as possible."""

from __future__ import annotations

import contextlib
from collections import Counter
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from sokkuri.brief import brief_repr
from sokkuri.errors import FormatError, Locked, StoreError
from sokkuri.library.batches import Batches
from sokkuri.library.location import create
from sokkuri.library.running import Run, Tally, sampled
from sokkuri.library.scan import companions_in, compare, complete_contents, scan
from sokkuri.library.state import State, advice_for, open_state
from sokkuri.pipeline import digest_paths
from sokkuri.stores.catalogue_writer import CatalogueWriter
from sokkuri.stores.layout import WAIT_SECONDS, remove_files, write_lock
from sokkuri.stores.schema import samples_in

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sokkuri._typing import Progress
    from sokkuri.hashes import HashSpec
    from sokkuri.library.absences import Absences
    from sokkuri.library.location import Location
    from sokkuri.library.scan import Plan, Scan, Seen
    from sokkuri.protocols import Hasher

__all__ = ["Refreshed", "refresh"]


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a refresh found and did.

    Parameters
    ----------
    state : State
        The library after it.
    scan : Scan
        The folder as it was found.
    unchanged : int
        Files that were known already, and looked as they did.
    hashed : int
        Files that were decoded and hashed.
    known : int
        Files that were renamed, copied, moved or touched: their bytes were known.
    rejected : int
        Files that have no hash, whenever that was found out, and folders that cannot be entered.
    companions : int
        Files that have none because they only go with photos.
    vanished : int
        Files that were known and are gone.
    kept : int
        Files that are out of reach, and that the library keeps.
    decodes : int
        How many files were decoded, also those that were rejected then.
    unwritten : str
        Why nothing could be noted; empty where all was.
    unread : tuple of Seen
        Files that the library does not know, where nothing could be noted.
    """

    state: State
    scan: Scan
    unchanged: int
    hashed: int
    known: int
    rejected: int
    companions: int
    vanished: int
    kept: int
    decodes: int
    unwritten: str = ""
    unread: tuple[Seen, ...] = ()

    __repr__ = brief_repr

    @property
    def seen(self) -> int:
        """Files looked at: those that were counted, and those that are unread."""
        told = self.unchanged + self.hashed + self.known + self.rejected + self.companions
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
        ``unread``, instead of an error.

    Raises
    ------
    Locked
        If another process writes to the library.
    FormatError
        If the library is damaged, with the command that repairs it.
    StoreError
        If it cannot be written: no right to, a full disk.
    WorkersFailed
        If the system lets no process start.
    """
    specs = [maker.spec for maker in hashers]
    found = scan(home, exclude=exclude, follow=follow, progress=progress)
    if not home.directory.exists():
        create(home)
    look = partial(compare, forget_missing=forget_missing, read_all=read_all)
    tally = Tally()
    try:
        state = open_state(home, specs)
        absences = (plan := look(state, found, specs)).absences
        if not plan.nothing:
            with write_lock(home.directory, wait=wait):
                run = Run(hashers, tally, workers, progress, apart=apart)
                state, absences = _work(home, run, found, look)
        elif _leftovers(home, state):
            _tidy(home)
    except FormatError as error:
        raise advice_for(home, error) from error
    except StoreError as error:
        if forget_missing or read_all:
            raise
        done = _unwritten(home, specs, found, error, workers)
        # What another writer has not noted yet, it will soon.
        if done.unread and (not as_it_is or isinstance(error, Locked)):
            raise
        return done
    return _report(state, found, tally, absences, specs)


def _leftovers(home: Location, state: State) -> list[str]:
    return home.directory.leftovers(row.stem for row in state.catalogue.segments.values())


def _tidy(home: Location) -> None:
    """Remove what a killed writer has left; a living one's files are its own."""
    with contextlib.suppress(StoreError), write_lock(home.directory, wait=0):
        remove_files(_leftovers(home, open_state(home, ())))


def _work(
    home: Location, run: Run, found: Scan, look: Callable[[State, Scan, Sequence[HashSpec]], Plan]
) -> tuple[State, Absences]:
    """Do what is to be done; what another writer has done meanwhile is not done again."""
    specs = run.specs
    state = open_state(home, specs)
    plan = look(state, found, specs)
    remove_files(_leftovers(home, state))
    with contextlib.closing(CatalogueWriter(home.directory.catalogue)) as writer:
        batches = Batches(home, state, writer, specs)
        with contextlib.closing(batches):
            try:
                absences = run.go(plan, batches)
            finally:
                # Also when the run was interrupted: what is complete is kept.
                batches.commit()
    return open_state(home, specs), absences


def _unwritten(
    home: Location, specs: Sequence[HashSpec], found: Scan, error: StoreError, workers: int | None
) -> Refreshed:
    """Say what a library that cannot be written knows of the files that were found."""
    state = open_state(home, specs)
    plan = compare(state, found, specs)
    known_again = _proven(state, specs, plan, workers)
    open_questions = {seen.name for seen in (*plan.fresh, *plan.likely, *plan.incomplete)}
    unread = open_questions - known_again
    known = found.without(unread)
    done = _report(state, known, Tally(), plan.absences, specs)
    left = tuple(seen for seen in found.files if seen.name in unread)
    return replace(done, unwritten=str(error), unread=left)


def _proven(state: State, specs: Sequence[HashSpec], plan: Plan, workers: int | None) -> set[bytes]:
    """Return the files whose bytes are what is known by their names, and are hashed whole.

    A sample tells where size and time are as they were; all else of the size that is known, such
    as files that were young when they were last looked at, is read, but not decoded.
    """
    catalogue = state.catalogue
    samples = samples_in(catalogue.samples.values())
    complete = complete_contents(state, specs)
    contents = {
        name: row.content for name, row in catalogue.files.items() if row.content in complete
    }

    def sample_of(name: bytes) -> bytes | None:
        return samples.get(contents.get(name, 0))

    proven = {seen.name for seen, same in sampled(plan.likely, sample_of, workers) if same}
    doubtful = [
        seen
        for seen in (*plan.fresh, *plan.likely)
        if seen.name in contents
        and seen.name not in proven
        and seen.key[0] == catalogue.files[seen.name].size
    ]
    digests = digest_paths([seen.path for seen in doubtful], workers=workers)
    for seen, found in zip(doubtful, digests, strict=True):
        if found.digest == catalogue.contents[contents[seen.name]].digest:
            proven.add(seen.name)
    return proven


def _report(
    state: State, found: Scan, tally: Tally, absences: Absences, specs: Sequence[HashSpec]
) -> Refreshed:
    """Return the counts; each file is in one of them."""
    catalogue = state.catalogue
    numbers = {row.id for spec, row in state.segment_rows().items() if spec in specs}
    refused = {row.content for row in catalogue.rejections.values() if row.segment in numbers}
    companions = companions_in(catalogue)
    counts: Counter[str] = Counter()
    for seen in found.files:
        row = catalogue.files.get(seen.name)
        if row is not None and row.id in companions:
            counts["companions"] += 1
        elif row is None or not row.content or row.content in refused:
            counts["rejected"] += 1
        elif seen.name in tally.hashed:
            counts["hashed"] += 1
        elif seen.name in tally.known:
            counts["known"] += 1
        else:
            counts["unchanged"] += 1
    return Refreshed(
        state,
        found,
        counts["unchanged"],
        counts["hashed"],
        counts["known"],
        counts["rejected"] + len(found.listing.rejected),
        counts["companions"],
        len(absences.gone),
        len(absences.away),
        tally.decodes,
    )
