"""The one place where a library grows, batch by batch: codes first, then the catalogue."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from sokkuri.images import Rejected
from sokkuri.library.changes import reason_columns
from sokkuri.library.location import facts, write_errors
from sokkuri.stores import schema
from sokkuri.stores.schema import FileRow, RejectionRow, SegmentRow, clamped, resealed, seal
from sokkuri.stores.segment import NO_QUALITY
from sokkuri.stores.segment_writer import SegmentWriter, create_segment, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sokkuri.hashes import HashSpec, ImageHash
    from sokkuri.library.location import FileStat, FolderMark
    from sokkuri.library.opened import State
    from sokkuri.pipeline import FileRecord
    from sokkuri.stores.catalogue import CatalogueWriter
    from sokkuri.stores.schema import AnyRow, Row

_FILES: Final = 512
_SECONDS: Final = 2.0


class LibraryWriter:
    """Gathers what a refresh finds, and writes it batch by batch; the caller holds the lock.

    The segments of the state, as it is now, are those of the recipes that are wanted; a recipe
    that has none gets one.  ``by_digest`` has the number of every content, ``sizes`` their sizes.
    """

    def __init__(self, state: State, writer: CatalogueWriter, specs: Sequence[HashSpec]) -> None:
        catalogue = state.catalogue
        self._home, self._has_moved = state.home, not state.in_place
        self._writer = writer
        self._drop: list[Row] = []
        self._add: dict[tuple[type, int], Row] = {}
        self._codes: dict[HashSpec, list[tuple[int, ImageHash]]] = {}
        self._new_samples: set[int] = set()
        self._count, self._since, self._broken = 0, time.monotonic(), False
        self._files, self._folders = dict(catalogue.files), dict(catalogue.folders)
        self._samples, self._reasons = catalogue.samples_of_contents(), state.reasons()
        self.by_digest = {row.digest: row.id for row in catalogue.contents.values()}
        self.sizes = {row.size for row in catalogue.contents.values()}
        self._done = {spec: state.tried(spec) for spec in specs}
        self._refused = {spec: state.refused(spec) for spec in specs}
        # The next number of each kind of row.
        self._next: dict[type, int] = {
            kind: max((row.id for row in getattr(catalogue, name).values()), default=0) + 1
            for name, kind in schema.TABLES.items()
        }
        self._next[schema.ContentRow] = catalogue.number(b"next_content")
        self._appending: dict[HashSpec, SegmentWriter] = {}
        self._segments = {row.spec: row for row in catalogue.segments.values()}
        for spec in specs:
            if spec not in self._segments:
                self._segments[spec] = self._new_segment(spec)

    def missing(self, content: int) -> tuple[HashSpec, ...]:
        """Return the hashes that a content has not been tried with."""
        return tuple(spec for spec, done in self._done.items() if content not in done)

    def content_of_file(self, seen: FileStat) -> int:
        """Return the content that a known file has, 0 if it has none."""
        row = self._files.get(seen.name)
        return row.content if row is not None else 0

    def record(self, seen: FileStat, found: FileRecord) -> None:
        """Take in what a file holds; it is written with the next batch.

        Parameters
        ----------
        seen : FileStat
            As it was met before it was read.
        found : FileRecord
        """
        content = 0
        if found.digest is not None:
            content = self._content(found.digest, found)
            for value in found.hashes:
                self._take(content, value.spec, value)
            for spec, reason in found.refused:
                self._take(content, spec, reason)
        self._note_reason(self._note_file(seen, content), None if content else found.rejected)
        self._count += 1

    def renew(self, seen: FileStat) -> None:
        """Note how a known file is met now, whose bytes are what they were."""
        self._note_file(seen, self._files[seen.name].content)
        self._count += 1

    def set_aside(self, rows: Iterable[FileRow]) -> None:
        """Keep files that are out of reach; they take no part until they are met again."""
        for row in rows:
            if not row.is_away:
                self._files[row.path] = self._put(FileRow, row, *row.set_aside()[1:-1])
                self._count += 1

    def note_folders(self, folders: Mapping[bytes, FolderMark]) -> None:
        """Note what tells folders from others in their places."""
        for name, mark in folders.items():
            before = self._folders.get(name)
            values = mark.inode, int(mark.mount), name
            self._folders[name] = self._put(schema.FolderRow, before, *values)

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
            self._drop, self._add, self._codes, self._new_samples = [], {}, {}, set()
            self._broken = self._has_moved = False
        self._count = 0

    def _write(self) -> None:
        for spec, pairs in self._codes.items():
            self._append(spec, pairs)
        for row in schema.packed_samples(self._samples, self._new_samples):
            self._put(schema.SampleRow, None, *row[1:-1])
        noted = facts(self._home, next_content=self._next[schema.ContentRow])
        self._writer.commit(self._drop, self._add.values(), noted)

    def close(self) -> None:
        """Close the files of the segments."""
        for writer in self._appending.values():
            writer.close()

    def _content(self, digest: bytes, found: FileRecord) -> int:
        number = self.by_digest.get(digest)
        if number is None:
            numbers = map(clamped, (found.length, *(found.size or (0, 0))))
            row = self._put(schema.ContentRow, None, *numbers, digest)
            number = self.by_digest[digest] = row.id
            self.sizes.add(found.length)
        if found.sample is not None and number not in self._samples:
            self._samples[number] = found.sample
            self._new_samples.add(number)
        return number

    def _take(self, content: int, spec: HashSpec, value: ImageHash | Rejected) -> None:
        if content in self._done[spec]:
            return
        self._done[spec].add(content)
        self._take_out(self._refused[spec].pop(content, None))
        if isinstance(value, Rejected):
            self._put(
                RejectionRow, None, 0, content, self._segments[spec].id, *reason_columns(value)
            )
        else:
            self._codes.setdefault(spec, []).append((content, value))

    def _note_file(self, seen: FileStat, content: int) -> int:
        """Note a file as it was met, and return its number."""
        before = self._files.get(seen.name)
        row = self._put(FileRow, before, *seen.key, content, int(seen.doubt), seen.name)
        self._files[seen.name] = row
        return row.id

    def _note_reason(self, file: int, rejected: Rejected | None) -> None:
        before = self._reasons.get(file)
        if rejected is None:
            self._take_out(self._reasons.pop(file, None))
        elif before is None or reason_columns(rejected) != before[4:7]:
            self._take_out(before)
            columns = reason_columns(rejected)
            self._reasons[file] = self._put(RejectionRow, None, file, 0, 0, *columns)

    def _put(self, kind: type[AnyRow], before: AnyRow | None, *values: Any) -> AnyRow:
        """Put a row in the place of an earlier one, or under the next number."""
        number = self._next[kind] if before is None else before.id
        self._next[kind] += before is None
        row = seal(kind, number, *values)
        if row != before:
            self._take_out(before)
            self._add[kind, number] = row
        return row

    def _take_out(self, row: Row | None) -> None:
        # A row that this very batch puts in was never written.
        if row is not None and self._add.pop((type(row), row.id), None) is None:
            self._drop.append(row)

    def _new_segment(self, spec: HashSpec) -> SegmentRow:
        stem = self._home.directory.new_stem(spec)
        with write_errors(self._home):
            stamp = create_segment(self._home.directory.stem(stem), spec)
        words = spec.name.encode(), stem, stamp
        return self._put(SegmentRow, None, spec.version, spec.bits, 0, 0, *words)

    def _append(self, spec: HashSpec, pairs: list[tuple[int, ImageHash]]) -> None:
        row = self._segments[spec]
        if spec not in self._appending:
            stem = self._home.directory.stem(row.stem)
            self._appending[spec] = SegmentWriter(stem, spec, row.rows, row.blocks)
        writer = self._appending[spec]
        codes = np.frombuffer(b"".join(value.code for _, value in pairs), np.uint8)
        qualities = [NO_QUALITY if value.quality is None else value.quality for _, value in pairs]
        rows = rows_of([owner for owner, _ in pairs], qualities)
        writer.append(codes.reshape(len(pairs), spec.code_bytes), rows)
        longer = resealed(row, rows=writer.rows, blocks=writer.blocks)
        self._segments[spec] = self._put(SegmentRow, row, *longer[1:-1])
