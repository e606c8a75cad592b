"""The contracts between the floors, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from sokkuri._typing import Codes
    from sokkuri.hashes import HashSpec, ImageHash
    from sokkuri.images import Picture
    from sokkuri.matches import Hits

__all__ = ["Hasher", "Searcher"]


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
        """Whether a decode at reduced scale will do; it is part of the recipe and of the name."""

    def hash(self, picture: Picture) -> ImageHash:
        """Hash one picture.  Must not raise for any picture that was decoded."""


@runtime_checkable
class Searcher(Protocol):
    """Finds the codes near a query, exactly, in the order (distance, row)."""

    def search(
        self, queries: Codes, *, max_distance: int | None = None, k: int | None = None
    ) -> Hits:
        """Find, for every query, the rows within ``max_distance`` bits, ``k`` at most."""
