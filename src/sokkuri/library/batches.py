"""What a refresh found, gathered and written batch by batch: codes first, then the catalogue."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

import numpy as np

from sokkuri.images import Rejected
from sokkuri.library.location import root_facts, told
from sokkuri.library.scan import decided, decoder, encoded
from sokkuri.library.state import spec_of
from sokkuri.stores.schema import (
    ContentRow,
    FileRow,
    FolderRow,
    RejectionRow,
    Row,
    SegmentRow,
    clamped,
    packed_samples,
    samples_in,
    seal,
)
from sokkuri.stores.segment_format import NO_QUALITY
from sokkuri.stores.segment_writer import SegmentWriter, create_segment

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sokkuri.hashes import HashSpec, ImageHash
    from sokkuri.library.absences import Folder
    from sokkuri.library.location import Location
    from sokkuri.library.scan import Seen
    from sokkuri.library.state import State
    from sokkuri.pipeline import FileRecord
    from sokkuri.stores.catalogue_writer import CatalogueWriter

__all__ = ["Batches"]

_FILES: Final = 512
_SECONDS: Final = 2.0


class Batches:
    """The one place where a library grows; the caller holds its lock.

    Parameters
    ----------
    home : Location
    state : State
        As it is now; its segments are those of ``specs``.
    writer : CatalogueWriter
    specs : sequence of HashSpec
        The hashes that are wanted; those that have no segment get one.
    """

    def __init__(
        self, home: Location, state: State, writer: CatalogueWriter, specs: Sequence[HashSpec]
    ) -> None:
        self._home = home
        self._writer = writer
        self._drop: list[Row] = []
        self._add: dict[tuple[type, int], Row] = {}
        self._codes: dict[HashSpec, list[tuple[int, ImageHash]]] = {}
        self._appending: dict[HashSpec, SegmentWriter] = {}
        self._count = 0
        self._since = time.monotonic()
        self._broken = self._place_changed = False
        catalogue = state.catalogue
        self._files = dict(catalogue.files)
        self._folders = catalogue.folders
        self._samples = samples_in(catalogue.samples.values())
        self._new_samples: dict[int, bytes] = {}
        self._next_sample = max(catalogue.samples, default=0) + 1
        self._reasons = {row.file: row for row in catalogue.rejections.values() if row.file}
        self._by_digest = {row.digest: row.id for row in catalogue.contents.values()}
        self.sizes = {row.size for row in catalogue.contents.values()}
        self._next_file = max((row.id for row in self._files.values()), default=0) + 1
        self._next_reason = max(catalogue.rejections, default=0) + 1
        self._next_content = catalogue.number(b"next_content")
        self._segments = self._with_new_segments(state, specs)
        self._done: dict[HashSpec, set[int]] = {}
        self._refused: dict[HashSpec, dict[int, RejectionRow]] = {}
        for spec in specs:
            segment = state.segments.get(spec)
            self._done[spec] = set()
            if segment is not None and segment.rows is not None:
                self._done[spec].update(segment.rows["owner"].tolist())
            number = self._segments[spec].id
            self._done[spec].update(decided(catalogue, number))
            self._refused[spec] = {
                row.content: row
                for row in catalogue.rejections.values()
                if row.content and row.segment == number
            }

    # -- what is asked

    def content_of(self, digest: bytes) -> int | None:
        """Return the content that has these bytes, if one is known."""
        return self._by_digest.get(digest)

    def missing(self, content: int) -> tuple[HashSpec, ...]:
        """Return the hashes that a content has not been tried with."""
        return tuple(spec for spec, done in self._done.items() if content not in done)

    def content_of_file(self, seen: Seen) -> int:
        """Return the content that a known file has, 0 if it has none."""
        row = self._files.get(seen.name)
        return row.content if row is not None else 0

    def sample_of(self, name: bytes) -> bytes | None:
        """Return the sample of the content that a known file has, if one was taken."""
        row = self._files.get(name)
        return None if row is None else self._samples.get(row.content)

    # -- what is told

    def record(self, seen: Seen, found: FileRecord) -> None:
        """Take in what a file holds; it is written with the next batch.

        Parameters
        ----------
        seen : Seen
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

    def renew(self, seen: Seen) -> None:
        """Note how a known file is met now, whose bytes are what they were."""
        row = self._files[seen.name]
        self._take_out(row)
        row = seal(FileRow, row.id, *seen.key, row.content, int(seen.doubt), row.path)
        self._put(row)
        self._files[seen.name] = row
        self._count += 1

    def set_aside(self, rows: Iterable[FileRow]) -> None:
        """Keep files that are out of reach; they take no part until they are met again."""
        for row in rows:
            if not row.is_away:
                self._take_out(row)
                self._put(row.set_aside())
                self._files[row.path] = row.set_aside()
                self._count += 1

    def note_folders(self, folders: Mapping[bytes, Folder]) -> None:
        """Note what tells folders from others in their places."""
        free = max((row.id for row in self._folders.values()), default=0) + 1
        for name, folder in folders.items():
            before = self._folders.get(name)
            if before is not None:
                self._take_out(before)
                number = before.id
            else:
                number, free = free, free + 1
            self._put(seal(FolderRow, number, folder.inode, int(folder.mount), name))

    def forget(self, rows: Iterable[FileRow]) -> None:
        """Take files out that are gone; their contents stay."""
        for row in rows:
            self._files.pop(row.path)
            self._take_out(row)
            reason = self._reasons.pop(row.id, None)
            if reason is not None:
                self._take_out(reason)
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
        if not gathered and not self._place_changed:
            self._count = 0
            return
        self._broken = True
        with told(self._home):
            self._write()
        self._drop, self._add, self._codes, self._count = [], {}, {}, 0
        self._new_samples = {}
        self._broken = self._place_changed = False

    def _write(self) -> None:
        for spec, pairs in self._codes.items():
            self._append(spec, pairs)
        for row in packed_samples(self._new_samples, self._next_sample):
            self._put(row)
            self._next_sample = row.id + 1
        facts = {b"next_content": self._next_content, **root_facts(self._home)}
        catalogue = self._writer.commit(self._drop, self._add.values(), facts)
        self._home.directory.write_stamp(catalogue.commit)

    def note_place(self) -> None:
        """Have the folder's place written, even if nothing else is."""
        self._place_changed = True

    def close(self) -> None:
        """Close the files."""
        for writer in self._appending.values():
            writer.close()

    # -- the rows

    def _content(self, found: FileRecord) -> int:
        assert found.digest is not None  # noqa: S101 - the caller looked
        known = self._by_digest.get(found.digest)
        if known is not None:
            self._sample(known, found.sample)
            return known
        number, self._next_content = self._next_content, self._next_content + 1
        width, height = found.size or (0, 0)
        numbers = clamped(found.length), clamped(width), clamped(height)
        self._put(seal(ContentRow, number, *numbers, found.digest))
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
        earlier = self._refused[spec].pop(content, None)
        if earlier is not None:
            self._take_out(earlier)
        if isinstance(value, Rejected):
            self._refuse(value, content=content, segment=self._segments[spec].id)
        else:
            self._codes.setdefault(spec, []).append((content, value))

    def _file(self, seen: Seen, content: int, rejected: Rejected | None) -> None:
        before = self._files.get(seen.name)
        number = before.id if before is not None else self._next_file
        row = seal(FileRow, number, *seen.key, content, int(seen.doubt), seen.name)
        reason = self._reasons.get(number)
        if row != before:
            if before is not None:
                self._take_out(before)
            else:
                self._next_file += 1
            self._put(row)
            self._files[seen.name] = row
        if reason is not None:
            if rejected is not None and _says(reason, rejected):
                return
            self._take_out(self._reasons.pop(number))
        if rejected is not None:
            self._reasons[number] = self._refuse(rejected, file=number)

    def _refuse(
        self, rejected: Rejected, *, file: int = 0, content: int = 0, segment: int = 0
    ) -> RejectionRow:
        number, self._next_reason = self._next_reason, self._next_reason + 1
        words = (rejected.kind.encode(), encoded(rejected.detail), decoder())
        row = seal(RejectionRow, number, file, content, segment, *words)
        self._put(row)
        return row

    def _put(self, row: Row) -> None:
        self._add[type(row), row.id] = row

    def _take_out(self, row: Row) -> None:
        # A row that this very batch puts in was never written.
        if self._add.pop((type(row), row.id), None) is None:
            self._drop.append(row)

    # -- the segments

    def _with_new_segments(
        self, state: State, specs: Sequence[HashSpec]
    ) -> dict[HashSpec, SegmentRow]:
        rows = {spec_of(row): row for row in state.catalogue.segments.values()}
        free = max(state.catalogue.segments, default=0) + 1
        for spec in specs:
            if spec in rows:
                continue
            stem = self._home.directory.new_stem(spec)
            with told(self._home):
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
        writer.append(
            codes.reshape(len(pairs), spec.code_bytes),
            [owner for owner, _ in pairs],
            qualities,
        )
        self._take_out(row)
        longer = seal(
            SegmentRow, row.id, row.version, row.bits, writer.rows, writer.blocks, row.name,
            row.stem, row.stamp,
        )  # fmt: skip
        self._put(longer)
        self._segments[spec] = longer


def _says(row: RejectionRow, rejected: Rejected) -> bool:
    words = (rejected.kind.encode(), encoded(rejected.detail), decoder())
    return (row.kind, row.detail, row.decoder) == words
