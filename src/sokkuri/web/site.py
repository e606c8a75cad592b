"""All that the page shows: folders, uploaded queries, and what reads their pictures."""

from __future__ import annotations

import os
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sokkuri.names import shown_name
from sokkuri.web.problems import being_hashed, no_photo, not_found, not_hashed, unreadable
from sokkuri.web.ranking import Ranking, listing_order, rank
from sokkuri.web.sheet import PHOTO_ID, Sheet, iso_time

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sokkuri.hashes import ImageHash
    from sokkuri.pipeline import FileRecord
    from sokkuri.web.asked import Asked, Sort, Wanted
    from sokkuri.web.pictures import Pictures
    from sokkuri.web.problems import Problem
    from sokkuri.web.shelf import Shelf
    from sokkuri.web.uploads import Upload, Uploads

__all__ = ["Found", "Site"]

_MOST_RANKINGS: Final = 16
_MOST_HASHES: Final = 512
_STOP_SECONDS: Final = 1.5
"""How long refreshes may take to end: the server has five seconds in all."""


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """A picture that an id stands for.

    Parameters
    ----------
    id : str
    path : str
        Where it lies; never shown in a URL.
    name : str
        Safe to show.
    sheet, row
        Where it stands among the photos; None for an upload, or a photo without a code.
    upload : Upload, optional
    """

    id: str
    path: str
    name: str
    sheet: Sheet | None = None
    row: int = -1
    upload: Upload | None = None

    def content(self) -> int | None:
        """Return the number of its bytes in its library, None if not known."""
        return None if self.sheet is None else int(self.sheet.snapshot.contents[self.row])


class Site:
    """What one server shows.

    Parameters
    ----------
    shelves : sequence of Shelf
        The folders.
    uploads : Uploads
    pictures : Pictures
    default_hash : str
        What is searched with where nothing is said.
    read_only : bool
        Whether nobody may start a refresh.
    """

    def __init__(
        self,
        shelves: Sequence[Shelf],
        uploads: Uploads,
        pictures: Pictures,
        *,
        default_hash: str,
        read_only: bool = False,
    ) -> None:
        self.shelves = tuple(shelves)
        self.uploads = uploads
        self.pictures = pictures
        self.default_hash = default_hash
        self.read_only = read_only
        self._lock = threading.RLock()
        self._sheets: dict[tuple[str, str], Sheet] = {}
        self._rankings: OrderedDict[Any, Ranking] = OrderedDict()
        self._hashes: OrderedDict[tuple[str, str], ImageHash] = OrderedDict()
        self._sizes: OrderedDict[str, tuple[int, int]] = OrderedDict()

    def shelf(self, key: str) -> Shelf:
        """Return a folder by its key.

        Raises
        ------
        Problem
            If there is none.
        """
        for shelf in self.shelves:
            if shelf.key == key:
                return shelf
        raise not_found("no such folder", "open the library page for the folders there are")

    def sheets(self, hash: str) -> list[Sheet]:
        """Return the photos of all folders that have codes of a hash."""
        # Not under the lock: whoever reads a large library again must not hold up the others.
        snapshots = [(shelf, shelf.snapshot(hash)) for shelf in self.shelves]
        found = []
        with self._lock:
            for shelf, snapshot in snapshots:
                if snapshot is None:
                    continue
                kept = self._sheets.get((shelf.key, hash))
                if kept is None or kept.snapshot is not snapshot:
                    label = shelf.name if len(self.shelves) > 1 else ""
                    kept = self._sheets[shelf.key, hash] = Sheet(shelf, snapshot, label)
                found.append(kept)
        return found

    def find(self, id: str) -> Found:
        """Return the picture that an id stands for.

        Raises
        ------
        Problem
            If there is none.
        """
        if id.startswith("u"):
            upload = self.uploads.find(id)
            if upload is not None:
                return Found(id, upload.path, shown_name(upload.name), upload=upload)
        match = PHOTO_ID.fullmatch(id)
        for sheet in self.sheets(self.default_hash) if match is not None else ():
            row = sheet.row_of(int(match[2])) if sheet.shelf.key == match[1] else None  # type: ignore[index]
            if row is not None:
                return Found(id, sheet.snapshot.paths[row], sheet.names[row], sheet, row)
        raise no_photo()

    def photo(self, found: Found) -> dict[str, Any]:
        """Return what is said of a picture everywhere."""
        if found.sheet is not None:
            return found.sheet.photo(found.row)
        try:
            status = os.stat(found.path)
        except OSError:
            raise not_found("the upload is gone", "upload the picture again") from None
        known = self._hashes.get((found.id, self.default_hash))
        width, height = self._sizes.get(found.id, (None, None))
        return {
            "id": found.id,
            "name": found.name,
            "folder": "",
            "bytes": status.st_size,
            "width": width,
            "height": height,
            "modified": iso_time(status.st_mtime_ns),
            "kind": "upload",
            "quality": None if known is None else known.quality,
        }

    def hash_of(self, found: Found, hash: str) -> ImageHash:
        """Return the hash of a picture; an upload is read once.

        Raises
        ------
        Problem
            If the picture cannot be read.
        """
        if found.sheet is not None and found.sheet.snapshot.spec.name == hash:
            return found.sheet.hash_of(found.row)
        key = found.id, hash
        with self._lock:
            if key in self._hashes:
                self._hashes.move_to_end(key)
                return self._hashes[key]
        hashed = self.pictures.hash(found.path, [hash], None).result()
        if hashed.rejected is not None:
            raise unreadable(hashed.rejected)
        self.remember(found, hashed)
        return hashed.hashes[0]

    def remember(self, found: Found, hashed: FileRecord) -> None:
        """Keep the hashes and the size of a picture that was read just now."""
        with self._lock:
            for value in hashed.hashes:
                self._hashes[found.id, value.spec.name] = value
            if hashed.size is not None:
                self._sizes[found.id] = hashed.size
            for kept in (self._hashes, self._sizes):
                while len(kept) > _MOST_HASHES:
                    kept.popitem(last=False)

    def rank(self, asked: Asked) -> tuple[Found, Ranking]:
        """Return a query and all photos by their distance from it.

        Raises
        ------
        Problem
            If the query cannot be read, or no folder has codes of the hash yet.
        """
        sheets = self.sheets(asked.hash)
        if not sheets:
            raise self._lacking(asked.hash)
        # Among the photos of this hash, so that nothing of it is read again.
        query = self._in_sheets(self.find(asked.image), sheets)
        code = self.hash_of(query, asked.hash).code
        measure = asked.measure
        path = None if asked.wanted.links else query.path
        key = (
            code, measure.spec, asked.mirror, asked.wanted, path,
            tuple(id(sheet) for sheet in sheets),
        )  # fmt: skip
        return query, self._kept(key, lambda: rank(sheets, measure, code, asked.wanted, path))

    def listing(self, wanted: Wanted, sort: Sort) -> Ranking:
        """Return all photos in the order of a list."""
        sheets = self.sheets(self.default_hash)
        key = (wanted, sort, tuple(id(sheet) for sheet in sheets))
        return self._kept(key, lambda: listing_order(sheets, wanted, sort))

    def stop(self) -> None:
        """End what runs in the background."""
        end = time.monotonic() + _STOP_SECONDS
        for shelf in self.shelves:
            shelf.stop(0)  # so that all of them are ending
        self.pictures.close()
        for shelf in self.shelves:
            shelf.stop(max(0.0, end - time.monotonic()))

    def _lacking(self, hash: str) -> Problem:
        """Say that no folder has codes of a hash; asking alone makes none."""
        if any(shelf.is_making(hash) for shelf in self.shelves):
            return being_hashed(hash)
        words = self.shelves[0].cli_args if self.shelves else "DIR"
        return not_hashed(hash, words, read_only=self.read_only)

    def _in_sheets(self, found: Found, sheets: Sequence[Sheet]) -> Found:
        """Return the same picture among the photos of another hash, if it is there."""
        if found.sheet is None:
            return found
        number = int(found.sheet.snapshot.inventory.ids[found.row])
        for sheet in sheets:
            if sheet.shelf is found.sheet.shelf:
                row = sheet.row_of(number)
                if row is not None:
                    return Found(found.id, found.path, found.name, sheet, row)
        return found

    def _kept(self, key: Any, make: Callable[[], Ranking]) -> Ranking:
        with self._lock:
            kept = self._rankings.get(key)
            if kept is not None:
                self._rankings.move_to_end(key)
                return kept
        made = make()
        with self._lock:
            self._rankings[key] = made
            while len(self._rankings) > _MOST_RANKINGS:
                self._rankings.popitem(last=False)
        return made
