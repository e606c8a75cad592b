"""What a forked worker must have from the process that asked for it, and not from the nursery."""

from __future__ import annotations

import contextlib
import os
from typing import Any

from sokkuri import limits
from sokkuri.pipeline.faults import VARIABLE

__all__ = ["move_to", "surroundings"]


def surroundings() -> dict[str, Any]:
    """Return the folder that relative paths start from, limits, and the faults that tests want."""
    try:
        folder = os.getcwdb().hex()
    except OSError:  # it was removed
        folder = ""
    faults = os.environ.get(VARIABLE, "")
    return {"folder": folder, "faults": faults, "limits": limits.set_variables()}


def move_to(there: dict[str, Any]) -> None:
    """Take on the surroundings of another process."""
    if there["folder"]:
        with contextlib.suppress(OSError):
            os.chdir(bytes.fromhex(there["folder"]))
    os.environ[VARIABLE] = there["faults"]
    limits.take_variables(there["limits"])
