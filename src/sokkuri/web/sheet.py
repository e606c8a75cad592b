"""A folder's photos as the page shows them: ids, names and folders beside the arrays."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from sokkuri.hashes import ImageHash
from sokkuri.names import shown_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sokkuri.api.snapshots import Snapshot
    from sokkuri.web.shelf import Shelf

__all__ = ["PHOTO_ID", "Sheet", "iso_time"]

PHOTO_ID: Final = re.compile(r"([0-9a-f]{6})\.([1-9][0-9]{0,17})", re.ASCII)
"""The id of a photo of a library: its folder's key, and its number in that library."""


@dataclass(frozen=True, eq=False)
class Sheet:
    """One snapshot of one folder.

    Parameters
    ----------
    shelf : Shelf
    snapshot : Snapshot
    label : str
        What stands before the folders of its photos, where several folders are shown.
    """

    shelf: Shelf
    snapshot: Snapshot
    label: str = ""

    @cached_property
    def names(self) -> Sequence[str]:
        """The name of each photo, safe to show."""
        return [shown_name(os.path.basename(path)) for path in self.snapshot.paths]

    @cached_property
    def folders(self) -> Sequence[str]:
        """Where each photo lies below the folder, safe to show; empty for the top."""
        start = len(os.path.join(self.shelf.folder, ""))
        shown: dict[str, str] = {}
        found = []
        for path in self.snapshot.paths:
            below = os.path.dirname(path[start:])
            if below not in shown:
                words = [self.label, *below.split(os.sep)]
                shown[below] = "/".join(shown_name(word) for word in words if word)
            found.append(shown[below])
        return found

    @cached_property
    def _places(self) -> dict[int, int]:
        return {number: row for row, number in enumerate(self.snapshot.inventory.ids.tolist())}

    def row_of(self, number: int) -> int | None:
        """Return the row of the photo with a number, None if there is none."""
        return self._places.get(number)

    def id_of(self, row: int) -> str:
        """Return the id of a photo."""
        return f"{self.shelf.key}.{self.snapshot.inventory.ids[row]}"

    def hash_of(self, row: int) -> ImageHash:
        """Return the hash of a photo."""
        quality = int(self.snapshot.qualities[row])
        code = self.snapshot.codes[row].tobytes()
        return ImageHash(self.snapshot.spec, code, None if quality < 0 else quality)

    def photo(self, row: int) -> dict[str, Any]:
        """Return what is said of a photo everywhere."""
        inventory = self.snapshot.inventory
        quality = int(self.snapshot.qualities[row])
        return {
            "id": self.id_of(row),
            "name": self.names[row],
            "folder": self.folders[row],
            "bytes": int(inventory.bytes[row]),
            "width": int(inventory.widths[row]) or None,
            "height": int(inventory.heights[row]) or None,
            "modified": iso_time(int(inventory.mtimes_ns[row])),
            "kind": "photo",
            "quality": None if quality < 0 else quality,
        }


def iso_time(nanoseconds: int) -> str | None:
    """Return a time of the file system as ISO 8601 in UTC; None for one that no calendar has."""
    try:
        moment = datetime.fromtimestamp(nanoseconds // 1_000_000_000, UTC)
    except (OverflowError, ValueError, OSError):
        return None
    return moment.isoformat().replace("+00:00", "Z")
