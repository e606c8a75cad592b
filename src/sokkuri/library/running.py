"""One refresh under way: what is new is sorted into what is known and what is to be decoded."""

from __future__ import annotations

import contextlib
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from sokkuri.images import RejectKind
from sokkuri.pipeline import (
    FileRecord,
    digest_paths,
    hash_paths,
    ordered_map,
    sample_file,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sokkuri._typing import Progress
    from sokkuri.hashes import HashSpec
    from sokkuri.library.absences import Absences
    from sokkuri.library.batches import Batches
    from sokkuri.library.scan import Plan, Seen
    from sokkuri.protocols import Hasher

__all__ = ["Run", "Tally", "sampled"]

# So many files are sorted at a time into those to digest and those to decode: few enough that what
# was just digested is still in the system's memory when it is decoded.
_AT_ONCE: Final = 4096


class Tally:
    """What became of each file, counted as the run goes."""

    def __init__(self) -> None:
        self.hashed: set[bytes] = set()
        self.known: set[bytes] = set()
        self.decodes = 0


class Run:
    """One refresh under way."""

    def __init__(
        self,
        hashers: Sequence[Hasher],
        tally: Tally,
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

    def go(self, plan: Plan, batches: Batches) -> Absences:
        """Do all that is planned, and return what is gone and what is only out of reach."""
        self._batches = batches
        if plan.moved:
            self._batches.note_place()
        self._batches.note_folders(plan.folders)
        for seen in plan.returned:
            self._batches.renew(seen)
        fresh = self._fresh_of(plan)
        before = [self._batches.content_of_file(seen) for seen in fresh]
        self._total += len(fresh) + len(plan.incomplete)
        for at in range(0, len(fresh), _AT_ONCE):
            self._fresh(fresh[at : at + _AT_ONCE])
        for seen in plan.incomplete:
            self._lacks(seen, self._batches.content_of_file(seen))
        for specs, files in list(self._lacking.items()):
            self._complete(specs, list(files.values()))
        # Last, so that what was renamed is found under its new name before the old one is dropped.
        after = [self._batches.content_of_file(seen) for seen in fresh]
        arrived = {now for was, now in zip(before, after, strict=True) if now != was} - {0}
        absences = plan.absences.settled(arrived)
        self._batches.forget(absences.gone)
        self._batches.set_aside(absences.away)
        return absences

    def _fresh_of(self, plan: Plan) -> list[Seen]:
        """Return the new and changed files, after a look at samples of those that may be known."""
        self._total = len(plan.likely)
        fresh = list(plan.fresh)
        for seen, is_known in sampled(plan.likely, self._batches.sample_of, self._workers):
            if is_known:
                self._batches.renew(seen)
                self._lacks(seen, self._batches.content_of_file(seen))
            else:
                fresh.append(seen)
            self._step()
        return sorted(fresh, key=lambda seen: seen.name)

    def _fresh(self, files: Sequence[Seen]) -> None:
        """Take in new and changed files; those whose bytes may be known are digested first."""
        sizes = Counter(seen.key[0] for seen in files)
        sizes.update(self._batches.sizes)
        unknown = [seen for seen in files if sizes[seen.key[0]] == 1]
        suspects = [seen for seen in files if sizes[seen.key[0]] > 1]
        twins: list[tuple[Seen, FileRecord]] = []
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

    def _digested(self, files: Sequence[Seen]) -> Iterator[tuple[Seen, FileRecord]]:
        paths = [seen.path for seen in files]
        return zip(files, digest_paths(paths, workers=self._workers), strict=True)

    def _link(self, seen: Seen, found: FileRecord) -> None:
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
        paths = [seen.path for seen in files]
        results = hash_paths(makers, paths, digest=True, workers=self._workers, apart=self._apart)
        # Closed at once when the run is interrupted, so that no worker outlives it.
        with contextlib.closing(results):
            for seen, found in zip(files, results, strict=True):
                if found.rejected is not None and found.rejected.kind == RejectKind.CRASHED:
                    found = _crashed(found, makers)  # noqa: PLW2901
                self.tally.decodes += found.digest is not None
                self.tally.hashed.add(seen.name)
                self._batches.record(seen, found)
                self._step()

    def _step(self) -> None:
        self._batches.commit_if_due()
        self._done += 1
        if self._progress is not None:
            self._progress(self._done, max(self._total, self._done))


def _crashed(found: FileRecord, makers: Sequence[Hasher]) -> FileRecord:
    """Remember a file that ended its decoder by its bytes, under any name it may get."""
    (digested,) = digest_paths([found.path], workers=1)
    rejected = found.rejected
    if digested.digest is None or rejected is None:
        return found
    reasons = tuple((maker.spec, rejected) for maker in makers)
    return replace(digested, sample=None, refused=reasons)


def sampled(
    files: Sequence[Seen], sample_of: Callable[[bytes], bytes | None], workers: int | None
) -> Iterator[tuple[Seen, bool]]:
    """Yield each file, and whether a sample of its bytes is that of what was known by its name.

    Parameters
    ----------
    files : sequence of Seen
    sample_of : callable
        The sample that is known for a name.
    workers : int, optional
        Threads that read.
    """
    wanted = {seen.name: sample_of(seen.name) for seen in files}
    sampled = [seen.path for seen in files if wanted[seen.name] is not None]
    found = ordered_map(sample_file, sampled, workers=workers)
    for seen in files:
        known = wanted[seen.name]
        yield seen, known is not None and next(found) == known
