"""Any hash of another picture: decoded at reduced scale, or turned and mirrored."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, ClassVar, Final

from sokkuri.hashes import HashSpec, ImageHash
from sokkuri.protocols import SupportsBlocks

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from sokkuri.images import Picture
    from sokkuri.protocols import Hasher

FAST_SUFFIX: Final = "-fast"

_LEAST_SIDE: Final = 128

# Mirrored pictures are mirrored left to right first and turned then.
_TRANSPOSES: Final[dict[str, str | None]] = {
    "identity": None,
    "rotate90": "ROTATE_90",
    "rotate180": "ROTATE_180",
    "rotate270": "ROTATE_270",
    "mirror": "FLIP_LEFT_RIGHT",
    "mirror-rotate90": "TRANSPOSE",
    "mirror-rotate180": "FLIP_TOP_BOTTOM",
    "mirror-rotate270": "TRANSVERSE",
}

DIHEDRAL: Final = tuple(_TRANSPOSES)
"""The eight ways to lay a picture down, turns counter-clockwise; the first leaves it alone."""


@dataclass(frozen=True, slots=True)
class Fast:
    """The same hash of a picture that was decoded at 1/2, 1/4 or 1/8, where its format can.

    Only JPEG can.  Pictures of other formats, and small ones, are decoded in full and give the
    bits of the full hash; but the recipe is another one, ``NAME-fast``, and so the two are never
    compared.

    Parameters
    ----------
    hasher : Hasher
        The hash to make.

    Raises
    ------
    ValueError
        If the hash is a fast one already.
    """

    hasher: Hasher
    fast: ClassVar[bool] = True  # whoever decodes may do so at reduced scale

    def __post_init__(self) -> None:
        if self.hasher.fast:
            raise ValueError(f"{self.hasher.spec.name} is fast already")

    @property
    def spec(self) -> HashSpec:
        """The recipe: the name of the hash and ``-fast``, with as many bits."""
        full = self.hasher.spec
        return HashSpec(full.name + FAST_SUFFIX, full.bits, full.version)

    @property
    def working_side(self) -> int:
        """Side in pixels that the hash looks at; a decode keeps twice as many."""
        return self.hasher.working_side

    @property
    def least_side(self) -> int:
        """Pixels both sides of a decode keep: the hash's own rule, or twice its working side."""
        chosen: int | None = getattr(self.hasher, "least_side", None)
        return chosen or max(_LEAST_SIDE, 2 * self.hasher.working_side)

    def blocks(self) -> tuple[NDArray[np.int64], ...]:
        """Return the block of each bit, of shape (bits,), as the hash does; none if it does not."""
        return self.hasher.blocks() if isinstance(self.hasher, SupportsBlocks) else ()

    def hash(self, picture: Picture) -> ImageHash:
        """Hash one picture."""
        full = self.hasher.hash(picture)
        return ImageHash(self.spec, full.code, full.quality)


def dihedral(hasher: Hasher, picture: Picture) -> tuple[ImageHash, ...]:
    """Hash a picture in all eight positions, in the order of :data:`DIHEDRAL`.

    To find a turned or mirrored copy, search with all eight and keep the nearest: the photos that
    are searched need no further hashes.

    Parameters
    ----------
    hasher : Hasher
        Of any family.
    picture : Picture
        Decoded once; each position is a copy of its pixels, one at a time.
    """
    from PIL.Image import Transpose

    others = (picture.transposed(Transpose[name]) for name in _TRANSPOSES.values() if name)
    return tuple(map(hasher.hash, chain([picture], others)))
