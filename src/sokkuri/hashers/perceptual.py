"""The perceptual hash: low frequencies of the cosine transform against their middle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from sokkuri.hashers.cosine import cosine_transform
from sokkuri.hashers.packing import check_bounds, median, packed
from sokkuri.hashers.quality import gray_quality
from sokkuri.hashers.shrinking import shrunk_luma
from sokkuri.hashes import HashSpec

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sokkuri.hashes import ImageHash
    from sokkuri.images import Picture

__all__ = ["PerceptualHash"]

_MIN_SIZE: Final = 2
_MAX_SIZE: Final = 64
_OVERSAMPLING: Final = 4  # imagehash's `highfreq_factor`


@dataclass(frozen=True, slots=True)
class PerceptualHash:
    """Perceptual hash: ``size`` x ``size`` low frequencies of luma shrunk to four times the side.

    The full form transforms columns and rows and compares with the median of the frequencies, so
    close to half of the bits are 1.  The simple form transforms rows only, leaves out each row's
    mean, and compares with the mean of the frequencies; it looks at the upper quarter of the
    picture only.

    Parameters
    ----------
    size : int
        Frequencies a side, 2 to 64.
    simple : bool
        The simple form.

    Raises
    ------
    ValueError
        If ``size`` is out of bounds.

    Notes
    -----
    The bits are those of ``imagehash.phash`` and ``imagehash.phash_simple`` (hash_size=N), for
    flat and symmetric pictures too, where rounding decides; see :mod:`sokkuri.hashers.cosine`.
    Where a compiler fused multiplications with additions (Linux on ARM, for one), SciPy and NumPy
    may round those coefficients that should be zero in another way than each other.

    References
    ----------
    Neal Krawetz, "Looks Like It", The Hacker Factor Blog, 26 May 2011.
    C. Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions", 2010.
    """

    size: int = 8
    simple: bool = False

    def __post_init__(self) -> None:
        check_bounds("size", self.size, _MIN_SIZE, _MAX_SIZE)

    @property
    def spec(self) -> HashSpec:
        """The recipe: ``phash-N`` or ``phash-simple-N``, N^2 bits."""
        return HashSpec(f"phash-{'simple-' if self.simple else ''}{self.size}", self.size**2)

    @property
    def working_side(self) -> int:
        """Side of the shrunk picture in pixels."""
        return _OVERSAMPLING * self.size

    @property
    def fast(self) -> bool:
        """False: the bits are those of a full decode."""
        return False

    def hash(self, picture: Picture) -> ImageHash:
        """Hash one picture."""
        side = self.working_side
        values = shrunk_luma(picture, side, side).astype(np.float64)
        above = self._simple_bits(values) if self.simple else self._bits(values)
        return packed(self.spec, above, picture.once(gray_quality))

    def _bits(self, values: NDArray[np.float64]) -> NDArray[np.bool_]:
        # Columns first, as imagehash does: the order is part of how the sums are rounded.
        columns = cosine_transform(values.T)[:, : self.size].T
        low = cosine_transform(columns)[:, : self.size]
        return np.asarray(low > median(low))

    def _simple_bits(self, values: NDArray[np.float64]) -> NDArray[np.bool_]:
        low = cosine_transform(values[: self.size])[:, 1 : self.size + 1]
        return np.asarray(low > low.mean())
