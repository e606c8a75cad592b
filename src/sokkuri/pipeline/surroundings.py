"""What a forked worker must have from the process that asked for it, and not from the nursery."""

from __future__ import annotations

import contextlib
import os
from typing import Any

from sokkuri.pipeline.faults import VARIABLE

__all__ = ["move_to", "surroundings"]


def surroundings() -> dict[str, Any]:
    """Return the folder that relative paths start from, and the faults that tests ask for."""
    try:
        folder = os.getcwdb().hex()
    except OSError:  # it was removed
        folder = ""
    return {"folder": folder, "faults": os.environ.get(VARIABLE, "")}


def move_to(there: dict[str, Any]) -> None:
    """Take on the surroundings of another process."""
    if there["folder"]:
        with contextlib.suppress(OSError):
            os.chdir(bytes.fromhex(there["folder"]))
    os.environ[VARIABLE] = there["faults"]
