"""Decoders that die or hang, on demand, for tests of how a run survives them.

Only worker processes look here, and only where ``SOKKURI_FAULTS`` is set: a JSON object from a part
of a file's name to ``"kill"``, ``"segfault"``, ``"hang"``, ``"spin"`` or ``"memory"``.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import time
from typing import Final

__all__ = ["VARIABLE", "act_out"]

VARIABLE: Final = "SOKKURI_FAULTS"


def act_out(path: str) -> None:
    """Suffer the fault that is meant for ``path``, if there is one."""
    faults = os.environ.get(VARIABLE)
    if not faults:
        return
    for part, fault in json.loads(faults).items():
        if part in os.path.basename(path):
            _suffer(fault)


def _suffer(fault: str) -> None:
    if fault == "kill":
        os.kill(os.getpid(), signal.SIGKILL if os.name == "posix" else signal.SIGTERM)
    elif fault == "segfault":
        ctypes.string_at(0)
    elif fault == "hang":
        time.sleep(3600)
    elif fault == "spin":
        while True:
            pass
    elif fault == "memory":
        hoard = []
        while True:
            hoard.append(bytearray(1 << 26))
    else:
        raise ValueError(f"{VARIABLE} knows no fault {fault!r}")
