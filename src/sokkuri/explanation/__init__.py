"""Why two photos match: the very bits that agree and differ, and where in the picture."""

from __future__ import annotations

from sokkuri.explanation.explain import explain_views
from sokkuri.explanation.hash_view import HashView, decode_view, encode_view
from sokkuri.explanation.sentence import name_of
from sokkuri.explanation.values import ColoursPanel, Explanation, GradientsPanel, Panel, ValuesPanel

__all__ = [
    "ColoursPanel",
    "Explanation",
    "GradientsPanel",
    "HashView",
    "Panel",
    "ValuesPanel",
    "decode_view",
    "encode_view",
    "explain_views",
    "name_of",
]
