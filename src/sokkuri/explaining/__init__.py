"""Why two photos match: the very bits that agree and differ, and where in the picture."""

from __future__ import annotations

from sokkuri.explaining.encoding import decode_portrait, encode_portrait
from sokkuri.explaining.explanation import Explanation, explain_portraits
from sokkuri.explaining.portrait import Portrait, portrait_of
from sokkuri.explaining.portraying import (
    decode_portrayed,
    portray,
    portraying,
    portraying_job,
)

__all__ = [
    "Explanation",
    "Portrait",
    "decode_portrait",
    "decode_portrayed",
    "encode_portrait",
    "explain_portraits",
    "portrait_of",
    "portray",
    "portraying",
    "portraying_job",
]
