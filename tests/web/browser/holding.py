"""Hashing that waits, so that a page can be looked at while photos are still to come."""

from __future__ import annotations

import threading

import pytest

from sokkuri.library import writer
from sokkuri.web.shelf import Shelf

BATCH = 50
"""So many photos are kept at a time."""


class Gate:
    """Holds the hashing back after so many photos."""

    def __init__(self, room: int) -> None:
        self.room = room
        self._changed = threading.Condition()

    def open(self, room: int = 10**9) -> None:
        """Let so many photos through, counted from the first."""
        with self._changed:
            self.room = room
            self._changed.notify_all()

    def wait(self, done: int) -> None:
        """Wait until there is room for another photo."""
        with self._changed:
            self._changed.wait_for(lambda: done < self.room)


def hold_back(monkeypatch: pytest.MonkeyPatch, room: int) -> Gate:
    """Hold hashing back after so many photos, and keep what is hashed in small batches."""
    gate = Gate(room)
    progress = Shelf._progress

    def held(shelf: Shelf, done: int, total: int | None) -> None:
        progress(shelf, done, total)
        if total is not None:
            gate.wait(done)

    monkeypatch.setattr(Shelf, "_progress", held)
    monkeypatch.setattr(writer, "_FILES", BATCH)
    monkeypatch.setattr(writer, "_SECONDS", 3600.0)  # by count alone, however slow the machine
    return gate
