"""Why two photos match: the very bits that agree and differ, and where in the picture."""

from __future__ import annotations

from sokkuri.explanation.encoding import decode_view, encode_view
from sokkuri.explanation.explain import Explanation, explain_views
from sokkuri.explanation.hash_view import HashView

__all__ = ["Explanation", "HashView", "decode_view", "encode_view", "explain_views"]
