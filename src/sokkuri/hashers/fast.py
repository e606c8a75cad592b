"""Any hash from a decode at reduced scale: several times quicker, and a recipe of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sokkuri.hashes import HashSpec, ImageHash
from sokkuri.protocols import SupportsBlocks

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from sokkuri.images import Picture
    from sokkuri.protocols import Hasher

__all__ = ["FAST_SUFFIX", "Fast"]

FAST_SUFFIX: Final = "-fast"

_LEAST_SIDE: Final = 128
_SHARE: Final = 2


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
    def fast(self) -> bool:
        """True: whoever decodes may do so at reduced scale."""
        return True

    @property
    def least_side(self) -> int:
        """Pixels that both sides of a decode keep: twice what the hash looks at, 128 at least.

        The hash itself may have another rule.
        """
        chosen: int | None = getattr(self.hasher, "least_side", None)
        return chosen or max(_LEAST_SIDE, _SHARE * self.hasher.working_side)

    def blocks(self) -> tuple[NDArray[np.int64], ...]:
        """Return the block of each bit, as the hash itself does; none if it does not."""
        return self.hasher.blocks() if isinstance(self.hasher, SupportsBlocks) else ()

    def hash(self, picture: Picture) -> ImageHash:
        """Hash one picture."""
        full = self.hasher.hash(picture)
        return ImageHash(self.spec, full.code, full.quality)
