"""Safety of the local server: layers of ASGI, one inside the other, round any app."""

from __future__ import annotations

from sokkuri.web.safety.auth import wants_html
from sokkuri.web.safety.settings import SafetySettings, TokenNeeded, settings_for
from sokkuri.web.safety.stack import Guarded

__all__ = ["Guarded", "SafetySettings", "TokenNeeded", "settings_for", "wants_html"]
