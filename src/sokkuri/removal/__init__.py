"""Removing files without fear: plans, applying them, a holding area, and the way back."""

from __future__ import annotations

from sokkuri.removal.apply import RemovalOptions, apply_removal
from sokkuri.removal.area import HoldingArea, RemovalBatch
from sokkuri.removal.outcome import FileOutcome, FileState, RemovalOutcome, Way
from sokkuri.removal.plan import PlannedFile, PlannedGroup, RemovalPlan
from sokkuri.removal.restoration import areas_around, batches_in, chosen, empty, restore

__all__ = [
    "FileOutcome",
    "FileState",
    "HoldingArea",
    "PlannedFile",
    "PlannedGroup",
    "RemovalBatch",
    "RemovalOptions",
    "RemovalOutcome",
    "RemovalPlan",
    "Way",
    "apply_removal",
    "areas_around",
    "batches_in",
    "chosen",
    "empty",
    "restore",
]
