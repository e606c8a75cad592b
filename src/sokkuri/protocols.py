"""The contracts between the floors, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from sokkuri._typing import Codes
    from sokkuri.hashes import HashSpec, ImageHash, Reading
    from sokkuri.images import Picture
    from sokkuri.matches import Hits


@runtime_checkable
class Hasher(Protocol):
    """Turns a decoded picture into a hash; keeps nothing between calls, so threads may share it."""

    @property
    def spec(self) -> HashSpec:
        """The recipe of every hash this hasher makes."""

    @property
    def working_side(self) -> int:
        """Side in pixels of the shrunk picture that the hash looks at."""

    @property
    def fast(self) -> bool:
        """True where a decode at reduced scale will do; it is part of the recipe and the name."""

    def hash(self, picture: Picture) -> ImageHash:
        """Hash one picture.  Must not raise for any picture that was decoded."""


@runtime_checkable
class ChoosesScale(Protocol):
    """A hasher with a rule of its own for how far a fast decode may be scaled down."""

    @property
    def least_side(self) -> int:
        """Pixels that both sides must keep."""


@runtime_checkable
class SupportsEmphasis(Protocol):
    """A hasher whose codes have parts, of which a search may compare some."""

    def compared_bits(self, emphasis: str | float) -> NDArray[np.int64]:
        """Return the bits that count under an emphasis; mirroring keeps them together.

        Returns
        -------
        ndarray of shape (C,), int64
            Numbers of bits, ascending.

        Raises
        ------
        ValueError
            If there is no such emphasis.
        """

    def mirrored_bits(self) -> NDArray[np.int64]:
        """Return the place of each bit in the mirrored picture, whose bits are ``bits[mirrored]``.

        They have shape (bits,) and dtype int64.
        """


@runtime_checkable
class SupportsBlocks(Protocol):
    """A hasher whose bits belong to places of the picture, and say so to searchers that prune."""

    def blocks(self) -> tuple[NDArray[np.int64], ...]:
        """Return the block of each bit, level by level, the coarsest first.

        Bits of one block are of one kind and of places close together, so that they are often
        equal; -1 for bits that belong to none.  Levels are arrays of shape (bits,), int64.
        """


@runtime_checkable
class ShowsValues(Protocol):
    """A hasher that can show what decided its bits."""

    def reading(self, picture: Picture) -> Reading:
        """Return the picture as the hash sees it, with the values behind the bits."""


@runtime_checkable
class Searcher(Protocol):
    """Finds the codes near a query.

    Engines that search by themselves keep it as well as the searchers of this package.  A radius is
    inclusive.  Answers come in the order (distance, row), ties included, whatever the engine's own
    order is.  Nothing is left out silently: what an engine cannot return whole, it returns in parts
    or refuses.
    """

    @property
    def exact(self) -> bool:
        """True where all that lies within the radius is found; an approximate engine says False."""

    def search(
        self,
        queries: Codes,
        *,
        max_distance: int | None = None,
        k: int | None = None,
        mask: NDArray[np.bool_] | None = None,
    ) -> Hits:
        """Find, for every query, the rows within ``max_distance`` bits, ``k`` at most.

        Parameters
        ----------
        queries : ndarray of shape (Q, B) or (Q, V, B), uint8
            With V views each, the nearest view counts.
        max_distance, k : int, optional
        mask : ndarray of shape (N,), bool, optional
            Only rows where it is true count.
        """
