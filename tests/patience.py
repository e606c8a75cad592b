"""How long tests wait for what must come, on however busy a machine."""

from __future__ import annotations

PATIENCE = 60.0
"""Seconds after which something is taken to hang.  A wait ends with the fact it is for, long before
that; no test asserts that something is quick."""
