"""Encoded pictures kept in memory: the last used ones, as many as a bound in bytes allows."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable

__all__ = ["Kept"]


class Kept:
    """Bytes by key; the ones that were not used for longest make room for new ones.

    Parameters
    ----------
    most_bytes : int
        How many bytes are held at most.
    """

    def __init__(self, most_bytes: int) -> None:
        self.bytes = 0
        self._most = most_bytes
        self._held: OrderedDict[Hashable, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> bytes | None:
        """Return what is kept under a key."""
        with self._lock:
            found = self._held.get(key)
            if found is not None:
                self._held.move_to_end(key)
            return found

    def put(self, key: Hashable, data: bytes) -> None:
        """Keep bytes under a key; what is larger than the bound is not kept."""
        with self._lock:
            self.bytes += len(data) - len(self._held.pop(key, b""))
            self._held[key] = data
            while self.bytes > self._most:
                _, dropped = self._held.popitem(last=False)
                self.bytes -= len(dropped)
