"""Bring a library up to date with its folder, reading and decoding as little as possible."""

from __future__ import annotations

import contextlib
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sokkuri.brief import brief_repr
from sokkuri.errors import FormatError, StoreError
from sokkuri.images import Rejected, RejectKind
from sokkuri.library.batches import Batches
from sokkuri.library.home import create
from sokkuri.library.scan import Plan, compare, scan
from sokkuri.library.state import State, advice_for, open_state
from sokkuri.pipeline import Catalogued, catalogue_paths, digest_paths
from sokkuri.stores.catalogue_writing import CatalogueWriter
from sokkuri.stores.directory import remove_files
from sokkuri.stores.lock import WAIT_SECONDS, writing_to

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sokkuri._typing import Progress
    from sokkuri.hashes import HashSpec
    from sokkuri.library.home import Home
    from sokkuri.library.scan import Scan, Seen
    from sokkuri.protocols import Hasher

__all__ = ["Refreshed", "refresh"]

# So many files are sorted at a time into those to digest and those to decode: few enough that what
# was just digested is still in the system's memory when it is decoded.
_AT_ONCE: Final = 4096


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
    vanished : int
        Files that were known and are gone.
    kept : int
        Files that are out of reach, all at once, and that the library keeps.
    decodes : int
        How many files were decoded, also those that were rejected then.
    """

    state: State
    scan: Scan
    unchanged: int
    hashed: int
    known: int
    rejected: int
    vanished: int
    kept: int
    decodes: int

    __repr__ = brief_repr

    @property
    def seen(self) -> int:
        """Files looked at: unchanged, hashed, known and rejected together."""
        return self.unchanged + self.hashed + self.known + self.rejected


def refresh(
    home: Home,
    hashers: Sequence[Hasher],
    *,
    exclude: Sequence[str] = (),
    follow: bool = False,
    workers: int | None = None,
    apart: bool = False,
    progress: Progress | None = None,
    wait: float = WAIT_SECONDS,
) -> Refreshed:
    """List a folder, and hash what its library does not know; no bad file raises.

    Where nothing has changed nothing is decoded, nothing is written, and no lock is taken.  What is
    complete is written every few hundred files, and also when the run is interrupted.

    Parameters
    ----------
    home : Home
        The folder and its library, which is made if there is none.
    hashers : sequence of Hasher
        All the hashes that the library shall have of every photo.
    exclude, follow, workers, apart, progress
        As of :func:`sokkuri.pipeline.list_files` and :func:`sokkuri.pipeline.map_files`.
    wait : float
        Seconds to wait for another writer.

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
    try:
        state = open_state(home, specs)
        plan = compare(state, found, specs)
        tally = _Tally(found)
        if not plan.nothing:
            with writing_to(home.directory, wait=wait):
                run = _Run(hashers, tally, workers, progress, apart=apart)
                state, plan = _work(home, run, found)
        elif _leftovers(home, state):
            _tidy(home)
    except FormatError as error:
        raise advice_for(home, error) from error
    return tally.report(state, plan, specs)


def _leftovers(home: Home, state: State) -> list[str]:
    return home.directory.leftovers(row.stem for row in state.catalogue.segments.values())


def _tidy(home: Home) -> None:
    """Remove what a killed writer has left; a living one's files are its own."""
    with contextlib.suppress(StoreError), writing_to(home.directory, wait=0):
        remove_files(_leftovers(home, open_state(home, ())))


def _work(home: Home, run: _Run, found: Scan) -> tuple[State, Plan]:
    """Do what is to be done; what another writer has done meanwhile is not done again."""
    specs = run.specs
    state = open_state(home, specs)
    plan = compare(state, found, specs)
    remove_files(_leftovers(home, state))
    with contextlib.closing(CatalogueWriter(home.directory.catalogue)) as writer:
        batches = Batches(home, state, writer, specs)
        try:
            with contextlib.closing(batches):
                try:
                    run.go(plan, batches)
                finally:
                    # Also when the run was interrupted: what is complete is kept.
                    batches.commit()
        finally:
            run.tally.committed = writer.catalogue.commit
    return open_state(home, specs), plan


class _Tally:
    """What became of each file, counted as the run goes."""

    def __init__(self, found: Scan) -> None:
        self.found = found
        self.hashed: set[bytes] = set()
        self.known: set[bytes] = set()
        self.decodes = 0
        self.committed = 0

    def report(self, state: State, plan: Plan, specs: Sequence[HashSpec]) -> Refreshed:
        """Return the counts; each file is in one of them."""
        catalogue = state.catalogue
        numbers = {row.id for spec, row in state.segment_rows().items() if spec in specs}
        refused = {row.content for row in catalogue.rejections.values() if row.segment in numbers}
        counts: Counter[str] = Counter()
        for seen in self.found.files:
            row = catalogue.files.get(seen.name)
            if row is None or not row.content or row.content in refused:
                counts["rejected"] += 1
            elif seen.name in self.hashed:
                counts["hashed"] += 1
            elif seen.name in self.known:
                counts["known"] += 1
            else:
                counts["unchanged"] += 1
        return Refreshed(
            state,
            self.found,
            counts["unchanged"],
            counts["hashed"],
            counts["known"],
            counts["rejected"] + len(self.found.listing.rejected),
            len(plan.vanished),
            plan.kept,
            self.decodes,
        )


class _Run:
    """One refresh under way."""

    def __init__(
        self,
        hashers: Sequence[Hasher],
        tally: _Tally,
        workers: int | None,
        progress: Progress | None,
        *,
        apart: bool,
    ) -> None:
        self.specs = [maker.spec for maker in hashers]
        self.tally = tally
        self._hashers = hashers
        self._workers = workers
        self._apart = apart
        self._progress = progress
        self._done = self._total = 0
        self._lacking: dict[tuple[HashSpec, ...], dict[int, Seen]] = {}

    def go(self, plan: Plan, batches: Batches) -> None:
        """Do all that is planned."""
        self._batches = batches
        if plan.moved:
            self._batches.note_place()
        self._total = len(plan.fresh) + len(plan.incomplete)
        for at in range(0, len(plan.fresh), _AT_ONCE):
            self._fresh(plan.fresh[at : at + _AT_ONCE])
        for seen in plan.incomplete:
            self._lacks(seen, self._batches.content_of_file(seen))
        for specs, files in list(self._lacking.items()):
            self._complete(specs, list(files.values()))
        # Last, so that what was renamed is found under its new name before the old one is dropped.
        self._batches.forget(plan.vanished)

    def _fresh(self, files: Sequence[Seen]) -> None:
        """Take in new and changed files; those whose bytes may be known are digested first."""
        sizes = Counter(seen.key[0] for seen in files)
        sizes.update(self._batches.sizes)
        unknown = [seen for seen in files if sizes[seen.key[0]] == 1]
        suspects = [seen for seen in files if sizes[seen.key[0]] > 1]
        twins: list[tuple[Seen, Catalogued]] = []
        first: set[bytes] = set()
        for seen, found in self._digested(suspects):
            digest = found.digest
            if digest is None or self._batches.content_of(digest) is not None:
                self._link(seen, found)
                continue
            (twins.append((seen, found)) if digest in first else unknown.append(seen))
            first.add(digest)
        self._decode(self._hashers, sorted(unknown, key=lambda seen: seen.name))
        for seen, found in twins:
            self._link(seen, found)

    def _digested(self, files: Sequence[Seen]) -> Iterator[tuple[Seen, Catalogued]]:
        paths = [seen.path for seen in files]
        return zip(files, digest_paths(paths, workers=self._workers), strict=True)

    def _link(self, seen: Seen, found: Catalogued) -> None:
        """Note a file whose bytes are known, or cannot be read."""
        self._batches.record(seen, found)
        self.tally.known.add(seen.name)
        if found.digest is not None:
            self._lacks(seen, self._batches.content_of(found.digest) or 0)
        self._step()

    def _lacks(self, seen: Seen, content: int) -> None:
        missing = self._batches.missing(content) if content else ()
        if missing:
            self._lacking.setdefault(missing, {}).setdefault(content, seen)

    def _complete(self, specs: tuple[HashSpec, ...], files: list[Seen]) -> None:
        """Hash known contents with what they lack, each from one of its files."""
        makers = [maker for maker in self._hashers if maker.spec in specs]
        self._decode(makers, sorted(files, key=lambda seen: seen.name))

    def _decode(self, makers: Sequence[Hasher], files: Sequence[Seen]) -> None:
        specs = [maker.spec for maker in makers]
        paths = [seen.path for seen in files]
        results = catalogue_paths(makers, paths, workers=self._workers, apart=self._apart)
        # Closed at once when the run is interrupted, so that no worker outlives it.
        with contextlib.closing(results):
            for seen, found in zip(files, results, strict=True):
                if found.rejected is not None and found.rejected.kind == RejectKind.CRASHED:
                    found = _crashed(found, len(makers))  # noqa: PLW2901
                self.tally.decodes += found.digest is not None
                self.tally.hashed.add(seen.name)
                self._batches.record(seen, found, specs)
                self._step()

    def _step(self) -> None:
        self._batches.commit_if_due()
        self._done += 1
        if self._progress is not None:
            self._progress(self._done, max(self._total, self._done))


def _crashed(found: Catalogued, hashes: int) -> Catalogued:
    """Remember a file that ended its decoder by its bytes, under any name it may get."""
    (digested,) = digest_paths([found.path], workers=1)
    rejected = found.rejected
    if digested.digest is None or rejected is None:
        return found
    reasons: tuple[Rejected, ...] = (rejected,) * hashes
    return Catalogued(found.path, digested.digest, digested.length, reasons)
