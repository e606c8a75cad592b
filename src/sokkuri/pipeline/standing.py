"""What another process uses, where the system tells: Linux does, in /proc."""

from __future__ import annotations

import os
import sys

__all__ = ["cpu_seconds", "own_memory"]

# Positions in /proc/PID/stat after the name, which ends with the last bracket; see proc(5).
_USER_TICKS, _SYSTEM_TICKS = 11, 12


def cpu_seconds(pid: int) -> float | None:
    """Return the processor time that a process has used so far; None where that is not known."""
    text = _read(pid, "stat")
    fields = text.rpartition(")")[2].split()
    if len(fields) <= _SYSTEM_TICKS:
        return None
    return (int(fields[_USER_TICKS]) + int(fields[_SYSTEM_TICKS])) / os.sysconf("SC_CLK_TCK")


def own_memory(pid: int) -> int:
    """Return the bytes that a process holds and does not map from files; 0 if not known."""
    fields = _read(pid, "statm").split()
    if len(fields) < 3:
        return 0
    return (int(fields[1]) - int(fields[2])) * os.sysconf("SC_PAGE_SIZE")


def _read(pid: int, name: str) -> str:
    if sys.platform != "linux":
        return ""
    try:
        with open(f"/proc/{pid}/{name}", encoding="ascii", errors="replace") as file:
            return file.read()
    except OSError:
        return ""
