"""The safety of the local server: small ASGI rooms, one inside the other, round any app."""

from __future__ import annotations

from sokkuri.web.safety.guarding import Guarded, guard
from sokkuri.web.safety.problems import PROBLEM_JSON, Problem, send_problem
from sokkuri.web.safety.settings import SafetySettings, TokenNeeded, settings_for

__all__ = [
    "PROBLEM_JSON",
    "Guarded",
    "Problem",
    "SafetySettings",
    "TokenNeeded",
    "guard",
    "send_problem",
    "settings_for",
]
