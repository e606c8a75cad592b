"""The arithmetic of the look hash, in whole numbers: the truth that the C kernel must equal.

From a small picture to bits in four steps, each a room: colours become Lab (:mod:`.lab`), the
object is found and framed (:mod:`.finding`), maps of it are summed up in windows
(:mod:`.describing`), and values become bits (:mod:`.bits`).
"""

from __future__ import annotations

from sokkuri.kernels.look.bits import BITS, look_reference
from sokkuri.kernels.look.finding import SIDE
from sokkuri.kernels.look.frame import frame_around
from sokkuri.kernels.look.lab import LINEAR, ROOTS
from sokkuri.kernels.look.native import look_code, look_frame_native

__all__ = [
    "BITS",
    "LINEAR",
    "ROOTS",
    "SIDE",
    "frame_around",
    "look_code",
    "look_frame_native",
    "look_reference",
]
