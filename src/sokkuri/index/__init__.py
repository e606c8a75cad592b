"""Exact search over codes, in memory or mapped from disk, without photos."""

from __future__ import annotations

from sokkuri.index.index import Index
from sokkuri.index.pairs import Pairs
from sokkuri.index.plan import Plan
from sokkuri.index.values import Neighbour

__all__ = ["Index", "Neighbour", "Pairs", "Plan"]
