"""The one place where a library grows, batch by batch: codes first, then the catalogue."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

import numpy as np

from sokkuri.images import Rejected
from sokkuri.library.changes import encoded
from sokkuri.library.location import root_facts, write_errors
from sokkuri.library.opened import decoder
from sokkuri.stores import schema
from sokkuri.stores.schema import FileRow, RejectionRow, SegmentRow, clamped, seal
from sokkuri.stores.segment_format import NO_QUALITY
from sokkuri.stores.segment_writer import SegmentWriter, create_segment, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sokkuri.hashes import HashSpec, ImageHash
    from sokkuri.library.drives import FolderMark
    from sokkuri.library.location import FileStat
    from sokkuri.library.opened import State
    from sokkuri.pipeline import FileRecord
    from sokkuri.stores.catalogue import CatalogueWriter

_FILES: Final = 512
_SECONDS: Final = 2.0


class LibraryWriter:
    """Gathers what a refresh finds, and writes it batch by batch; the caller holds the lock.

    The segments of the state, as it is now, are those of the recipes that are wanted; a recipe
    that has none gets one.
    """

    def __init__(self, state: State, writer: CatalogueWriter, specs: Sequence[HashSpec]) -> None:
        catalogue = state.catalogue
        self._home = state.home
        self._writer = writer
        self._drop: list[schema.Row] = []
        self._add: dict[tuple[type, int], schema.Row] = {}
        self._codes: dict[HashSpec, list[tuple[int, ImageHash]]] = {}
        self._count = 0
        self._since = time.monotonic()
        self._broken = False
        self._has_moved = not state.in_place
        self._files = dict(catalogue.files)
        self._folders = catalogue.folders
        self._samples = schema.samples_in(catalogue.samples.values())
        self._new_samples: dict[int, bytes] = {}
        self._next_sample = max(catalogue.samples, default=0) + 1
        self._reasons = state.reasons()
        self._by_digest = {row.digest: row.id for row in catalogue.contents.values()}
        self.sizes = {row.size for row in catalogue.contents.values()}
        self._next_file = max((row.id for row in self._files.values()), default=0) + 1
        self._next_reason = max(catalogue.rejections, default=0) + 1
        self._next_content = catalogue.number(b"next_content")
        self._appending: dict[HashSpec, SegmentWriter] = {}
        self._segments = self._with_new_segments(state, specs)
        self._done = {spec: state.tried(spec) for spec in specs}
        self._refused = {spec: state.refused(spec) for spec in specs}

    def knows(self, digest: bytes) -> bool:
        """Tell whether a content has these bytes."""
        return digest in self._by_digest

    def missing(self, content: int) -> tuple[HashSpec, ...]:
        """Return the hashes that a content has not been tried with."""
        return tuple(spec for spec, done in self._done.items() if content not in done)

    def content_of_file(self, seen: FileStat) -> int:
        """Return the content that a known file has, 0 if it has none."""
        row = self._files.get(seen.name)
        return row.content if row is not None else 0

    def sample_of(self, name: bytes) -> bytes | None:
        """Return the sample of the content that a known file has, if one was taken."""
        row = self._files.get(name)
        return None if row is None else self._samples.get(row.content)

    def record(self, seen: FileStat, found: FileRecord) -> None:
        """Take in what a file holds; it is written with the next batch.

        Parameters
        ----------
        seen : FileStat
            The file, as it was met before it was read.
        found : FileRecord
            With a digest, if it could be read.
        """
        content = 0
        if found.digest is not None:
            content = self._content(found)
            for value in found.hashes:
                self._take(content, value.spec, value)
            for spec, reason in found.refused:
                self._take(content, spec, reason)
        self._file(seen, content, found.rejected if not content else None)
        self._count += 1

    def renew(self, seen: FileStat) -> None:
        """Note how a known file is met now, whose bytes are what they were."""
        self._file_row(seen, self._files[seen.name].content)
        self._count += 1

    def set_aside(self, rows: Iterable[FileRow]) -> None:
        """Keep files that are out of reach; they take no part until they are met again."""
        for row in rows:
            if not row.is_away:
                self._replace(row, row.set_aside())
                self._count += 1

    def note_folders(self, folders: Mapping[bytes, FolderMark]) -> None:
        """Note what tells folders from others in their places."""
        free = max((row.id for row in self._folders.values()), default=0) + 1
        for name, mark in folders.items():
            before = self._folders.get(name)
            self._take_out(before)
            number = free if before is None else before.id
            free += before is None
            self._put(seal(schema.FolderRow, number, mark.inode, int(mark.mount), name))

    def forget(self, rows: Iterable[FileRow]) -> None:
        """Take files out that are gone; their contents stay."""
        for row in rows:
            self._files.pop(row.path)
            self._take_out(row)
            self._take_out(self._reasons.pop(row.id, None))
            self._count += 1

    def commit_if_due(self) -> None:
        """Write what was gathered, if it is enough or has waited long enough."""
        if self._count >= _FILES or time.monotonic() - self._since > _SECONDS:
            self.commit()

    def commit(self) -> None:
        """Have all that was gathered on the disk: codes, then the catalogue, then the stamp.

        After a failure nothing more is written: how far it came, only the disk knows.
        """
        if self._broken:
            return
        self._since = time.monotonic()
        gathered = self._drop or self._add or self._codes or self._new_samples
        if gathered or self._has_moved:
            self._broken = True
            with write_errors(self._home):
                self._write()
            self._drop, self._add, self._codes, self._new_samples = [], {}, {}, {}
            self._broken = self._has_moved = False
        self._count = 0

    def _write(self) -> None:
        for spec, pairs in self._codes.items():
            self._append(spec, pairs)
        for row in schema.packed_samples(self._new_samples, self._next_sample):
            self._put(row)
            self._next_sample = row.id + 1
        facts = {b"next_content": self._next_content, **root_facts(self._home)}
        catalogue = self._writer.commit(self._drop, self._add.values(), facts)
        self._home.directory.write_stamp(catalogue.commit)

    def close(self) -> None:
        """Close the files of the segments."""
        for writer in self._appending.values():
            writer.close()

    def _content(self, found: FileRecord) -> int:
        assert found.digest is not None  # noqa: S101 - the caller looked
        number = self._by_digest.get(found.digest)
        if number is None:
            number, self._next_content = self._next_content, self._next_content + 1
            numbers = map(clamped, (found.length, *(found.size or (0, 0))))
            self._put(seal(schema.ContentRow, number, *numbers, found.digest))
            self._by_digest[found.digest] = number
            self.sizes.add(found.length)
        self._sample(number, found.sample)
        return number

    def _sample(self, content: int, sample: bytes | None) -> None:
        if sample is not None and content not in self._samples:
            self._samples[content] = self._new_samples[content] = sample

    def _take(self, content: int, spec: HashSpec, value: ImageHash | Rejected) -> None:
        if content in self._done[spec]:
            return
        self._done[spec].add(content)
        self._take_out(self._refused[spec].pop(content, None))
        if isinstance(value, Rejected):
            self._refuse(value, content=content, segment=self._segments[spec].id)
        else:
            self._codes.setdefault(spec, []).append((content, value))

    def _file(self, seen: FileStat, content: int, rejected: Rejected | None) -> None:
        number = self._file_row(seen, content)
        reason = self._reasons.get(number)
        if reason is not None and rejected is not None and _words(rejected) == reason[4:7]:
            return
        self._take_out(self._reasons.pop(number, None))
        if rejected is not None:
            self._reasons[number] = self._refuse(rejected, file=number)

    def _file_row(self, seen: FileStat, content: int) -> int:
        """Note a file as it was met, and return its number."""
        before = self._files.get(seen.name)
        number = self._next_file if before is None else before.id
        self._next_file += before is None
        row = seal(FileRow, number, *seen.key, content, int(seen.doubt), seen.name)
        self._replace(before, row)
        return number

    def _replace(self, before: FileRow | None, row: FileRow) -> None:
        if row != before:
            self._take_out(before)
            self._put(row)
            self._files[row.path] = row

    def _refuse(
        self, rejected: Rejected, *, file: int = 0, content: int = 0, segment: int = 0
    ) -> RejectionRow:
        number, self._next_reason = self._next_reason, self._next_reason + 1
        row = seal(RejectionRow, number, file, content, segment, *_words(rejected))
        self._put(row)
        return row

    def _put(self, row: schema.Row) -> None:
        self._add[type(row), row.id] = row

    def _take_out(self, row: schema.Row | None) -> None:
        # A row that this very batch puts in was never written.
        if row is not None and self._add.pop((type(row), row.id), None) is None:
            self._drop.append(row)

    def _with_new_segments(
        self, state: State, specs: Sequence[HashSpec]
    ) -> dict[HashSpec, SegmentRow]:
        rows = state.segment_rows()
        free = max(state.catalogue.segments, default=0) + 1
        for spec in specs:
            if spec in rows:
                continue
            stem = self._home.directory.new_stem(spec)
            with write_errors(self._home):
                stamp = create_segment(self._home.directory.stem(stem), spec)
            words = (spec.name.encode(), stem, stamp)
            rows[spec] = seal(SegmentRow, free, spec.version, spec.bits, 0, 0, *words)
            self._put(rows[spec])
            free += 1
        return rows

    def _append(self, spec: HashSpec, pairs: list[tuple[int, ImageHash]]) -> None:
        row = self._segments[spec]
        if spec not in self._appending:
            stem = self._home.directory.stem(row.stem)
            self._appending[spec] = SegmentWriter(stem, spec, row.rows, row.blocks)
        writer = self._appending[spec]
        codes = np.frombuffer(b"".join(value.code for _, value in pairs), np.uint8)
        qualities = [NO_QUALITY if value.quality is None else value.quality for _, value in pairs]
        codes = codes.reshape(len(pairs), spec.code_bytes)
        writer.append(codes, rows_of([owner for owner, _ in pairs], qualities))
        self._take_out(row)
        numbers = row.id, row.version, row.bits, writer.rows, writer.blocks
        self._segments[spec] = seal(SegmentRow, *numbers, row.name, row.stem, row.stamp)
        self._put(self._segments[spec])


def _words(rejected: Rejected) -> tuple[bytes, bytes, bytes]:
    return rejected.kind.encode(), encoded(rejected.detail), decoder()
