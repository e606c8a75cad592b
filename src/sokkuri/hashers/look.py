"""The look hash: the shape of the thing in the photo, and its colours, without deep learning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from sokkuri.hashers.look_frame import frame_strips, without_frame
from sokkuri.hashers.look_layout import (
    BITS,
    BLOCKS,
    COMPACT,
    COMPACT_BLOCKS,
    MIRRORED,
    bits_of_emphasis,
)
from sokkuri.hashers.look_reading import look_reading
from sokkuri.hashers.quality import colour_quality
from sokkuri.hashers.shrinking import shrunk_colour
from sokkuri.hashes import HashSpec, ImageHash
from sokkuri.kernels.look import look_code

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sokkuri.hashes import Reading
    from sokkuri.images import Picture

__all__ = ["LookHash"]

_SIDE: Final = 64
_LEAST_SIDE: Final = 128
_WHOLE: Final = HashSpec("look-2", BITS)
_COMPACT: Final = HashSpec("look-2-compact", len(COMPACT))


@dataclass(frozen=True, slots=True)
class LookHash:
    """Look hash: edges of the object and its colours, each a bit that means something.

    The photo, in the colours that its profile says, is shrunk to 64 x 64 and turned into Lab.  The
    object is what cannot be reached from the photo's edge without crossing a step in colour; a box
    around it becomes the view.  Edges of the view, and of a map of how much each pixel resembles
    the object, are summed up by place and direction and compared with their mean; colours of the
    middle and of nine places are compared with levels.  All of it is arithmetic on whole numbers,
    the same on every machine.  Pictures are decoded at reduced scale where their format can: that
    is part of the recipe.

    Parameters
    ----------
    compact : bool
        488 of the 3,513 bits, for very many photos.

    Notes
    -----
    :mod:`sokkuri.hashers.look_layout` says what each bit means.

    References
    ----------
    The tutorial's rule (above the mean or not) applied to histograms of gradients: N. Dalal,
    B. Triggs, CVPR 2005.  The object by minimum barrier distance: R. Strand et al., Computer Vision
    and Image Understanding 117 (2013).
    """

    compact: bool = False

    @property
    def spec(self) -> HashSpec:
        """The recipe: ``look-2`` with 3,513 bits or ``look-2-compact`` with 488."""
        return _COMPACT if self.compact else _WHOLE

    @property
    def working_side(self) -> int:
        """Side of the shrunk picture in pixels."""
        return _SIDE

    @property
    def fast(self) -> bool:
        """True: a decode at reduced scale is part of the recipe."""
        return True

    @property
    def least_side(self) -> int:
        """Pixels that both sides keep: the box may be a part of the photo only."""
        return _LEAST_SIDE

    def compared_bits(self, emphasis: str | float) -> NDArray[np.int64]:
        """Return the bits that count under an emphasis, in ascending order.

        Parameters
        ----------
        emphasis : {"shape", "balanced", "colour"} or float
            See :func:`sokkuri.hashers.look_layout.bits_of_emphasis`.  The compact form has one
            balance.

        Raises
        ------
        ValueError
            If there is no such emphasis.
        """
        if not self.compact:
            return bits_of_emphasis(emphasis)
        if emphasis != "balanced":
            raise ValueError("look-2-compact has one balance; `emphasis` goes with look-2")
        return np.arange(len(COMPACT))

    def mirrored_bits(self) -> NDArray[np.int64]:
        """Return where each bit of the mirrored picture is."""
        return np.searchsorted(COMPACT, MIRRORED[COMPACT]) if self.compact else MIRRORED

    def blocks(self) -> tuple[NDArray[np.int64], ...]:
        """Return the block of each bit: edges of a part of the picture, levels of a colour."""
        return COMPACT_BLOCKS if self.compact else BLOCKS

    def hash(self, picture: Picture) -> ImageHash:
        """Hash one picture."""
        code = picture.once(_whole_code)
        if self.compact:
            bits = np.unpackbits(np.frombuffer(code, np.uint8))
            code = np.packbits(bits[COMPACT]).tobytes()
        return ImageHash(self.spec, code, picture.once(colour_quality))

    def reading(self, picture: Picture) -> Reading:
        """Return the view and where its box lies; the code itself says all else."""
        return look_reading(picture)


def _whole_code(picture: Picture) -> bytes:
    seen = picture.srgb
    inner = without_frame(seen, frame_strips(seen))
    return look_code(_four_channels(shrunk_colour(inner, _SIDE, _SIDE)), inner.size)


def _four_channels(values: NDArray[np.uint8]) -> NDArray[np.uint8]:
    if values.shape[2] == 4:
        return values
    widened = np.zeros((*values.shape[:2], 4), np.uint8)
    widened[..., :3] = values
    return widened
