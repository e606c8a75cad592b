"""The comparison of codes: by which of their bits, and mirrored or not; always by plain Hamming."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sokkuri import settings
from sokkuri.hashes import HashSpec
from sokkuri.kernels.bitops import choose_bits
from sokkuri.kernels.hamming import hamming_distances
from sokkuri.protocols import SupportsBlocks, SupportsEmphasis

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sokkuri._typing import Codes, Distances
    from sokkuri.hashes import ImageHash
    from sokkuri.protocols import Hasher


@dataclass(frozen=True, slots=True, eq=False)
class Metric:
    """The part of the codes of one recipe that is compared.

    Parameters
    ----------
    spec : HashSpec
        The recipe of what is compared.  Where it is a choice of bits, it is named for it, as
        ``look-2@shape``, and has so many bits.
    emphasis : str or float, optional
        The choice; None where all bits are compared.
    chosen : ndarray of shape (bits,), int64, optional
        The bits that are compared, ascending; None for all.
    mirrored : ndarray of shape (bits,), int64, optional
        Where the chosen bits of a mirrored picture are among the chosen ones.  Pictures are as far
        apart then as the nearer of one and the other or its mirror image.
    """

    spec: HashSpec
    emphasis: str | float | None = None
    chosen: NDArray[np.int64] | None = None
    mirrored: NDArray[np.int64] | None = None

    @classmethod
    def of(
        cls, maker: Hasher, *, emphasis: str | float | None = None, mirror: bool | None = None
    ) -> Metric:
        """Return how the codes of a hasher are compared.

        Parameters
        ----------
        maker : Hasher
        emphasis, mirror
            As of :func:`sokkuri.search`.

        Raises
        ------
        ValueError
            If the hash has no parts, no such emphasis, or no distance at all.
        """
        if maker.spec.verified:
            raise ValueError(
                f"{maker.spec.name} has no distance: its photos are verified, by `sokkuri copies`"
            )
        if not isinstance(maker, SupportsEmphasis):
            if emphasis is not None:
                raise ValueError(f"`emphasis` goes with look-2, not with {maker.spec.name}")
            return cls(maker.spec)
        emphasis = settings.DEFAULT_EMPHASIS if emphasis is None else emphasis
        chosen = maker.compared_bits(emphasis)
        name = f"{maker.spec.name}@{emphasis if isinstance(emphasis, str) else f'{emphasis:g}'}"
        spec = HashSpec(name, len(chosen), maker.spec.version)
        places = np.searchsorted(chosen, maker.mirrored_bits()[chosen])
        return cls(spec, emphasis, chosen, None if mirror is False else places)

    def table(self, codes: Codes) -> Codes:
        """Return what is compared of codes, of shapes (N, B) and (N, spec.code_bytes), uint8."""
        return codes if self.chosen is None else choose_bits(codes, self.chosen)

    def row(self, value: ImageHash) -> Codes:
        """Return what is compared of one hash, shape (1, spec.code_bytes), uint8."""
        return self.table(np.frombuffer(value.code, np.uint8)[np.newaxis])

    def blocks(self, maker: Hasher) -> tuple[NDArray[np.int64], ...]:
        """Return the block of each bit that is compared, level by level, shape (spec.bits,), int64.

        There are none if it tells nothing of them; see :class:`sokkuri.protocols.SupportsBlocks`.
        """
        levels = maker.blocks() if isinstance(maker, SupportsBlocks) else ()
        if self.chosen is None:
            return levels
        chosen = [level[self.chosen] for level in levels]
        # A level without blocks rules nothing out.
        return tuple(_renumbered(level) for level in chosen if level.max() >= 0)

    def views(self, rows: Codes) -> Codes:
        """Return all that rows of a table may be near as: themselves, and mirrored.

        From shape (Q, B) to (Q, V, B), uint8.
        """
        views = [rows] if self.mirrored is None else [rows, choose_bits(rows, self.mirrored)]
        return np.stack(views, axis=1)

    def distances(self, rows: Codes, table: Codes) -> Distances:
        """Compare rows of one table with all rows of another.

        Parameters
        ----------
        rows : ndarray of shape (Q, B), uint8
        table : ndarray of shape (N, B), uint8

        Returns
        -------
        ndarray of shape (Q, N), uint32
        """
        views = self.views(rows)
        distances = [hamming_distances(views[:, view], table) for view in range(views.shape[1])]
        nearest: Distances = np.min(distances, axis=0)
        return nearest

    def distance(self, a: ImageHash, b: ImageHash) -> int:
        """Return how far two hashes of the recipe are apart.

        Parameters
        ----------
        a, b : ImageHash

        Raises
        ------
        HashMismatch
            If they are of two recipes.
        """
        if self.chosen is None or a.spec != b.spec:
            return a.distance(b)
        return int(self.distances(self.row(a), self.row(b))[0, 0])


def _renumbered(level: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the blocks numbered without gaps; bits that belong to none stay at -1."""
    numbers = np.unique(level[level >= 0])
    return np.where(level < 0, -1, np.searchsorted(numbers, level)).astype(np.int64)
